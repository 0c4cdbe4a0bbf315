"""The welcome series: five mails, "in vijf stappen naar een integraal preventiebeleid", each an issue with a standing approval.

A version of a step is an issue of the kind welcome, in one language. It is made, previewed and approved as any issue is; once
in use it never changes again: to change a step is to make a new version, and to put that into use when a second person
approved it.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, Session, col, select

from content.columns import Instant, Record
from content.composing import add_block, add_link, add_text, change_issue, open_issue
from content.errors import UnknownIssue, WelcomeRefused
from content.issues import Block, Issue, IssueKind, blocks_of, lock_issue, sections_of
from content.welcome_starter import StarterStep, starter_steps

LONGEST_DELAY = 365
"""Days after confirming at most."""


class WelcomeStep(Record, table=True):
    """A version of a step (1 to 5), in the language of its issue. It is sent `delay_days` after a reader confirmed.

    Without `used_from` it is a draft; `used_until` is when a later version took its place, or it was taken out of use.
    """

    __tablename__ = "welcome_step"
    __table_args__ = (UniqueConstraint("issue_id"),)

    id: int | None = Field(default=None, primary_key=True)
    step: int
    issue_id: int = Field(foreign_key="issue.id")
    delay_days: int
    used_from: datetime | None = Field(default=None, sa_type=Instant)
    used_until: datetime | None = Field(default=None, sa_type=Instant)

    @property
    def in_use(self) -> bool:
        """Whether readers get this version."""
        return self.used_from is not None and self.used_until is None

    @property
    def is_draft(self) -> bool:
        """Whether it is being made."""
        return self.used_from is None and self.used_until is None


class WelcomeSeries(Record, table=True):
    """Whether the series is on; one row. Who confirmed before `since`, when it first was put on, never gets it."""

    __tablename__ = "welcome_series"

    id: int = Field(default=1, primary_key=True)
    on: bool = False
    since: datetime | None = Field(default=None, sa_type=Instant)


Version = tuple[WelcomeStep, Issue]


def series(session: Session, *, lock: bool = False) -> WelcomeSeries:
    """The row of the series; off until somebody puts it on."""
    wanted = select(WelcomeSeries).where(WelcomeSeries.id == 1)
    found = session.exec(wanted.with_for_update() if lock else wanted).first()
    return found or WelcomeSeries()


def switch(session: Session, *, on: bool, now: datetime) -> WelcomeSeries:
    """Put the series on or off. Off stops what is to come, for everyone; on, it goes on where each reader is.

    Raises:
        WelcomeRefused: there is no step in use yet.
    """
    found = series(session, lock=True)
    if on and not in_use(session):
        raise WelcomeRefused("The series has no step in use.")
    found.on = on
    found.since = found.since or (now if on else None)
    session.add(found)
    session.flush()
    return found


def versions(session: Session) -> list[Version]:
    """The drafts and the versions in use, by step and language, drafts last."""
    wanted = (
        select(WelcomeStep, Issue)
        .join(Issue, col(Issue.id) == col(WelcomeStep.issue_id))
        .where(col(WelcomeStep.used_until).is_(None))
        .order_by(col(WelcomeStep.step), col(Issue.language).desc(), col(WelcomeStep.id))
    )
    return [(version, issue) for version, issue in session.exec(wanted)]


def in_use(session: Session) -> list[Version]:
    """The versions that readers get, by step."""
    return [pair for pair in versions(session) if pair[0].in_use]


def version_by_id(session: Session, version_id: int) -> Version:
    """A version and its issue.

    Raises:
        UnknownIssue: there is none with this number.
    """
    version = session.get(WelcomeStep, version_id)
    if version is None:
        raise UnknownIssue(f"There is no version {version_id} of a step of the welcome series.")
    return version, session.get_one(Issue, version.issue_id)


def begin_series(session: Session, *, by: str, now: datetime) -> list[Version]:
    """A draft with the starter's text for each step and language that has no version; gives those that were made."""
    known = {(version.step, issue.language) for version, issue in versions(session)}
    missing = [text for text in starter_steps() if (text.step, text.language) not in known]
    return [_from_starter(session, text, by=by, now=now) for text in missing]


def new_version(session: Session, *, version: WelcomeStep, by: str, now: datetime) -> Version:
    """A draft that begins as a copy of the version in use; the one in use stays so until the draft takes its place.

    Raises:
        WelcomeRefused: it is not in use, or there is a draft of this step already.
    """
    issue = session.get_one(Issue, version.issue_id)
    lock_issue(session, issue)
    drafted = [(one.step, other.language) for one, other in versions(session) if one.is_draft]
    if not version.in_use or (version.step, issue.language) in drafted:
        raise WelcomeRefused("This step has a draft already, or this version is not in use.")
    copy = _copied(session, issue, by=by, now=now)
    return _step(session, copy, step=version.step, delay_days=version.delay_days)


def set_delay(session: Session, *, version: WelcomeStep, days: int) -> None:
    """How many days after confirming it is sent. The moment may change without a new approval, as any issue's may.

    Raises:
        WelcomeRefused: no number of days that can be.
    """
    if not 0 <= days <= LONGEST_DELAY:
        raise WelcomeRefused(f"A delay is 0 to {LONGEST_DELAY} days.")
    version.delay_days = days
    session.add(version)
    session.flush()


def _from_starter(session: Session, text: StarterStep, *, by: str, now: datetime) -> Version:
    issue = open_issue(
        session, title=text.title, by=by, now=now, kind=IssueKind.WELCOME, language=text.language
    )
    change_issue(
        session,
        issue=issue,
        title=text.title,
        introduction=text.introduction,
        minimum=issue.minimum,
        maximum=issue.maximum,
        allow_nothing=False,
        by=by,
        now=now,
    )
    add_text(
        session,
        issue=issue,
        section_key="step",
        title=text.heading,
        body=text.body,
        by=by,
        now=now,
        everyone=True,
    )
    for link in text.links:
        block = add_link(
            session,
            issue=issue,
            section_key="more",
            title=link.title,
            body=link.body,
            link=link.link,
            source_name=link.source,
            by=by,
            now=now,
        )
        block.everyone = True
    return _step(session, issue, step=text.step, delay_days=text.delay_days)


def _copied(session: Session, issue: Issue, *, by: str, now: datetime) -> Issue:
    copy = open_issue(
        session, title=issue.title, by=by, now=now, kind=IssueKind.WELCOME, language=issue.language
    )
    copy.introduction, copy.minimum, copy.maximum = issue.introduction, issue.minimum, issue.maximum
    session.add(copy)
    names = {section.id: section.key for section in sections_of(session, issue)}
    places = {section.key: section.id or 0 for section in sections_of(session, copy)}
    for block in blocks_of(session, issue):
        values = block.model_dump(exclude={"id", "issue_id", "section_id"})
        place = places[names[block.section_id]]
        add_block(session, copy, Block(issue_id=copy.id or 0, section_id=place, **values))
    return copy


def _step(session: Session, issue: Issue, *, step: int, delay_days: int) -> Version:
    version = WelcomeStep(step=step, issue_id=issue.id or 0, delay_days=delay_days)
    session.add(version)
    session.flush()
    return version, issue


def put_into_use(session: Session, *, version: WelcomeStep, now: datetime) -> Sequence[WelcomeStep]:
    """Let a draft take the place of the version of this step that is in use; gives what it took the place of.

    The caller holds the issue's lock, and knows it approved.

    Raises:
        WelcomeRefused: it is no draft.
    """
    if not version.is_draft:
        raise WelcomeRefused("This version was put into use before.")
    language = session.get_one(Issue, version.issue_id).language
    same = [one for one, issue in in_use(session) if (one.step, issue.language) == (version.step, language)]
    for one in same:
        one.used_until = now
    version.used_from = now
    session.add_all([version, *same])
    session.flush()
    return same

"""Announcing: a webinar becomes an issue of its own, or a block of an issue, and stays true when it moves or is called off.

An announcement is an issue, so that it is approved, aimed, shown and counted as issues are. A webinar has one,
and one reminder of it.
"""

from collections.abc import Mapping
from datetime import datetime

from sqlmodel import Session, col, select

from content.composing import add_block, open_issue, section_by_key, touch
from content.errors import BlockRefused, WebinarOver
from content.issues import Block, BlockKind, Issue, IssueKind
from content.webinars.listing import takes_registrations
from content.webinars.tables import Webinar

SECTION = "agenda"
"""Where webinars stand in an issue, unless an editor moves them."""

WHEN = "when"
"""The line of a block that says when the webinar is; its name is one of those of an intervention's card."""


def announcement_of(session: Session, webinar: Webinar) -> Issue | None:
    """The issue that announces this webinar."""
    return _by_occasion(session, _occasion(webinar, "announcement"))


def reminder_of(session: Session, webinar: Webinar) -> Issue | None:
    """The issue that reminds of the announcement."""
    return _by_occasion(session, _occasion(webinar, "reminder"))


def announce(
    session: Session, *, webinar: Webinar, when: Mapping[str, str], address: str, by: str, now: datetime
) -> Issue:
    """Open the issue that announces a webinar, with the webinar in it; twice is once. The caller holds the webinar.

    Args:
        session: a transaction that writes.
        webinar: one that takes registrations.
        when: its moment in words, by language.
        address: its public page.
        by: the editor.
        now: the moment.

    Raises:
        WebinarOver: nobody can register (any more).
    """
    known = announcement_of(session, webinar)
    if known is not None:
        return known
    return _open(session, webinar, "announcement", webinar.title, when=when, address=address, by=by, now=now)


def remind_of(
    session: Session, *, webinar: Webinar, when: Mapping[str, str], address: str, by: str, now: datetime
) -> Issue:
    """Open the issue that reminds those who did not react to the announcement; twice is once. Arguments as `announce`.

    Raises:
        WebinarOver: nobody can register (any more).
        BlockRefused: the announcement was not sent yet.
    """
    known = reminder_of(session, webinar)
    if known is not None:
        return known
    announced = announcement_of(session, webinar)
    if announced is None or announced.closed_at is None:
        raise BlockRefused("What was not announced cannot be reminded of.")
    title = f"Herinnering: {webinar.title}" if webinar.language == "nl" else f"Reminder: {webinar.title}"
    made = _open(session, webinar, "reminder", title, when=when, address=address, by=by, now=now)
    made.reminds_id = announced.id
    session.add(made)
    session.flush()
    return made


def feature_webinar(
    session: Session,
    *,
    issue: Issue,
    webinar: Webinar,
    when: Mapping[str, str],
    address: str,
    by: str,
    now: datetime,
) -> Block:
    """Put a webinar into an issue, as it is now.

    Raises:
        IssueClosed: the issue has been sent.
        WebinarOver: nobody can register (any more).
        BlockRefused: it stands in this issue already.
    """
    if not takes_registrations(webinar, now):
        raise WebinarOver(f"Webinar {webinar.slug!r} takes no registrations.")
    touch(session, issue=issue, by=by, now=now)
    there = select(Block).where(Block.issue_id == issue.id, Block.webinar_id == webinar.id)
    if session.exec(there).first() is not None:
        raise BlockRefused("This webinar is in the issue already.")
    return add_block(
        session,
        issue,
        Block(
            issue_id=issue.id or 0,
            section_id=section_by_key(session, issue, SECTION).id or 0,
            kind=BlockKind.WEBINAR,
            position=0,
            everyone=not webinar.tags,
            title=webinar.title,
            body=webinar.summary,
            link=address,
            webinar_id=webinar.id,
            details=[{"name": WHEN, **when}],
            tags=list(webinar.tags),
        ),
    )


def keep_true(session: Session, *, webinar: Webinar, when: Mapping[str, str], by: str, now: datetime) -> int:
    """Blocks in issues that were not sent yet say when the webinar is now; of one that is called off they go. Gives how many.

    What changes so has to be approved anew.
    """
    waiting = (
        select(Block, Issue)
        .join(Issue, col(Issue.id) == col(Block.issue_id))
        .where(Block.webinar_id == webinar.id, col(Issue.closed_at).is_(None))
    )
    called_off = webinar.cancelled_at is not None
    line = [{"name": WHEN, **when}]
    untrue = [pair for pair in session.exec(waiting).all() if called_off or pair[0].details != line]
    for block, issue in untrue:
        touch(session, issue=issue, by=by, now=now)
        if called_off:
            session.delete(block)
        else:
            block.details = line
            session.add(block)
    session.flush()
    return len(untrue)


def _open(
    session: Session,
    webinar: Webinar,
    part: str,
    title: str,
    *,
    when: Mapping[str, str],
    address: str,
    by: str,
    now: datetime,
) -> Issue:
    if not takes_registrations(webinar, now):
        raise WebinarOver(f"Webinar {webinar.slug!r} takes no registrations.")
    issue = open_issue(
        session,
        title=title,
        by=by,
        now=now,
        kind=IssueKind.WEBINAR,
        occasion=_occasion(webinar, part),
        language=webinar.language,
    )
    issue.webinar_id = webinar.id
    session.add(issue)
    feature_webinar(session, issue=issue, webinar=webinar, when=when, address=address, by=by, now=now)
    return issue


def _occasion(webinar: Webinar, part: str) -> str:
    return f"webinar-{webinar.id}-{part}"


def _by_occasion(session: Session, occasion: str) -> Issue | None:
    return session.exec(select(Issue).where(Issue.occasion == occasion)).first()

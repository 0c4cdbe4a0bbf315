"""Late-comers: readers of the stream who came after a mailing was planned get the same approved issue."""

import dataclasses
from collections.abc import Mapping
from datetime import datetime
from itertools import islice

from sqlalchemy import JSON, ColumnElement, Select, exists, func, insert, literal, update
from sqlalchemy import select as rows
from sqlmodel import Session, col, select

from content.approval import content_hash
from content.choosing import Chosen, Profile, choose
from content.columns import Instant
from content.issues import candidates_of, issue_by_id, limits_of, lock_issue
from service.audit import Act
from service.errors import ContentChanged, NoLateComers, UnknownMailing
from service.mailing.edition import edition_of
from service.mailing.moves import note, put, reopen, run_anew
from service.mailing.outbox import Delivery, DeliveryState, Mailing, ProfileChoice, Variant
from service.mailing.planning import variant_key
from service.mailing.recipients import suppressed_ids
from service.mailing.rendering import refuse_too_large, render_issue
from service.runtime import Runtime
from subscribers.audience import audience
from subscribers.people import Subscriber
from subscribers.profiles import profiles_of_keys

AT_ONCE = 1000
"""Addresses that are compared with the suppressed ones at a time."""


@dataclasses.dataclass(frozen=True)
class _Late:
    """What adding late-comers works with. `after` is the id of the last delivery that was there before them."""

    session: Session
    runtime: Runtime
    mailing: Mailing
    now: datetime
    after: int

    def new(self, state: DeliveryState = DeliveryState.PLANNED) -> tuple[ColumnElement[bool], ...]:
        """What holds for the deliveries of late-comers in this state."""
        ours = col(Delivery.mailing_id) == self.mailing.id
        return ours, col(Delivery.state) == state, col(Delivery.id) > self.after


def count_late_comers(session: Session, *, mailing: Mailing) -> int:
    """How many readers of its stream have no delivery in a mailing."""
    late = _late_readers(mailing).subquery()
    return session.connection().execute(rows(func.count()).select_from(late)).scalar_one()


def add_late_comers(session: Session, runtime: Runtime, *, mailing: Mailing, by: str, now: datetime) -> int:
    """Queue the issue for the readers of its stream who have no delivery in it; how many. A finished mailing goes on.

    Raises:
        MailingEnded: it was cancelled.
        UnknownMailing: it is not of an issue.
        ContentChanged: the issue is not what was approved for this mailing.
        NoLateComers: there are none (any more).
        MailRefused: a variant that nobody had before is larger than mail programs show.
    """
    if mailing.issue_id is None:
        raise UnknownMailing(f"Mailing {mailing.id} is not of an issue.")
    issue = issue_by_id(session, mailing.issue_id)
    lock_issue(session, issue)
    reopen(session, mailing=mailing)
    if content_hash(session, issue) != mailing.content_hash:
        raise ContentChanged(f"Issue {issue.title!r} is not what was approved for mailing {mailing.id}.")
    late = _Late(session, runtime, mailing, now, after=session.exec(select(func.max(Delivery.id))).one() or 0)
    number = _insert(late)
    if not number:
        raise NoLateComers(f"Every reader of {mailing.stream!r} has a delivery in mailing {mailing.id}.")
    _suppress(late)
    _choose(late)
    _skip(late)
    grown = update(Mailing).where(col(Mailing.id) == mailing.id)
    session.connection().execute(grown.values(planned=col(Mailing.planned) + number))
    run_anew(session, mailing=mailing, now=now)
    note(session, mailing=mailing, act=Act.LATE_COMERS_ADDED, by=by, now=now, detail=str(number))
    return number


def _late_readers(mailing: Mailing) -> Select[int | None, str, str]:
    known = exists().where(
        col(Delivery.mailing_id) == mailing.id, col(Delivery.subscriber_id) == col(Subscriber.id)
    )
    return audience(mailing.stream).where(~known)


def _insert(late: _Late) -> int:
    readers = _late_readers(late.mailing).subquery()
    values = {
        "mailing_id": literal(late.mailing.id),
        "subscriber_id": readers.c.id,
        "profile_key": readers.c.profile_key,
        "language": readers.c.language,
        "context": literal({}, JSON),
        "state": literal(DeliveryState.PLANNED.value),
        "due_at": literal(late.now, Instant),
        "urgent": literal(False),
        "attempts": literal(0),
        "claimed_by": literal(""),
        "message_id": literal(""),
        "reply": literal(""),
    }
    late.session.connection().execute(insert(Delivery).from_select(list(values), rows(*values.values())))
    return late.session.exec(select(func.count()).where(*late.new())).one()


def _suppress(late: _Late) -> None:
    wanted = select(Delivery.id, Subscriber.address).join(Subscriber).where(*late.new())
    found = iter(late.session.exec(wanted).all())
    while some := {number or 0: address for number, address in islice(found, AT_ONCE)}:
        ids = suppressed_ids(late.session, late.runtime.settings, some)
        put(late.session, ids, state=DeliveryState.SUPPRESSED, settled_at=late.now)


def _choose(late: _Late) -> None:
    """A choice for each profile that nobody had when the mailing was planned, and a variant for each new choice."""
    session, mailing = late.session, late.mailing
    issue = issue_by_id(session, mailing.issue_id or 0)
    candidates, limits = candidates_of(session, issue), limits_of(issue)
    groups = _new_groups(late)
    profiles = profiles_of_keys(session, {key for key, _ in groups})
    chosen = {group: choose(candidates, limits, profiles.get(group[0], Profile())) for group in groups}
    variants = _variants(late, chosen)
    session.add_all(
        ProfileChoice(
            mailing_id=mailing.id or 0,
            profile_key=profile_key,
            language=language,
            variant_id=variants.get(variant_key(blocks, language)),
            reasons={str(block.block_id): list(block.reasons) for block in blocks},
        )
        for (profile_key, language), blocks in chosen.items()
    )
    session.flush()


def _new_groups(late: _Late) -> list[tuple[str, str]]:
    known = exists().where(
        col(ProfileChoice.mailing_id) == late.mailing.id,
        col(ProfileChoice.profile_key) == col(Delivery.profile_key),
        col(ProfileChoice.language) == col(Delivery.language),
    )
    wanted = select(Delivery.profile_key, Delivery.language).where(*late.new(), ~known).distinct()
    return sorted(late.session.exec(wanted).all())


def _variants(late: _Late, chosen: Mapping[tuple[str, str], tuple[Chosen, ...]]) -> dict[str, int | None]:
    """The ids of the mailing's variants by their keys, those that were missing added."""
    session, mailing = late.session, late.mailing
    found = session.exec(select(Variant.key, Variant.id).where(Variant.mailing_id == mailing.id))
    known: dict[str, int | None] = dict(found.all())
    edition = edition_of(session, issue_by_id(session, mailing.issue_id or 0))
    for (_, language), blocks in chosen.items():
        key = variant_key(blocks, language)
        if not blocks or key in known:
            continue
        part = edition.only({block.block_id for block in blocks})
        rendered = render_issue(part, settings=late.runtime.settings, language=language)
        refuse_too_large(rendered)
        made = Variant(mailing_id=mailing.id or 0, key=key, language=language, **dataclasses.asdict(rendered))
        session.add(made)
        session.flush()
        known[key] = made.id
    return known


def _skip(late: _Late) -> None:
    nothing = exists().where(
        col(ProfileChoice.mailing_id) == late.mailing.id,
        col(ProfileChoice.variant_id).is_(None),
        col(ProfileChoice.profile_key) == col(Delivery.profile_key),
        col(ProfileChoice.language) == col(Delivery.language),
    )
    skipped = rows(col(Delivery.id)).where(*late.new(), nothing)
    put(late.session, skipped, state=DeliveryState.SKIPPED, settled_at=late.now)

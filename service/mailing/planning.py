"""Planning: an approved issue becomes a mailing with a delivery per reader. One transaction, which the caller commits."""

import hashlib
from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import JSON, func, insert, literal, update
from sqlalchemy import select as rows
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from content.approval import current_approval
from content.choosing import Chosen, Profile, choose
from content.columns import Instant
from content.errors import IssueClosed, NotApproved
from content.issues import Issue, IssueKind, candidates_of, limits_of, lock_issue
from service.errors import NothingToSend
from service.mailing.edition import Edition, edition_of
from service.mailing.outbox import Delivery, DeliveryState, Mailing, ProfileChoice, Variant
from service.mailing.recipients import suppressed_ids
from service.mailing.rendering import refuse_too_large, render_issue
from service.runtime import Runtime
from service.settings import Settings
from subscribers.audience import audience
from subscribers.people import Stream, Subscriber
from subscribers.profiles import profiles_of_keys

STREAMS = {IssueKind.MONTHLY: Stream.MONTHLY, IssueKind.DIGEST: Stream.DIGEST, IssueKind.ALERT: Stream.ALERTS}
"""Which readers an issue is for."""


def plan_issue(session: Session, runtime: Runtime, *, issue: Issue, now: datetime) -> Mailing:
    """Freeze the issue and queue it for its readers; it leaves with the caller's commit.

    `planned` counts every reader of the stream; those who get nothing (skipped) or must not be mailed (suppressed) are
    in an end state from the start.

    Raises:
        IssueClosed: it has been planned before, also when another process did so just now.
        NotApproved: nobody approved the content it has now.
        NothingToSend: it has no blocks, or its stream has no readers.
        MailRefused: a variant is larger than mail programs show.
    """
    mailing = _open_mailing(session, issue, now)
    edition = edition_of(session, issue)
    if not edition.articles:
        raise NothingToSend(f"Issue {issue.title!r} has no blocks.")
    mailing.planned = _insert_deliveries(session, mailing, now)
    if not mailing.planned:
        raise NothingToSend(f"The stream {mailing.stream!r} has no readers.")
    _set_suppressed(session, runtime.settings, mailing, now)
    _choose_for_all(session, runtime, issue, edition, mailing)
    _skip_without_choice(session, mailing, now)
    issue.closed_at = now
    session.add_all([mailing, issue])
    session.flush()
    return mailing


def _open_mailing(session: Session, issue: Issue, now: datetime) -> Mailing:
    lock_issue(session, issue)
    if issue.closed_at is not None:
        raise IssueClosed(f"Issue {issue.title!r} has been sent.")
    approval = current_approval(session, issue)
    if approval is None:
        raise NotApproved(f"Issue {issue.title!r} is not approved as it is now.")
    mailing = Mailing(
        kind="issue",
        issue_id=issue.id,
        stream=STREAMS[IssueKind(issue.kind)],
        title=issue.title,
        content_hash=approval.content_hash,
        created_at=now,
    )
    try:
        with session.begin_nested():  # the unique issue_id decides between two processes
            session.add(mailing)
    except IntegrityError as error:
        raise IssueClosed(f"Issue {issue.title!r} is being sent already.") from error
    return mailing


def _insert_deliveries(session: Session, mailing: Mailing, now: datetime) -> int:
    readers = audience(mailing.stream).subquery()
    values = {
        "mailing_id": literal(mailing.id),
        "subscriber_id": readers.c.id,
        "profile_key": readers.c.profile_key,
        "language": readers.c.language,
        "context": literal({}, JSON),
        "state": literal(DeliveryState.PLANNED.value),
        "due_at": literal(now, Instant),
        "urgent": literal(False),
        "attempts": literal(0),
        "claimed_by": literal(""),
        "message_id": literal(""),
        "reply": literal(""),
    }
    session.connection().execute(insert(Delivery).from_select(list(values), rows(*values.values())))
    return session.exec(select(func.count()).where(Delivery.mailing_id == mailing.id)).one()


def _set_suppressed(session: Session, settings: Settings, mailing: Mailing, now: datetime) -> None:
    wanted = select(Delivery.id, Subscriber.address).join(Subscriber).where(Delivery.mailing_id == mailing.id)
    addresses = {found or 0: address for found, address in session.exec(wanted)}
    for delivery_id in suppressed_ids(session, settings, addresses):
        delivery = session.get_one(Delivery, delivery_id)
        delivery.state, delivery.settled_at = DeliveryState.SUPPRESSED, now
    session.flush()


def _choose_for_all(
    session: Session, runtime: Runtime, issue: Issue, edition: Edition, mailing: Mailing
) -> None:
    candidates, limits = candidates_of(session, issue), limits_of(issue)
    wanted = select(Delivery.profile_key, Delivery.language).where(
        Delivery.mailing_id == mailing.id, Delivery.state == DeliveryState.PLANNED
    )
    groups = sorted(session.exec(wanted.distinct()).all())
    profiles = profiles_of_keys(session, {key for key, _ in groups})
    chosen = {group: choose(candidates, limits, profiles.get(group[0], Profile())) for group in groups}
    variants = _render_variants(session, runtime.settings, edition, mailing, chosen)
    for (profile_key, language), blocks in chosen.items():
        variant = variants.get(variant_key(blocks, language))
        session.add(
            ProfileChoice(
                mailing_id=mailing.id or 0,
                profile_key=profile_key,
                language=language,
                variant_id=variant.id if variant else None,
                reasons={str(block.block_id): list(block.reasons) for block in blocks},
            )
        )
    session.flush()


def _render_variants(
    session: Session,
    settings: Settings,
    edition: Edition,
    mailing: Mailing,
    chosen: dict[tuple[str, str], tuple[Chosen, ...]],
) -> dict[str, Variant]:
    """A variant for each different choice in each language, by its key."""
    variants: dict[str, Variant] = {}
    for (_, language), blocks in chosen.items():
        key = variant_key(blocks, language)
        if not blocks or key in variants:
            continue
        part = edition.only({block.block_id for block in blocks})
        rendered = render_issue(part, settings=settings, language=language)
        refuse_too_large(rendered)
        variants[key] = Variant(
            mailing_id=mailing.id or 0,
            key=key,
            language=language,
            subject=rendered.subject,
            html=rendered.html,
            text=rendered.text,
        )
    session.add_all(variants.values())
    session.flush()
    return variants


def variant_key(blocks: Iterable[Chosen], language: str) -> str:
    """Equal for equal choices in one language: who shares it shares what is rendered. Reasons are no part of it."""
    text = f"{language}:{','.join(str(block.block_id) for block in blocks)}"
    return hashlib.sha256(text.encode()).hexdigest()[:24]


def _skip_without_choice(session: Session, mailing: Mailing, now: datetime) -> None:
    nothing = rows(col(ProfileChoice.id)).where(
        col(ProfileChoice.mailing_id) == mailing.id,
        col(ProfileChoice.variant_id).is_(None),
        col(ProfileChoice.profile_key) == col(Delivery.profile_key),
        col(ProfileChoice.language) == col(Delivery.language),
    )
    session.connection().execute(
        update(Delivery)
        .where(
            col(Delivery.mailing_id) == mailing.id,
            col(Delivery.state) == DeliveryState.PLANNED,
            nothing.exists(),
        )
        .values(state=DeliveryState.SKIPPED, settled_at=now)
    )

"""Mailings: what all messages of one have in common, as plain values, since each message asks for most of them."""

import hashlib
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from content.issues import Issue
from service.mailing.claims import Claimed
from service.mailing.messages import ListHeaders, Mailbox, one_line, wire_address
from service.mailing.outbox import Delivery, Mailing
from service.settings import Settings


@dataclass(frozen=True)
class PlainMailing:
    """A mailing, as far as its messages need to know; none of it changes. `announces`: its issue announces a webinar."""

    id: int
    kind: str
    issue_id: int | None
    webinar_id: int | None
    announces: bool
    occasion: str | None
    stream: str
    created_at: datetime
    sender: Mailbox
    listed: ListHeaders


def load_mailings(session: Session, settings: Settings, ids: Collection[int]) -> dict[int, PlainMailing]:
    """These mailings, by their id."""
    wanted = (
        select(Mailing, Issue.webinar_id)
        .outerjoin(Issue, col(Issue.id) == col(Mailing.issue_id))
        .where(col(Mailing.id).in_(ids))
    )
    return {
        mailing.id or 0: _plain(mailing, settings, announces=announced is not None)
        for mailing, announced in session.exec(wanted)
    }


def message_id_of(delivery: Delivery | Claimed, mailing: Mailing | PlainMailing, settings: Settings) -> str:
    """The same for every try at a delivery, and for no other delivery anywhere."""
    if delivery.message_id:
        return delivery.message_id
    origin = f"{settings.base_url}\n{mailing.created_at.timestamp()}\n{mailing.id}\n{delivery.id}"
    digest = hashlib.sha256(origin.encode()).hexdigest()[:16]
    return f"<{mailing.id}.{delivery.id}.{digest}@{_domain(settings)}>"


def _plain(mailing: Mailing, settings: Settings, *, announces: bool) -> PlainMailing:
    listed = ListHeaders(
        list_id=f"{mailing.stream}.{_domain(settings)}",
        help_address=settings.editors_address or _from(settings),
        feedback_id=f"issue-{mailing.issue_id}:{mailing.stream}:newsletter:kennispost",
    )
    return PlainMailing(
        id=mailing.id or 0,
        kind=mailing.kind,
        issue_id=mailing.issue_id,
        webinar_id=mailing.webinar_id,
        announces=announces,
        occasion=mailing.occasion,
        stream=mailing.stream,
        created_at=mailing.created_at,
        sender=Mailbox(one_line(settings.sender_name), _from(settings)),
        listed=listed,
    )


def _from(settings: Settings) -> str:
    """The sender, or, outside production, an address that can reach no one."""
    return settings.sender_address or "kennispost@localhost.invalid"


def _domain(settings: Settings) -> str:
    return wire_address(_from(settings)).rpartition("@")[2]

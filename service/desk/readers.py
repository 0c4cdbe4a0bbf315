"""Subscribers at the desk: how many there are, and who, for whoever calls with a question."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse
from sqlalchemy import ColumnElement, func
from sqlmodel import Session, col, or_, select

from service.desk.access import Anyone
from service.desk.frame import desk_page
from service.i18n import _
from service.web.dependencies import Transaction
from subscribers.organisations import Organisation
from subscribers.people import Interest, Membership, Subscriber, SubscriberState

PER_PAGE = 50
STATE_NAMES = {
    SubscriberState.ACTIVE: _("actief"),
    SubscriberState.PENDING: _("nog niet bevestigd"),
    SubscriberState.UNSUBSCRIBED: _("afgemeld"),
    SubscriberState.GUEST: _("deelnemer van een webinar"),
}

router = APIRouter(prefix="/redactie/abonnees")


@dataclass(frozen=True)
class ReaderRow:
    """A reader with where they work and what they follow."""

    reader: Subscriber
    organisations: list[str]
    interests: list[str]


@router.get("")
def shown(
    *,
    request: Request,
    session: Transaction,
    person: Anyone,
    zoek: Annotated[str, Query(max_length=120)] = "",
    status: SubscriberState | None = None,
    pagina: Annotated[int, Query(ge=1, le=9999)] = 1,
) -> HTMLResponse:
    """The figures, and the readers who meet what was asked; the newest first."""
    wanted = select(Subscriber)
    for word in zoek.split():
        wanted = wanted.where(_holds(word))
    if status is not None:
        wanted = wanted.where(Subscriber.state == status)
    size = session.exec(select(func.count()).select_from(wanted.subquery())).one()
    order = (col(Subscriber.created_at).desc(), col(Subscriber.id).desc())
    readers = session.exec(wanted.order_by(*order).limit(PER_PAGE).offset((pagina - 1) * PER_PAGE)).all()
    return desk_page(
        request,
        "readers.html",
        person=person,
        place="abonnees",
        rows=reader_rows(session, readers),
        size=size,
        per_page=PER_PAGE,
        pagina=pagina,
        counts=_counts(session),
        state_names=STATE_NAMES,
        zoek=zoek,
        state=status or "",
    )


def reader_rows(session: Session, readers: Sequence[Subscriber]) -> list[ReaderRow]:
    """Readers with their organisations and interests: two queries, however many readers."""
    ids = [reader.id for reader in readers]
    organisations: defaultdict[int, list[str]] = defaultdict(list)
    joined = select(Membership.subscriber_id, Organisation.name).join(
        Organisation, col(Organisation.id) == Membership.organisation_id
    )
    for reader_id, name in session.exec(joined.where(col(Membership.subscriber_id).in_(ids))):
        organisations[reader_id].append(name)
    interests: defaultdict[int, list[str]] = defaultdict(list)
    for reader_id, slug in session.exec(
        select(Interest.subscriber_id, Interest.slug).where(col(Interest.subscriber_id).in_(ids))
    ):
        interests[reader_id].append(slug)
    return [
        ReaderRow(reader, sorted(organisations[reader.id or 0]), interests[reader.id or 0])
        for reader in readers
    ]


def _holds(word: str) -> ColumnElement[bool]:
    part = word.lower()
    at_work = (
        select(Membership.subscriber_id)
        .join(Organisation, col(Organisation.id) == Membership.organisation_id)
        .where(func.lower(Organisation.name).contains(part, autoescape=True))
    )
    return or_(
        func.lower(Subscriber.address).contains(part, autoescape=True),
        func.lower(Subscriber.name).contains(part, autoescape=True),
        col(Subscriber.id).in_(at_work),
        col(Subscriber.id).in_(select(Interest.subscriber_id).where(Interest.slug == part)),
    )


def _counts(session: Session) -> dict[str, int]:
    counted = select(Subscriber.state, func.count()).group_by(col(Subscriber.state))
    return dict.fromkeys(map(str, SubscriberState), 0) | dict(session.exec(counted).all())

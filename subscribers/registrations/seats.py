"""Seats: who has one, who waits, and whom one is offered. Whoever changes any of it holds the webinar's row.

That row is the queue's one door: 200 requests at once pass it one by one, so that counting the seats and taking one are a
single act on both engines (`FOR UPDATE`; on SQLite, BEGIN IMMEDIATE). There is no counter beside the registrations that could
say something else than they do.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import func
from sqlmodel import Session, col, select

from content.webinars.listing import is_to_come
from content.webinars.tables import Webinar
from subscribers.errors import NoSuchStep, SeatsTaken, UnknownRegistration
from subscribers.registrations.tables import HOLDING, Answer, Registration, Standing

OFFER_LASTS = timedelta(hours=24)
"""How long an offered seat is kept at most."""


def lock_webinar(session: Session, webinar_id: int) -> Webinar:
    """Hold the webinar until the transaction ends, and read it anew."""
    wanted = select(Webinar).where(Webinar.id == webinar_id).with_for_update()
    return session.exec(wanted.execution_options(populate_existing=True)).one()


def hold(session: Session, reference: str) -> tuple[Webinar, Registration]:
    """The registration that a link is about, with its webinar held; both as they are now.

    Raises:
        UnknownRegistration: there is none (any more).
    """
    of = session.exec(select(Registration.webinar_id).where(Registration.reference == reference)).first()
    if of is None:
        raise UnknownRegistration("This link is about a registration that is not there any more.")
    webinar = lock_webinar(session, of)
    mine = select(Registration).where(Registration.reference == reference)
    found = session.exec(mine.execution_options(populate_existing=True)).first()
    if found is None:  # erased while we waited for the row
        raise UnknownRegistration("This link is about a registration that is not there any more.")
    return webinar, found


def taken(session: Session, webinar: Webinar) -> int:
    """Seats that somebody has, or that are kept for somebody."""
    holding = select(func.count()).where(
        Registration.webinar_id == webinar.id, col(Registration.standing).in_(HOLDING)
    )
    return session.exec(holding).one()


def free(session: Session, webinar: Webinar) -> int | None:
    """Seats that nobody has; None where there is no limit."""
    if webinar.capacity is None:
        return None
    return max(0, webinar.capacity - taken(session, webinar))


def is_full(session: Session, webinar: Webinar) -> bool:
    """Whether who asks for a seat now has to wait: none is free, or others wait already."""
    left = free(session, webinar)
    return left is not None and (left == 0 or _anyone_waits(session, webinar))


def place(session: Session, webinar: Webinar, registration: Registration, *, now: datetime) -> None:
    """Give this person what they ask for: a seat, else a place at the end of the queue; or the recording."""
    registration.confirmed_at = registration.confirmed_at or now
    registration.ended_at = registration.queued_at = registration.seated_at = None
    registration.offered_at = registration.offer_until = None
    if registration.answer == Answer.RECORDING:
        registration.standing = Standing.RECORDING
    elif is_full(session, webinar):
        registration.standing = Standing.WAITING
        registration.queued_at = now
    else:
        seat(registration, now=now)
    session.add(registration)
    session.flush()


def seat(registration: Registration, *, now: datetime) -> None:
    """The seat is theirs. Whoever left before comes back with a higher sequence, so that calendars believe it."""
    registration.standing = Standing.SEAT
    registration.seated_at = now
    registration.confirmed_at = registration.confirmed_at or now
    registration.ended_at = registration.queued_at = registration.offer_until = None
    registration.took_over_from_id = None
    registration.sequence += 1 if registration.sequence else 0


def let_go(registration: Registration, standing: Standing, *, now: datetime) -> None:
    """They end; a calendar that had the webinar has to lose it, which takes a higher sequence."""
    registration.sequence += 1 if registration.standing == Standing.SEAT else 0
    registration.standing = standing
    registration.ended_at = now
    registration.queued_at = registration.offer_until = registration.seated_at = None


def promote(session: Session, webinar: Webinar, *, now: datetime) -> list[Registration]:
    """Offer what is free to who waits longest; gives them. None is offered once the webinar began, or was cancelled."""
    if not is_to_come(webinar, now):
        return []
    promoted = list(_first_waiting(session, webinar, free(session, webinar)))
    for one in promoted:
        one.standing = Standing.OFFERED
        one.offered_at = now
        one.offer_until = offered_until(webinar, now)
        session.add(one)
    session.flush()
    return promoted


def offered_until(webinar: Webinar, now: datetime) -> datetime:
    """How long a seat is kept: a day, or half of the time that is left, so that the next one has a chance too."""
    return now + min(OFFER_LASTS, (webinar.starts_at - now) / 2)


def accept(session: Session, webinar: Webinar, registration: Registration, *, now: datetime) -> None:
    """They take the seat that was kept for them. Twice is once.

    Raises:
        NoSuchStep: no seat is kept for them (any more).
    """
    if registration.standing == Standing.SEAT:
        return
    kept = registration.standing == Standing.OFFERED and is_to_come(webinar, now)
    if not kept or registration.offer_until is None or registration.offer_until <= now:
        raise NoSuchStep("No seat is kept for this person (any more).")
    seat(registration, now=now)
    session.add(registration)
    session.flush()


def lapse(session: Session, webinar: Webinar, *, now: datetime) -> list[Registration]:
    """End the offers whose time is over; gives those people. Nobody waits in their name any more: they can ask anew."""
    over = select(Registration).where(
        Registration.webinar_id == webinar.id,
        Registration.standing == Standing.OFFERED,
        col(Registration.offer_until) <= now,
    )
    lapsed = list(session.exec(over.order_by(col(Registration.id))))
    for one in lapsed:
        let_go(one, Standing.LAPSED, now=now)
        session.add(one)
    session.flush()
    return lapsed


def refuse_fewer(session: Session, webinar: Webinar, capacity: int | None) -> None:
    """Hold a new number of seats to those that are taken.

    Raises:
        SeatsTaken: more are taken.
    """
    if capacity is not None and capacity < (holding := taken(session, webinar)):
        raise SeatsTaken(f"{holding} seats are taken: there cannot be {capacity}.")


def shorten_offers(session: Session, webinar: Webinar) -> None:
    """After a move no seat is kept beyond the new start."""
    late = select(Registration).where(
        Registration.webinar_id == webinar.id,
        Registration.standing == Standing.OFFERED,
        col(Registration.offer_until) > webinar.starts_at,
    )
    for one in session.exec(late):
        one.offer_until = webinar.starts_at
        session.add(one)
    session.flush()


def giver_of(session: Session, colleague: Registration) -> Registration | None:
    """Who gives them a seat, and has it still."""
    mine = select(Registration).where(
        Registration.id == colleague.took_over_from_id, Registration.standing == Standing.SEAT
    )
    return session.exec(mine.execution_options(populate_existing=True)).first()


def place_in_queue(session: Session, registration: Registration) -> int:
    """How many wait with them, up to and including themselves; 0 for who does not wait."""
    if registration.standing != Standing.WAITING or registration.queued_at is None:
        return 0
    before = (col(Registration.queued_at) < registration.queued_at) | (
        (col(Registration.queued_at) == registration.queued_at)
        & (col(Registration.id) <= (registration.id or 0))
    )
    waiting = select(func.count()).where(
        Registration.webinar_id == registration.webinar_id, Registration.standing == Standing.WAITING, before
    )
    return session.exec(waiting).one()


def _first_waiting(session: Session, webinar: Webinar, most: int | None) -> Sequence[Registration]:
    waiting = select(Registration).where(
        Registration.webinar_id == webinar.id, Registration.standing == Standing.WAITING
    )
    ordered = waiting.order_by(col(Registration.queued_at), col(Registration.id))
    fresh = ordered.with_for_update().execution_options(populate_existing=True)
    return session.exec(fresh.limit(most) if most is not None else fresh).all()


def _anyone_waits(session: Session, webinar: Webinar) -> bool:
    waiting = select(Registration.id).where(
        Registration.webinar_id == webinar.id, Registration.standing == Standing.WAITING
    )
    return session.exec(waiting.limit(1)).first() is not None

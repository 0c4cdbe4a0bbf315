"""Leaving: somebody withdraws, gives up waiting, or hands their seat to a colleague. What becomes free is offered on."""

import secrets
from datetime import datetime

from sqlmodel import Session, select

from content.webinars.listing import is_to_come
from content.webinars.tables import ForWhom, Webinar
from subscribers.addresses import parse_address
from subscribers.errors import HandOverRefused, NoSuchStep, NotForThisDomain, RegistrationClosed
from subscribers.people import SubscriberState
from subscribers.registrations.domains import is_government
from subscribers.registrations.registering import Outcome
from subscribers.registrations.seats import giver_of, hold, let_go, promote, seat
from subscribers.registrations.tables import HOLDING, TAKING_PART, Answer, Registration, Standing
from subscribers.signup import find_or_make


def withdraw(session: Session, *, reference: str, now: datetime) -> Outcome:
    """They take no part any more: a seat is given up, an offer refused, the queue left. Twice is once.

    Raises:
        UnknownRegistration: it is not there any more.
        RegistrationClosed: the webinar began: who has a seat was there, or was not.
    """
    webinar, registration = hold(session, reference)
    if registration.standing not in (*TAKING_PART, Standing.ASKED):
        return Outcome(registration, changed=False)
    had_seat = registration.standing == Standing.SEAT
    if had_seat and webinar.starts_at <= now:
        raise RegistrationClosed(f"Webinar {webinar.slug!r} has begun.")
    let_go(registration, Standing.WITHDRAWN, now=now)
    session.add(registration)
    session.flush()
    offered = promote(session, webinar, now=now)
    return Outcome(registration, changed=True, offered=tuple(offered), had_seat=had_seat)


def propose(session: Session, *, reference: str, address: str, now: datetime) -> Registration | None:
    """Ask a colleague to take over this seat, which stays as it is until they say yes; gives the colleague's registration.

    None when the colleague has a seat: there is nothing to ask, and the page says the same.

    Raises:
        NotAnAddress: the address cannot exist.
        HandOverRefused: it is their own.
        NotForThisDomain: the webinar is for governments, and the colleague's address is not of one.
        NoSuchStep: they have no seat to give, or the webinar began.
    """
    parsed = parse_address(address)
    person = find_or_make(session, parsed, now=now, state=SubscriberState.GUEST)
    webinar, giver = hold(session, reference)
    if giver.standing != Standing.SEAT or not is_to_come(webinar, now):
        raise NoSuchStep("There is no seat to hand over.")
    if person.id == giver.subscriber_id:
        raise HandOverRefused("This is their own address.")
    if webinar.for_whom == ForWhom.GOVERNMENT and not is_government(session, parsed.mailed):
        raise NotForThisDomain(f"Webinar {webinar.slug!r} is for listed domains of governments.")
    colleague = _colleague(session, webinar, person.id or 0, giver, now)
    if colleague.standing == Standing.SEAT:
        return None
    colleague.took_over_from_id = giver.id
    if colleague.standing not in TAKING_PART:
        colleague.standing = Standing.ASKED
        colleague.asked_at = now
        colleague.answer = Answer.SEAT
    session.add(colleague)
    session.flush()
    return colleague


def take_over(session: Session, *, reference: str, name: str, now: datetime) -> Outcome:
    """The colleague says yes: the same seat is theirs, and the giver's no more. Twice is once. `name` may be empty.

    Raises:
        UnknownRegistration: it is not there any more.
        NoSuchStep: nobody gives them a seat (any more), or the webinar began.
    """
    webinar, colleague = hold(session, reference)
    if colleague.standing == Standing.SEAT:
        return Outcome(colleague, changed=False)
    giver = giver_of(session, colleague)
    if giver is None or not is_to_come(webinar, now):
        raise NoSuchStep("Nobody gives this person a seat (any more).")
    kept_another = colleague.standing in HOLDING
    # What somebody else typed for a colleague who said nothing yet is no name of theirs.
    known_as = colleague.name if colleague.standing in TAKING_PART else ""
    let_go(giver, Standing.HANDED_OVER, now=now)
    seat(colleague, now=now)
    colleague.name, colleague.answer, colleague.took_over_from_id = name or known_as, Answer.SEAT, giver.id
    session.add_all([giver, colleague])
    session.flush()
    # A seat that was kept for the colleague beside this one is free now.
    offered = promote(session, webinar, now=now) if kept_another else []
    return Outcome(colleague, changed=True, offered=tuple(offered))


def _colleague(
    session: Session, webinar: Webinar, subscriber_id: int, giver: Registration, now: datetime
) -> Registration:
    known = select(Registration).where(
        Registration.webinar_id == webinar.id, Registration.subscriber_id == subscriber_id
    )
    found = session.exec(known.execution_options(populate_existing=True)).first()
    return found or Registration(
        webinar_id=webinar.id or 0,
        subscriber_id=subscriber_id,
        reference=secrets.token_urlsafe(16),
        language=giver.language,
        organisation_id=giver.organisation_id,
        asked_at=now,
    )

"""Registering: somebody asks, says yes from their mailbox, and gets a seat, a place in the queue or the recording.

Whoever comes from a link out of their own mail has said yes with it: `register`. At an address that anyone can type, `ask`
notes what was asked, which holds nothing, and `confirm` is the yes.
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlmodel import Session, select

from content.webinars.listing import is_to_come, takes_registrations
from content.webinars.tables import ForWhom, Webinar, questions_of
from subscribers.addresses import parse_address
from subscribers.errors import NoSuchStep, NotForThisDomain, RegistrationClosed
from subscribers.people import Subscriber, SubscriberState
from subscribers.registrations.answers import bring_question, checked, keep_answers
from subscribers.registrations.domains import is_government
from subscribers.registrations.seats import giver_of, hold, lock_webinar, place, promote
from subscribers.registrations.tables import TAKING_PART, Answer, Registration, Standing
from subscribers.signup import find_or_make, tidy_name


@dataclass(frozen=True)
class Wish:
    """What somebody fills in. `answers` are by question and checked before; `question` is one that they bring."""

    name: str = ""
    answer: str = Answer.SEAT
    language: str = "nl"
    organisation_id: int | None = None
    answers: Mapping[int, str] = field(default_factory=dict)
    question: str = ""


@dataclass(frozen=True)
class Outcome:
    """What an act came to: a registration, whether anything changed, and to whom a seat is offered because of it."""

    registration: Registration
    changed: bool
    offered: tuple[Registration, ...] = ()
    had_seat: bool = False


def register(
    session: Session, *, webinar: Webinar, subscriber: Subscriber, wish: Wish, now: datetime
) -> Outcome:
    """This person, who is known to be themselves, takes part as they wish. The same twice changes nothing.

    Who takes part can go over to the recording until the start, also when registration has closed.

    Raises:
        RegistrationClosed: the webinar takes no registrations (any more).
        NotForThisDomain: it is for governments, and the address is not of one.
    """
    webinar = lock_webinar(session, webinar.id or 0)
    mine = _of(session, webinar, subscriber)
    takes_part = mine is not None and mine.standing in TAKING_PART
    if not (takes_part and wish.answer == Answer.RECORDING and is_to_come(webinar, now)):
        refuse_others(session, webinar, subscriber.address, now)
    if mine is not None and takes_part and mine.answer == wish.answer:
        return Outcome(mine, changed=False)
    registration = mine or _new(webinar, subscriber, now)
    had_seat = registration.standing == Standing.SEAT
    _fill_in(session, registration, wish, now)
    registration.sequence += 1 if had_seat else 0
    place(session, webinar, registration, now=now)
    offered = promote(session, webinar, now=now)
    return Outcome(registration, changed=True, offered=tuple(offered), had_seat=had_seat)


def ask(session: Session, *, webinar: Webinar, address: str, wish: Wish, now: datetime) -> Outcome:
    """Somebody typed this address. Who takes part already is left as they are (`changed` is false).

    Raises:
        NotAnAddress: the address cannot exist.
        RegistrationClosed, NotForThisDomain: as `register`.
    """
    parsed = parse_address(address)
    person = find_or_make(session, parsed, now=now, state=SubscriberState.GUEST)
    webinar = lock_webinar(session, webinar.id or 0)
    refuse_others(session, webinar, parsed.mailed, now)
    registration = _of(session, webinar, person) or _new(webinar, person, now)
    if registration.standing in TAKING_PART:
        return Outcome(registration, changed=False)
    registration.standing = Standing.ASKED
    registration.asked_at = now
    if (
        giver_of(session, registration) is None
    ):  # a colleague's seat that is gone is nothing to answer any more
        registration.took_over_from_id = None
    _fill_in(session, registration, wish, now)
    return Outcome(registration, changed=True)


def confirm(session: Session, *, reference: str, now: datetime) -> Outcome:
    """They say yes to what was asked. Twice is once.

    Raises:
        UnknownRegistration: it is not there any more.
        RegistrationClosed: the webinar takes no registrations any more.
        NoSuchStep: they left after asking; they can ask anew.
    """
    webinar, registration = hold(session, reference)
    if registration.standing in TAKING_PART:
        return Outcome(registration, changed=False)
    if registration.standing != Standing.ASKED:
        raise NoSuchStep("This person left after asking.")
    if not takes_registrations(webinar, now):
        raise RegistrationClosed(f"Webinar {webinar.slug!r} takes no registrations any more.")
    place(session, webinar, registration, now=now)
    return Outcome(registration, changed=True)


def revise_answers(session: Session, *, reference: str, given: Mapping[int, str], now: datetime) -> None:
    """They answer the questions of the form anew, as long as the form is open; what is left out is erased.

    Raises:
        UnknownRegistration: it is not there any more.
        NoSuchStep: they take no part (any more).
        RegistrationClosed: the webinar takes no registrations any more.
        AnswerMissing: as `checked` says; nothing was changed.
    """
    webinar, registration = hold(session, reference)
    if registration.standing not in TAKING_PART:
        raise NoSuchStep("Who takes no part answers no questions.")
    if not takes_registrations(webinar, now):
        raise RegistrationClosed(f"Webinar {webinar.slug!r} takes no registrations any more.")
    keep_answers(session, registration, checked(questions_of(session, webinar), given))


def refuse_others(session: Session, webinar: Webinar, address: str, now: datetime) -> None:
    """Hold a registration to what the webinar is for.

    Raises:
        RegistrationClosed: it takes none (any more).
        NotForThisDomain: it is for governments, and the address is not of one.
    """
    if not takes_registrations(webinar, now):
        raise RegistrationClosed(f"Webinar {webinar.slug!r} takes no registrations (any more).")
    if webinar.for_whom == ForWhom.GOVERNMENT and not is_government(session, address):
        raise NotForThisDomain(f"Webinar {webinar.slug!r} is for listed domains of governments.")


def registration_of(session: Session, webinar: Webinar, subscriber: Subscriber) -> Registration | None:
    """This person's registration, as it was when the transaction began to look."""
    return _of(session, webinar, subscriber)


def _of(session: Session, webinar: Webinar, subscriber: Subscriber) -> Registration | None:
    mine = select(Registration).where(
        Registration.webinar_id == webinar.id, Registration.subscriber_id == subscriber.id
    )
    return session.exec(mine.execution_options(populate_existing=True)).first()


def _new(webinar: Webinar, subscriber: Subscriber, now: datetime) -> Registration:
    return Registration(
        webinar_id=webinar.id or 0,
        subscriber_id=subscriber.id or 0,
        reference=secrets.token_urlsafe(16),
        asked_at=now,
    )


def _fill_in(session: Session, registration: Registration, wish: Wish, now: datetime) -> None:
    registration.name = tidy_name(wish.name)
    registration.language = wish.language
    registration.answer = Answer(wish.answer)
    registration.organisation_id = wish.organisation_id
    is_new = registration.id is None
    session.add(registration)
    session.flush()
    if wish.answers or not is_new:  # who is new has no earlier ones that would have to go
        keep_answers(session, registration, wish.answers)
    bring_question(session, registration, text=wish.question, now=now)

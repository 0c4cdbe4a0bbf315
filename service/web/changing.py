"""Changing more than preferences: a pause, another address, a colleague in one's place; each behind the reader's own link."""

from datetime import UTC, date, datetime
from datetime import time as clock_time
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import Response
from sqlmodel import Session

from service.clock import AMSTERDAM
from service.i18n import _
from service.limits import RateLimit, count_request, may_happen
from service.mailing.letters import post_letter
from service.runtime import Runtime
from service.web.csrf import csrf_protected
from service.web.dependencies import House, Now, Transaction
from service.web.pages import page, see
from service.web.reader import reader_behind
from service.web.signup import PER_ADDRESS
from subscribers.addresses import parse_address
from subscribers.errors import HandOverRefused, NotAnAddress, PauseRefused
from subscribers.handing_over import hand_over
from subscribers.moving import ask_to_move, occupant
from subscribers.pausing import LONGEST, is_paused, pause
from subscribers.people import Subscriber, SubscriberState
from subscribers.suppression import is_suppressed

router = APIRouter(prefix="/voorkeuren/{token}", dependencies=[Depends(csrf_protected)])

PER_READER = RateLimit("mails-asked-by-reader", 5, 3600)
"""Letters to other addresses that one reader may cause."""

ADDRESS_PROBLEM = _("Dit is geen e-mailadres. Controleer het, bijvoorbeeld naam@gemeente.nl.")
OWN_PROBLEM = _("Dit is uw eigen adres. Vul een ander adres in.")
PAUSE_PROBLEM = _("Kies een dag die nog komt, en niet meer dan twee jaar weg.")

Line = Annotated[str, Form(max_length=320)]


@router.api_route("/pauze", methods=["GET", "HEAD"])
def pausing(token: str, request: Request, house: House, session: Transaction, now: Now) -> Response:
    """Until when?"""
    reader = reader_behind(session, house, token, now=now)
    return _pause_page(request, reader, token, now)


@router.post("/pauze")
def paused(
    *,
    token: str,
    request: Request,
    house: House,
    session: Transaction,
    now: Now,
    until: Annotated[str, Form(max_length=40)] = "",
    end: Annotated[str, Form(max_length=10)] = "",
) -> Response:
    """Pause until the morning of a day, or end the pause."""
    reader = reader_behind(session, house, token, now=now, lock=True)
    try:
        moment = None if end else _morning(until)
        pause(session, subscriber=reader, until=moment, source="page /voorkeuren", now=now)
    except (PauseRefused, ValueError):
        return _pause_page(request, reader, token, now, typed=until, problem=PAUSE_PROBLEM)
    return see(f"/voorkeuren/{token}?bewaard=1")


@router.api_route("/adres", methods=["GET", "HEAD"])
def moving(token: str, request: Request, house: House, session: Transaction, now: Now) -> Response:
    """To which address?"""
    return _address_page(request, "move.html", reader_behind(session, house, token, now=now), token)


@router.post("/adres")
def moved(
    *, token: str, request: Request, house: House, session: Transaction, now: Now, address: Line = ""
) -> Response:
    """Ask both mailboxes; what is known of the new address changes nothing on the page."""
    reader = reader_behind(session, house, token, now=now, lock=True)
    if problem := _address_problem(reader, address):
        return _address_page(request, "move.html", reader, token, typed=address, problem=problem)
    _count(session, house, reader, now)
    change = ask_to_move(session, subscriber=reader, address=address, now=now)
    known = occupant(session, change)
    context = {"change_id": change.id}
    post_letter(session, kind="confirm-old-address", subscriber=reader, context=context, now=now)
    if _may_mail(session, house, change.address, now):
        if known is not None and known.state == SubscriberState.ACTIVE:
            post_letter(session, kind="already-subscribed", subscriber=known, now=now)
        else:
            post_letter(session, kind="confirm-new-address", subscriber=reader, context=context, now=now)
    return page(request, "move_sent.html", token=token, address=reader.address, new_address=change.address)


@router.api_route("/collega", methods=["GET", "HEAD"])
def handing_over(token: str, request: Request, house: House, session: Transaction, now: Now) -> Response:
    """To whom, and does the reader stay?"""
    return _address_page(request, "hand_over.html", reader_behind(session, house, token, now=now), token)


@router.post("/collega")
def handed_over(
    *,
    token: str,
    request: Request,
    house: House,
    session: Transaction,
    now: Now,
    address: Line = "",
    stays: Annotated[str, Form(max_length=10)] = "",
) -> Response:
    """Ask the colleague; nothing happens before they say yes."""
    reader = reader_behind(session, house, token, now=now, lock=True)
    problem = _address_problem(reader, address)
    if problem or stays not in ("yes", "no"):
        values = {"problem": problem, "stays": stays, "unanswered": stays not in ("yes", "no")}
        return _address_page(request, "hand_over.html", reader, token, typed=address, **values)
    _count(session, house, reader, now)
    if _may_mail(session, house, parse_address(address).mailed, now):
        try:
            asked = hand_over(
                session,
                subscriber=reader,
                address=address,
                stays=stays == "yes",
                vocabulary=house.vocabulary,
                now=now,
            )
        except HandOverRefused:  # spelled otherwise
            return _address_page(request, "hand_over.html", reader, token, typed=address, problem=OWN_PROBLEM)
        kind = "already-subscribed" if asked.already_active else "hand-over"
        post_letter(session, kind=kind, subscriber=asked.subscriber, now=now)
    return page(
        request, "hand_over_sent.html", token=token, colleague=parse_address(address).mailed, stays=stays
    )


def _morning(until: str) -> datetime:
    """The beginning of a day in the Netherlands."""
    day = date.fromisoformat(until.strip())
    return datetime.combine(day, clock_time(), tzinfo=AMSTERDAM).astimezone(UTC)


def _address_problem(reader: Subscriber, address: str) -> str:
    try:
        key = parse_address(address.replace("\0", "")).key
    except NotAnAddress:
        return ADDRESS_PROBLEM
    return OWN_PROBLEM if key == reader.address_key else ""


def _count(session: Session, house: Runtime, reader: Subscriber, now: datetime) -> None:
    secret = house.settings.secret_key.get_secret_value()
    count_request(session, limit=PER_READER, subject=reader.reference, secret=secret, now=now)


def _may_mail(session: Session, house: Runtime, address: str, now: datetime) -> bool:
    """One mail an hour to an address that others type, and none to one that must not be mailed."""
    secret = house.settings.secret_key.get_secret_value()
    key = parse_address(address).key
    allowed = may_happen(session, limit=PER_ADDRESS, subject=key, secret=secret, now=now)
    return allowed and not is_suppressed(session, address=address, keys=house.settings.signing_keys())


def _pause_page(
    request: Request, reader: Subscriber, token: str, now: datetime, *, typed: str = "", problem: str = ""
) -> Response:
    today = now.astimezone(AMSTERDAM).date()
    return page(
        request,
        "pause.html",
        status=422 if problem else 200,
        token=token,
        address=reader.address,
        until=reader.paused_until if is_paused(reader, now) else None,
        open_ended=reader.paused_until is not None and reader.paused_until > now + LONGEST,
        typed=typed,
        first=today.isoformat(),
        problems={"until": problem} if problem else {},
    )


def _address_page(request: Request, template: str, reader: Subscriber, token: str, **values: Any) -> Response:
    problem = values.pop("problem", "")
    unanswered = values.pop("unanswered", False)
    problems = {"address": problem} if problem else {}
    if unanswered:
        problems["stays"] = _("Kies of u zelf de nieuwsbrief blijft krijgen.")
    shown = {"typed": "", "stays": "", **values}
    status = 422 if problems else 200
    return page(request, template, status=status, token=token, reader=reader, problems=problems, **shown)

"""Steering a mailing at the desk. Each button is a form; what cannot be undone asks for the title first."""

from collections.abc import Callable
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import HTMLResponse, Response
from sqlmodel import Session

from service.desk.access import Publisher
from service.desk.frame import desk_page, refusal
from service.errors import TitleNotTyped
from service.mailing.closing import NOT_HANDED_OVER
from service.mailing.latecomers import add_late_comers, count_late_comers
from service.mailing.ledger import ledger
from service.mailing.moves import mailing_by_id
from service.mailing.outbox import Mailing
from service.mailing.steering import cancel, pause, resume, retry
from service.mailing.uncertain import lay_to_rest, resend
from service.web.csrf import csrf_protected
from service.web.dependencies import House, Now, Transaction
from service.web.pages import see

router = APIRouter(prefix="/redactie/verzendingen/{mailing_id}", dependencies=[Depends(csrf_protected)])


@router.post("/pauzeren")
def paused(session: Transaction, now: Now, person: Publisher, mailing_id: int) -> Response:
    """Let nothing more leave for now."""
    pause(session, mailing=mailing_by_id(session, mailing_id), by=person.address, now=now)
    return _back(mailing_id, "gepauzeerd")


@router.post("/hervatten")
def resumed(session: Transaction, now: Now, person: Publisher, mailing_id: int) -> Response:
    """Go on."""
    resume(session, mailing=mailing_by_id(session, mailing_id), by=person.address, now=now)
    return _back(mailing_id, "hervat")


@router.get("/afbreken")
def ask(request: Request, session: Transaction, person: Publisher, mailing_id: int) -> HTMLResponse:
    """What cancelling means, and a field for the title."""
    return _ask(request, session, person, mailing_by_id(session, mailing_id))


@router.post("/afbreken")
def cancelled(
    *,
    request: Request,
    session: Transaction,
    now: Now,
    person: Publisher,
    mailing_id: int,
    title: Annotated[str, Form(max_length=300)] = "",
) -> Response:
    """Stop for good, once the title was typed."""
    mailing = mailing_by_id(session, mailing_id)
    if _plain(title) != _plain(mailing.title):
        error = refusal(TitleNotTyped())
        return _ask(request, session, person, mailing, title=title, error=error, status=422)
    cancel(session, mailing=mailing, by=person.address, now=now)
    return _back(mailing_id, "afgebroken")


@router.post("/opnieuw")
def retried(session: Transaction, now: Now, person: Publisher, mailing_id: int) -> Response:
    """Try the failures again."""
    retry(session, mailing=mailing_by_id(session, mailing_id), by=person.address, now=now)
    return _back(mailing_id, "opnieuw")


@router.post("/onzeker")
def decided(
    *,
    session: Transaction,
    now: Now,
    person: Publisher,
    mailing_id: int,
    resend_one: Annotated[int | None, Form()] = None,
    rest_one: Annotated[int | None, Form()] = None,
    everyone: Annotated[str, Form(max_length=10)] = "",
) -> Response:
    """Decide about what is uncertain: the button that was pressed names the delivery, or all of them."""
    mailing = mailing_by_id(session, mailing_id)
    act, ids = _pressed(resend_one, rest_one, everyone)
    act(session, mailing=mailing, by=person.address, now=now, ids=ids)
    return _back(mailing_id, "nogmaals" if act is resend else "neergelegd")


@router.get("/nakomers")
def count(
    *, request: Request, house: House, session: Transaction, now: Now, person: Publisher, mailing_id: int
) -> HTMLResponse:
    """How many came since, and a button."""
    mailing = mailing_by_id(session, mailing_id)
    return desk_page(
        request,
        "mailings/latecomers.html",
        person=person,
        place="verzendingen",
        mailing=mailing,
        number=count_late_comers(session, house, mailing=mailing, now=now),
    )


@router.post("/nakomers")
def late_comers(
    *, house: House, session: Transaction, now: Now, person: Publisher, mailing_id: int
) -> Response:
    """Send it to them."""
    mailing = mailing_by_id(session, mailing_id)
    add_late_comers(session, house, mailing=mailing, by=person.address, now=now)
    return _back(mailing_id, "nakomers")


def _pressed(
    resend_one: int | None, rest_one: int | None, everyone: str
) -> tuple[Callable[..., int], list[int] | None]:
    if resend_one is not None:
        return resend, [resend_one]
    if rest_one is not None:
        return lay_to_rest, [rest_one]
    if everyone == "resend":
        return resend, None
    return (lay_to_rest, None) if everyone == "rest" else (lay_to_rest, [])


def _back(mailing_id: int, done: str) -> Response:
    return see(f"/redactie/verzendingen/{mailing_id}?klaar={done}")


def _plain(title: str) -> str:
    """A title as people type it over: blanks and capitals do not matter."""
    return " ".join(title.split()).casefold()


def _ask(
    request: Request,
    session: Session,
    person: Publisher,
    mailing: Mailing,
    *,
    title: str = "",
    error: str = "",
    status: int = 200,
) -> HTMLResponse:
    counts = ledger(session, mailing)
    return desk_page(
        request,
        "mailings/cancel.html",
        status=status,
        person=person,
        place="verzendingen",
        mailing=mailing,
        counts=counts,
        stopped=sum(counts[state] for state in NOT_HANDED_OVER),
        title=title,
        error=error,
    )

"""One's own place in a webinar: to confirm, accept, take over, change, give up, or hand to a colleague.

The link is only ever mailed to the person it is about. Looking changes nothing; each act is a form.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from sqlmodel import Session, select
from starlette.exceptions import HTTPException

from content.errors import UnknownWebinar
from content.webinars.listing import is_to_come, takes_registrations
from content.webinars.tables import Webinar, questions_of
from service.attending import (
    accept_seat,
    attend,
    confirm_attending,
    give_seat,
    stop_attending,
    take_seat,
)
from service.i18n import _
from service.limits import RateLimit, count_request
from service.mailing.links import join_link
from service.runtime import Runtime
from service.tokens import Purpose, read_token
from service.web.changing import PER_READER
from service.web.csrf import csrf_protected
from service.web.dependencies import House, Language, Now, Transaction, limited_by_link
from service.web.pages import page, see
from service.web.registering import (
    ADDRESS_PROBLEM,
    DOMAIN_PROBLEM,
    Posted,
    answer_problems,
    may_mail,
    typed_answers,
)
from service.webinars.wording import when
from subscribers.errors import HandOverRefused, NotAnAddress, NotForThisDomain, UnknownRegistration
from subscribers.people import Subscriber
from subscribers.registrations.answers import answers_of, bring_question, brought_by, lacking
from subscribers.registrations.registering import Wish, revise_answers
from subscribers.registrations.seats import giver_of, hold, place_in_queue
from subscribers.registrations.tables import Answer, Registration
from subscribers.signup import tidy_name

router = APIRouter(prefix="/webinars/plaats/{token}", dependencies=[Depends(csrf_protected)])

PER_PLACE = RateLimit("webinar-place", 60, 3600)
"""What one person does with their place: more than any reader, and little for a machine."""

counted = limited_by_link(PER_PLACE, Purpose.REGISTRATION)

OWN_PROBLEM = _("Dit is uw eigen adres. Vul het adres van uw collega in.")
Problems = Mapping[str, str]
ASKED = "collega"
"""What the address of the page says after a colleague was asked."""


@dataclass(frozen=True)
class Act:
    """A form that was sent: by whom, with what."""

    session: Session
    house: Runtime
    reference: str
    posted: Mapping[str, str]
    now: datetime


@dataclass(frozen=True)
class _Visit:
    """Whose page it is, in which request."""

    request: Request
    house: Runtime
    session: Session
    now: datetime
    language: str
    token: str
    reference: str


def _visit(
    *, token: str, request: Request, house: House, session: Transaction, now: Now, language: Language
) -> _Visit:
    reference = str(read_token(house.settings, Purpose.REGISTRATION, token, now=now))
    return _Visit(request, house, session, now, language, token, reference)


Visit = Annotated[_Visit, Depends(_visit, scope="function")]


@router.api_route("", methods=["GET", "HEAD"])
def look(visit: Visit, gedaan: str = "") -> Response:
    """Where they stand, and what they can do."""
    return _page(visit, done=gedaan)


@router.post("", dependencies=[Depends(counted)])
def act(visit: Visit, posted: Posted) -> Response:
    """Do what the button says."""
    name = posted.get("act", "")
    if name not in ACTS:
        raise HTTPException(422)
    problems = ACTS[name](Act(visit.session, visit.house, visit.reference, posted, visit.now))
    if problems:
        return _page(visit, problems=problems, posted=posted)
    return see(f"/webinars/plaats/{visit.token}?gedaan={name}")


def _confirm(act: Act) -> Problems:
    confirm_attending(act.session, reference=act.reference, now=act.now)
    return {}


def _accept(act: Act) -> Problems:
    accept_seat(act.session, reference=act.reference, now=act.now)
    return {}


def _take_over(act: Act) -> Problems:
    name = tidy_name(act.posted.get("name", "").replace("\0", ""))
    take_seat(act.session, reference=act.reference, name=name, now=act.now)
    return {}


def _withdraw(act: Act) -> Problems:
    stop_attending(act.session, reference=act.reference, now=act.now)
    return {}


def _answer(answer: Answer) -> Callable[[Act], Problems]:
    def change(act: Act) -> Problems:
        webinar, mine = hold(act.session, act.reference)
        wish = Wish(
            name=mine.name,
            answer=answer,
            language=mine.language,
            organisation_id=mine.organisation_id,
            answers=answers_of(act.session, mine),
        )
        reader = act.session.get_one(Subscriber, mine.subscriber_id)
        attend(act.session, webinar=webinar, subscriber=reader, wish=wish, now=act.now)
        return {}

    return change


def _colleague(act: Act) -> Problems:
    """Ask a colleague. What is known of them changes nothing on the page."""
    address = act.posted.get("address", "").replace("\0", "")[:320]
    secret = act.house.settings.secret_key.get_secret_value()
    count_request(act.session, limit=PER_READER, subject=act.reference, secret=secret, now=act.now)
    try:
        if may_mail(act.session, act.house, address, act.now):
            with act.session.begin_nested():  # a colleague's row that was made for a refusal goes again
                give_seat(act.session, reference=act.reference, address=address, now=act.now)
    except NotAnAddress:
        return {"address": ADDRESS_PROBLEM}
    except HandOverRefused:
        return {"address": OWN_PROBLEM}
    except NotForThisDomain:
        return {"address": DOMAIN_PROBLEM}
    return {}


def _question(act: Act) -> Problems:
    _webinar, mine = hold(act.session, act.reference)
    bring_question(act.session, mine, text=act.posted.get("question", ""), now=act.now)
    return {}


def _answers(act: Act) -> Problems:
    """Answer the organiser's own questions, held to the same as on the form."""
    webinar, _mine = own_registration(act.session, act.reference)
    questions = questions_of(act.session, webinar)
    given = typed_answers(act.posted, questions)
    problems = answer_problems(questions, given)
    if not problems:
        revise_answers(act.session, reference=act.reference, given=given, now=act.now)
    return problems


ACTS: Mapping[str, Callable[[Act], Problems]] = {
    "bevestigen": _confirm,
    "aannemen": _accept,
    "overnemen": _take_over,
    "afmelden": _withdraw,
    "opname": _answer(Answer.RECORDING),
    "plaats": _answer(Answer.SEAT),
    ASKED: _colleague,
    "vraag": _question,
    "antwoorden": _answers,
}
"""What each button does; gives what is wrong with what was typed, by field."""


def _page(
    visit: _Visit,
    *,
    done: str = "",
    problems: Problems | None = None,
    posted: Mapping[str, str] | None = None,
) -> Response:
    """The page as things stand, or with what was typed and what is wrong with it."""
    session, now = visit.session, visit.now
    webinar, mine = own_registration(session, visit.reference)
    questions, answers = questions_of(session, webinar), answers_of(session, mine)
    giver = giver_of(session, mine)
    person = session.get_one(Subscriber, mine.subscriber_id)
    return page(
        visit.request,
        "webinars/place.html",
        status=422 if problems else 200,
        token=visit.token,
        webinar=webinar,
        when=when(webinar.starts_at, webinar.ends_at, visit.language),
        mine=mine,
        address=person.address,
        giver=session.get_one(Subscriber, giver.subscriber_id).address if giver else "",
        before=place_in_queue(session, mine),
        join=join_link(visit.house.settings, mine, now),
        brought=brought_by(session, mine),
        to_come=is_to_come(webinar, now),
        over=webinar.ends_at <= now,
        open=takes_registrations(webinar, now),
        done=done if done in ACTS else "",
        questions=questions,
        answers=typed_answers(posted, questions) if posted and posted.get("act") == "antwoorden" else answers,
        lacking=lacking(questions, answers),
        problems=problems or {},
        typed=posted.get("address", "")[:320] if posted else "",
    )


def own_registration(session: Session, reference: str) -> tuple[Webinar, Registration]:
    """The registration that a link is about, with its webinar, to look at.

    Raises:
        UnknownRegistration, UnknownWebinar: it is not there any more.
    """
    mine = session.exec(select(Registration).where(Registration.reference == reference)).first()
    if mine is None:
        raise UnknownRegistration("This link is about a registration that is not there any more.")
    webinar = session.get(Webinar, mine.webinar_id)
    if webinar is None:
        raise UnknownWebinar("This webinar is gone.")
    return webinar, mine

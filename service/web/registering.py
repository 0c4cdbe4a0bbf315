"""Registering for a webinar: with an address that is confirmed by mail, or with one press from a link out of one's own mail.

Whatever is known of an address, the answer is the same. Looking (GET) changes nothing; a mail scanner registers nobody.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from sqlmodel import Session

from content.webinars.listing import public_webinar
from content.webinars.tables import OwnQuestion, Webinar, questions_of
from service.attending import ask_to_attend, attend
from service.errors import TokenRefused
from service.i18n import _
from service.limits import RateLimit, may_happen
from service.mailing.links import place_link
from service.runtime import Runtime
from service.tokens import Purpose, read_token
from service.web.csrf import csrf_protected
from service.web.dependencies import House, Language, Now, Transaction, limited, limited_by_link
from service.web.guarding import is_too_quick, kept, steadily
from service.web.organisations import Answer as Organisation
from service.web.organisations import describe, read_answer
from service.web.pages import see
from service.web.unsubscribe import fields
from service.web.webinar_views import webinar_page
from service.web.webinars import Slug
from subscribers.addresses import parse_address
from subscribers.errors import NotAnAddress, NotForThisDomain
from subscribers.following import organisations_of
from subscribers.people import Subscriber
from subscribers.registrations.answers import LONGEST_QUESTION, checked, lacking
from subscribers.registrations.registering import Wish, refuse_others, registration_of
from subscribers.registrations.tables import TAKING_PART, Answer, Registration
from subscribers.signup import subscriber_by_reference
from subscribers.suppression import is_suppressed

router = APIRouter(prefix="/webinars", dependencies=[Depends(csrf_protected)])

PER_NETWORK = RateLimit("webinar-registration", 120, 3600)
"""An office of many people shares one address, and a form with a mistake counts as well."""

PER_LINK = RateLimit("webinar-own-registration", 20, 3600)
"""Forms that are sent from one personal link."""

PER_ADDRESS = RateLimit("webinar-mail-to-address", 3, 3600)
"""Mails to one address that anyone can cause by typing it: nobody can fill someone else's mailbox."""

ADDRESS_PROBLEM = _("Dit is geen e-mailadres. Controleer het, bijvoorbeeld naam@gemeente.nl.")
DOMAIN_PROBLEM = _(
    "Dit webinar is voor overheden. Gebruik uw adres op het werk, bijvoorbeeld naam@gemeente.nl."
)
ANSWER_PROBLEM = _("Kies of u mee wilt doen, of alleen de opname wilt.")
QUESTION_PROBLEM = _("Beantwoord deze vraag.")
QUICK_PROBLEM = _("Dat ging erg snel. Kijk na of alles klopt, en verstuur het formulier nog een keer.")

Posted = Annotated[Mapping[str, str], Depends(fields)]


@dataclass(frozen=True)
class Filled:
    """What the form holds. `answers` are by question, as they were typed."""

    address: str = ""
    name: str = ""
    answer: str = ""
    question: str = ""
    website: str = ""
    opened: str = ""
    organisation: Organisation = field(default_factory=lambda: Organisation(typed=""))
    answers: Mapping[int, str] = field(default_factory=dict)


@dataclass(frozen=True)
class _Visit:
    """Who looks at which webinar, in which request.

    The webinar is read where it is first asked for, in the route, and not in the dependency: on SQLite the first statement
    takes the lock of writers, and a route that then had to wait for a thread could wait for those who wait for the lock.
    """

    request: Request
    house: Runtime
    session: Session
    now: datetime
    language: str
    slug: str

    @cached_property
    def webinar(self) -> Webinar:
        """The webinar at this address (UnknownWebinar where there is none)."""
        return public_webinar(self.session, self.slug)


def _visit(
    *, slug: Slug, request: Request, house: House, session: Transaction, now: Now, language: Language
) -> _Visit:
    return _Visit(request, house, session, now, language, slug)


Visit = Annotated[_Visit, Depends(_visit, scope="function")]


@router.api_route("/{slug}", methods=["GET", "HEAD"])
def look(visit: Visit) -> Response:
    """The webinar, and the form."""
    return _page(visit, Filled())


@router.post("/{slug}", dependencies=[Depends(limited(PER_NETWORK)), Depends(steadily, scope="function")])
def submit(visit: Visit, posted: Posted) -> Response:
    """Note what is asked, and mail the address; whatever is known of it, the answer is the same."""
    questions = questions_of(visit.session, visit.webinar)
    data = _read(visit.session, posted, questions)
    problems = {"address": _address_problem(data.address)} | _problems(data, questions)
    if not any(problems.values()) and is_too_quick(visit.house.settings, data.opened, visit.now):
        problems["send"] = QUICK_PROBLEM
    if not any(problems.values()) and not data.website:
        try:
            _ask(visit, data, _wish(data, questions, visit.language))
        except NotForThisDomain:
            problems["address"] = DOMAIN_PROBLEM
    if any(problems.values()):
        return _page(visit, data, problems=problems)
    return see(f"/webinars/{visit.webinar.slug}/verzonden")


@router.api_route("/{slug}/voor/{token}", methods=["GET", "HEAD"])
def look_personally(token: str, visit: Visit) -> Response:
    """The form, filled in with what we know of the reader; who takes part already is led to their own page."""
    reader = _reader(visit, token)
    mine = registration_of(visit.session, visit.webinar, reader)
    if mine is not None and mine.standing in TAKING_PART:
        return _to_place(visit, mine)
    works = organisations_of(visit.session, reader)
    organisation = Organisation(typed=works[0].name if works else "")
    return _page(visit, Filled(name=reader.name, organisation=organisation), reader=reader, token=token)


@router.post("/{slug}/voor/{token}", dependencies=[Depends(limited_by_link(PER_LINK, Purpose.WEBINAR))])
def submit_personally(token: str, visit: Visit, posted: Posted) -> Response:
    """The reader registers, at once: the link came out of their own mailbox."""
    reader = _reader(visit, token)
    questions = questions_of(visit.session, visit.webinar)
    data = _read(visit.session, posted, questions)
    problems = _problems(data, questions)
    if not any(problems.values()):
        wish = _wish(data, questions, visit.language)
        try:
            done = attend(visit.session, webinar=visit.webinar, subscriber=reader, wish=wish, now=visit.now)
            return _to_place(visit, done.registration)
        except NotForThisDomain:
            problems["send"] = DOMAIN_PROBLEM
    return _page(visit, data, reader=reader, token=token, problems=problems)


def may_mail(session: Session, house: Runtime, address: str, now: datetime) -> bool:
    """Whether a mail may go to an address that anyone can type. A request that brings none changes nothing either."""
    secret = house.settings.secret_key.get_secret_value()
    key = parse_address(address).key
    allowed = may_happen(session, limit=PER_ADDRESS, subject=key, secret=secret, now=now)
    return allowed and not is_suppressed(session, address=address, keys=house.settings.signing_keys())


def typed_answers(posted: Mapping[str, str], questions: Sequence[OwnQuestion]) -> dict[int, str]:
    """What was typed at the questions of the organiser, by question."""
    return {one.id or 0: posted.get(f"question-{one.id}", "").replace("\0", "")[:1000] for one in questions}


def answer_problems(questions: Sequence[OwnQuestion], given: Mapping[int, str]) -> dict[str, str]:
    """By field, which of those questions lacks an answer that can be."""
    return {f"question-{one.id}": QUESTION_PROBLEM for one in lacking(questions, given)}


def _ask(visit: _Visit, data: Filled, wish: Wish) -> None:
    """The webinar's own refusals come first: they say nothing of whom we know."""
    refuse_others(visit.session, visit.webinar, data.address, visit.now)
    if may_mail(visit.session, visit.house, data.address, visit.now):
        ask_to_attend(visit.session, webinar=visit.webinar, address=data.address, wish=wish, now=visit.now)


def _reader(visit: _Visit, token: str) -> Subscriber:
    """Whom a personal link is about. One that was made for another webinar is none for this."""
    match read_token(visit.house.settings, Purpose.WEBINAR, token, now=visit.now):
        case [str(reference), visit.webinar.slug]:
            return subscriber_by_reference(visit.session, reference)
    raise TokenRefused("This link is for another webinar.")


def _to_place(visit: _Visit, mine: Registration) -> Response:
    settings = visit.house.settings
    return see(place_link(settings, mine, visit.now).removeprefix(settings.base_url))


def _read(session: Session, posted: Mapping[str, str], questions: list[OwnQuestion]) -> Filled:
    def typed(name: str, longest: int = 320) -> str:
        return posted.get(name, "").replace("\0", "")[:longest]

    organisation = read_answer(
        session,
        typed=typed("organisation"),
        chosen=typed("organisation_chosen"),
        shown_for=typed("organisation_shown_for"),
        required=False,
    )
    return Filled(
        address=typed("address"),
        name=typed("name"),
        answer=typed("answer"),
        question=typed("question", LONGEST_QUESTION),
        website=typed("website"),
        opened=typed("opened", 1000),
        organisation=organisation,
        answers=typed_answers(posted, questions),
    )


def _wish(data: Filled, questions: list[OwnQuestion], language: str) -> Wish:
    works = data.organisation.organisation
    return Wish(
        name=data.name,
        answer=data.answer,
        language=language,
        organisation_id=works.id if works else None,
        answers=checked(questions, data.answers),
        question=data.question,
    )


def _address_problem(address: str) -> str:
    if not address.strip():
        return _("Vul uw e-mailadres in.")
    try:
        parse_address(address)
    except NotAnAddress:
        return ADDRESS_PROBLEM
    return ""


def _problems(data: Filled, questions: list[OwnQuestion]) -> dict[str, str]:
    return {
        "organisation": data.organisation.problem,
        "answer": "" if data.answer in tuple(Answer) else ANSWER_PROBLEM,
        **answer_problems(questions, data.answers),
    }


def _page(
    visit: _Visit,
    data: Filled,
    *,
    reader: Subscriber | None = None,
    token: str = "",
    problems: Mapping[str, str] | None = None,
) -> Response:
    wrong = {name: problem for name, problem in (problems or {}).items() if problem}
    return webinar_page(
        visit.request,
        visit.session,
        visit.house,
        visit.webinar,
        language=visit.language,
        now=visit.now,
        status=422 if wrong else 200,
        data=data,
        reader=reader,
        token=token,
        problems=wrong,
        candidates=[(one, describe(one, visit.language)) for one in data.organisation.candidates],
        opened=kept(visit.house.settings, data.opened, visit.now),
    )

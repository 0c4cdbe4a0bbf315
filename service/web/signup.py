"""Signing up: the form, the answer that is the same for every address, and the confirmation that acts on POST only."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Query, Request
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, field_validator
from sqlmodel import Session

from service.errors import TokenRefused
from service.i18n import _
from service.limits import RateLimit, may_happen
from service.mailing.letters import post_letter
from service.runtime import Runtime
from service.schedule.table import next_monthly
from service.tokens import Purpose, make_token, read_token
from service.web.csrf import csrf_protected
from service.web.dependencies import House, Language, Now, Transaction, limited
from service.web.guarding import is_too_quick, kept, steadily
from service.web.organisations import Answer, describe, read_answer
from service.web.pages import page, see
from service.web.topics import FIRST_FACETS, topic_groups
from subscribers.addresses import parse_address
from subscribers.consent import CURRENT
from subscribers.errors import NotAnAddress, UnknownSubscriber
from subscribers.handing_over import settle_hand_overs
from subscribers.people import SubscriberState
from subscribers.search import find_organisations
from subscribers.signup import confirm, refuse_old_request, sign_up, subscriber_by_reference
from subscribers.suppression import is_suppressed

router = APIRouter(dependencies=[Depends(csrf_protected)])

PER_NETWORK = RateLimit("sign-up", 60, 3600)
"""An office of many people shares one address, and a form with a mistake counts as well."""

PER_ADDRESS = RateLimit("mail-to-address", 1, 3600)
"""One mail per address and hour, whatever form asked for it: nobody can fill someone else's mailbox."""

SUGGESTIONS = 8

VIA = {"mail": "passed on in a mail"}
"""Where a link to the form may say that it stood, and what is recorded."""


class SignUpForm(BaseModel):
    """What the form sends. Everything may be missing: the page says what is."""

    address: str = ""
    name: str = ""
    organisation: str = ""
    organisation_chosen: str = ""
    organisation_shown_for: str = ""
    interests: list[str] = []
    streams: list[str] = []
    via: str = ""
    website: str = ""
    opened: str = ""

    @field_validator("*", mode="before")
    @classmethod
    def without_nul(cls, value: object) -> object:
        """No database takes a NUL in a text, and no person types one."""
        return value.replace("\0", "") if isinstance(value, str) else value


@router.api_route("/aanmelden", methods=["GET", "HEAD"])
def form(request: Request, house: House, language: Language, via: str = "") -> Response:
    """The empty form. "?via=" says where a link to it stood ("mail"); it names nobody."""
    return _form(
        request=request,
        house=house,
        language=language,
        data=SignUpForm(via=via if via in VIA else ""),
        answer=Answer(typed=""),
        problems={},
        status=200,
    )


@router.post("/aanmelden", dependencies=[Depends(limited(PER_NETWORK)), Depends(steadily, scope="function")])
def submit(
    *,
    request: Request,
    house: House,
    session: Transaction,
    now: Now,
    language: Language,
    data: Annotated[SignUpForm, Form()],
) -> Response:
    """Note the request and post the mail that confirms it; whatever is known of the address, the answer is the same."""
    answer = read_answer(
        session,
        typed=data.organisation,
        chosen=data.organisation_chosen,
        shown_for=data.organisation_shown_for,
    )
    problems = {"address": _address_problem(data.address), "organisation": answer.problem}
    if not any(problems.values()) and is_too_quick(house.settings, data.opened, now):
        problems["send"] = _(
            "Dat ging erg snel. Kijk na of alles klopt, en verstuur het formulier nog een keer."
        )
    problems = {field: problem for field, problem in problems.items() if problem}
    if problems:
        return _form(
            request=request,
            house=house,
            language=language,
            data=data,
            answer=answer,
            problems=problems,
            status=422,
        )
    if not data.website and _may_mail(session, house, data.address, now):
        signed = sign_up(
            session,
            address=data.address,
            name=data.name,
            organisation_keys=[answer.organisation.key] if answer.organisation else [],
            interests=data.interests,
            language=language,
            vocabulary=house.vocabulary,
            source=f"form /aanmelden, {VIA[data.via]}" if data.via in VIA else "form /aanmelden",
            now=now,
            extra_streams=data.streams,
        )
        kind = "already-subscribed" if signed.already_active else "confirm-subscription"
        post_letter(session, kind=kind, subscriber=signed.subscriber, now=now)
    return see("/aanmelden/verzonden")


@router.api_route("/aanmelden/verzonden", methods=["GET", "HEAD"])
def sent(request: Request) -> Response:
    """What happens next; one page for everyone."""
    return page(request, "signup_sent.html")


@router.get("/aanmelden/organisaties")
def suggest(session: Transaction, language: Language, q: Annotated[str, Query()] = "") -> Response:
    """Organisations for the list under the field, as JSON: name, and a line that tells like names apart."""
    found = find_organisations(session, text=q.replace("\0", ""), limit=SUGGESTIONS)
    return JSONResponse(
        [{"name": organisation.name, "detail": describe(organisation, language)} for organisation in found],
        headers={"Cache-Control": "private, max-age=300", "Vary": "Accept-Language, Cookie"},
    )


@router.api_route("/bevestigen/{token}", methods=["GET", "HEAD"])
def ask(token: str, request: Request, house: House, session: Transaction, now: Now) -> Response:
    """The button that confirms; once confirmed, what comes when. Looking changes nothing."""
    reference, request_id = _read_link(house, token, now)
    subscriber = subscriber_by_reference(session, reference)
    if subscriber.state == SubscriberState.UNSUBSCRIBED:
        raise UnknownSubscriber("This reader left after asking. They can sign up anew.")
    if subscriber.state == SubscriberState.PENDING:
        refuse_old_request(session, subscriber, request_id)
        return page(request, "confirm.html", token=token, address=subscriber.address)
    preferences = make_token(house.settings, Purpose.PREFERENCES, subscriber.reference, now=now)
    return page(
        request,
        "confirmed.html",
        address=subscriber.address,
        preferences=f"/voorkeuren/{preferences}",
        next_issue=next_monthly(house.settings, now),
    )


@router.post("/bevestigen/{token}")
def accept(token: str, house: House, session: Transaction, now: Now) -> Response:
    """The reader says yes."""
    reference, request_id = _read_link(house, token, now)
    subscriber = confirm(session, reference=reference, now=now, source="page /bevestigen", request=request_id)
    settle_hand_overs(session, colleague=subscriber, now=now)
    return see(f"/bevestigen/{token}")


def _may_mail(session: Session, house: Runtime, address: str, now: datetime) -> bool:
    """Whether a mail may go to an address that anyone can type. A request that brings none changes nothing either."""
    secret = house.settings.secret_key.get_secret_value()
    key = parse_address(address).key
    allowed = may_happen(session, limit=PER_ADDRESS, subject=key, secret=secret, now=now)
    return not is_suppressed(session, address=address, keys=house.settings.signing_keys()) and allowed


def _read_link(house: Runtime, token: str, now: datetime) -> tuple[str, int]:
    """Whom a confirmation link is about, and the id of the request that it answers."""
    match read_token(house.settings, Purpose.CONFIRM, token, now=now):
        case [str(reference), int(request_id)]:
            return reference, request_id
    raise TokenRefused("This link does not say which request it answers. Ask for a new one.")


def _address_problem(address: str) -> str:
    if not address.strip():
        return _("Vul uw e-mailadres in.")
    try:
        parse_address(address)
    except NotAnAddress:
        return _("Dit is geen e-mailadres. Controleer het, bijvoorbeeld naam@gemeente.nl.")
    return ""


def _form(
    *,
    request: Request,
    house: Runtime,
    language: str,
    data: SignUpForm,
    answer: Answer,
    problems: Mapping[str, str],
    status: int,
) -> Response:
    groups = topic_groups(house.vocabulary, FIRST_FACETS, frozenset(data.interests), language)
    return page(
        request,
        "signup.html",
        status=status,
        data=data,
        answer=answer,
        candidates=[(found, describe(found, language)) for found in answer.candidates],
        groups=groups,
        opened=kept(house.settings, data.opened, house.clock()),
        problems=problems,
        wording=CURRENT.text(language),
    )

"""Who helps: a public page for each municipality, with the partners that work there, what they do, and whom to call."""

from typing import Annotated

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import Response
from sqlmodel import Session, select

from service.i18n import _
from service.web.dependencies import Language, Transaction
from service.web.organisations import KINDS, describe, read_answer
from service.web.pages import page, see
from subscribers.directory import helpers, who_helps
from subscribers.errors import UnknownOrganisation
from subscribers.organisations import Organisation, OrganisationKind
from subscribers.partners import slug_of

router = APIRouter(prefix="/wie-helpt")

ROLE_NAMES = {
    "executes": _("voert zelf uit"),
    "advises": _("geeft advies"),
    "researches": _("doet onderzoek"),
    "coordinates": _("coördineert"),
}
ACTIVITY_NAMES = {
    "research": _("onderzoek en monitoring"),
    "at-schools": _("preventie op scholen"),
    "working-group": _("meedoen in een werkgroep van de gemeente"),
    "advice": _("adviesgesprekken"),
    "information": _("voorlichting"),
    "prevention-agreement": _("een preventieakkoord opstellen"),
    "healthy-school": _("Helder op School"),
    "training": _("scholing van professionals"),
    "treatment": _("behandeling"),
    "consultation-hour": _("spreekuur"),
    "signalling": _("signaleren"),
    "referral": _("doorverwijzen"),
    "parent-evenings": _("ouderbijeenkomsten en voorlichting in de wijk"),
    "policy-and-enforcement": _("beleidsoverleg en handhaving"),
}


@router.api_route("", methods=["GET", "HEAD"])
def ask(
    *,
    request: Request,
    session: Transaction,
    language: Language,
    organisation: Annotated[str, Query(max_length=200)] = "",
    organisation_chosen: Annotated[str, Query(max_length=60)] = "",
    organisation_shown_for: Annotated[str, Query(max_length=200)] = "",
) -> Response:
    """The field for a municipality; one that is meant beyond doubt has its own page."""
    if not organisation.strip():
        return page(request, "who_helps.html", typed="", candidates=[], problem="")
    answer = read_answer(
        session,
        typed=organisation.replace("\0", ""),
        chosen=organisation_chosen,
        shown_for=organisation_shown_for,
    )
    if answer.organisation is not None and answer.organisation.kind == OrganisationKind.MUNICIPALITY:
        return see(f"/wie-helpt/{address_of(answer.organisation)}")
    towns = [one for one in answer.candidates if one.kind == OrganisationKind.MUNICIPALITY]
    return page(
        request,
        "who_helps.html",
        status=422,
        typed=organisation,
        candidates=[(one, describe(one, language), address_of(one)) for one in towns],
        problem=_("Kies hieronder uw gemeente.")
        if towns
        else _("We kennen geen gemeente die zo heet. Controleer de naam."),
    )


@router.api_route("/{municipality}", methods=["GET", "HEAD"])
def here(
    request: Request, session: Transaction, municipality: Annotated[str, Path(max_length=120)]
) -> Response:
    """Whom to turn to in a municipality."""
    found = _by_address(session, municipality)
    if address_of(found) != municipality:
        return see(f"/wie-helpt/{address_of(found)}")
    partners = who_helps(found, helpers(session))
    return page(
        request,
        "who_helps_here.html",
        municipality=found,
        near=[one for one in partners if one.kind != "national"],
        national=[one for one in partners if one.kind == "national"],
        kinds=KINDS,
        role_names=ROLE_NAMES,
        activity_names=ACTIVITY_NAMES,
    )


def address_of(municipality: Organisation) -> str:
    """A municipality in the address of its page: its name, as a key."""
    return slug_of(municipality.name)


def _by_address(session: Session, address: str) -> Organisation:
    """The municipality with this name or CBS code; one that was merged leads to the one that it is in now.

    Raises:
        UnknownOrganisation: there is none.
    """
    wanted = select(Organisation).where(Organisation.kind == OrganisationKind.MUNICIPALITY)
    for one in session.exec(wanted):
        if address in (address_of(one), (one.cbs_code or "").lower(), one.cbs_code):
            into = session.get(Organisation, one.merged_into_id) if one.merged_into_id else None
            return into or one
    raise UnknownOrganisation(f"No municipality has the address {address!r}.")

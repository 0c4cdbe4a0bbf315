"""The partner directory at the desk: those that nobody checked first; change, confirm, add."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import HTMLResponse, Response
from pydantic import BaseModel
from sqlmodel import Session

from service.audit import Act, acts, note_act
from service.desk.access import Anyone, Editor, Person
from service.desk.frame import desk_page
from service.desk.problem_words import in_words
from service.web.csrf import csrf_protected
from service.web.dependencies import Now, Transaction, language
from service.web.helping import ACTIVITY_NAMES, ROLE_NAMES
from service.web.organisations import KINDS
from service.web.pages import see
from service.web.problems import PROBLEMS
from subscribers.curating import add_entry, change_entry, confirm_entry, served_places
from subscribers.directory import entries, entry_of
from subscribers.errors import PartnerRefused

ADDRESS = "/redactie/abonnees/partners"
router = APIRouter(prefix=ADDRESS, dependencies=[Depends(csrf_protected)])


class PartnerForm(BaseModel):
    """What the form sends; `serves` has a place a line."""

    name: str = ""
    kind: str = "other"
    serves: str = ""
    roles: list[str] = []
    activities: list[str] = []
    contact: str = ""
    telephone: str = ""
    address: str = ""
    website: str = ""
    source: str = ""

    def values(self) -> dict[str, Any]:
        """As the directory takes them."""
        places = [line.strip() for line in self.serves.replace("\0", "").splitlines() if line.strip()]
        return {**self.model_dump(), "serves": places}


@router.get("")
def shown(request: Request, session: Transaction, person: Anyone) -> HTMLResponse:
    """All partners."""
    places = served_places(session)
    found = entries(session)
    return desk_page(
        request,
        "partners/list.html",
        person=person,
        place="abonnees",
        entries=found,
        unchecked=sum(not entry.checked for entry, _organisation in found),
        served=places,
        kinds=KINDS,
    )


@router.get("/nieuw")
def new(request: Request, session: Transaction, person: Editor) -> HTMLResponse:
    """The empty form."""
    return _form(request, session, person, PartnerForm(), None)


@router.post("/nieuw")
def added(
    *, request: Request, session: Transaction, now: Now, person: Editor, form: Annotated[PartnerForm, Form()]
) -> Response:
    """Add a partner."""
    try:
        with session.begin_nested():
            entry = add_entry(session, form.values())
    except PartnerRefused as error:
        return _form(request, session, person, form, None, error=error)
    _note(session, person, Act.PARTNER_ADDED, now, organisation_id=entry.organisation_id, name=form.name)
    return see(f"{ADDRESS}/{entry.organisation_id}?klaar=partner")


@router.get("/{organisation_id}")
def one(request: Request, session: Transaction, person: Editor, organisation_id: int) -> HTMLResponse:
    """A partner, to change or to confirm."""
    entry, organisation = entry_of(session, organisation_id)
    names = served_places(session)
    values = entry.model_dump(include=set(PartnerForm.model_fields) - {"name", "kind", "serves"})
    form = PartnerForm(
        name=organisation.name,
        kind=organisation.partner_kind,
        serves="\n".join(names.get(place, place) for place in entry.serves),
        **values,
    )
    return _form(request, session, person, form, organisation_id)


@router.post("/{organisation_id}")
def changed(
    *,
    request: Request,
    session: Transaction,
    now: Now,
    person: Editor,
    organisation_id: int,
    form: Annotated[PartnerForm, Form()],
) -> Response:
    """Keep what was changed; it has to be confirmed again."""
    try:
        with session.begin_nested():
            change_entry(session, organisation_id, form.values())
    except PartnerRefused as error:
        return _form(request, session, person, form, organisation_id, error=error)
    _note(session, person, Act.PARTNER_CHANGED, now, organisation_id=organisation_id, name=form.name)
    return see(f"{ADDRESS}/{organisation_id}?klaar=partner")


@router.post("/{organisation_id}/bevestigen")
def confirmed(session: Transaction, now: Now, person: Editor, organisation_id: int) -> Response:
    """Somebody held it against the organisation's own words."""
    confirm_entry(session, organisation_id, by=person.address, now=now)
    _entry, organisation = entry_of(session, organisation_id)
    _note(
        session, person, Act.PARTNER_CONFIRMED, now, organisation_id=organisation_id, name=organisation.name
    )
    return see(f"{ADDRESS}/{organisation_id}?klaar=partner-bevestigd")


def _note(session: Session, person: Person, act: Act, now: Any, *, organisation_id: int, name: str) -> None:
    note_act(
        session, actor=person.address, action=act, now=now, subject=f"partner {organisation_id}", detail=name
    )


def _form(
    request: Request,
    session: Session,
    person: Person,
    form: PartnerForm,
    organisation_id: int | None,
    *,
    error: PartnerRefused | None = None,
) -> HTMLResponse:
    entry = entry_of(session, organisation_id)[0] if organisation_id is not None else None
    return desk_page(
        request,
        "partners/one.html",
        status=422 if error else 200,
        person=person,
        place="abonnees",
        entry=entry,
        form=form,
        error=PROBLEMS[PartnerRefused][1] if error else "",
        fault=str(error) if error else "",
        fault_in_words=in_words(str(error), language(request)) if error else "",
        kinds=KINDS,
        partner_roles=ROLE_NAMES,
        activity_names=ACTIVITY_NAMES,
        served=served_places(session),
        history=acts(session, subject=f"partner {organisation_id}", limit=10) if entry else [],
    )

"""Importing at the desk: a file, what its columns hold and on which ground, a dry run, and then, or never, the import."""

from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Query, Request, UploadFile
from fastapi.responses import HTMLResponse, Response
from sqlmodel import Session, col, func, select

from service.audit import Act, note_act
from service.clock import AMSTERDAM
from service.database import writing
from service.desk.access import Administrator, Person
from service.desk.frame import desk_page
from service.i18n import _
from service.web.csrf import csrf_protected
from service.web.dependencies import House, Now, Transaction
from service.web.pages import see
from service.web.problems import PROBLEMS
from subscribers.errors import BasisMissing, MappingRefused, SheetRefused
from subscribers.imports import (
    MOVING,
    Basis,
    BasisKind,
    Import,
    ImportLine,
    ImportState,
    Outcome,
    begin_check,
    begin_import,
    begin_run,
    begin_undo,
    drop_import,
    import_by_id,
    list_imports,
)
from subscribers.mapping import Field
from subscribers.people import Stream
from subscribers.sheets import MOST_BYTES, read_sheet

PER_PAGE = 50
ADDRESS = "/redactie/abonnees/invoer"
router = APIRouter(prefix=ADDRESS, dependencies=[Depends(csrf_protected)])

FIELD_NAMES = {
    Field.NOTHING: _("niet gebruiken"),
    Field.ADDRESS: _("e-mailadres"),
    Field.NAME: _("naam, of een deel ervan"),
    Field.ORGANISATION: _("gemeente of organisatie"),
    Field.LANGUAGE: _("taal"),
    Field.INTERESTS: _("onderwerpen"),
}
STREAM_NAMES = {
    Stream.MONTHLY: _("maandelijkse nieuwsbrief"),
    Stream.DIGEST: _("weekoverzicht"),
    Stream.ALERTS: _("meldingen"),
    Stream.WEBINARS: _("webinars"),
}
BASIS_NAMES = {
    BasisKind.CONSENT: _("Zij gaven toestemming voor deze nieuwsbrief."),
    BasisKind.TRANSFERRED: _("Zij lazen een nieuwsbrief die hierin opgaat, en dat is hun verteld."),
    BasisKind.PUBLISHED: _(
        "Hun organisatie maakte het adres hiervoor bekend (Telecommunicatiewet, artikel 11.7 lid 2)."
    ),
}
STATE_NAMES = {
    ImportState.UPLOADED: _("nog niet nagekeken"),
    ImportState.CHECKING: _("wordt nagekeken"),
    ImportState.CHECKED: _("nagekeken, nog niet ingevoerd"),
    ImportState.RUNNING: _("wordt ingevoerd"),
    ImportState.DONE: _("ingevoerd"),
    ImportState.UNDOING: _("wordt ongedaan gemaakt"),
    ImportState.UNDONE: _("ongedaan gemaakt"),
}
OUTCOME_NAMES = {
    Outcome.NEW: _("nieuw"),
    Outcome.CHANGED: _("aangevuld"),
    Outcome.KNOWN: _("al bekend"),
    Outcome.UNSUBSCRIBED: _("afgemeld, blijft afgemeld"),
    Outcome.SUPPRESSED: _("mogen we niet mailen"),
    Outcome.REFUSED: _("geweigerd"),
    Outcome.REMOVED: _("teruggedraaid"),
    Outcome.STOPPED: _("kreeg al mail: afgemeld"),
    Outcome.KEPT: _("veranderde zelf iets: blijft"),
}
WHY = {
    "no-address": _("Er staat geen e-mailadres."),
    "not-an-address": _("Dit is geen e-mailadres: %(detail)s"),
    "language": _("Deze taal kennen we niet: %(detail)s"),
    "organisation": _("Deze organisatie kennen we niet, of er zijn er meer die zo heten: %(detail)s"),
    "interest": _("Dit onderwerp kennen we niet: %(detail)s"),
    "double": _("Dit adres staat al eerder in het bestand."),
    "pending": _("Vroeg zelf om de nieuwsbrief en moet nog bevestigen."),
}
REFUSALS = {
    "large": _("Dit bestand is te groot. Splits het in kleinere bestanden."),
    "rows": _("Dit bestand heeft te veel regels. Splits het in kleinere bestanden."),
    "columns": _("Dit bestand heeft te veel kolommen. Laat weg wat niet nodig is."),
    "cell": _("In dit bestand staat een cel met meer dan 1.000 tekens. Maak die korter."),
    "empty": _("Er staat niets in dit bestand. Kies een ander."),
    "encoding": _(
        "Dit is geen tabel die we kunnen lezen. Bewaar haar als CSV of als XLSX en probeer het opnieuw."
    ),
    "broken": _("Dit bestand is beschadigd. Bewaar het opnieuw als CSV of als XLSX."),
    "unsafe": _("In dit bestand staan verwijzingen die niet veilig zijn. Bewaar het opnieuw als CSV."),
}


@router.get("")
def shown(request: Request, session: Transaction, person: Administrator) -> HTMLResponse:
    """The form for a file, and what was imported before."""
    return _start(request, session, person)


@router.post("")
def uploaded(
    *, request: Request, house: House, now: Now, person: Administrator, file: UploadFile
) -> Response:
    """Keep the lines of the file. It is read before a transaction begins: a large one takes its time."""
    with writing(house.engine) as session:
        try:
            sheet = read_sheet(file.file.read(MOST_BYTES + 1))
        except SheetRefused as error:
            return _start(request, session, person, error=REFUSALS[error.kind], status=422)
        made = begin_import(session, name=file.filename or "", sheet=sheet, by=person.address, now=now)
    return see(f"{ADDRESS}/{made.id}")


@router.get("/{import_id}")
def one(
    *,
    request: Request,
    session: Transaction,
    person: Administrator,
    import_id: int,
    uitkomst: Outcome | None = None,
    pagina: Annotated[int, Query(ge=1, le=9999)] = 1,
) -> HTMLResponse:
    """An import as it stands: the form for its columns, how far it is, or what happens to each line."""
    found = import_by_id(session, import_id)
    return _page(request, session, person, found, outcome=uitkomst, pagina=pagina)


@router.post("/{import_id}/nakijken")
def check(
    *,
    request: Request,
    session: Transaction,
    now: Now,
    person: Administrator,
    import_id: int,
    column: Annotated[list[str], Form()] = [],  # noqa: B006  FastAPI copies it
    stream: Annotated[list[Stream], Form()] = [],  # noqa: B006  FastAPI copies it
    basis: Annotated[BasisKind | None, Form()] = None,
    basis_text: Annotated[str, Form(max_length=2000)] = "",
    basis_since: Annotated[date | None, Form()] = None,
) -> Response:
    """Start the dry run."""
    found = import_by_id(session, import_id)
    today = now.astimezone(AMSTERDAM).date()
    filled = {
        "mapping": column,
        "streams": stream,
        "basis": basis,
        "basis_text": basis_text,
        "basis_since": basis_since,
    }
    try:
        if basis is None or basis_since is None or not stream:
            raise BasisMissing("State the ground, since when it holds, and what new readers get.")
        ground = Basis(basis, basis_text, basis_since)
        with session.begin_nested():
            begin_check(session, found, mapping=column, basis=ground, streams=stream, today=today)
    except (BasisMissing, MappingRefused) as error:
        return _page(
            request, session, person, found, filled=filled, error=PROBLEMS[type(error)][1], status=422
        )
    return see(f"{ADDRESS}/{import_id}")


@router.post("/{import_id}/invoeren")
def run(session: Transaction, now: Now, person: Administrator, import_id: int) -> Response:
    """Start to do what the dry run showed."""
    found = import_by_id(session, import_id)
    begin_run(session, found)
    note_act(
        session, actor=person.address, action=Act.IMPORT_RUN, now=now, subject=found.source, detail=found.name
    )
    return see(f"{ADDRESS}/{import_id}")


@router.post("/{import_id}/ongedaan")
def undo(session: Transaction, now: Now, person: Administrator, import_id: int) -> Response:
    """Start to undo it."""
    found = import_by_id(session, import_id)
    begin_undo(session, found)
    note_act(
        session,
        actor=person.address,
        action=Act.IMPORT_UNDONE,
        now=now,
        subject=found.source,
        detail=found.name,
    )
    return see(f"{ADDRESS}/{import_id}")


@router.post("/{import_id}/weg")
def drop(session: Transaction, _person: Administrator, import_id: int) -> Response:
    """Throw a file away that did not run."""
    drop_import(session, import_by_id(session, import_id))
    return see(f"{ADDRESS}?klaar=invoer-weg")


def _start(
    request: Request, session: Session, person: Person, *, error: str = "", status: int = 200
) -> HTMLResponse:
    return desk_page(
        request,
        "imports/start.html",
        status=status,
        person=person,
        place="abonnees",
        imports=list_imports(session),
        state_names=STATE_NAMES,
        error=error,
    )


def _page(
    request: Request,
    session: Session,
    person: Person,
    found: Import,
    *,
    outcome: Outcome | None = None,
    pagina: int = 1,
    filled: dict[str, Any] | None = None,
    error: str = "",
    status: int = 200,
) -> HTMLResponse:
    wanted = select(ImportLine).where(ImportLine.import_id == found.id)
    sample = session.exec(wanted.order_by(col(ImportLine.number)).limit(5)).all()
    if outcome is not None:
        wanted = wanted.where(ImportLine.outcome == outcome)
    size = session.exec(select(func.count()).select_from(wanted.subquery())).one()
    here = wanted.order_by(col(ImportLine.number)).offset((pagina - 1) * PER_PAGE).limit(PER_PAGE)
    return desk_page(
        request,
        "imports/one.html",
        status=status,
        person=person,
        place="abonnees",
        found=found,
        moving=found.state in MOVING,
        sample=sample,
        rows=session.exec(here).all(),
        size=size,
        per_page=PER_PAGE,
        pagina=pagina,
        outcome=outcome or "",
        filled=filled or _filled(found),
        error=error,
        field_names=FIELD_NAMES,
        stream_names=STREAM_NAMES,
        basis_names=BASIS_NAMES,
        state_names=STATE_NAMES,
        outcome_names=OUTCOME_NAMES,
        why=WHY,
    )


def _filled(found: Import) -> dict[str, Any]:
    return {
        "mapping": found.mapping,
        "streams": found.streams,
        "basis": found.basis_kind,
        "basis_text": found.basis_text,
        "basis_since": found.basis_since or "",
    }

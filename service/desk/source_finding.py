"""New sources at the desk: from the address of a site to its feeds, and whole lists of them as OPML."""

from typing import Annotated

from fastapi import APIRouter, Depends, File, Form, Request, UploadFile
from fastapi.responses import HTMLResponse, Response

from content.discovering import Candidate, discover
from content.errors import FeedUnreadable, FetchFailed, OpmlUnreadable, SourceExists, SourceRefused
from content.opml import OPML_LIMIT, Outline, read_opml, write_opml
from content.outlines import import_outlines
from content.sources import SourceKind, add_source, free_key, list_sources
from service.audit import Act, note_act
from service.database import reading
from service.desk.access import Anyone, Editor, Person
from service.desk.frame import desk_page, refusal
from service.desk.source_words import trouble_text
from service.i18n import _
from service.visiting import fetch_rules
from service.web.csrf import csrf_protected
from service.web.dependencies import House, Now, Transaction
from service.web.pages import see

router = APIRouter(prefix="/redactie/bronnen", dependencies=[Depends(csrf_protected)])

NO_FEED = _(
    "Wij vonden op deze website geen lijst met berichten (feed). Zoek op de website naar „RSS” of vraag ernaar."
)


@router.get("/nieuw/zoeken")
def asked(request: Request, person: Editor) -> HTMLResponse:
    """The form for the address of a site, and for a list of feeds."""
    return _page(request, person)


@router.post("/nieuw/zoeken")
def found(
    request: Request, house: House, person: Editor, address: Annotated[str, Form(max_length=2000)] = ""
) -> HTMLResponse:
    """The feeds of a site, to choose from. Nothing is written, and no transaction is open while we wait."""
    try:
        candidates = discover(address, rules=fetch_rules(house.settings))
    except (FetchFailed, FeedUnreadable) as error:
        unfound = isinstance(error, FeedUnreadable) and error.trouble in {"page", "no-feed"}
        words = NO_FEED if unfound else trouble_text(error.trouble) or refusal(error)
        return _page(request, person, address=address, error=words)
    with reading(house.engine) as session:
        known = {source.url: source.key for source in list_sources(session)}
    return _page(request, person, address=address, candidates=candidates, known=known)


@router.post("/nieuw/toevoegen")
def added(
    *,
    request: Request,
    session: Transaction,
    now: Now,
    person: Editor,
    url: Annotated[str, Form(max_length=2000)] = "",
    name: Annotated[str, Form(max_length=300)] = "",
    home_url: Annotated[str, Form(max_length=2000)] = "",
) -> Response:
    """Add the feed that was chosen; the next round visits it."""
    try:
        with session.begin_nested():
            key = free_key(session, title=name or url.partition("//")[2])
            source = add_source(session, key=key, url=url, name=name, home_url=home_url, now=now)
    except (SourceRefused, SourceExists) as error:
        return _page(request, person, address=url, error=refusal(error))
    subject = f"source {source.key}"
    note_act(
        session, actor=person.address, action=Act.SOURCE_ADDED, now=now, subject=subject, detail=source.url
    )
    return see(f"/redactie/bronnen/{source.key}?klaar=bron-nieuw")


@router.get("/lijst/opml")
def exported(session: Transaction, _person: Anyone) -> Response:
    """All enabled feeds as OPML, for any feed reader."""
    sources = [one for one in list_sources(session) if one.enabled and one.kind == SourceKind.FEED]
    outlines = [Outline(source.name, source.url, source.home_url) for source in sources]
    return Response(
        write_opml(outlines, title="Kennispost"),
        media_type="text/x-opml",
        headers={"Content-Disposition": 'attachment; filename="kennispost-bronnen.opml"'},
    )


@router.post("/lijst/inlezen")
def imported(
    request: Request, session: Transaction, now: Now, person: Editor, file: Annotated[UploadFile, File()]
) -> Response:
    """Add the feeds of an OPML file that are not there yet, and say what became of each."""
    try:
        outlines = read_opml(file.file.read(OPML_LIMIT + 1))
    except OpmlUnreadable as error:
        return _page(request, person, file_error=refusal(error))
    results = import_outlines(session, outlines, now=now)
    added_keys = [result.key for result in results if result.outcome == "added"]
    note_act(
        session,
        actor=person.address,
        action=Act.SOURCE_ADDED,
        now=now,
        subject="sources",
        detail=f"OPML: {len(added_keys)}",
    )
    return desk_page(request, "sources/imported.html", person=person, place="bronnen", results=results)


def _page(
    request: Request,
    person: Person,
    *,
    address: str = "",
    candidates: tuple[Candidate, ...] = (),
    known: dict[str, str] | None = None,
    error: str = "",
    file_error: str = "",
) -> HTMLResponse:
    return desk_page(
        request,
        "sources/find.html",
        status=422 if error or file_error else 200,
        person=person,
        place="bronnen",
        address=address,
        candidates=candidates,
        known=known or {},
        error=error,
        file_error=file_error,
    )

"""Sources at the desk: how each answered, when we come again and why; changing one."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import HTMLResponse, Response
from sqlalchemy import func
from sqlmodel import Session, col, select

from content.errors import SourceExists, SourceRefused
from content.items import Item
from content.pacing import is_time
from content.sources import (
    Source,
    SourceKind,
    change_source,
    list_sources,
    recent_fetches,
    source_by_key,
)
from service.audit import Act, note_act
from service.database import reading
from service.desk.access import Anyone, Editor, Person
from service.desk.frame import desk_page, refusal
from service.desk.problem_words import in_words
from service.desk.source_words import KINDS, OUTCOMES, POLICIES, WHYS, trouble_text
from service.harvesting import harvest_all
from service.schedule.table import upcoming
from service.settings import Settings
from service.web.csrf import csrf_protected
from service.web.dependencies import House, Now, Transaction, language
from service.web.pages import see

VISITS = 30
router = APIRouter(prefix="/redactie/bronnen", dependencies=[Depends(csrf_protected)])


@router.get("")
def shown(request: Request, house: House, session: Transaction, now: Now, person: Anyone) -> HTMLResponse:
    """All sources; those with a problem first."""
    sources = sorted(list_sources(session), key=_urgency)
    return desk_page(
        request,
        "sources/list.html",
        person=person,
        place="bronnen",
        sources=sources,
        items=_items_by_source(session),
        next_round=_next_round(house.settings, now),
        trouble_text=trouble_text,
        in_words=lambda problem: in_words(problem, language(request)),
        troubled=sum(bool(source.enabled and source.last_problem) for source in sources),
        enabled=sum(source.enabled for source in sources),
    )


@router.get("/{key}")
def one(
    *, request: Request, house: House, session: Transaction, now: Now, person: Anyone, key: str
) -> HTMLResponse:
    """The health of a source: its last answers, when next, and why."""
    return _health_page(request, house.settings, session, person, key=key, now=now)


@router.post("/{key}/ophalen")
def visited(house: House, _person: Editor, key: str) -> Response:
    """Visit a source now, whatever its time. No transaction is open while we wait."""
    with reading(house.engine) as session:
        source_by_key(session, key)
    report = harvest_all(house, only=[key])
    return see(f"/redactie/bronnen/{key}?klaar={'bron-mislukt' if report.failed else 'bron-opgehaald'}")


@router.post("/{key}/wijzigen")
def changed(
    *,
    request: Request,
    house: House,
    session: Transaction,
    now: Now,
    person: Editor,
    key: str,
    name: Annotated[str, Form(max_length=200)] = "",
    url: Annotated[str, Form(max_length=2000)] = "",
    home_url: Annotated[str, Form(max_length=2000)] = "",
    identity_policy: Annotated[str, Form(max_length=20)] = "guid",
) -> Response:
    """Give a source another name or address."""
    source = source_by_key(session, key)
    filled = {"name": name, "url": url, "home_url": home_url, "identity_policy": identity_policy}
    if source.kind != SourceKind.FEED:  # its declaration says where it is and what its records are known by
        filled |= {"url": source.url, "identity_policy": source.identity_policy}
    try:
        with session.begin_nested():
            change_source(session, source=source, **filled)
    except (SourceRefused, SourceExists) as error:
        return _health_page(
            request, house.settings, session, person, key=key, now=now, filled=filled, error=refusal(error)
        )
    note_act(
        session,
        actor=person.address,
        action=Act.SOURCE_CHANGED,
        now=now,
        subject=f"source {key}",
        detail=source.url,
    )
    return see(f"/redactie/bronnen/{key}?klaar=bewaard")


def _health_page(
    request: Request,
    settings: Settings,
    session: Session,
    person: Person,
    *,
    key: str,
    now: datetime,
    filled: dict[str, str] | None = None,
    error: str = "",
) -> HTMLResponse:
    source = source_by_key(session, key)
    names = ("name", "url", "home_url", "identity_policy")
    return desk_page(
        request,
        "sources/one.html",
        status=422 if error else 200,
        person=person,
        place="bronnen",
        source=source,
        fetches=recent_fetches(session, source, limit=VISITS),
        items=_items_by_source(session, source).get(source.id or 0),
        next_visit=_next_visit(source, _next_round(settings, now, kind=source.kind)),
        kinds=KINDS,
        trouble_text=trouble_text,
        in_words=lambda problem: in_words(problem, language(request)),
        whys=WHYS,
        outcomes=OUTCOMES,
        policies=POLICIES,
        filled=filled or {name: getattr(source, name) for name in names},
        error=error,
    )


def _next_round(settings: Settings, now: datetime, *, kind: str = SourceKind.FEED) -> datetime | None:
    line = "crawl" if kind == SourceKind.DATABASE else "harvest"
    return next((moment for name, moment in upcoming(settings, now) if name == line), None)


def _next_visit(source: Source, round_at: datetime | None) -> datetime | None:
    """When the source is visited in truth: in the next round, or when its own moment comes after that."""
    if not source.enabled or round_at is None:
        return None
    return round_at if is_time(source.not_before, source.wait_why, now=round_at) else source.not_before


def _urgency(source: Source) -> tuple[bool, bool, str]:
    return (
        not source.enabled and source.last_trouble != "gone",
        not source.last_problem,
        source.name.casefold(),
    )


def _items_by_source(session: Session, source: Source | None = None) -> dict[int, tuple[int, datetime]]:
    """By the source's number: how many items it brought, and when the newest came."""
    newest = func.max(col(Item.first_seen_at))
    counted: Any = select(Item.source_id, func.count(), newest).group_by(col(Item.source_id))
    if source is not None:
        counted = counted.where(Item.source_id == source.id)
    return {source_id: (number, moment) for source_id, number, moment in session.exec(counted)}

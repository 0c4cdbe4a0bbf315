"""Sources at the desk: how each answered last, and switching one off and on."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import HTMLResponse, Response
from sqlalchemy import func
from sqlmodel import Session, col, select

from content.items import Item
from content.sources import Source, list_sources, set_enabled, source_by_key
from service.audit import Act, note_act
from service.desk.access import Anyone, Editor
from service.desk.frame import desk_page
from service.schedule.table import upcoming
from service.web.csrf import csrf_protected
from service.web.dependencies import House, Now, Transaction
from service.web.pages import see

router = APIRouter(prefix="/redactie/bronnen", dependencies=[Depends(csrf_protected)])


@router.get("")
def shown(request: Request, house: House, session: Transaction, now: Now, person: Anyone) -> HTMLResponse:
    """All sources; those with a problem first."""
    sources = sorted(list_sources(session), key=_urgency)
    return desk_page(
        request,
        "sources.html",
        person=person,
        place="bronnen",
        sources=sources,
        items=_items_by_source(session),
        next_round=next(
            (moment for name, moment in upcoming(house.settings, now) if name == "harvest"), None
        ),
        troubled=sum(bool(source.enabled and source.last_problem) for source in sources),
        enabled=sum(source.enabled for source in sources),
    )


@router.post("/{key}")
def switched(
    session: Transaction, now: Now, person: Editor, key: str, enabled: Annotated[bool, Form()] = False
) -> Response:
    """Switch a source on or off. Its items stay."""
    source = source_by_key(session, key)
    set_enabled(session, source=source, enabled=enabled)
    act = Act.SOURCE_ENABLED if enabled else Act.SOURCE_DISABLED
    note_act(session, actor=person.address, action=act, now=now, subject=f"source {key}", detail=source.name)
    return see(f"/redactie/bronnen?klaar={'bron-aan' if enabled else 'bron-uit'}#bron-{key}")


def _urgency(source: Source) -> tuple[bool, bool, str]:
    return (not source.enabled, not source.last_problem, source.name.casefold())


def _items_by_source(session: Session) -> dict[int, tuple[int, datetime]]:
    """By the source's number: how many items it brought, and when the newest came."""
    newest = func.max(col(Item.first_seen_at))
    counted = select(Item.source_id, func.count(), newest).group_by(col(Item.source_id))
    return {source_id: (number, moment) for source_id, number, moment in session.exec(counted)}

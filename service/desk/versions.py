"""The versions of an item at the desk: what its source changed since we first saw it."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse

from content.items import VERSION_LIMIT, item_by_id
from content.sources import Source
from content.versions import edits_of
from service.desk.access import Anyone
from service.desk.frame import desk_page
from service.i18n import _
from service.web.dependencies import Transaction

FIELD_NAMES = {"title": _("Titel"), "summary": _("Tekst"), "link": _("Link")}

router = APIRouter(prefix="/redactie/inbox")


@router.get("/{item_id}/versies")
def shown(
    request: Request,
    session: Transaction,
    person: Anyone,
    item_id: int,
    terug: Annotated[str, Query(max_length=1000)] = "",
) -> HTMLResponse:
    """Each change of an item, the latest first, with the words that went and came."""
    item = item_by_id(session, item_id)
    return desk_page(
        request,
        "inbox/versions.html",
        person=person,
        place="inbox",
        item=item,
        source=session.get(Source, item.source_id),
        edits=edits_of(session, item),
        field_names=FIELD_NAMES,
        limit=VERSION_LIMIT,
        back=terug,
    )

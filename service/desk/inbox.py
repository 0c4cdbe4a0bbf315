"""The inbox at the desk: what came in, why it has its tags, and what an editor does with it in one click."""

from datetime import datetime
from typing import Annotated, Any, Literal
from urllib.parse import parse_qsl, urlencode

from fastapi import APIRouter, Depends, Form, Query, Request
from fastapi.responses import HTMLResponse, Response
from sqlmodel import Session, col, select

from content.alerting import alert_item
from content.arranging import remove_block
from content.clusters import put_together, set_apart
from content.composing import add_item
from content.errors import BlockRefused
from content.inbox import decide, inbox, inbox_counts, inbox_size, retag, tags_of
from content.issues import Block, Issue, issue_by_id
from content.items import InboxState, Item, item_by_id
from content.sources import Source
from service.audit import Act, note_act
from service.desk.access import Anyone, Editor
from service.desk.evidence import marked, words_of
from service.desk.frame import desk_page
from service.desk.stages import open_issues
from service.i18n import _
from service.mailing.letters import post_to_desk
from service.web.csrf import csrf_protected
from service.web.dependencies import House, Now, Transaction
from service.web.pages import see

PER_PAGE = 40
STATE_NAMES = {
    InboxState.NEW: _("Nieuw"),
    InboxState.KEPT: _("Bewaard"),
    InboxState.USED: _("Gebruikt"),
    InboxState.DROPPED: _("Weggelegd"),
}
RELEVANCE_NAMES = {
    "2": _("Geschikt voor de nieuwsbrief"),
    "1": _("Gaat over middelen"),
    "0": _("Overig"),
    "": _("Alles"),
}
FILTERS = ("status", "relevantie", "onderwerp", "bron", "zoek", "editie", "pagina")

router = APIRouter(prefix="/redactie/inbox", dependencies=[Depends(csrf_protected)])

Text = Annotated[str, Query(max_length=200)]


@router.get("")
def shown(
    *,
    request: Request,
    session: Transaction,
    person: Anyone,
    status: InboxState = InboxState.NEW,
    relevantie: Literal["2", "1", "0", ""] = "2",
    onderwerp: Text = "",
    bron: Text = "",
    zoek: Text = "",
    editie: int | None = None,
    pagina: Annotated[int, Query(ge=1, le=9999)] = 1,
    gedaan: Text = "",
    bericht: int | None = None,
    was: Text = "",
) -> HTMLResponse:
    """The items that meet the filters, the latest first."""
    asked: dict[str, Any] = {
        "state": status,
        "relevance": int(relevantie) if relevantie else None,
        "slug": onderwerp or None,
        "search": zoek,
        "source": bron or None,
    }
    rows = inbox(session, **asked, limit=PER_PAGE, offset=(pagina - 1) * PER_PAGE)
    issues = open_issues(session)
    return desk_page(
        request,
        "inbox/inbox.html",
        person=person,
        place="inbox",
        rows=rows,
        size=inbox_size(session, **asked),
        per_page=PER_PAGE,
        counts=inbox_counts(session),
        state_names=STATE_NAMES,
        relevance_names=RELEVANCE_NAMES,
        sources=list(session.exec(select(Source).order_by(col(Source.name)))),
        issues=issues,
        into=next((issue for issue in issues if issue.id == editie), issues[0] if issues else None),
        state=status,
        relevantie=relevantie,
        onderwerp=onderwerp,
        bron=bron,
        zoek=zoek,
        pagina=pagina,
        query=_filters(request.url.query),
        page_query=_filters(request.url.query, without="pagina"),
        undo=_undo(session, gedaan, bericht, was),
        marked=marked,
        words_of=words_of,
    )


@router.post("/{item_id}")
def decided(
    *,
    house: House,
    session: Transaction,
    now: Now,
    person: Editor,
    item_id: int,
    act: Annotated[Literal["kept", "dropped", "new", "use", "alert"], Form()],
    seen: Annotated[InboxState, Form()],
    into: Annotated[int | None, Form()] = None,
    back: Annotated[str, Form(max_length=1000)] = "",
    next_item: Annotated[int | None, Form()] = None,
) -> Response:
    """Keep, drop, take back, or put into the issue; then back to where the editor was, at the item after it."""
    item = item_by_id(session, item_id)
    if act == "use":
        done = _use(
            house, session, issue=issue_by_id(session, into or 0), item=item, by=person.address, now=now
        )
    elif act == "alert":
        done = _alert(house, session, item=item, by=person.address, now=now)
    else:
        done = act if decide(session, item=item, state=act, seen=seen) else "anders"
    told = {"gedaan": done, "bericht": str(item_id), "was": seen.value}
    address = f"/redactie/inbox?{_filters(back, **told)}"
    return see(f"{address}#bericht-{next_item}" if next_item else address)


@router.post("/{item_id}/ongedaan")
def undone(
    *,
    session: Transaction,
    now: Now,
    person: Editor,
    item_id: int,
    was: Annotated[InboxState, Form()],
    back: Annotated[str, Form(max_length=1000)] = "",
) -> Response:
    """Take the last act back: the item is as it was, and no longer in an issue that can still change."""
    item = item_by_id(session, item_id)
    open_ids = [issue.id for issue in open_issues(session)]
    standing_in = select(Block).where(Block.item_id == item_id, col(Block.issue_id).in_(open_ids))
    if item.state == InboxState.USED:
        # The newest alone: what stands in an alert may have stood in the monthly issue before.
        for block in session.exec(standing_in.order_by(col(Block.id).desc()).limit(1)).all():
            remove_block(session, block=block, by=person.address, now=now)
    decide(session, item=item, state=was)
    return see(f"/redactie/inbox?{_filters(back, klaar='ongedaan')}#bericht-{item_id}")


@router.post("/{item_id}/apart")
def apart(
    *, session: Transaction, _person: Editor, item_id: int, back: Annotated[str, Form(max_length=1000)] = ""
) -> Response:
    """Say that an item is other news than the row it is under; it becomes a row of its own."""
    was = set_apart(session, item=item_by_id(session, item_id))
    told = {"gedaan": "apart", "bericht": str(item_id), "was": str(was)} if was else {}
    return see(f"/redactie/inbox?{_filters(back, **told)}#bericht-{item_id}")


@router.post("/{item_id}/bijeen")
def together(
    *,
    session: Transaction,
    _person: Editor,
    item_id: int,
    cluster: Annotated[int, Form()],
    back: Annotated[str, Form(max_length=1000)] = "",
) -> Response:
    """Take that back: the item stands under the row where it was."""
    put_together(session, item=item_by_id(session, item_id), cluster_id=cluster)
    return see(f"/redactie/inbox?{_filters(back, klaar='ongedaan')}#bericht-{cluster}")


@router.get("/{item_id}/onderwerpen")
def tags(
    request: Request, session: Transaction, person: Editor, item_id: int, terug: Text = ""
) -> HTMLResponse:
    """The form for an item's tags, with the evidence beside it."""
    item = item_by_id(session, item_id)
    given = tags_of(session, [item])[item_id]
    return desk_page(
        request,
        "inbox/tags.html",
        person=person,
        place="inbox",
        item=item,
        tags=given,
        chosen={tag.slug for tag in given},
        evidence={tag.slug: words_of(tag) for tag in given},
        relevance_names=RELEVANCE_NAMES,
        marked=marked,
        back=_filters(terug),
    )


@router.post("/{item_id}/onderwerpen")
def change_tags(
    *,
    house: House,
    session: Transaction,
    _person: Editor,
    item_id: int,
    tags: Annotated[list[str], Form()] = [],  # noqa: B006  FastAPI copies it
    relevance: Annotated[int | None, Form(ge=0, le=2)] = None,
    back: Annotated[str, Form(max_length=1000)] = "",
) -> Response:
    """Give an item these tags; from now on no harvest changes them."""
    item = item_by_id(session, item_id)
    retag(session, item=item, slugs=tags, vocabulary=house.vocabulary, relevance=relevance)
    return see(f"/redactie/inbox?{_filters(back, klaar='onderwerpen')}#bericht-{item_id}")


def _use(house: House, session: Session, *, issue: Issue, item: Item, by: str, now: Any) -> str:
    try:
        with session.begin_nested():
            add_item(
                session, issue=issue, item=item, section_key=None, vocabulary=house.vocabulary, by=by, now=now
            )
    except BlockRefused:
        return "dubbel"
    return "used"


def _alert(house: House, session: Session, *, item: Item, by: str, now: datetime) -> str:
    """Put the item into the alert that is being made. Whoever may approve hears of a new one: an alert cannot wait."""
    try:
        with session.begin_nested():
            issue, opened = alert_item(session, item=item, vocabulary=house.vocabulary, by=by, now=now)
    except BlockRefused:
        return "dubbel"
    note_act(
        session, actor=by, action=Act.ALERT_MADE, now=now, subject=f"issue {issue.id}", detail=item.title
    )
    if opened:
        post_to_desk(session, kind="alert-drafted", context={"issue_id": issue.id}, now=now)
    return "melding"


def _filters(query: str, *, without: str = "", **more: str) -> str:
    """The filters of a query string and nothing else of it, so that a form can carry them without being trusted."""
    kept = [(name, value) for name, value in parse_qsl(query) if name in FILTERS and name != without]
    return urlencode([*kept, *more.items()])


def _undo(session: Session, done: str, item_id: int | None, was: str) -> dict[str, Any] | None:
    """What was just done to which item, so that the page can say it and offer the way back."""
    item = session.get(Item, item_id) if item_id else None
    if item is None or done not in ("kept", "dropped", "new", "used", "dubbel", "anders", "apart", "melding"):
        return None
    return {
        "done": done,
        "item": item,
        "was": was if was in list(InboxState) or (done == "apart" and was.isdecimal()) else "",
    }

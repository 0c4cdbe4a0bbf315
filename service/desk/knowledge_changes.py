"""Changes in databases at the desk: what happened, and into the issue with it in one click, or not."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Form, Query, Request
from fastapi.responses import HTMLResponse, Response
from sqlmodel import Session, col, select

from content.arranging import remove_block
from content.errors import BlockRefused
from content.featuring import add_change, event_by_id, event_sentence
from content.interventions.changes import Kind
from content.interventions.tables import ChangeEvent, EventState
from content.interventions.waiting import changes, changes_size
from content.interventions.wording import KINDS, field_name, shown
from content.issues import Block, Issue, issue_by_id
from service.desk.access import Anyone, Editor
from service.desk.knowledge_frame import HOME, into_issue, knowledge_page, public_address
from service.desk.stages import open_issues
from service.i18n import _
from service.web.csrf import csrf_protected
from service.web.dependencies import House, Language, Now, Transaction
from service.web.pages import see

PER_PAGE = 40
STATE_NAMES = {
    EventState.NEW: _("Nieuw"),
    EventState.USED: _("Gebruikt"),
    EventState.DROPPED: _("Weggelegd"),
}

router = APIRouter(prefix=f"{HOME}/wijzigingen", dependencies=[Depends(csrf_protected)])


@router.get("")
def listed(
    *,
    request: Request,
    session: Transaction,
    person: Anyone,
    language: Language,
    status: Literal["new", "used", "dropped"] = "new",
    editie: int | None = None,
    pagina: Annotated[int, Query(ge=1, le=9999)] = 1,
    gedaan: Annotated[str, Query(max_length=20)] = "",
    wijziging: int | None = None,
) -> HTMLResponse:
    """The changes in this state, the latest first."""
    issues, into = into_issue(session, editie)
    found = changes(session, state=status, limit=PER_PAGE, offset=(pagina - 1) * PER_PAGE)
    return knowledge_page(
        request,
        session,
        "changes.html",
        person=person,
        tab="/wijzigingen",
        rows=[
            (
                event,
                intervention,
                KINDS[Kind(event.kind)].label(language),
                event_sentence(session, event, language=language),
            )
            for event, intervention in found
        ],
        size=changes_size(session, state=status),
        sizes={state: changes_size(session, state=state) for state in STATE_NAMES},
        per_page=PER_PAGE,
        pagina=pagina,
        state=status,
        state_names=STATE_NAMES,
        issues=issues,
        into=into,
        undo=_undo(session, gedaan, wijziging),
        field_name=lambda name: field_name(name, language),
        shown=lambda field, value: shown(field, value, language),
    )


@router.post("/{event_id}")
def decided(
    *,
    house: House,
    session: Transaction,
    now: Now,
    person: Editor,
    event_id: int,
    act: Annotated[Literal["use", "dropped", "new"], Form()],
    into: Annotated[int, Form()] = 0,
    status: Annotated[Literal["new", "used", "dropped"], Form()] = "new",
) -> Response:
    """Put a change into the issue, lay it aside, or take that back."""
    event, done = event_by_id(session, event_id), str(act)
    if act == "use":
        done = _use(house, session, event=event, issue=issue_by_id(session, into), by=person.address, now=now)
    else:
        _set(session, event, EventState(act))
    return see(f"{HOME}/wijzigingen?status={status}&editie={into}&gedaan={done}&wijziging={event.id}")


@router.post("/{event_id}/ongedaan")
def undone(session: Transaction, now: Now, person: Editor, event_id: int) -> Response:
    """Take the last act back: the change waits again, and is no longer in an issue that can still change."""
    event = event_by_id(session, event_id)
    open_ids = [issue.id for issue in open_issues(session)]
    standing_in = select(Block).where(Block.event_id == event_id, col(Block.issue_id).in_(open_ids))
    for block in session.exec(standing_in).all():
        remove_block(session, block=block, by=person.address, now=now)
    _set(session, event, EventState.NEW)
    return see(f"{HOME}/wijzigingen?klaar=ongedaan")


def _use(house: House, session: Session, *, event: ChangeEvent, issue: Issue, by: str, now: Any) -> str:
    address = public_address(house.settings.base_url)
    try:
        with session.begin_nested():
            add_change(
                session,
                issue=issue,
                event=event,
                vocabulary=house.vocabulary,
                address=address,
                by=by,
                now=now,
            )
    except BlockRefused:
        return "dubbel"
    return "used"


def _set(session: Session, event: ChangeEvent, state: EventState) -> None:
    if event.state != EventState.UNDONE:
        event.state = state
        session.add(event)


def _undo(session: Session, done: str, event_id: int | None) -> dict[str, Any] | None:
    """What was just done to which change, so that the page can say it and offer the way back."""
    event = session.get(ChangeEvent, event_id) if event_id else None
    if event is None or done not in ("used", "dropped", "dubbel"):
        return None
    return {"done": done, "event": event}

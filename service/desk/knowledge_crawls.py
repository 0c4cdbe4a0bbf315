"""Crawls of databases at the desk: what each brought, which guard stopped it and why, and vouching for one that was right."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse, Response
from sqlmodel import Session, col, func, select

from content.interventions.accepting import accept_crawl, crawl_by_id, may_accept
from content.interventions.changes import Kind
from content.interventions.databases import database_name
from content.interventions.guards import Guard
from content.interventions.tables import ChangeEvent, Crawl
from content.interventions.waiting import crawls
from content.interventions.wording import GUARDS, KINDS, field_name
from service.audit import Act, note_act
from service.desk.access import Anyone, Editor
from service.desk.knowledge_frame import HOME, knowledge_page
from service.desk.problem_words import in_words
from service.web.csrf import csrf_protected
from service.web.dependencies import Language, Now, Transaction
from service.web.pages import see

PER_PAGE = 40

router = APIRouter(prefix=f"{HOME}/rondes", dependencies=[Depends(csrf_protected)])


@router.get("")
def listed(
    *,
    request: Request,
    session: Transaction,
    person: Anyone,
    language: Language,
    pagina: Annotated[int, Query(ge=1, le=9999)] = 1,
) -> HTMLResponse:
    """The crawls of all databases, the latest first."""
    found = crawls(session, limit=PER_PAGE, offset=(pagina - 1) * PER_PAGE)
    counts = _events(session, found)
    return knowledge_page(
        request,
        session,
        "crawls.html",
        person=person,
        tab="/rondes",
        rows=[
            {
                "crawl": crawl,
                "database": database_name(crawl.source_key),
                "guard": GUARDS[Guard(crawl.guard)].label(language) if crawl.guard else "",
                "events": [
                    (KINDS[Kind(kind)].label(language), number)
                    for kind, number in counts.get(crawl.id or 0, [])
                ],
                "lost": [field_name(name, language) for name in crawl.lost_fields],
                "acceptable": may_accept(session, crawl),
                "errors": [(key, in_words(said, language), said) for key, said in crawl.errors.items()],
            }
            for crawl in found
        ],
        size=session.exec(select(func.count(col(Crawl.id)))).one(),
        per_page=PER_PAGE,
        pagina=pagina,
    )


@router.post("/{crawl_id}/accepteren")
def accepted(session: Transaction, now: Now, person: Editor, crawl_id: int) -> Response:
    """Vouch for a crawl: what it did not list counts as not found."""
    crawl = crawl_by_id(session, crawl_id)
    accept_crawl(session, crawl=crawl, by=person.address, now=now)
    note_act(
        session, actor=person.address, action=Act.CRAWL_ACCEPTED, now=now, subject=f"crawl {crawl.id}",
        detail=f"{crawl.source_key}, {crawl.listed} listed, {len(crawl.held)} held",
    )  # fmt: skip
    return see(f"{HOME}/rondes?klaar=vertrouwd#ronde-{crawl.id}")


def _events(session: Session, found: list[Crawl]) -> dict[int, list[tuple[str, int]]]:
    """How many events of each kind a crawl gave."""
    counted = (
        select(ChangeEvent.crawl_id, ChangeEvent.kind, func.count(col(ChangeEvent.id)))
        .where(col(ChangeEvent.crawl_id).in_([crawl.id for crawl in found]))
        .group_by(col(ChangeEvent.crawl_id), col(ChangeEvent.kind))
        .order_by(col(ChangeEvent.kind))
    )
    made: dict[int, list[tuple[str, int]]] = {}
    for crawl_id, kind, number in session.exec(counted):
        made.setdefault(crawl_id or 0, []).append((kind, number))
    return made

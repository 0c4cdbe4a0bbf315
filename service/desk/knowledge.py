"""The knowledge base at the desk: the list, with what nobody checked first, and everything of one intervention."""

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Query, Request
from fastapi.responses import HTMLResponse, Response
from sqlmodel import Session

from content.errors import BlockRefused
from content.featuring import add_intervention, event_sentence
from content.interventions.browsing import browse, browse_size, history_of, unchecked_first
from content.interventions.cards import card_of, cards_of
from content.interventions.changes import Kind
from content.interventions.databases import database_name
from content.interventions.labelling import records_under, retag, tags_of
from content.interventions.merging import placings_of
from content.interventions.tables import Intervention, InterventionTag, intervention_by_id, whole
from content.interventions.wording import EVIDENCE, FIELD_NAMES, KINDS, Words, shown
from content.issues import issue_by_id
from service.audit import Act, acts, note_act
from service.desk.access import Anyone, Editor
from service.desk.block_form import known_tags
from service.desk.knowledge_facts import facts_of
from service.desk.knowledge_frame import HOME, into_issue, knowledge_page, public_address, subject_of
from service.web.csrf import csrf_protected
from service.web.dependencies import House, Language, Now, Transaction
from service.web.pages import see

PER_PAGE = 40
MOST_CANDIDATES = 12
"""How many interventions the search for one to merge with shows."""

router = APIRouter(prefix=HOME, dependencies=[Depends(csrf_protected)])

Text = Annotated[str, Query(max_length=200)]


@router.get("")
def listed(
    *,
    request: Request,
    session: Transaction,
    person: Anyone,
    zoek: Text = "",
    alles: bool = False,
    pagina: Annotated[int, Query(ge=1, le=9999)] = 1,
) -> HTMLResponse:
    """The interventions, those with the most unchecked facts first."""
    rows = unchecked_first(
        session, search=zoek, everything=alles, limit=PER_PAGE, offset=(pagina - 1) * PER_PAGE
    )
    return knowledge_page(
        request,
        session,
        "list.html",
        person=person,
        tab="",
        rows=list(
            zip(
                cards_of(session, [one for one, _count in rows]), [count for _one, count in rows], strict=True
            )
        ),
        size=browse_size(session, search=zoek, everything=alles),
        per_page=PER_PAGE,
        pagina=pagina,
        zoek=zoek,
        alles=alles,
    )


@router.get("/{intervention_id}", response_model=None)
def one(
    *,
    request: Request,
    session: Transaction,
    person: Anyone,
    language: Language,
    intervention_id: int,
    zoek: Text = "",
    editie: int | None = None,
) -> Response:
    """One intervention: facts, sources, conflicts, tags, what it may be the same as, and what was done to it."""
    found = intervention_by_id(session, intervention_id)
    if found.merged_into is not None:
        return see(f"{HOME}/{whole(session, found).id}")
    issues, into = into_issue(session, editie)
    return knowledge_page(
        request,
        session,
        "one.html",
        person=person,
        tab="",
        intervention=found,
        card=card_of(session, found),
        facts=facts_of(session, found),
        records=records_under(session, found),
        tags=tags_of(session, found),
        chosen={tag.slug for tag in tags_of(session, found)},
        evidence={tag.slug: _words_of(tag) for tag in tags_of(session, found)},
        events=[
            (
                event,
                KINDS[Kind(event.kind)].label(language),
                event_sentence(session, event, language=language),
            )
            for event in history_of(session, found, unpublished=True)
        ],
        placings=[
            (placing, _other(session, found, placing.from_id, placing.to_id))
            for placing in placings_of(session, found)
        ],
        candidates=_candidates(session, found, zoek),
        zoek=zoek,
        issues=issues,
        into=into,
        history=acts(session, subject=subject_of(found.id)),
        field_name=lambda name: FIELD_NAMES.get(name, Words(name, name)).label(language),
        shown=lambda field, value: shown(field, value, language),
        database_name=database_name,
        evidence_words=lambda names: ", ".join(
            EVIDENCE[name].label(language) for name in names if name in EVIDENCE
        ),
    )


@router.post("/{intervention_id}/onderwerpen")
def tagged(
    *,
    house: House,
    session: Transaction,
    now: Now,
    person: Editor,
    intervention_id: int,
    tags: Annotated[list[str], Form()] = [],  # noqa: B006  FastAPI copies it
) -> Response:
    """Give an intervention these tags; from now on no crawl changes them."""
    found = intervention_by_id(session, intervention_id)
    slugs = known_tags(house.vocabulary, tags)
    retag(session, found, slugs=slugs, vocabulary=house.vocabulary)
    detail, subject = " ".join(slugs), subject_of(found.id)
    note_act(
        session, actor=person.address, action=Act.INTERVENTION_TAGGED, now=now, subject=subject, detail=detail
    )
    return see(f"{HOME}/{found.id}?klaar=onderwerpen")


@router.post("/{intervention_id}/in-editie")
def featured(
    *,
    house: House,
    session: Transaction,
    now: Now,
    person: Editor,
    intervention_id: int,
    into: Annotated[int, Form()],
) -> Response:
    """Put the card into an issue."""
    found, issue = intervention_by_id(session, intervention_id), issue_by_id(session, into)
    try:
        with session.begin_nested():
            block = add_intervention(
                session,
                issue=issue,
                intervention=found,
                vocabulary=house.vocabulary,
                address=public_address(house.settings.base_url),
                by=person.address,
                now=now,
            )
    except BlockRefused:
        return see(f"{HOME}/{found.id}?klaar=dubbel")
    return see(f"/redactie/edities/{issue.id}?klaar=toegevoegd#onderdeel-{block.id}")


def _words_of(tag: InterventionTag) -> str:
    return ", ".join(dict.fromkeys(match["text"] for match in tag.evidence))


def _other(session: Session, found: Intervention, *numbers: int) -> Intervention:
    number = next(number for number in numbers if number != found.id)
    return intervention_by_id(session, number)


def _candidates(session: Session, found: Intervention, words: str) -> list[Intervention]:
    """What an editor may merge this one with, by the words they look for."""
    if not words.strip():
        return []
    return [one for one in browse(session, search=words, limit=MOST_CANDIDATES + 1) if one.id != found.id]

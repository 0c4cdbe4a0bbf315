"""Looking at a source and switching it at the desk. One that was never seen to answer is looked at before it is switched on."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import HTMLResponse, Response

from content.connectors.looking import FieldSeen, Look
from content.interventions.wording import field_name, shown
from content.sources import Source, SourceKind, UrlConfidence, set_enabled, source_by_key
from service.audit import Act, note_act
from service.database import reading, writing
from service.desk.access import Editor, Person
from service.desk.frame import desk_page
from service.desk.problem_words import in_words
from service.desk.source_words import ENTRY_FIELDS, trouble_text
from service.i18n import full_moment, translate
from service.looking import look_at_all
from service.runtime import Runtime
from service.web.csrf import csrf_protected
from service.web.dependencies import House, Language, Now
from service.web.pages import see

router = APIRouter(prefix="/redactie/bronnen", dependencies=[Depends(csrf_protected)])


@router.post("/{key}/bekijken")
def looked(*, request: Request, house: House, person: Editor, language: Language, key: str) -> HTMLResponse:
    """What a source answers now, field by field. Nothing is stored, and no transaction is open while we wait."""
    return _look_page(request, house, person, language, source=_source(house, key))


@router.post("/{key}")
def switched(
    *,
    request: Request,
    house: House,
    now: Now,
    person: Editor,
    language: Language,
    key: str,
    enabled: Annotated[bool, Form()] = False,
    looked_at: Annotated[bool, Form(alias="bekeken")] = False,
) -> Response:
    """Switch a source on or off; its items stay. What was never seen to answer is first shown as it answers."""
    source = _source(house, key)
    unproven = source.url_confidence == UrlConfidence.INFERRED
    if enabled and unproven and not looked_at:
        return _look_page(request, house, person, language, source=source)
    act = Act.SOURCE_ENABLED if enabled else Act.SOURCE_DISABLED
    with writing(house.engine) as session:
        set_enabled(session, source=source_by_key(session, key), enabled=enabled)
        note_act(
            session,
            actor=person.address,
            action=act,
            now=now,
            subject=f"source {key}",
            detail=source.name,
        )
    return see(f"/redactie/bronnen?klaar={'bron-aan' if enabled else 'bron-uit'}#bron-{key}")


def _source(house: Runtime, key: str) -> Source:
    with reading(house.engine) as session:
        source = source_by_key(session, key)
        session.expunge(source)
        return source


def _look_page(
    request: Request, house: Runtime, person: Person, language: str, *, source: Source
) -> HTMLResponse:
    ((_source, look),) = look_at_all(house, [source])
    return desk_page(
        request,
        "sources/look.html",
        person=person,
        place="bronnen",
        source=source,
        look=look,
        rows=[(_name(one, source, language), one, _sample(one, source, language)) for one in look.fields],
        missing=[_name(one, source, language) for one in look.fields if one.name in look.missing],
        sound=look.answers and not (source.kind == SourceKind.DATABASE and look.missing),
        problems=_problems(look, language),
    )


def _name(field: FieldSeen, source: Source, language: str) -> str:
    if source.kind == SourceKind.DATABASE:
        return field_name(field.name, language)
    return translate(language, ENTRY_FIELDS[field.name])


def _sample(field: FieldSeen, source: Source, language: str) -> str:
    """What was found first: a level by its name, and days and moments in full."""
    if source.kind == SourceKind.DATABASE:
        return shown(field.name, field.sample, language)
    if field.name == "published_at" and field.sample:
        return full_moment(datetime.fromisoformat(field.sample), language)
    return field.sample


def _problems(look: Look, language: str) -> list[tuple[str, str]]:
    """Each problem in the reader's language, and in English where we have no words for it in theirs."""
    kind = translate(language, trouble_text(look.trouble))
    return [(in_words(problem, language) or kind, problem) for problem in look.problems]

"""The form of a block: what an editor fills in, and the page that asks for it."""

from collections.abc import Iterable
from typing import Annotated, Literal

from fastapi import Form, Request
from fastapi.responses import HTMLResponse
from pydantic import BaseModel
from sqlmodel import Session

from content.issues import Block, BlockKind, Issue, sections_of
from content.prose import markdown_to_html
from content.vocabulary import Vocabulary
from service.desk.access import Person
from service.desk.frame import desk_page, refusal


class BlockForm(BaseModel):
    """What an editor fills in for a block."""

    section: str = "news"
    title: str = ""
    body: str = ""
    link: str = ""
    source_name: str = ""
    tags: list[str] = []
    everyone: bool = False
    weight: int = 0
    act: Literal["save", "preview"] = "save"


Filled = Annotated[BlockForm, Form()]


def known_tags(vocabulary: Vocabulary, slugs: Iterable[str]) -> list[str]:
    """The tags in the order of the vocabulary.

    Raises:
        UnknownTerm: the vocabulary lacks one.
    """
    wanted = {vocabulary.term(slug).slug for slug in slugs}
    return [term.slug for term in vocabulary.terms if term.slug in wanted]


def block_page(
    request: Request,
    session: Session,
    person: Person,
    issue: Issue,
    *,
    kind: str,
    form: BlockForm,
    block: Block | None = None,
    error: Exception | None = None,
) -> HTMLResponse:
    """The form, filled with what the editor has so far; with an error it says what is missing."""
    address = f"/redactie/edities/{issue.id}/onderdelen/"
    return desk_page(
        request,
        "issues/block.html",
        status=422 if error else 200,
        person=person,
        place="edities",
        issue=issue,
        sections=sections_of(session, issue),
        kind=str(kind),
        form=form,
        block=block,
        action=address + (str(block.id) if block else "tekst" if kind == BlockKind.TEXT else "link"),
        error=refusal(error) if error else "",
        shown=markdown_to_html(form.body) if form.act == "preview" else "",
    )

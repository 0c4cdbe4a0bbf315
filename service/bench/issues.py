"""Issues to measure with: texts for everybody, and a block for each term that readers follow; approved by a second person."""

from collections.abc import Sequence
from datetime import datetime
from itertools import cycle, islice

from sqlmodel import Session

from content.approval import approve, content_hash
from content.composing import add_link, add_text, change_issue, open_issue
from content.issues import Issue
from service.bench.readers import Group

EDITOR, PUBLISHER = "editor@kennispost.example", "publisher@kennispost.example"
EVERYONE = 6
"""Blocks that each reader gets, whatever they follow."""

SENTENCES = (
    "Gemeenten vragen hoe zij het gesprek met ouders beginnen, en wat daarbij werkt.",
    "De **GGD** ziet dat jongeren eerder hulp zoeken als school en wijkteam elkaar kennen.",
    "Het onderzoek volgde drieduizend leerlingen gedurende twee jaar, met een vergelijkbare groep ernaast.",
    "Vraag uw instelling voor verslavingszorg wat zij in uw regio al doet: vaak is er meer dan u denkt.",
    "Één duidelijke afspraak, die iedereen kent en die wordt nageleefd, doet meer dan tien regels op papier.",
)
"""Words like those of a real issue: sentences of ordinary length, and some letters beyond ASCII."""

FIXED_BYTES = 22_100
"""What a message weighs before there is any text in its blocks: headers, layout, titles, reasons and links."""

BYTES_PER_CHARACTER = 2.31
"""A character of a block stands in the text and in the HTML, and some are written as three in quoted-printable."""


def approved_issue(
    session: Session, groups: Sequence[Group], *, size: int, number: int, now: datetime
) -> Issue:
    """An issue whose messages are about `size` bytes as they leave, and that becomes a variant for each group."""
    chosen = len(groups[0].terms)
    body = _text(round(max(0, size - FIXED_BYTES) / BYTES_PER_CHARACTER / (EVERYONE + chosen)))
    issue = open_issue(session, title=f"Kennispost meting {number}", by=EDITOR, now=now)
    change_issue(
        session,
        issue=issue,
        title=issue.title,
        introduction="Dit is een *meting*: wat hier staat, is verzonnen.",
        minimum=1,
        maximum=EVERYONE + chosen,
        allow_nothing=False,
        by=EDITOR,
        now=now,
    )
    for place in range(EVERYONE):
        add_text(
            session,
            issue=issue,
            section_key="news" if place % 2 else "practice",
            title=f"Voor alle gemeenten, bericht {place + 1}",
            body=body,
            by=EDITOR,
            now=now,
            everyone=True,
        )
    _add_followed(session, issue, groups, body, now)
    approve(session, issue=issue, approver=PUBLISHER, seen_hash=content_hash(session, issue), now=now)
    return issue


def _add_followed(session: Session, issue: Issue, groups: Sequence[Group], body: str, now: datetime) -> None:
    for term in {term.slug: term for group in groups for term in group.terms}.values():
        add_link(
            session,
            issue=issue,
            section_key="research",
            title=f"Nieuw onderzoek over {term.nl}",
            body=body,
            link=f"https://bron.example/onderzoek/{term.slug}?jaar=2026&taal=nl",
            source_name="Voorbeeldbron",
            by=EDITOR,
            now=now,
            tags=[term.slug],
        )


def _text(length: int) -> str:
    """Paragraphs of three sentences, `length` characters in all."""
    sentences = list(islice(cycle(SENTENCES), length // 60 + 4))
    paragraphs = (" ".join(sentences[start : start + 3]) for start in range(0, len(sentences), 3))
    return "\n\n".join(paragraphs)[:length].rstrip() or SENTENCES[0]

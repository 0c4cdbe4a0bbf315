"""An edition: what a mail or a page shows of an issue, as plain values."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from urllib.parse import quote, urlsplit

import idna
from sqlmodel import Session

from content.interventions.card_lines import LINE_NAMES
from content.interventions.wording import Words
from content.issues import Block, Issue, blocks_of, sections_of
from content.prose import markdown_to_html, plain_text
from service.i18n import _
from service.mailing.holes import without_holes

SECTION_TITLES = (
    _("Nieuws en signalen"),
    _("Interventies en praktijk"),
    _("Onderzoek en cijfers"),
    _("Wet en beleid"),
    _("Bijeenkomsten en scholing"),
)
"""The standard headings of `content.composing`, listed for the catalogues: `content` knows no languages."""


@dataclass(frozen=True)
class Detail:
    """A line of an intervention's card: what it is called, and what it says, in both languages."""

    key: str
    name: Words
    text: Words


@dataclass(frozen=True)
class Article:
    """A block as readers see it. `link` is empty for a text of the editors' own; only interventions have details."""

    block_id: int
    title: str
    body_html: str
    body_text: str
    link: str
    source_name: str
    everyone: bool
    weight: int
    details: tuple[Detail, ...] = ()


@dataclass(frozen=True)
class Part:
    """A section with something in it. The standard titles are message ids; titles of editors stay as they are."""

    key: str
    title: str
    articles: tuple[Article, ...]


@dataclass(frozen=True)
class Edition:
    """An issue, or the blocks of it that a reader gets."""

    title: str
    introduction_html: str
    introduction_text: str
    slug: str
    kind: str
    parts: tuple[Part, ...]

    @property
    def articles(self) -> tuple[Article, ...]:
        """All articles, in order."""
        return tuple(article for part in self.parts for article in part.articles)

    @property
    def most_important(self) -> str:
        """The title of the article with the most weight; of equals, the first."""
        return max(self.articles, key=lambda article: article.weight).title if self.articles else ""

    def only(self, block_ids: Collection[int]) -> "Edition":
        """The same with these blocks alone; a section without any is left out."""
        parts = (
            replace(
                part, articles=tuple(article for article in part.articles if article.block_id in block_ids)
            )
            for part in self.parts
        )
        return replace(self, parts=tuple(part for part in parts if part.articles))


def edition_of(session: Session, issue: Issue) -> Edition:
    """The whole issue, nobody's in particular."""
    blocks = blocks_of(session, issue)
    parts = (
        Part(
            key=section.key,
            title=without_holes(section.title),
            articles=tuple(_article(block) for block in blocks if block.section_id == section.id),
        )
        for section in sections_of(session, issue)
    )
    introduction = without_holes(issue.introduction)
    return Edition(
        title=without_holes(issue.title),
        introduction_html=markdown_to_html(introduction),
        introduction_text=plain_text(introduction),
        slug=issue.slug,
        kind=issue.kind,
        parts=tuple(part for part in parts if part.articles),
    )


def _article(block: Block) -> Article:
    body = without_holes(block.body)
    return Article(
        block_id=block.id or 0,
        title=without_holes(block.title),
        body_html=markdown_to_html(body),
        body_text=plain_text(body),
        link=ascii_link(without_holes(block.link)),
        source_name=without_holes(block.source_name),
        everyone=block.everyone,
        weight=block.weight,
        details=tuple(
            Detail(
                line["name"],
                LINE_NAMES[line["name"]],
                Words(without_holes(line["nl"]), without_holes(line["en"])),
            )
            for line in block.details
            if line["name"] in LINE_NAMES
        ),
    )


def ascii_link(link: str) -> str:
    """A web address in ASCII (RFC 3987, 3.1): mail programs and MJML make different things of anything else."""
    try:
        host = urlsplit(link).hostname or ""
        known = (
            link if host.isascii() else link.replace(host, idna.encode(host, uts46=True).decode("ascii"), 1)
        )
    except ValueError:  # no address at all, or a host that cannot be: left to whoever clicks it
        known = link
    return quote(known, safe="!#$%&'()*+,/:;=?@[]~-._")

"""Evidence: why an item has its tags, as passages of its own text in which the words that led to them stand out."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

from content.items import Item, ItemTag


@dataclass(frozen=True)
class Passage:
    """A piece of text. `slugs` are the tags that its words led to; empty for the text in between."""

    text: str
    slugs: tuple[str, ...] = ()


def passages(text: str, spans: Iterable[tuple[int, int, str]]) -> list[Passage]:
    """`text` cut at the spans (start, end, slug), which may overlap; together the pieces are the text again."""
    known = [(max(0, start), min(end, len(text)), slug) for start, end, slug in spans if start < len(text)]
    cuts = sorted({0, len(text), *(place for start, end, _slug in known for place in (start, end))})
    pieces = []
    for start, end in pairwise(cuts):
        slugs = tuple(dict.fromkeys(slug for begin, stop, slug in known if begin <= start and end <= stop))
        pieces.append(Passage(text[start:end], slugs))
    return pieces


def marked(item: Item, tags: Iterable[ItemTag], field: str) -> list[Passage]:
    """The title or the summary of an item, with what its tags were found by."""
    text = item.title if field == "title" else item.summary
    spans = [
        (match["start"], match["start"] + len(match["text"]), tag.slug)
        for tag in tags
        for match in tag.evidence
        if match.get("field") == field
        and text[match["start"] : match["start"] + len(match["text"])] == match["text"]
    ]
    return passages(text, spans)


def words_of(tag: ItemTag) -> str:
    """The words that led to a tag, each once; empty for a tag that an editor gave."""
    return ", ".join(dict.fromkeys(match["text"] for match in tag.evidence))

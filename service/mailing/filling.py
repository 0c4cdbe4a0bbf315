"""Filling: a rendered mail and one reader's values make that reader's mail. It is split, and encoded, once for all."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from html import escape
from types import MappingProxyType
from typing import NamedTuple

from content.vocabulary import Vocabulary
from service.mailing.fragments import greeting, reason, region
from service.mailing.holes import Pieces, fill, names, split
from service.mailing.markup import wrap_line
from service.mailing.mime import Body, Piece, body_of
from service.mailing.quoted import quoted, quoted_address
from service.mailing.rendering import Rendered
from subscribers.organisations import Organisation

LINKS = frozenset({"preferences", "reading", "register", "unsubscribe"})
"""Holes that take an address of one reader alone: nothing is gained by remembering it."""


@dataclass(frozen=True)
class Form:
    """A rendered mail, taken apart at its holes."""

    subject: str
    html: Pieces
    text: Pieces


@dataclass(frozen=True)
class Filled:
    """A mail for one person, whole."""

    subject: str
    html: str
    text: str


class Reader(NamedTuple):
    """What an issue's mail says of its reader. `reasons` maps a block's id to the interests that it met.

    `region` is who helps where they work; None has it made from the organisations alone. `reading` marks the links of a
    reader who shows what they read (`service.mailing.counting`), `register_link` is where they register for the webinar that
    is announced; each is empty for the others.
    """

    name: str
    language: str
    preferences_link: str
    unsubscribe_link: str
    organisations: tuple[Organisation, ...] = ()
    reasons: Mapping[str, Sequence[str]] = MappingProxyType({})
    region: str | None = None
    reading: str = ""
    register_link: str = ""


def form_of(rendered: Rendered, *, with_region: bool, with_reading: bool = False) -> Form:
    """Take a mail apart: for readers who have a region or have none, and who show what they read or do not."""
    wanted = {"region": with_region, "reading": with_reading}
    present = frozenset(name for name, yes in wanted.items() if yes)
    return Form(
        rendered.subject, split(rendered.html, present=present), split(rendered.text, present=present)
    )


def encoded(form: Form) -> Body:
    """The form as the body of a message, encoded once for all its readers."""
    return body_of(text=form.text, html=form.html)


def has_region(organisations: Sequence[Organisation]) -> bool:
    """Whether the mail of someone who works here says who helps in the region."""
    return any(organisation.ggd_region for organisation in organisations)


def values_for(reader: Reader, form: Form, vocabulary: Vocabulary) -> dict[str, str]:
    """What goes into the holes of this form, as plain text."""
    holes = names(form.html) | names(form.text)
    return reason_values(reader.reasons, holes, vocabulary, reader.language) | own_values(reader)


def reason_values(
    reasons: Mapping[str, Sequence[str]], holes: frozenset[str], vocabulary: Vocabulary, language: str
) -> dict[str, str]:
    """Why a reader gets each block: the same for all who share a profile and a language."""
    return {
        name: reason(reasons.get(name.removeprefix("why-"), ()), vocabulary=vocabulary, language=language)
        for name in holes
        if name.startswith("why-")
    }


def own_values(reader: Reader) -> dict[str, str]:
    """What is the reader's own."""
    register = {"register": reader.register_link} if reader.register_link else {}
    values = register | {
        "greeting": greeting(reader.name, reader.language),
        "region": region(reader.organisations, reader.language) if reader.region is None else reader.region,
        "preferences": reader.preferences_link,
        "unsubscribe": reader.unsubscribe_link,
    }
    return values | {"reading": reader.reading} if reader.reading else values


def fill_mail(form: Form, values: Mapping[str, str]) -> Filled:
    """Join the mail: escaped in the HTML, in lines that fit in the text."""
    html = {name: escape(value) for name, value in values.items()}
    text = {name: "\n".join(wrap_line(value)) for name, value in values.items()}
    return Filled(form.subject, fill(form.html, html), fill(form.text, text))


def encoded_values(values: Mapping[str, str]) -> dict[str, Piece]:
    """The values as the body of a message holds them; joined there, they are what `fill_mail` makes."""
    return {name: _address(value) if name in LINKS else _fragment(value) for name, value in values.items()}


def _address(link: str) -> Piece:
    escaped, text = escape(link), quoted_address(link)
    return Piece(text, html=text if escaped == link else quoted_address(escaped))


@lru_cache(maxsize=2_000)
def _fragment(value: str) -> Piece:
    """Readers share greetings, reasons and regions."""
    lines, escaped = "\n".join(wrap_line(value)), escape(value)
    text = quoted(lines)
    return Piece(text, html=text if escaped == lines else quoted(escaped))

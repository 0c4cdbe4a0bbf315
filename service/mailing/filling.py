"""Filling: a rendered mail and one reader's values make that reader's mail. The mail is split once for all readers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape

from content.vocabulary import Vocabulary
from service.mailing.fragments import greeting, reason, region
from service.mailing.holes import Pieces, fill, names, split
from service.mailing.markup import wrap_line
from service.mailing.rendering import Rendered
from subscribers.organisations import Organisation


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


@dataclass(frozen=True)
class Reader:
    """What an issue's mail says of its reader. `reasons` maps a block's id to the interests that it met."""

    name: str
    language: str
    organisations: tuple[Organisation, ...]
    reasons: Mapping[str, Sequence[str]]
    preferences_link: str
    unsubscribe_link: str


def form_of(rendered: Rendered, *, with_region: bool) -> Form:
    """Take a mail apart, for readers who have a region or for those who have none."""
    present = frozenset({"region"} if with_region else ())
    return Form(
        rendered.subject, split(rendered.html, present=present), split(rendered.text, present=present)
    )


def has_region(organisations: Sequence[Organisation]) -> bool:
    """Whether the mail of someone who works here says who helps in the region."""
    return any(organisation.ggd_region for organisation in organisations)


def values_for(reader: Reader, form: Form, vocabulary: Vocabulary) -> dict[str, str]:
    """What goes into the holes of this form, as plain text."""
    values = {
        "greeting": greeting(reader.name, reader.language),
        "region": region(reader.organisations, reader.language),
        "preferences": reader.preferences_link,
        "unsubscribe": reader.unsubscribe_link,
    }
    for name in names(form.html) - values.keys():
        slugs = reader.reasons.get(name.removeprefix("why-"), ())
        values[name] = reason(slugs, vocabulary=vocabulary, language=reader.language)
    return values


def fill_mail(form: Form, values: Mapping[str, str]) -> Filled:
    """Join the mail: escaped in the HTML, in lines that fit in the text."""
    html = {name: escape(value) for name, value in values.items()}
    text = {name: "\n".join(wrap_line(value)) for name, value in values.items()}
    return Filled(form.subject, fill(form.html, html), fill(form.text, text))

"""Card lines: an intervention's card in a few lines for a mail, in both languages. Pure."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from babel.lists import format_list

from content.interventions.cards import Card, Recognition
from content.interventions.changes import Kind
from content.interventions.wording import KINDS, LANGUAGES, Words, day_in_full, field_name
from content.plaintext import shortened
from content.vocabulary import Vocabulary

LINE_NAMES = {
    "level": Words("Erkenning", "Recognition"),
    "whom": Words("Voor wie", "For whom"),
    "where": Words("Waar", "Where"),
    "about": Words("Waarover", "About"),
    "owner": Words("Van wie", "Owner"),
    "by": Words("Wie voert het uit", "Who carries it out"),
    "costs": Words("Kosten", "Costs"),
    "feasibility": Words("Uitvoerbaarheid", "Feasibility"),
    "change": Words("Laatst veranderd", "Last changed"),
    "mind": Words("Let op", "Note"),
    "when": Words("Wanneer", "When"),
}
"""What a line is called, by its key."""

QUOTED = 160
"""Signs of what a source says of costs or feasibility that a line quotes."""


@dataclass(frozen=True)
class Line:
    """A line of a card: its key in `LINE_NAMES` and its text in both languages."""

    name: str
    nl: str
    en: str

    def as_record(self) -> dict[str, str]:
        """As a block keeps it."""
        return {"name": self.name, "nl": self.nl, "en": self.en}


def card_lines(card: Card, vocabulary: Vocabulary) -> tuple[Line, ...]:
    """The lines that say something, the evidence first."""
    return tuple(line for line in _lines(card, vocabulary) if line.nl)


def _lines(card: Card, vocabulary: Vocabulary) -> Iterator[Line]:
    yield _level(card)
    yield _both("about", *(_terms(card.tags.get("substance", ()), vocabulary, one) for one in LANGUAGES))
    yield _both("whom", *(_whom(card, vocabulary, one) for one in LANGUAGES))
    yield _both("where", *(_terms(card.tags.get("setting", ()), vocabulary, one) for one in LANGUAGES))
    for name, field in _SAID:
        said = card.first(field)
        text = shortened(said.text.replace("; ", ", "), QUOTED) if said else ""
        yield _both(name, text, text)
    if card.last_change is not None:
        kind, day = KINDS[Kind(card.last_change.kind)], card.last_change.at.date().isoformat()
        yield _both("change", *(f"{kind.label(one)}, {day_in_full(day, one)}" for one in LANGUAGES))
    yield _both("mind", *(_warnings(card, one) for one in LANGUAGES))


_SAID = (("owner", "owner"), ("by", "organisation_kinds"), ("costs", "costs"), ("feasibility", "feasibility"))

_CONFLICT = Words("bronnen zeggen niet hetzelfde over {fields}", "sources do not say the same about {fields}")
_UNCHECKED = Words(
    "niet alles is al nagekeken door de redactie", "the editors have not checked everything yet"
)
_WITHDRAWN = Words("staat niet meer in een databank", "is no longer in a database")


def _warnings(card: Card, language: str) -> str:
    """What a reader should know before they rely on it."""
    fields = _joined([field_name(conflict.field, language) for conflict in card.conflicts], language)
    warned = [_CONFLICT.label(language).format(fields=fields)] if fields else []
    warned += [_UNCHECKED.label(language)] if card.unchecked else []
    warned += [_WITHDRAWN.label(language)] if card.withdrawn else []
    return "; ".join(warned)


def _whom(card: Card, vocabulary: Vocabulary, language: str) -> str:
    """The groups, and the ages as sources have them; where those differ each stands there, none is weighed."""
    groups = _terms(card.tags.get("target-group", ()), vocabulary, language)
    spans = [one.text for one in card.said.get("age", ()) if not one.source.within]
    if not spans:
        return groups
    ages = f"{_OR.label(language).join(spans)} {_YEARS.label(language)}"
    return f"{groups} ({ages})" if groups else ages


_YEARS = Words("jaar", "years")
_OR = Words(" of ", " or ")


def _level(card: Card) -> Line:
    """The evidence in words, with what the level means: the strongest level of the first source that names one."""
    known = next((one for one in card.recognitions if one.level is not None), None)
    day = next((one for one in card.recognitions if one.day), None)
    if known is not None and known.level is not None:
        return _both("level", *(_level_words(known, language) for language in LANGUAGES))
    if day is not None:
        return Line(
            "level",
            f"erkend op {day_in_full(day.day, 'nl')}; het niveau weten wij nog niet",
            f"recognised on {day_in_full(day.day, 'en')}; we do not know the level yet",
        )
    return Line("level", "weten wij nog niet", "we do not know yet")


_SINCE = Words("sinds", "since")


def _level_words(known: Recognition, language: str) -> str:
    assert known.level is not None  # noqa: S101  the caller chose one that has a level
    year = f", {_SINCE.label(language)} {known.day[:4]}" if known.day[:4].isdigit() else ""
    return f"{known.level.label(language)}{year}. {known.level.meaning(language)}"


def _both(name: str, nl: str, en: str) -> Line:
    return Line(name, nl, en)


def _labels(slugs: Iterable[str], vocabulary: Vocabulary, language: str) -> list[str]:
    return [vocabulary.by_slug[slug].label(language) for slug in slugs if slug in vocabulary.by_slug]


def _terms(slugs: Iterable[str], vocabulary: Vocabulary, language: str) -> str:
    return _joined(_labels(slugs, vocabulary, language), language)


def _joined(words: list[str], language: str) -> str:
    return str(format_list(words, locale=language)) if words else ""

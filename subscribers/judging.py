"""Judging: what a line of an import asks for, and what would happen to it. Pure functions of the line and of what is known."""

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass

from content.vocabulary import Vocabulary
from subscribers.addresses import parse_address
from subscribers.errors import NotAnAddress
from subscribers.imports import Outcome
from subscribers.mapping import Field, taken
from subscribers.people import SubscriberState
from subscribers.signup import tidy_name
from subscribers.spelling import plain, words

LANGUAGES = {
    "": "", "nl": "nl", "nederlands": "nl", "dutch": "nl", "nl nl": "nl", "en": "en", "engels": "en",
    "english": "en", "en gb": "en", "en us": "en",
}  # fmt: skip


@dataclass(frozen=True)
class Wanted:
    """A line, read. `language` is empty where the line has none."""

    address: str
    address_key: str
    name: str = ""
    language: str = ""
    organisations: tuple[int, ...] = ()
    interests: tuple[str, ...] = ()


@dataclass(frozen=True)
class Fault:
    """Why a line cannot be taken; `detail` is what stands there."""

    why: str
    detail: str = ""


@dataclass(frozen=True)
class Known:
    """What is known of someone who has the address of a line."""

    id: int
    state: str
    name: str
    language: str
    organisations: frozenset[int]
    interests: frozenset[str]


@dataclass(frozen=True)
class Verdict:
    """What happens to a line, and why not more."""

    outcome: Outcome
    why: str = ""
    detail: str = ""


@dataclass(frozen=True)
class Names:
    """The organisations and the terms by every name under which a file may have them."""

    organisations: Mapping[str, int | None]
    terms: Mapping[str, str]


def term_names(vocabulary: Vocabulary) -> dict[str, str]:
    """Slugs and labels, in both languages, to slugs."""
    found: dict[str, str] = {}
    for slug, term in vocabulary.by_slug.items():
        for name in (term.label("en"), term.label("nl"), slug):
            found[plain(name)] = slug
    return found


def organisation_names(named: Sequence[tuple[int, str, Sequence[str]]]) -> dict[str, int | None]:
    """From (id, CBS code, names): every name to the one organisation that has it; None where several have it."""
    found: dict[str, int | None] = {}
    for identity, code, names in named:
        spellings = {
            plain(code),
            *(plain(name) for name in names),
            *(" ".join(words(name)) for name in names),
        }
        for spelling in spellings - {""}:
            found[spelling] = identity if found.get(spelling, identity) == identity else None
    return found


def read_line(mapping: Sequence[str], cells: Sequence[str], names: Names) -> Wanted | Fault:
    """What a line asks for. Organisations and interests in one cell are parted by ; | or, where that helps, a comma."""
    addresses = taken(mapping, cells, Field.ADDRESS)
    if not addresses:
        return Fault("no-address")
    try:
        address = parse_address(addresses[0].removeprefix("mailto:"))
    except NotAnAddress:
        return Fault("not-an-address", addresses[0])
    language = plain(" ".join(taken(mapping, cells, Field.LANGUAGE)))
    if language not in LANGUAGES:
        return Fault("language", language)
    organisations: list[int] = []
    for text in _parts(taken(mapping, cells, Field.ORGANISATION), names.organisations):
        found = names.organisations.get(plain(text)) or names.organisations.get(" ".join(words(text)))
        if not found:
            return Fault("organisation", text)
        organisations.append(found)
    interests = []
    for text in _parts(taken(mapping, cells, Field.INTERESTS), names.terms):
        slug = names.terms.get(plain(text))
        if slug is None:
            return Fault("interest", text)
        interests.append(slug)
    return Wanted(
        address=address.mailed,
        address_key=address.key,
        name=tidy_name(" ".join(taken(mapping, cells, Field.NAME))),
        language=LANGUAGES[language],
        organisations=tuple(sorted(set(organisations))),
        interests=tuple(sorted(set(interests))),
    )


def judge(wanted: Wanted | Fault, *, known: Known | None, suppressed: bool, earlier: Set[str]) -> Verdict:
    """What happens to a line. `earlier` are the addresses of the lines before it.

    Who left, who must not be mailed, and who asked and has not confirmed stay as they are, whatever the file says. Who only
    took part in a webinar never said anything of the newsletter: the file may claim that they want it, as of anyone new.
    """
    if isinstance(wanted, Fault):
        return Verdict(Outcome.REFUSED, wanted.why, wanted.detail)
    if wanted.address_key in earlier:
        return Verdict(Outcome.REFUSED, "double")
    if suppressed or known is None or known.state == SubscriberState.GUEST:
        return Verdict(Outcome.SUPPRESSED if suppressed else Outcome.NEW)
    if known.state == SubscriberState.UNSUBSCRIBED:
        return Verdict(Outcome.UNSUBSCRIBED)
    if known.state != SubscriberState.ACTIVE:
        return Verdict(Outcome.KNOWN, "pending")
    fields = _differing(wanted, known)
    return Verdict(Outcome.CHANGED, "fields", ", ".join(fields)) if fields else Verdict(Outcome.KNOWN)


def _differing(wanted: Wanted, known: Known) -> list[str]:
    """The fields in which the line brings something. Organisations and interests are added, never taken away."""
    differs = {
        Field.NAME: bool(wanted.name) and wanted.name != known.name,
        Field.LANGUAGE: bool(wanted.language) and wanted.language != known.language,
        Field.ORGANISATION: not set(wanted.organisations) <= known.organisations,
        Field.INTERESTS: not set(wanted.interests) <= known.interests,
    }
    return [str(field) for field, yes in differs.items() if yes]


def _parts(cells: Sequence[str], names: Mapping[str, object]) -> list[str]:
    """The names in cells. A comma parts only what is no name as a whole: some names have one."""
    found = []
    for cell in cells:
        for part in cell.replace("|", ";").replace("\n", ";").split(";"):
            whole = plain(part) in names or " ".join(words(part)) in names
            found += [part] if whole or "," not in part else part.split(",")
    return [part.strip() for part in found if part.strip()]

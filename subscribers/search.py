"""Search: the organisation that someone means, however they spell it."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlmodel import Session, col, select

from subscribers.aliases import load_aliases
from subscribers.organisations import Organisation
from subscribers.spelling import EXACT, LIKELY, SURE, likeness

LONGEST = 80
"""Signs that are looked at; no organisation's name is longer."""


@dataclass(frozen=True)
class Named:
    """An organisation as the ranking sees it: its names (the register's first), and its size for ties."""

    key: str
    names: tuple[str, ...]
    size: int = 0


@dataclass(frozen=True)
class Found:
    """A match. `score` is from `LIKELY` to 1; `name` is the name that was met, which may be an alias."""

    key: str
    score: float
    name: str


def rank(text: str, organisations: Iterable[Named], *, limit: int = 8) -> tuple[Found, ...]:
    """The likeliest organisations, best first; of equals the larger one first."""
    found = []
    for organisation in organisations:
        score, name = max((likeness(text[:LONGEST], name), name) for name in organisation.names)
        if score >= LIKELY:
            found.append((-score, -organisation.size, organisation.key, name))
    return tuple(Found(key=key, score=-score, name=name) for score, _size, key, name in sorted(found)[:limit])


def certain(found: tuple[Found, ...]) -> str | None:
    """The key of the one organisation that is meant beyond doubt; None where a person must choose."""
    exact = [match for match in found if match.score == EXACT]
    if exact:
        return exact[0].key if len(exact) == 1 else None
    return found[0].key if len(found) == 1 and found[0].score >= SURE else None


def find_organisations(session: Session, *, text: str, limit: int = 8) -> list[Organisation]:
    """Municipalities and partners that someone who typed `text` may mean, the likeliest first."""
    known = _known(session)
    return [known[match.key] for match in rank(text, _named(known), limit=limit)]


def resolve_organisation(session: Session, *, text: str) -> Organisation | None:
    """The one organisation that is meant beyond doubt; None when a person must choose, or there is none."""
    known = _known(session)
    key = certain(rank(text, _named(known), limit=len(known)))
    return known[key] if key else None


def organisations_by_key(session: Session, keys: Iterable[str]) -> list[Organisation]:
    """The organisations with these keys, those that exist, by name."""
    wanted = select(Organisation).where(col(Organisation.key).in_(list(keys)))
    return sorted(session.exec(wanted), key=lambda organisation: organisation.name)


def names_of_organisations(session: Session) -> list[tuple[int, str, tuple[str, ...]]]:
    """Each organisation that can be chosen: its id, its CBS code, and its names, the register's first."""
    known = _known(session)
    return [(known[one.key].id or 0, known[one.key].cbs_code or "", one.names) for one in _named(known)]


def _known(session: Session) -> Mapping[str, Organisation]:
    return {organisation.key: organisation for organisation in session.exec(select(Organisation))}


def _named(everyone: Mapping[str, Organisation]) -> list[Named]:
    """Those that can be chosen; what was merged is a name of the municipality that it is in now."""
    aliases = load_aliases()
    earlier: defaultdict[int, list[str]] = defaultdict(list)
    for one in everyone.values():
        if one.merged_into_id is not None:
            earlier[one.merged_into_id] += [one.name, *aliases.get(one.name, ())]
    return [
        Named(
            key=key,
            names=(found.name, *aliases.get(found.name, ()), *earlier[found.id or 0]),
            size=found.population or 0,
        )
        for key, found in everyone.items()
        if found.merged_into_id is None
    ]

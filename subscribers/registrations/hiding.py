"""Hiding: figures by municipality, region and in all, from which nobody can tell a count of people under five. Pure.

A count from 1 to 4 is hidden. So is a total from which, with what else is shown, a hidden count could be had by subtracting.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from subscribers.coverage import FEW

FIGURES = ("invited", "registered", "attended", "absent", "recording_only", "watched")
"""What is counted, in the order of pages and files."""

_ADDS_UP = ("attended", "absent")
_SUM = "registered"
"""The two are together the sum: one of them and the sum would tell the other, and both would tell a sum that is hidden."""

Counts = Mapping[str, int]
Shown = dict[str, int | None]
"""By figure; None is hidden."""


@dataclass(frozen=True)
class Place:
    """A municipality, or what is no municipality, with its counts."""

    name: str
    region: str
    counts: Counts


@dataclass(frozen=True)
class Table:
    """What may be shown: by place, by region, and in all."""

    places: Sequence[tuple[Place, Shown]]
    regions: Sequence[tuple[str, Shown]]
    everything: Shown


def disclosed(places: Iterable[Place]) -> Table:
    """The figures, by name, without those that would tell of fewer than five people."""
    ordered = sorted(places, key=lambda place: (place.region, place.name))
    cells = [(place, _together({key: _or_hidden(place.counts[key]) for key in FIGURES})) for place in ordered]
    regions = []
    for name in dict.fromkeys(place.region for place in ordered):
        inside = [cell for cell in cells if cell[0].region == name]
        regions.append((name, _together({key: _total(key, inside) for key in FIGURES})))
    return Table(cells, regions, _together({key: _grand_total(key, cells, regions) for key in FIGURES}))


def _or_hidden(count: int) -> int | None:
    return None if 0 < count < FEW else count


def _safe(count: int, rest: int) -> int | None:
    """A total, where `rest` of it is in nothing else that is shown."""
    return None if 0 < count < FEW or 0 < rest < FEW else count


def _total(key: str, inside: Sequence[tuple[Place, Shown]]) -> int | None:
    rest = sum(place.counts[key] for place, shown in inside if shown[key] is None)
    return _safe(sum(place.counts[key] for place, _shown in inside), rest)


def _grand_total(
    key: str, cells: Sequence[tuple[Place, Shown]], regions: Sequence[tuple[str, Shown]]
) -> int | None:
    told = {name for name, shown in regions if shown[key] is not None}
    rest = sum(place.counts[key] for place, shown in cells if shown[key] is None and place.region not in told)
    return _safe(sum(place.counts[key] for place, _shown in cells), rest)


def _together(shown: Shown) -> Shown:
    if any(shown[key] is None for key in (*_ADDS_UP, _SUM)):
        return {**shown, **dict.fromkeys(_ADDS_UP)}
    return shown

"""Hiding: figures by municipality, region and in all, from which nobody can tell a count of people under five. Pure.

A count from 1 to 4 is hidden. So is a total from which, with what else is shown, a hidden count could be had: by subtracting,
by knowing that what is hidden is 1 to 4 (two hidden counts that make eight are four each), or since seats are who was there and
who was not.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from subscribers.coverage import FEW

FIGURES = ("invited", "registered", "attended", "absent", "recording_only", "watched")
"""What is counted, in the order of pages and files."""

SEATS = "registered"

_PARTS = ("attended", "absent")
"""Together they are the seats: one of them, and that sum, would tell the other. So they are shown together or not at all."""

_GROUPS = ((SEATS,), _PARTS, *((key,) for key in FIGURES if key not in (SEATS, *_PARTS)))
"""What is hidden together, the seats first."""

Counts = Mapping[str, int]
Shown = dict[str, int | None]
"""By figure; None is hidden."""


@dataclass(frozen=True)
class Place:
    """A municipality, or what is no municipality, with its counts."""

    name: str
    region: str
    counts: Counts


Cell = tuple[Place, Shown]


@dataclass(frozen=True)
class Table:
    """What may be shown: by place, by region, and in all."""

    places: Sequence[Cell]
    regions: Sequence[tuple[str, Shown]]
    everything: Shown


def disclosed(places: Iterable[Place]) -> Table:
    """The figures, by name, without those that would tell of fewer than five people."""
    ordered = sorted(places, key=lambda place: (place.region, place.name))
    cells = [(place, _together({key: _or_hidden(place.counts[key]) for key in FIGURES})) for place in ordered]
    regions: dict[str, Shown] = {}
    for name in dict.fromkeys(place.region for place in ordered):
        inside = [cell for cell in cells if cell[0].region == name]
        regions[name] = _together({key: _total(key, inside, inside) for key in FIGURES})
    everything: Shown = {}
    for figures in _GROUPS:
        everything |= _grand_totals(figures, cells, regions)
        regions = {name: _together(shown) for name, shown in regions.items()}
    return Table(cells, list(regions.items()), _together({key: everything[key] for key in FIGURES}))


def _or_hidden(count: int) -> int | None:
    return None if 0 < count < FEW else count


def _grand_totals(figures: Sequence[str], cells: Sequence[Cell], regions: dict[str, Shown]) -> Shown:
    """The totals in all of figures that are hidden together; changes `regions`.

    Where they would tell what one region hides, the smallest others that hide something hide their totals too, one after the
    other: how many it were in all is asked more than how many in one region.
    """
    key = figures[0]
    told = [name for name, shown in regions.items() if shown[key] is not None]
    hiding = {place.region for place, shown in cells if shown[key] is None}
    smallest = sorted(hiding.intersection(told), key=lambda name: (regions[name][key] or 0, name))
    for number in range(len(smallest) + 1):
        silent = smallest[:number]
        in_doubt = [cell for cell in cells if cell[0].region not in told or cell[0].region in silent]
        totals = {one: _total(one, cells, in_doubt) for one in figures}
        if None not in totals.values():
            regions.update({name: {**regions[name], **dict.fromkeys(figures)} for name in silent})
            return totals
    return dict.fromkeys(figures)


def _total(key: str, cells: Sequence[Cell], in_doubt: Sequence[Cell]) -> int | None:
    """The total of these cells; `in_doubt` are those of them of which no other total is shown."""
    total = sum(place.counts[key] for place, _shown in cells)
    hidden = [cell for cell in in_doubt if cell[1][key] is None]
    rest = sum(place.counts[key] for place, _shown in hidden)
    if 0 < total < FEW or 0 < rest < FEW:
        return None
    if key in _PARTS:
        known = [place.counts[SEATS] for place, shown in hidden if shown[SEATS] is not None]
        others = sum(place.counts[SEATS] for place, shown in hidden if shown[SEATS] is None)
        safe = _ambiguous([_parts_of(seats) for seats in known], rest, spare=range(others + 1))
    else:
        safe = _ambiguous([range(1, FEW)] * len(hidden), rest)
    return total if safe else None


def _parts_of(seats: int) -> Collection[int]:
    """What one part of this many seats can be, where it or the other part is hidden."""
    return [part for part in {*range(1, FEW), *range(seats - FEW + 1, seats)} if 0 <= part <= seats]


def _ambiguous(options: Sequence[Collection[int]], rest: int, *, spare: Collection[int] = (0,)) -> bool:
    """Whether each hidden count, of which the options are known, can be two things at least while all make `rest`.

    `spare` is what others, of whom no option needs to be kept open, can be together. Sums are bits of a number, so that
    hundreds of municipalities take no time.
    """
    before = [sum(1 << count for count in spare)]
    for counts in options:
        before.append(_shifted(before[-1], counts))
    wanted = 1 << rest
    for counts, sums in zip(reversed(options), reversed(before[:-1]), strict=True):
        if sum(1 for count in counts if sums & (wanted >> count)) < 2:
            return False
        wanted = _shifted(wanted, [-count for count in counts])
    return True


def _shifted(sums: int, by: Iterable[int]) -> int:
    together = 0
    for count in by:
        together |= sums << count if count >= 0 else sums >> -count
    return together


def _together(shown: Shown) -> Shown:
    """The parts are hidden where one of them is, and where the seats are: their sum would tell those."""
    if any(shown[key] is None for key in (SEATS, *_PARTS)):
        return {**shown, **dict.fromkeys(_PARTS)}
    return shown

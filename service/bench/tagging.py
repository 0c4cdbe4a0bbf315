"""How well items are tagged, against what a careful reader says: precision, recall and F1 for each label, misses, and speed."""

import json
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from content.tagged_lines import LineError, read_line
from content.tagging import Tagging, tag
from content.vocabulary import Vocabulary
from service.errors import BenchRefused

FACETS = {"substance": "substances", "setting": "settings"}
NEWSLETTER = "2"
SECONDS = 0.7  # a run, in seconds of this process on its core; the best of several counts, since other work only slows
RUNS = 3


@dataclass(frozen=True)
class Example:
    """An item, and the labels that a reader gave it by facet; `relevance` holds "2" or nothing."""

    identity: Any
    title: str
    summary: str
    labels: dict[str, set[str]]


@dataclass
class Tally:
    """How often a label, or all labels of a facet together, was right, too much, and missing."""

    facet: str
    label: str
    right: int = 0
    extra: int = 0
    missed: int = 0

    def add(self, *, found: set[str], wanted: set[str]) -> None:
        """Count one item."""
        self.right += len(found & wanted)
        self.extra += len(found - wanted)
        self.missed += len(wanted - found)

    @property
    def precision(self) -> float:
        """Of what was found, the part that is right; 0 where nothing was found."""
        return self.right / (self.right + self.extra) if self.right + self.extra else 0.0

    @property
    def recall(self) -> float:
        """Of what should be found, the part that was; 0 where there is nothing to find."""
        return self.right / (self.right + self.missed) if self.right + self.missed else 0.0

    @property
    def f1(self) -> float:
        """The harmonic mean of both."""
        return 2 * self.right / (2 * self.right + self.extra + self.missed) if self.right else 0.0


@dataclass(frozen=True)
class Miss:
    """An item on which rules and reader differ, with the words that led to what is too much."""

    id: Any
    facet: str
    extra: list[str]
    missing: list[str]
    title: str
    why: list[str]


@dataclass(frozen=True)
class Score:
    """All of it. `together` has one tally a facet (micro average), `labels` one for each label."""

    vocabulary: str
    items: int
    together: list[Tally]
    labels: list[Tally]
    misses: list[Miss] = field(default_factory=list)


def read_examples(items: Path, gold: Path) -> list[Example]:
    """Items {"id","title","summary"} with their labels {"id","substances","settings","relevance"}, both JSON Lines.

    Raises:
        BenchRefused: a file cannot be read, a line is no item or no label, or an item has no labels.
    """
    labels = {row["id"]: row for row in _gold(gold)}
    examples = []
    for number, line in _lines(items):
        try:
            identity, title, summary = read_line(line)
        except LineError as error:
            raise BenchRefused(f"{items.name}, line {number}: {error}.") from error
        if identity not in labels:
            raise BenchRefused(f"{gold.name} has no labels for item {identity!r} of {items.name}.")
        examples.append(Example(identity, title, summary, _wanted(labels[identity])))
    if not examples:
        raise BenchRefused(f"{items.name} has no items.")
    return examples


def score(vocabulary: Vocabulary, examples: Sequence[Example]) -> Score:
    """Tag each example and compare. Pure: it takes no time and reads no file."""
    together = {facet: Tally(facet, "") for facet in (*FACETS, "relevance")}
    labels: dict[tuple[str, str], Tally] = {}
    misses = []
    for example in examples:
        tagging = tag(vocabulary, title=example.title, summary=example.summary)
        for facet, tally in together.items():
            found, wanted = _found(tagging, facet), example.labels[facet]
            tally.add(found=found, wanted=wanted)
            for label in found | wanted:
                one = labels.setdefault((facet, label), Tally(facet, label))
                one.add(found=found & {label}, wanted=wanted & {label})
            if found != wanted:
                misses.append(_miss(example, facet, found, wanted, tagging))
    ordered = [labels[key] for key in sorted(labels) if key[0] in FACETS]
    return Score(vocabulary.version, len(examples), list(together.values()), ordered, misses)


def items_per_second(vocabulary: Vocabulary, examples: Sequence[Example]) -> float:
    """How many items of title and lead one core tags in a second: the best of several runs."""
    return max(_one_run(vocabulary, examples) for _ in range(RUNS))


def as_json(result: Score, *, speed: float) -> str:
    """The score as one JSON object."""
    return json.dumps(
        {
            "vocabulary": result.vocabulary,
            "items": result.items,
            "items_per_second": round(speed),
            "together": [_figures(tally) for tally in result.together],
            "labels": [_figures(tally) for tally in result.labels],
            "misses": [asdict(miss) for miss in result.misses],
        },
        ensure_ascii=False,
    )


def as_text(result: Score, *, speed: float) -> Iterator[str]:
    """The score as lines for people: misses first, so that the figures stand at the end, where one looks."""
    for miss in result.misses:
        changes = [f"+{label}" for label in miss.extra] + [f"-{label}" for label in miss.missing]
        yield f"{miss.id}  {miss.facet} {' '.join(changes)} | {miss.title[:90]} | {', '.join(miss.why)}"
    yield f"\n{'':36}{'precision':>10}{'recall':>8}{'F1':>8}{'n':>6}"
    for tally in result.labels:
        yield _row(f"{tally.facet}: {tally.label}", tally)
    yield ""
    names = {"relevance": "relevance 2 against the rest"}
    for tally in result.together:
        yield _row(names.get(tally.facet, f"{tally.facet}, all labels (micro)"), tally)
    yield f"\n{result.items} items, vocabulary {result.vocabulary}: {speed:,.0f} items a second a core (best of {RUNS} runs)"


def _row(name: str, tally: Tally) -> str:
    n = tally.right + tally.missed
    return f"{name:36}{tally.precision:10.3f}{tally.recall:8.3f}{tally.f1:8.3f}{n:6}"


def _figures(tally: Tally) -> dict[str, Any]:
    rates = {name: round(getattr(tally, name), 4) for name in ("precision", "recall", "f1")}
    return {**asdict(tally), **rates, "n": tally.right + tally.missed}


def _miss(example: Example, facet: str, found: set[str], wanted: set[str], tagging: Tagging) -> Miss:
    extra = found - wanted
    why = [f"{match.text!r} by {match.rule}" for match in tagging.matches if match.slug in extra]
    return Miss(
        id=example.identity,
        facet=facet,
        extra=sorted(extra),
        missing=sorted(wanted - found),
        title=example.title,
        why=list(tagging.reasons) if facet == "relevance" else why,
    )


def _found(tagging: Tagging, facet: str) -> set[str]:
    if facet == "relevance":
        return {NEWSLETTER} & {str(tagging.relevance)}
    return set(tagging.tags.get(facet, []))


def _wanted(gold: dict[str, Any]) -> dict[str, set[str]]:
    labels = {facet: set(gold.get(key) or []) for facet, key in FACETS.items()}
    return {**labels, "relevance": {NEWSLETTER} & {str(gold["relevance"])}}


def _gold(path: Path) -> Iterator[dict[str, Any]]:
    for number, line in _lines(path):
        try:
            row = json.loads(line)
        except ValueError as error:
            raise BenchRefused(f"{path.name}, line {number}: this is not JSON.") from error
        if not isinstance(row, dict) or row.get("id") is None or row.get("relevance") not in (0, 1, 2):
            raise BenchRefused(
                f"{path.name}, line {number}: there must be an id, and a relevance of 0, 1 or 2."
            )
        yield row


def _lines(path: Path) -> Iterator[tuple[int, bytes]]:
    try:
        lines = path.read_bytes().splitlines()
    except OSError as error:
        raise BenchRefused(f"{path} cannot be read: {error.strerror}.") from error
    return ((number, line) for number, line in enumerate(lines, start=1) if line.strip())


def _one_run(vocabulary: Vocabulary, examples: Sequence[Example]) -> float:
    tagged, began = 0, time.process_time()
    while (seconds := time.process_time() - began) < SECONDS:
        for example in examples:
            tag(vocabulary, title=example.title, summary=example.summary)
        tagged += len(examples)
    return tagged / seconds

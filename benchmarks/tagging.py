"""How well items are tagged: `python -m benchmarks.tagging ITEMS GOLD` (both JSON Lines).

ITEMS holds {"id","title","summary"}, GOLD {"id","substances","settings","relevance"}. Prints precision, recall and F1 for each
label and each facet together (micro), relevance 2 against the rest, the misses with their evidence, and the speed.
"""

import json
import sys
import time
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from content.tagging import Tagging, tag
from content.vocabulary import Vocabulary, load_vocabulary

FACETS = {"substance": "substances", "setting": "settings"}
MINIMUM_SECONDS = 2.0


class Tally:
    """Right, too much and too little of one label."""

    def __init__(self) -> None:
        self.right = self.extra = self.missed = 0

    def add(self, *, found: set[str], wanted: set[str]) -> None:
        self.right += len(found & wanted)
        self.extra += len(found - wanted)
        self.missed += len(wanted - found)

    def line(self, name: str) -> str:
        precision = self.right / (self.right + self.extra) if self.right + self.extra else 0.0
        recall = self.right / (self.right + self.missed) if self.right + self.missed else 0.0
        f1 = 2 * self.right / (2 * self.right + self.extra + self.missed) if self.right else 0.0
        n = self.right + self.missed
        return f"{name:34} precision {precision:.3f}  recall {recall:.3f}  F1 {f1:.3f}  (n = {n})"


def read(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def labels(tagging: Tagging, gold: dict[str, Any]) -> Iterable[tuple[str, set[str], set[str]]]:
    for facet, key in FACETS.items():
        yield facet, set(tagging.tags.get(facet, [])), set(gold.get(key, []))
    yield (
        "relevance",
        {"2"} if tagging.relevance == 2 else set(),
        {"2"} if gold["relevance"] == 2 else set(),
    )


def score(vocabulary: Vocabulary, items: list[dict[str, Any]], gold: dict[Any, dict[str, Any]]) -> None:
    tallies: dict[str, Tally] = defaultdict(Tally)
    for item in items:
        tagging = tag(vocabulary, title=item["title"], summary=item.get("summary") or "")
        for group, found, wanted in labels(tagging, gold[item["id"]]):
            tallies[group].add(found=found, wanted=wanted)
            for label in found | wanted:
                tallies[f"{group}: {label}"].add(found=found & {label}, wanted=wanted & {label})
            if found != wanted:
                print(explained(item, group, found, wanted, tagging))
    print()
    for name in sorted(tallies):
        print(tallies[name].line(name if ":" in name or name == "relevance" else f"{name} (micro)"))


def explained(item: dict[str, Any], group: str, found: set[str], wanted: set[str], tagging: Tagging) -> str:
    evidence = [
        f"{match.text!r} by {match.rule}" for match in tagging.matches if match.slug in found - wanted
    ]
    why = ", ".join(tagging.reasons if group == "relevance" else evidence)
    parts = [f"+{label}" for label in sorted(found - wanted)] + [
        f"-{label}" for label in sorted(wanted - found)
    ]
    return f"{item['id']} {group} {' '.join(parts)} | {item['title'][:80]} | {why}"


def speed(vocabulary: Vocabulary, items: list[dict[str, Any]]) -> float:
    """Items a second on one core."""
    tagged, began = 0, time.perf_counter()
    while (seconds := time.perf_counter() - began) < MINIMUM_SECONDS:
        for item in items:
            tag(vocabulary, title=item["title"], summary=item.get("summary") or "")
        tagged += len(items)
    return tagged / seconds


def main(arguments: list[str]) -> int:
    if len(arguments) != 2:
        print(__doc__, file=sys.stderr)
        return 2
    items, gold = read(Path(arguments[0])), {row["id"]: row for row in read(Path(arguments[1]))}
    vocabulary = load_vocabulary()
    score(vocabulary, items, gold)
    print(f"\nvocabulary {vocabulary.version}: {speed(vocabulary, items):,.0f} items a second")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))

"""`kennispost bench tagging`: the figures are right, the misses are explained, and wrong files are named."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from content.vocabulary import load_vocabulary
from service.bench.tagging import read_examples, score
from service.cli import app

ITEMS = [
    {"id": "a", "title": "Lachgas op straat verboden", "summary": "De gemeenteraad wil minder overlast."},
    {"id": "b", "title": "Man aangehouden met cocaïne", "summary": "In zijn auto lagen tien wikkels."},
    {"id": "c", "title": "Sigaret en e-sigaret duurder", "summary": None},
    {"id": 4, "title": "Nieuw fietspad geopend"},
]
GOLD = [
    {"id": "a", "substances": ["lachgas"], "settings": ["publieke-ruimte"], "relevance": 2},
    {"id": "b", "substances": ["cocaine", "ghb"], "settings": [], "relevance": 1},
    {"id": "c", "substances": ["vapen"], "settings": [], "relevance": 2},
    {"id": 4, "substances": [], "settings": [], "relevance": 0},
]


def written(path: Path, rows: list[dict[str, object]]) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    return written(tmp_path / "items.jsonl", ITEMS), written(tmp_path / "gold.jsonl", GOLD)


def test_the_figures_count_what_is_right_too_much_and_missing(files: tuple[Path, Path]) -> None:
    result = score(load_vocabulary(), read_examples(*files))
    substance, setting, relevance = result.together
    assert (substance.right, substance.extra, substance.missed) == (3, 1, 1)
    assert (substance.precision, substance.recall, substance.f1) == (0.75, 0.75, 0.75)
    assert (setting.right, setting.extra, setting.missed) == (1, 0, 0)
    assert (relevance.right, relevance.extra, relevance.missed) == (2, 0, 0)
    of_label = {tally.label: tally.f1 for tally in result.labels if tally.facet == "substance"}
    assert of_label == {"cocaine": 1.0, "ghb": 0.0, "lachgas": 1.0, "tabak": 0.0, "vapen": 1.0}


def test_a_miss_says_which_words_led_to_it(files: tuple[Path, Path]) -> None:
    misses = {miss.id: miss for miss in score(load_vocabulary(), read_examples(*files)).misses}
    assert set(misses) == {"b", "c"}
    assert (misses["b"].extra, misses["b"].missing) == ([], ["ghb"])
    assert misses["c"].extra == ["tabak"]
    assert misses["c"].why == ["'Sigaret' by open_tail: sigaret"]


def test_the_command_prints_a_table_or_json(files: tuple[Path, Path]) -> None:
    items, gold = map(str, files)
    shown = CliRunner().invoke(app, ["bench", "tagging", items, gold])
    assert shown.exit_code == 0
    assert "substance, all labels (micro)            0.750   0.750   0.750     4" in shown.stdout
    assert "c  substance +tabak | Sigaret en e-sigaret duurder" in shown.stdout
    assert "items a second" in shown.stdout
    told = json.loads(CliRunner().invoke(app, ["bench", "tagging", items, gold, "--json"]).stdout)
    assert told["items"] == 4
    assert told["items_per_second"] > 0
    assert {row["facet"]: row["f1"] for row in told["together"]} == {
        "substance": 0.75,
        "setting": 1.0,
        "relevance": 1.0,
    }


@pytest.mark.parametrize(
    ("items", "gold", "words"),
    [
        ('{"id": 1}\n', "", "items.jsonl, line 1: title is missing"),
        ('{"id": 1, "title": "x"}\n', '\n{"id": 1\n', "gold.jsonl, line 2: this is not JSON"),
        (
            '{"id": 1, "title": "x"}\n',
            '{"id": 1, "relevance": 3}\n',
            "gold.jsonl, line 1: there must be an id",
        ),
        ('{"id": 1, "title": "x"}\n', '{"id": 2, "relevance": 0}\n', "has no labels for item 1"),
        ("\n", "", "items.jsonl has no items"),
    ],
)
def test_files_that_cannot_be_used_are_named(tmp_path: Path, items: str, gold: str, words: str) -> None:
    (tmp_path / "items.jsonl").write_text(items, encoding="utf-8")
    (tmp_path / "gold.jsonl").write_text(gold, encoding="utf-8")
    paths = [str(tmp_path / name) for name in ("items.jsonl", "gold.jsonl")]
    shown = CliRunner().invoke(app, ["bench", "tagging", *paths])
    assert shown.exit_code == 1
    assert words in shown.stderr
    assert "cannot be read" in CliRunner().invoke(app, ["bench", "tagging", "none", "none"]).stderr

"""Hundreds of headlines of our own, with what a careful reader says they are about: how often the rules agree."""

from pathlib import Path

import pytest

from content.tagging import Tagging, tag
from content.vocabulary import load_vocabulary

HEADLINES = Path(__file__).parent / "fixtures" / "headlines.txt"
VOCABULARY = load_vocabulary()
SETTINGS = Path(__file__).parent / "fixtures" / "settings.txt"
F1_SUBSTANCES = 0.99
F1_NEWSLETTER = 0.97
F1_SETTINGS = 0.97
"""The file keeps what the rules do not understand yet, so none is 1; a change of the rules may not make them worse."""


def headlines() -> list[tuple[int, set[str], Tagging]]:
    lines = HEADLINES.read_text(encoding="utf-8").splitlines()
    rows = [line.split(" | ") for line in lines if line and not line.startswith("#")]
    return [
        (int(relevance), set(names.split(", ")) - {"-"}, tag(VOCABULARY, title=title, summary=lead))
        for relevance, names, title, lead in rows
    ]


@pytest.fixture(scope="module")
def read() -> list[tuple[int, set[str], Tagging]]:
    return headlines()


def found(tagging: Tagging) -> set[str]:
    return set(tagging.tags.get("substance", []))


def f1(right: int, extra: int, missed: int) -> float:
    return 2 * right / (2 * right + extra + missed)


def test_the_substances_of_headlines_are_found(read: list[tuple[int, set[str], Tagging]]) -> None:
    right = sum(len(wanted & found(tagging)) for _, wanted, tagging in read)
    extra = sum(len(found(tagging) - wanted) for _, wanted, tagging in read)
    missed = sum(len(wanted - found(tagging)) for _, wanted, tagging in read)
    assert len(read) > 400
    assert f1(right, extra, missed) >= F1_SUBSTANCES


def test_the_settings_of_headlines_are_found() -> None:
    lines = SETTINGS.read_text(encoding="utf-8").splitlines()
    right = extra = missed = 0
    for names, title, lead in (line.split(" | ") for line in lines if line and not line.startswith("#")):
        wanted = set(names.split(", ")) - {"-"}
        given = set(tag(VOCABULARY, title=title, summary=lead).tags.get("setting", []))
        right, extra, missed = (
            right + len(wanted & given),
            extra + len(given - wanted),
            missed + len(wanted - given),
        )
    assert right + missed > 35
    assert f1(right, extra, missed) >= F1_SETTINGS


def test_what_is_for_the_newsletter_is_told_from_incidents(read: list[tuple[int, set[str], Tagging]]) -> None:
    right = sum(wanted == tagging.relevance == 2 for wanted, _, tagging in read)
    extra = sum(wanted < tagging.relevance == 2 for wanted, _, tagging in read)
    missed = sum(tagging.relevance < wanted == 2 for wanted, _, tagging in read)
    assert f1(right, extra, missed) >= F1_NEWSLETTER


def test_no_trap_is_taken_for_a_substance(read: list[tuple[int, set[str], Tagging]]) -> None:
    traps = [tagging for _, wanted, tagging in read if not wanted]
    assert len(traps) > 100
    assert [tagging.matches for tagging in traps if tagging.matches] == []

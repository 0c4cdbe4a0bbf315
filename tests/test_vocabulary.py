"""The vocabulary that is shipped, and the faults that its file can have."""

from pathlib import Path

import pytest

from content.errors import UnknownTerm, VocabularyFault
from content.vocabulary import FACETS, Vocabulary, load_vocabulary

SETTINGS = (
    "primair-en-voortgezet-onderwijs familie-en-gezin sport horeca evenementen zorg-en-welzijn mbo gemeenschap jeugdhulp "
    "publieke-ruimte media werkplek hoger-onderwijs"
)
SUBSTANCES = (
    "lachgas ghb nps ketamine cannabis cocaine xtc amfetamine opioiden benzodiazepinen snus vapen tabak "
    "alcohol psychedelica drugs"
)
SMALL = """version: 7
facets:
  substance:
    lachgas: {nl: lachgas, en: nitrous oxide, match: [{open_tail: [lachgas]}]}
  setting:
    sport: {nl: sport, en: sports, match: [{whole_word: [sport]}]}
  target-group:
    jeugd: {nl: jeugd, en: youth, match: [{whole_word: [jeugd]}]}
  domain:
    bestuur: {nl: bestuur, en: administration, match: [{whole_word: [bestuur]}]}
  step:
    stap-1: {nl: stap 1, en: step 1, match: [{whole_word: [stap]}]}
  theme:
    trends: {nl: trends, en: trends, match: [{open_tail: [trend]}]}
"""


def read(folder: Path, text: str | bytes) -> Vocabulary:
    path = folder / "words.yaml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return load_vocabulary(path)


def fault(folder: Path, text: str | bytes) -> str:
    with pytest.raises(VocabularyFault) as refusal:
        read(folder, text)
    return str(refusal.value)


def test_the_shipped_vocabulary_has_the_slugs_that_readers_choose() -> None:
    vocabulary = load_vocabulary()
    assert [term.slug for term in vocabulary.facet("setting")] == SETTINGS.split()
    assert [term.slug for term in vocabulary.facet("substance")] == SUBSTANCES.split()
    assert {term.facet for term in vocabulary.terms} == set(FACETS)


def test_every_shipped_term_has_two_labels_and_rules() -> None:
    for term in load_vocabulary().terms:
        assert term.label("nl") == term.nl != ""
        assert term.label("en") == term.en != ""
        assert term.rules, term.slug


def test_an_unknown_slug_is_refused() -> None:
    vocabulary = load_vocabulary()
    assert vocabulary.term("ghb").facet == "substance"
    with pytest.raises(UnknownTerm, match="'vuurwerk'"):
        vocabulary.term("vuurwerk")


def test_the_version_changes_with_the_content_and_only_with_it(tmp_path: Path) -> None:
    first, again = read(tmp_path, SMALL).version, read(tmp_path, SMALL).version
    changed = read(tmp_path, SMALL.replace("[lachgas]", "[lachgas, distikstof]")).version
    assert first == again
    assert first.startswith("7+")
    assert changed.startswith("7+")
    assert changed != first


@pytest.mark.parametrize(
    ("old", "new", "line", "words"),
    [
        ("  theme:", "  themes:", 13, "'themes' is not a facet"),
        ("    sport: {nl", "    lachgas: {nl", 6, "'lachgas' is in substance already"),
        ("    sport: {nl", "    Sport: {nl", 6, "small letters"),
        ("{nl: sport, en: sports,", "{nl: sport,", 6, "sport lacks 'en'"),
        ("en: sports", 'en: ""', 6, "sport: en must be a text"),
        (", match: [{whole_word: [sport]}]", "", 6, "sport lacks 'match'"),
        ("[{whole_word: [sport]}]", "[]", 6, "at least one entry"),
        ("[{whole_word: [sport]}]", "[{whole_word: []}]", 6, "at least one entry"),
        ("[{whole_word: [sport]}]", "[{half_word: [sport]}]", 6, "unknown key 'half_word'"),
        ("[{whole_word: [sport]}]", "[{near: [club]}]", 6, "either open_tail or whole_word"),
        (
            "[{whole_word: [sport]}]",
            "[{whole_word: [a], open_tail: [abc]}]",
            6,
            "either open_tail or whole_word",
        ),
        (
            "[{whole_word: [sport]}]",
            "[{whole_word: [sport], needs_context: maybe}]",
            6,
            "must be true or false",
        ),
        ("[{whole_word: [sport]}]", '[{whole_word: ["sp(or"]}]', 6, "cannot be read: 'sp(or'"),
        ("[{whole_word: [sport]}]", "[{whole_word: [sport ..]}]", 6, "must not begin or end with"),
        ("[{open_tail: [lachgas]}]", "[{open_tail: [la]}]", 4, "too short to stay open"),
        ("[{open_tail: [lachgas]}]", "[{open_tail: [lachgas], beside: [thee]}]", 4, "beside names 'thee'"),
        ("[{open_tail: [lachgas]}]", "[{open_tail: [lachgas], unless: [feest]}]", 4, "unless lifts a block"),
        ("en: nitrous oxide,", "en: nitrous oxide, mesh: N2O,", 4, "not a MeSH descriptor"),
        ("  step:\n", "  step: tekst\n", 12, "this is not YAML"),
    ],
)
def test_a_fault_is_named_with_file_and_line(
    tmp_path: Path, old: str, new: str, line: int, words: str
) -> None:
    assert old in SMALL
    said = fault(tmp_path, SMALL.replace(old, new, 1))
    assert f"words.yaml, line {line}: " in said
    assert words in said


def test_a_slug_that_comes_twice_in_a_facet_is_named(tmp_path: Path) -> None:
    twice = "    lachgas: {nl: x, en: x, match: [{open_tail: [xxx]}]}\n  setting:\n"
    assert "line 5: substance has 'lachgas' twice" in fault(tmp_path, SMALL.replace("  setting:\n", twice))


def test_several_faults_are_reported_together(tmp_path: Path) -> None:
    text = SMALL.replace("en: sports", 'en: ""').replace("[trend]", '["&"]').replace("version: 7\n", "")
    lines = fault(tmp_path, text).splitlines()
    assert len(lines) == 3
    assert all(line.startswith("words.yaml, line ") for line in lines)


def test_a_relevance_without_numbers_is_refused(tmp_path: Path) -> None:
    said = fault(tmp_path, SMALL + "relevance:\n  threshold: veel\n  cues: {law: {points: 2}}\n")
    assert "line 16: relevance: threshold must be a whole number, not 'veel'" in said
    assert "line 17: law lacks 'match'" in said


@pytest.mark.parametrize(
    "text", ["", "- een\n- twee\n", "facets: [\n", "version: 1\nfacets: tekst\n", "a: *b\n"]
)
def test_a_file_that_is_no_vocabulary_is_refused_with_a_line(tmp_path: Path, text: str) -> None:
    assert "words.yaml, line " in fault(tmp_path, text)


def test_a_tag_in_the_file_constructs_nothing(tmp_path: Path) -> None:
    trace = tmp_path / "trace"
    call = f'!!python/object/apply:os.mkdir ["{trace}"]'
    assert "must be a text" in fault(tmp_path, SMALL.replace("nl: sport,", f"nl: {call},"))
    assert not trace.exists()


def test_a_file_that_is_not_utf8_or_not_there_is_refused(tmp_path: Path) -> None:
    assert "line 2: this is not UTF-8 text" in fault(tmp_path, b"version: 1\nfacets: \xff\n")
    with pytest.raises(VocabularyFault, match=r"absent\.yaml cannot be read"):
        load_vocabulary(tmp_path / "absent.yaml")

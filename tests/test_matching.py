"""Folding and matching: where words are found in a text, and where they stand in the original."""

import unicodedata

import pytest

from content.folding import fold
from content.matching import Hit, Lexicon, in_context
from content.rules import Rule
from content.vocabulary import load_vocabulary


def found(text: str, rule: Rule) -> list[str]:
    folded = fold(text)
    spans = [folded.span(hit.start, hit.end) for hit in Lexicon([("it", rule)]).hits(folded.text)]
    return [text[start:end] for start, end in spans]


def open_tail(*phrases: str, **more: tuple[str, ...]) -> Rule:
    return Rule("open_tail", phrases, **more)  # type: ignore[arg-type]


def whole_word(*phrases: str, **more: tuple[str, ...]) -> Rule:
    return Rule("whole_word", phrases, **more)  # type: ignore[arg-type]


def test_folding_takes_off_case_and_diacritics_and_unifies_signs() -> None:
    assert fold("COCAÏNE").text == fold("cocai\u0308ne").text == "cocaine"
    assert fold("xtc\u2010a\u2011b\u2012c\u2013d\u2014e\u2015f").text == "xtc-a-b-c-d-e-f"
    assert fold("N₂O").text == "n2o"
    assert fold("mbo\u2019er").text == "mbo'er"
    assert fold("lach\u00adgas\u200b").text == "lachgas"


@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_offsets_lead_back_into_the_text_as_it_was_given(form: str) -> None:
    text = unicodedata.normalize(form, "Eén café in Zuid\u00adlaren: cocaïne én heroïne, ’s nachts")  # type: ignore[arg-type]
    folded = fold(text)
    for word in ("cocaine", "heroine"):
        at = folded.text.index(word)
        start, end = folded.span(at, at + len(word))
        assert fold(text[start:end]).text == word
        assert text[:start].endswith(" ")
        assert text[end] in " ,"


def test_a_mark_on_the_last_letter_belongs_to_the_match() -> None:
    assert found("een cafe\u0301", whole_word("cafe")) == ["cafe\u0301"]


def test_a_character_that_becomes_two_does_not_shift_what_follows() -> None:
    assert found("Straße ﬁets: wiet", whole_word("wiet")) == ["wiet"]


def test_a_word_is_found_from_its_beginning_only() -> None:
    assert found("alcohol, handalcohol en ex-alcoholist", open_tail("alcohol")) == ["alcohol", "alcoholist"]


def test_an_open_tail_takes_the_whole_compound_as_evidence() -> None:
    text = "Lachgascilinder, lachgas\u2011tank en LACHGAS"
    assert found(text, open_tail("lachgas")) == ["Lachgascilinder", "lachgas\u2011tank", "LACHGAS"]


def test_a_whole_word_does_not_go_on() -> None:
    assert found("speed, speedboot, speeddate", whole_word("speed")) == ["speed"]


@pytest.mark.parametrize("text", ["3-MMC", "3MMC", "3 mmc", "3–mmc", "3\u2010MMC"])
def test_a_hyphen_may_be_missing_or_a_space(text: str) -> None:
    assert found(f"zakje {text}, te koop", open_tail("3-mmc")) == [text]


def test_a_gap_skips_four_words_at_most_and_no_end_of_sentence() -> None:
    rule = whole_word("stoppen .. roken")
    assert found("stoppen met het vele dagelijkse roken", rule) != []
    assert found("stoppen met het vele en dagelijkse zware roken", rule) == []
    assert found("We stoppen. Anderen roken", rule) == []


def test_a_star_lets_a_word_go_on() -> None:
    assert found("gebruikers van wiet", whole_word("gebruik* van wiet")) == ["gebruikers van wiet"]


def test_block_and_near_look_twelve_words_far() -> None:
    blocked, near = open_tail("lachgas", block=("uitstoot*",)), whole_word("speed", near=("politie*",))
    filler = "en " * 12
    assert found("de uitstootcijfers van lachgas", blocked) == []
    assert found(f"uitstoot {filler} lachgas", blocked) == ["lachgas"]
    assert found("politieagenten vonden speed", near) == ["speed"]
    assert found(f"speed {filler} politie", near) == []


def test_every_shipped_phrase_finds_itself_and_its_spellings() -> None:
    rules = [rule for term in load_vocabulary().terms for rule in term.rules]
    rules += [rule for cue in load_vocabulary().cues for rule in cue.rules]
    for rule in rules:
        for phrase in rule.phrases:
            written = phrase.replace("*", "").replace("..", "een of twee")
            spellings = {written, written.replace("-", "\u2011"), written.upper()}
            for spelling in spellings | ({written.replace("-", "")} if "-" in written.strip("-") else set()):
                if not spelling.split()[0].endswith("-") and "- " not in written:
                    assert found(f"dus {spelling}.", Rule(rule.kind, (phrase,))) != [], (phrase, spelling)


def test_a_lexicon_forgets_before_it_fills_the_memory() -> None:
    lexicon = Lexicon([("it", open_tail("lachgas"))])
    many = " ".join(f"woord{number}" for number in range(60_000))
    assert len(lexicon.hits(f"{many} lachgas")) == 1
    assert len(lexicon) <= 50_000


def test_unless_lifts_a_block() -> None:
    rule = open_tail("lachgas", block=("tandarts*",), unless=("partydrug*",))
    assert found("lachgas bij de tandarts", rule) == []
    assert found("lachgas, van de tandarts bekend, is een partydrug", rule) == ["lachgas"]


def test_a_hyphen_at_the_end_asks_for_a_compound_with_one() -> None:
    assert found("lsd-trip, lsd trip en lsd", open_tail("lsd-")) == ["lsd-trip"]


def test_a_phrase_around_a_match_refuses_that_match_only() -> None:
    rule = whole_word("joint", not_in=("joint venture*",))
    assert found("Een joint venture deelt geen joint", rule) == ["joint"]


def test_context_is_another_match_within_twelve_words() -> None:
    rule = whole_word("speed")
    text = "xtc " + "en " * 12 + "speed " + "en " * 13 + "ghb"
    at = text.index("speed")
    hit = Hit("speed", rule, "speed", at, at + 5)
    xtc = Hit("xtc", rule, "xtc", 0, 3)
    ghb = Hit("ghb", rule, "ghb", len(text) - 3, len(text))
    assert in_context(hit, [xtc, ghb], text)
    assert not in_context(hit, [ghb], text)
    assert not in_context(hit, [hit], text)

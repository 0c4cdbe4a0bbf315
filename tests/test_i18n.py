"""Dutch first, English complete: every text in the sources has an English translation with the same holes in it."""

import os
import re
from functools import cache
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import read_po

from service.i18n import LANGUAGES, LOCALES, translate, translations

ROOT = Path(__file__).parent.parent
SOURCES = ("content", "subscribers", "service", "templates")
HOLE = re.compile(r"%\(\w+\)[sd]|\{\w+\}")


@cache
def extracted() -> frozenset[str]:
    """Every text in the sources, as `make messages` finds them."""
    with (ROOT / "babel.cfg").open() as file:
        methods, options = parse_mapping_cfg(file)
    found = extract_from_dir(ROOT, methods, options, directory_filter=_is_source)
    return frozenset(
        text if isinstance(text, str) else text[0] for _file, _line, text, _comments, _context in found
    )


def _is_source(folder: str | os.PathLike[str]) -> bool:
    return Path(folder).relative_to(ROOT).parts[0] in SOURCES


def catalogue(language: str) -> Catalog:
    with (LOCALES / language / "LC_MESSAGES" / "kennispost.po").open("rb") as file:
        return read_po(file, locale=language)


def forms(message: Message) -> list[tuple[str, str]]:
    """Each Dutch text with its translation, singular and plural."""
    if isinstance(message.id, str):
        return [(message.id, str(message.string))]
    return list(zip(message.id, message.string, strict=False))


def test_the_sources_hold_texts() -> None:
    assert "Naar de inhoud" in extracted()
    assert len(extracted()) > 50


@pytest.mark.parametrize("language", LANGUAGES)
def test_catalogues_list_all_texts_and_no_others(language: str) -> None:
    listed = {
        message.id if isinstance(message.id, str) else message.id[0]
        for message in catalogue(language)
        if message.id
    }
    assert sorted(extracted() - listed) == [], "run `make messages`"
    assert sorted(listed - extracted()) == [], "run `make messages`"


def test_english_is_complete() -> None:
    missing = [
        dutch for message in catalogue("en") if message.id for dutch, english in forms(message) if not english
    ]
    assert missing == []


def test_no_translation_is_a_guess() -> None:
    assert [
        message.id
        for language in LANGUAGES
        for message in catalogue(language)
        if message.id and message.fuzzy
    ] == []


def test_translations_have_the_same_holes() -> None:
    for message in catalogue("en"):
        for dutch, english in forms(message) if message.id else []:
            if english:
                assert set(HOLE.findall(dutch)) == set(HOLE.findall(english)), dutch


def test_a_text_that_is_not_translated_stays_dutch() -> None:
    assert translate("nl", "Naar de inhoud") == "Naar de inhoud"
    assert translations("en").gettext("een tekst die er niet is") == "een tekst die er niet is"

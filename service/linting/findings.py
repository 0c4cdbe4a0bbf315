"""Findings: what a check says, as values. Their words are in `words`, Dutch and English by the catalogues."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from babel.numbers import format_decimal

from service.i18n import translate
from service.linting.message_words import MESSAGE_WORDS
from service.linting.page_words import PAGE_WORDS
from service.linting.words import Words

WORDS: dict[str, Words] = {**MESSAGE_WORDS, **PAGE_WORDS}


_NUMBER = re.compile(r"-?\d+(\.\d+)?")


class Severity(StrEnum):
    """An error harms readers or delivery, and stops an approval; a warning is worth a look; a note is for who wants to know."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True)
class Finding:
    """Something that a check found. `where` is a header, a line, or an element with its text; `details` fill the words."""

    code: str
    where: str = ""
    details: tuple[tuple[str, str], ...] = ()

    @property
    def severity(self) -> Severity:
        """How bad it is: the same for all findings of a code."""
        return Severity(WORDS[self.code].severity)

    def said(self, language: str) -> str:
        """What is wrong."""
        return translate(language, WORDS[self.code].said) % self._filling(language)

    def advice(self, language: str) -> str:
        """What to do."""
        return translate(language, WORDS[self.code].advice) % self._filling(language)

    def _filling(self, language: str) -> dict[str, str]:
        """The details, numbers as the language writes them."""
        return {
            name: str(format_decimal(value, locale=language)) if _NUMBER.fullmatch(value) else value
            for name, value in self.details
        }


Findings = Iterator[Finding]


def found(code: str, where: str = "", **details: Any) -> Finding:
    """A finding, its details as text."""
    return Finding(code, where, tuple((name, str(value)) for name, value in details.items()))


def sort_findings(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """The worst first, each once."""
    order = list(Severity)
    return tuple(sorted(dict.fromkeys(findings), key=lambda one: order.index(one.severity)))


def count(findings: Sequence[Finding], severity: Severity) -> int:
    """How many are this bad."""
    return sum(one.severity is severity for one in findings)

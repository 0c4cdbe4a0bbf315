"""The vocabulary: the terms that items, blocks and readers are tagged with, in six facets."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import yaml

from content.errors import UnknownTerm

VOCABULARY = Path(__file__).parent / "vocabulary.yaml"
FACETS = ("substance", "setting", "target-group", "domain", "step", "theme")


@dataclass(frozen=True)
class Term:
    """A word of the vocabulary. `slug` is unique over all facets."""

    facet: str
    slug: str
    nl: str
    en: str

    def label(self, language: str) -> str:
        """What readers of a language call it."""
        return self.en if language == "en" else self.nl


@dataclass(frozen=True)
class Vocabulary:
    """All terms, in the order of the file. `version` changes with the file's content."""

    version: str
    terms: tuple[Term, ...]

    @cached_property
    def by_slug(self) -> Mapping[str, Term]:
        """Terms by slug."""
        return {term.slug: term for term in self.terms}

    def term(self, slug: str) -> Term:
        """The term with this slug.

        Raises:
            UnknownTerm: no facet has it.
        """
        if slug not in self.by_slug:
            raise UnknownTerm(f"The vocabulary has no term {slug!r}.")
        return self.by_slug[slug]

    def facet(self, facet: str) -> tuple[Term, ...]:
        """The terms of one facet, in the order of the file."""
        return tuple(term for term in self.terms if term.facet == facet)


def load_vocabulary(path: Path = VOCABULARY) -> Vocabulary:
    """Read and check the vocabulary.

    Raises:
        VocabularyFault: names file, line and fault.
    """
    document = yaml.safe_load(path.read_text(encoding="utf-8"))
    terms = [
        Term(facet=facet, slug=slug, nl=entry["nl"], en=entry["en"])
        for facet in FACETS
        for slug, entry in document["facets"][facet].items()
    ]
    return Vocabulary(version=str(document["version"]), terms=tuple(terms))

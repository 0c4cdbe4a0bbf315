"""Terms, and the vocabulary they make: what items, blocks and readers are tagged with, in six facets."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from content.errors import UnknownTerm
from content.matching import Lexicon
from content.rules import Rule

FACETS = ("substance", "setting", "target-group", "domain", "step", "theme")


@dataclass(frozen=True)
class Term:
    """A word of the vocabulary. `slug` is unique over all facets.

    `general` marks the term that stands for the whole facet ("drugs"): others beside it only make it more precise.
    `mesh` is a descriptor of the Medical Subject Headings (SKOS exactMatch), None where none is known.
    """

    facet: str
    slug: str
    nl: str
    en: str
    rules: tuple[Rule, ...] = ()
    mesh: str | None = None
    general: bool = False

    def label(self, language: str) -> str:
        """What readers of a language call it."""
        return self.en if language == "en" else self.nl


@dataclass(frozen=True)
class Cue:
    """Words that speak for (points above 0) or against an item being one for a newsletter."""

    name: str
    points: int
    rules: tuple[Rule, ...]


@dataclass(frozen=True)
class Vocabulary:
    """All terms, in the order of the file. `version` changes with the file's content."""

    version: str
    terms: tuple[Term, ...]
    negations: tuple[str, ...] = ()
    cues: tuple[Cue, ...] = ()
    threshold: int = field(default=1)

    @cached_property
    def by_slug(self) -> Mapping[str, Term]:
        """Terms by slug."""
        return {term.slug: term for term in self.terms}

    @cached_property
    def points(self) -> Mapping[str, int]:
        """Points by the name of the cue."""
        return {cue.name: cue.points for cue in self.cues}

    @cached_property
    def substances(self) -> Lexicon:
        """The rules of the substances: they decide whether an item is about our subject at all."""
        return Lexicon((term.slug, rule) for term in self.facet("substance") for rule in term.rules)

    @cached_property
    def others(self) -> Lexicon:
        """The rules of the other facets."""
        return Lexicon(
            (term.slug, rule) for term in self.terms if term.facet != "substance" for rule in term.rules
        )

    @cached_property
    def signals(self) -> Lexicon:
        """The rules of the cues."""
        return Lexicon((cue.name, rule) for cue in self.cues for rule in cue.rules)

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

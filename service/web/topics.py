"""Topics as forms show them: the terms of each facet under a heading, with a hint where a word needs one."""

from collections.abc import Sequence
from dataclasses import dataclass

from content.vocabulary import Vocabulary
from service.i18n import _

FIRST_FACETS = ("substance", "setting", "target-group")
"""What the sign-up form asks; the rest follows under preferences."""

HEADINGS = {
    "substance": (_("Over welke middelen?"), _("Kies wat in uw werk speelt. U kunt dit altijd veranderen.")),
    "setting": (_("Op welke plekken?"), _("De omgeving waar u met preventie werkt.")),
    "target-group": (_("Voor welke groepen?"), _("De mensen die u wilt bereiken.")),
    "domain": (_("Vanuit welk beleid?"), _("Het beleidsterrein waar uw werk onder valt.")),
    "step": (_("Welke stap zet u nu?"), _("De vijf stappen van een lokale aanpak van drugspreventie.")),
    "theme": (_("Welke soort nieuws?"), _("Waar u het liefst over leest.")),
}
"""Heading and hint of each facet."""

HINTS = {
    "nps": _("ook wel designerdrugs"),
    "amfetamine": _("ook wel speed"),
    "opioiden": _("zoals heroïne en sterke pijnstillers"),
    "benzodiazepinen": _("slaap- en kalmeringsmiddelen"),
    "snus": _("zakje met nicotine onder de lip"),
    "vapen": _("e-sigaretten"),
    "psychedelica": _("zoals lsd en truffels"),
    "gemeenschap": _("buurten, verenigingen en kerken"),
    "risicogroepen": _("mensen die meer kans op problemen hebben"),
    "media": _("ook sociale media en campagnes"),
    "mbo": _("middelbaar beroepsonderwijs"),
}
"""What a term means, where its name alone does not say so to everyone."""


@dataclass(frozen=True)
class Topic:
    """A checkbox. `hint` is a message in Dutch, to be translated, or empty."""

    slug: str
    label: str
    hint: str
    chosen: bool


@dataclass(frozen=True)
class TopicGroup:
    """A group of checkboxes. `heading` and `hint` are messages in Dutch, to be translated."""

    facet: str
    heading: str
    hint: str
    topics: tuple[Topic, ...]


def topic_groups(
    vocabulary: Vocabulary, facets: Sequence[str], chosen: frozenset[str], language: str
) -> tuple[TopicGroup, ...]:
    """The groups of these facets, in their order; `chosen` are ticked."""
    return tuple(
        TopicGroup(
            facet=facet,
            heading=HEADINGS[facet][0],
            hint=HEADINGS[facet][1],
            topics=tuple(
                Topic(term.slug, term.label(language), HINTS.get(term.slug, ""), term.slug in chosen)
                for term in vocabulary.facet(facet)
            ),
        )
        for facet in facets
    )

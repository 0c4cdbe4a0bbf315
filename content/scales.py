"""Scales of evidence: the Dutch recognition levels and the European prevention scale, in words, and what each level means."""

import re
from dataclasses import dataclass
from functools import cache

from content.folding import fold

DUTCH = "dutch"
EUROPEAN = "euda"
SCALES = (DUTCH, EUROPEAN)


@dataclass(frozen=True)
class Level:
    """A level on a scale. A higher `rank` is stronger evidence; levels of different scales are not compared.

    `slug` is unique over the scales. `words` are other ways in which pages write it, folded.
    """

    slug: str
    scale: str
    rank: int
    nl: str
    en: str
    meaning_nl: str
    meaning_en: str
    words: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """All ways to write the level."""
        return (self.nl, self.en, *self.words)

    def label(self, language: str) -> str:
        """The level in words."""
        return self.en if language == "en" else self.nl

    def meaning(self, language: str) -> str:
        """What the level says about the evidence, in a sentence."""
        return self.meaning_en if language == "en" else self.meaning_nl


LEVELS = (
    # RIVM, Loket Gezond Leven: the levels that the Dutch committees share (I to IV). NJi uses the upper four.
    Level(
        "niet-erkend", DUTCH, 0, "niet erkend", "not recognised",
        "De commissie heeft de interventie niet erkend, of niet meer.",
        "The committee has not recognised the intervention, or no longer does.",
        ("niet meer erkend", "niet langer erkend", "erkenning verlopen", "erkenning vervallen", "erkenning ingetrokken"),
    ),
    Level(
        "goed-beschreven", DUTCH, 1, "goed beschreven", "well described",
        "De aanpak is helder beschreven en over te nemen. Of zij werkt, is niet beoordeeld.",
        "The approach is clearly described and can be taken over. Whether it works has not been judged.",
    ),
    Level(
        "goed-onderbouwd", DUTCH, 2, "goed onderbouwd", "theoretically sound",
        "Met theorie is aannemelijk gemaakt hoe de aanpak kan werken. Met onderzoek is dat nog niet aangetoond.",
        "Theory makes it plausible how the approach can work. Research has not shown it yet.",
        ("theoretisch goed onderbouwd",),
    ),
    Level(
        "eerste-aanwijzingen", DUTCH, 3, "eerste aanwijzingen voor effectiviteit", "first indications of effectiveness",
        "Onderzoek geeft eerste aanwijzingen dat de aanpak in de praktijk werkt.",
        "Research gives first indications that the approach works in practice.",
        ("eerste aanwijzingen", "effectief volgens eerste aanwijzingen"),
    ),
    Level(
        "goede-aanwijzingen", DUTCH, 4, "goede aanwijzingen voor effectiviteit", "good indications of effectiveness",
        "Goed onderzoek geeft aanwijzingen dat de aanpak in de praktijk werkt.",
        "Good research indicates that the approach works in practice.",
        ("goede aanwijzingen", "effectief volgens goede aanwijzingen"),
    ),
    Level(
        "sterke-aanwijzingen", DUTCH, 5, "sterke aanwijzingen voor effectiviteit", "strong indications of effectiveness",
        "Meer dan één sterk onderzoek geeft aan dat de aanpak in de praktijk werkt.",
        "More than one strong study indicates that the approach works in practice.",
        ("sterke aanwijzingen", "effectief volgens sterke aanwijzingen"),
    ),
    # EUDA, best practice portal: the scale for prevention. The one for treatment is another.
    Level(
        "possibly-harmful", EUROPEAN, 0, "mogelijk schadelijk", "possibly harmful",
        "Onderzoek wijst op nadelige gevolgen.",
        "Research points to harmful effects.",
    ),
    Level(
        "unlikely-to-be-beneficial", EUROPEAN, 1, "waarschijnlijk niet nuttig", "unlikely to be beneficial",
        "Onderzoek wijst erop dat de aanpak niet werkt.",
        "Research indicates that the approach does not work.",
        ("unlikely beneficial", "unlikely"),
    ),
    Level(
        "additional-studies-recommended", EUROPEAN, 2, "meer onderzoek nodig", "additional studies recommended",
        "Er is te weinig onderzoek om te zeggen of de aanpak werkt.",
        "There is too little research to say whether the approach works.",
    ),
    Level(
        "possibly-beneficial", EUROPEAN, 3, "mogelijk nuttig", "possibly beneficial",
        "Enig onderzoek wijst op een gunstig effect.",
        "Some research points to a beneficial effect.",
    ),
    Level(
        "likely-beneficial", EUROPEAN, 4, "waarschijnlijk nuttig", "likely to be beneficial",
        "Onderzoek wijst op een gunstig effect, maar nog niet overal hetzelfde.",
        "Research points to a beneficial effect, though not yet everywhere the same.",
        ("likely beneficial",),
    ),
    Level(
        "beneficial", EUROPEAN, 5, "nuttig", "beneficial",
        "Goed onderzoek uit meer dan één land laat een gunstig effect zien.",
        "Good research from more than one country shows a beneficial effect.",
    ),
)  # fmt: skip
"""All levels, from weak to strong within a scale. The European meanings are in our own words."""

BY_SLUG = {level.slug: level for level in LEVELS}


def level_of(text: str) -> Level | None:
    """The level that a page means by these words; None where it is not one that we know.

    "Erkend als Goed Onderbouwd (niveau I)" is `goed-onderbouwd`; "nog niet goed onderbouwd" is nothing.
    """
    if text in BY_SLUG:
        return BY_SLUG[text]
    folded = " ".join(fold(text).text.split())
    for word, level in _words():
        if re.search(rf"(?<!\w){re.escape(word)}(?!\w)", folded):
            return None if re.search(rf"(?<!\w)(?:niet|geen|not)\s+{re.escape(word)}", folded) else level
    return None


def stronger(level: Level, other: Level) -> bool | None:
    """Whether `level` is stronger evidence than `other`; None where the scales differ and nobody can say."""
    return level.rank > other.rank if level.scale == other.scale else None


@cache
def _words() -> tuple[tuple[str, Level], ...]:
    """Each way to write a level, folded; the longest first, so that "likely beneficial" is not "beneficial"."""
    pairs = [(fold(word).text, level) for level in LEVELS for word in level.names]
    return tuple(sorted(pairs, key=lambda pair: (-len(pair[0]), pair[0])))

"""Kept: what drafting keeps in memory from batch to batch, since many readers share it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from service.mailing.attendees import FormKey
from service.mailing.mailings import PlainMailing
from service.mailing.messages import Letterhead
from service.mailing.mime import Body
from service.mailing.recipients import Choice
from subscribers.directory import Helper
from subscribers.organisations import Organisation

MOST_BODIES = 400
"""Variants that are kept encoded in memory, some 40 KB each; those with a region and without share pieces."""

MOST_SHEETS = 8_000
"""Profiles for which a variant is kept with its reasons in it, some 2 KB each beside the variant's pieces, which it shares."""

MOST_CHOICES = 20_000
"""What profiles get, some 400 bytes each."""

MOST_REGIONS = 20_000
"""Texts of who helps where, some 200 bytes each: a municipality, or several, and a language."""


class Sheet(NamedTuple):
    """What readers with a profile get: the headers that they share, and a body in which only their own values are missing."""

    letterhead: Letterhead
    body: Body


@dataclass
class Kept:
    """What is kept from batch to batch, since many readers share it: encoded variants, with reasons, organisations, regions.

    `choices` is by mailing, profile key and language; bodies are by variant and sheets by choice, each for readers with and
    without a region, and for those who show what they read and the others.
    """

    mailings: dict[int, PlainMailing] = field(default_factory=dict)
    choices: dict[tuple[int, str, str], Choice] = field(default_factory=dict)
    bodies: dict[tuple[int, bool, bool], tuple[str, Body]] = field(default_factory=dict)
    pieces: dict[bytes, bytes] = field(default_factory=dict)
    sheets: dict[tuple[int, bool, bool], Sheet] = field(default_factory=dict)
    organisations: dict[int, Organisation] = field(default_factory=dict)
    partners: Sequence[Helper] = ()
    helpers: dict[int, tuple[Helper, ...]] = field(default_factory=dict)
    regions: dict[tuple[tuple[int, ...], str], str] = field(default_factory=dict)
    webinar_forms: dict[FormKey, tuple[str, Body]] = field(default_factory=dict)

    def make_room(self) -> None:
        """Forget what grew too large; it is read anew when it is needed."""
        if len(self.bodies) > MOST_BODIES or len(self.sheets) > MOST_SHEETS:
            self.bodies.clear()  # whose pieces the sheets hold as well: each alone would free nothing
            self.sheets.clear()
            self.pieces.clear()
        if len(self.webinar_forms) > MOST_BODIES:
            self.webinar_forms.clear()
        if len(self.choices) > MOST_CHOICES:
            self.choices.clear()
        if len(self.regions) > MOST_REGIONS:
            self.regions.clear()

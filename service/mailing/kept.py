"""Kept: what drafting keeps in memory from batch to batch, since many readers share it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from service.mailing.attendees import FormKey
from service.mailing.mailings import PlainMailing
from service.mailing.mime import Body, Piece
from service.mailing.recipients import Choice
from subscribers.directory import Helper
from subscribers.organisations import Organisation

MOST_BODIES = 400
"""Variants that are kept encoded in memory, some 40 KB each."""

MOST_REASONS = 4_000
"""Profiles of which the reasons are kept, some 5 KB each."""

MOST_CHOICES = 20_000
"""What profiles get, some 400 bytes each."""

MOST_REGIONS = 20_000
"""Texts of who helps where, some 200 bytes each: a municipality, or several, and a language."""


@dataclass
class Kept:
    """What is kept from batch to batch, since many readers share it: encoded variants, reasons, organisations, regions.

    `choices` is by mailing, profile key and language.
    """

    mailings: dict[int, PlainMailing] = field(default_factory=dict)
    choices: dict[tuple[int, str, str], Choice] = field(default_factory=dict)
    bodies: dict[tuple[int, bool, bool], tuple[str, Body]] = field(default_factory=dict)
    reasons: dict[tuple[int, str], Mapping[str, Piece]] = field(default_factory=dict)
    organisations: dict[int, Organisation] = field(default_factory=dict)
    partners: Sequence[Helper] = ()
    helpers: dict[int, tuple[Helper, ...]] = field(default_factory=dict)
    regions: dict[tuple[tuple[int, ...], str], str] = field(default_factory=dict)
    webinar_forms: dict[FormKey, tuple[str, Body]] = field(default_factory=dict)

    def make_room(self) -> None:
        """Forget what grew too large; it is read anew when it is needed."""
        if len(self.bodies) > MOST_BODIES:
            self.bodies.clear()
        if len(self.webinar_forms) > MOST_BODIES:
            self.webinar_forms.clear()
        if len(self.choices) > MOST_CHOICES:
            self.choices.clear()
        if len(self.reasons) > MOST_REASONS:
            self.reasons.clear()
        if len(self.regions) > MOST_REGIONS:
            self.regions.clear()

"""Choosing: which blocks of an issue a reader gets, and why. A pure function of the issue and the reader's profile."""

import hashlib
from dataclasses import dataclass
from enum import StrEnum


class Because(StrEnum):
    """Why a block was chosen."""

    EVERYONE = "everyone"
    INTEREST = "interest"
    FALLBACK = "fallback"


@dataclass(frozen=True)
class Profile:
    """All that `choose` looks at in a reader: the slugs they follow and the streams they receive."""

    interests: frozenset[str] = frozenset()
    streams: frozenset[str] = frozenset()

    @property
    def key(self) -> str:
        """A hash that is equal for equal profiles, in every process and for ever."""
        text = "\n".join([*sorted(self.interests), "", *sorted(self.streams)])
        return hashlib.sha256(text.encode()).hexdigest()[:24]


@dataclass(frozen=True)
class Candidate:
    """What `choose` needs to know of a block.

    `section` and `position` are the editors' order, `weight` its importance, `brought_by` the streams that brought it before.
    """

    block_id: int
    section: int
    position: int
    weight: int
    everyone: bool
    tags: frozenset[str]
    brought_by: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Chosen:
    """A block that a reader gets. `reasons` are the interests it met, sorted; empty unless `because` is interest."""

    block_id: int
    because: Because
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True)
class Limits:
    """How few and how many blocks a reader gets, and whether "nothing this month" is allowed."""

    minimum: int = 3
    maximum: int = 12
    allow_nothing: bool = False


def choose(candidates: tuple[Candidate, ...], limits: Limits, profile: Profile) -> tuple[Chosen, ...]:
    """The blocks for a reader, in the editors' order; empty only where the editors allow "nothing this month".

    Always-blocks come first and are never cut. Then blocks whose tags meet the reader's interests, the most important
    first, up to the maximum; below the minimum the most important of what is left fills up. What a stream that the
    reader receives has brought before is left out.
    """
    ranked = sorted(candidates, key=lambda block: (-block.weight, block.section, block.position))
    fresh = [block for block in ranked if not block.brought_by & profile.streams]
    picked = [(block, Chosen(block.block_id, Because.EVERYONE)) for block in fresh if block.everyone]
    others = [block for block in fresh if not block.everyone]
    meeting = [block for block in others if block.tags & profile.interests][
        : max(0, limits.maximum - len(picked))
    ]
    picked += [
        (block, Chosen(block.block_id, Because.INTEREST, tuple(sorted(block.tags & profile.interests))))
        for block in meeting
    ]
    if limits.allow_nothing and profile.interests and not picked:
        return ()
    rest = [block for block in others if block not in meeting]
    room = max(0, min(limits.minimum, limits.maximum) - len(picked))
    picked += [(block, Chosen(block.block_id, Because.FALLBACK)) for block in rest[:room]]
    return tuple(
        chosen for block, chosen in sorted(picked, key=lambda pair: (pair[0].section, pair[0].position))
    )

"""A mailing as people watch it: figures in words and a bar, for the page and for what its script asks every two seconds."""

from collections.abc import Mapping
from dataclasses import dataclass

from service.i18n import _, clock_time, in_words, number, span, translate
from service.mailing.outbox import DeliveryState, Mailing, MailingState
from service.mailing.progress import Progress

MAILING_NAMES = {
    MailingState.SENDING: _("wordt verstuurd"),
    MailingState.PAUSED: _("gepauzeerd"),
    MailingState.FINISHED: _("klaar"),
    MailingState.CANCELLED: _("afgebroken"),
}
WINDING_DOWN = _("wordt afgebroken")

STATE_NAMES = {
    DeliveryState.SENT: _("verstuurd"),
    DeliveryState.HANDED_OVER: _("onderweg"),
    DeliveryState.PLANNED: _("wacht"),
    DeliveryState.CLAIMED: _("klaargezet"),
    DeliveryState.DEFERRED: _("later opnieuw"),
    DeliveryState.FAILED: _("mislukt"),
    DeliveryState.UNCERTAIN: _("onzeker"),
    DeliveryState.SUPPRESSED: _("geblokkeerd"),
    DeliveryState.SKIPPED: _("niets deze keer"),
    DeliveryState.CANCELLED: _("geannuleerd"),
}
"""The states of a delivery as the desk calls them, in the order in which it shows them."""

SIGNS = {
    DeliveryState.SENT: "✓",
    DeliveryState.HANDED_OVER: "→",
    DeliveryState.PLANNED: "…",
    DeliveryState.CLAIMED: "…",
    DeliveryState.DEFERRED: "↻",
    DeliveryState.FAILED: "✕",
    DeliveryState.UNCERTAIN: "?",
    DeliveryState.SUPPRESSED: "⊘",
    DeliveryState.SKIPPED: "–",
    DeliveryState.CANCELLED: "■",
}
"""A sign for each state, so that none is told by its colour alone."""

BAR = 1000
LEAST = 4
"""Units of the bar in all, and for what is there at all: one failure among a million is seen."""

PARTS = (
    ("sent", (DeliveryState.SENT,)),
    ("ended", (DeliveryState.SKIPPED, DeliveryState.SUPPRESSED, DeliveryState.CANCELLED)),
    ("failed", (DeliveryState.FAILED,)),
    ("uncertain", (DeliveryState.UNCERTAIN,)),
    ("handed_over", (DeliveryState.HANDED_OVER,)),
)
"""The parts of the bar, from the left; what is left over waits."""


@dataclass(frozen=True)
class Part:
    """A piece of the bar, in units of a thousandth."""

    name: str
    begin: int
    width: int


@dataclass(frozen=True)
class Live:
    """What the page shows and what changes on it. `changes` differs when more than the figures must be shown anew."""

    percent: int
    texts: Mapping[str, str]
    bar: tuple[Part, ...]
    speed: float
    changes: str
    running: bool


def live(progress: Progress, mailing: Mailing, language: str) -> Live:
    """The figures in words. Pure."""
    counts, total = progress.counts, max(1, progress.total)
    winding = mailing.state == MailingState.CANCELLED and mailing.finished_at is None
    percent = 100 * progress.done // total
    texts = {
        "state": translate(language, name_of(mailing)),
        "percent": f"{percent} %",
        "done": number(progress.done, language),
        "total": number(progress.total, language),
        "speed": in_words(progress.speed, language),
        "average": in_words(progress.average, language),
        "left": span(progress.left, language) if progress.left is not None else "–",
        "ends": clock_time(progress.ends_at, language, now=progress.now) if progress.ends_at else "–",
        **{f"count-{state}": number(counts[state], language) for state in STATE_NAMES},
    }
    shown = sorted(state for state in STATE_NAMES if counts[state])
    troubles = (counts[DeliveryState.FAILED], counts[DeliveryState.UNCERTAIN])
    return Live(
        percent=percent,
        texts=texts,
        bar=_bar(counts, total),
        speed=progress.speed,
        changes=f"{mailing.state}{winding} {mailing.pause} {troubles} {shown} {progress.stands_still}",
        running=mailing.state == MailingState.SENDING or winding,
    )


def name_of(mailing: Mailing) -> str:
    """How a mailing stands, to be translated."""
    if mailing.state == MailingState.CANCELLED and mailing.finished_at is None:
        return WINDING_DOWN
    return MAILING_NAMES[MailingState(mailing.state)]


def _bar(counts: Mapping[str, int], total: int) -> tuple[Part, ...]:
    """The pieces of the bar; what is small is made visible at the cost of what is large."""
    widths = {}
    for name, states in PARTS:
        some = sum(counts[state] for state in states)
        widths[name] = max(LEAST, BAR * some // total) if some else 0
    over = sum(widths.values()) - BAR
    if over > 0:
        widths[max(widths, key=lambda name: widths[name])] -= over
    begin, parts = 0, []
    for name, width in widths.items():
        parts.append(Part(name, begin, width))
        begin += width
    return tuple(parts)

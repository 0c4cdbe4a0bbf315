"""Kinds: what an issue of each kind begins with, which editors may change."""

from content.choosing import Limits
from content.issues import Issue, IssueKind
from content.items import Item
from content.plaintext import shortened

LIMITS = {
    IssueKind.MONTHLY: Limits(minimum=3, maximum=12),
    IssueKind.DIGEST: Limits(minimum=3, maximum=15, allow_nothing=True),
    IssueKind.ALERT: Limits(minimum=1, maximum=12, allow_nothing=True),
    IssueKind.WELCOME: Limits(minimum=1, maximum=6),
    IssueKind.WEBINAR: Limits(minimum=1, maximum=6),
}
"""Who follows nothing of what a digest or an alert is about, gets none: the monthly issue comes."""

WELCOME_SECTIONS = (
    ("step", "Wat u kunt doen"),
    ("practice", "Interventies die bij u passen"),
    ("more", "Verder lezen"),
)
"""What a mail of the welcome series begins with: key and the title that readers see, as `STANDARD_SECTIONS` has them."""

BRIEF = 160
"""Signs of an item's text that a digest quotes: enough to know whether to click."""


def quoted(issue: Issue, item: Item) -> str:
    """As much of an item's text as this kind of issue has."""
    return shortened(item.summary, BRIEF) if issue.kind == IssueKind.DIGEST else item.summary

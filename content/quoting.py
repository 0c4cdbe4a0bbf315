"""Quoting: how much of a newspaper's lead we may show beside its link.

The right to quote (article 15a of the Dutch Copyright Act; for news also article 15, and the press publishers' right of
article 7b of the Neighbouring Rights Act, which leaves "very short extracts" free) sets no number. We keep to a length
that tells what an article is about and does not replace it: whole sentences of at most `LEAD_LIMIT` characters together,
or else the beginning of the first one. The title and the link always go with it. Only sources marked `rights: quote` are cut.
"""

import re
from dataclasses import replace

from content.entries import Entry
from content.plaintext import shortened

LEAD_LIMIT = 250
ELLIPSIS = "…"
_ENOUGH = LEAD_LIMIT // 3
_END = re.compile(r"[.!?][\"'”’)]*(?=\s+[\"'“‘(]*[A-Z0-9ÀÁÂÄÈÉÊËÌÍÎÏÒÓÔÖÙÚÛÜ])")
_ABBREVIATED = re.compile(
    r"(?:\b(?:[A-Za-z]|dr|drs|mr|mw|dhr|prof|ing|ir|nr|ca|bijv|resp|o\.a|m\.b\.t|jl|art)\.)$"
)


def quoted_lead(text: str, *, limit: int = LEAD_LIMIT) -> str:
    """A lead as short as quoting allows: whole sentences where they fit, else whole words; cut text ends in an ellipsis."""
    whole = " ".join(text.split())
    if len(whole) <= limit:
        return whole
    room = whole[: limit - 2]
    ends = [found.end() for found in _END.finditer(whole[: limit + 1]) if _is_end(whole, found, len(room))]
    if ends and ends[-1] >= min(_ENOUGH, limit // 3):
        return f"{whole[: ends[-1]]} {ELLIPSIS}"
    return shortened(whole, limit)


def quoted_entry(entry: Entry) -> Entry:
    """An entry of a source that may only be quoted."""
    return replace(entry, summary=quoted_lead(entry.summary))


def _is_end(text: str, found: re.Match[str], room: int) -> bool:
    return found.end() <= room and not _ABBREVIATED.search(text[: found.start() + 1])

"""Judging: from a reply code, an enhanced code and the words to a verdict. The words weigh most, since servers write
5.1.1 over a full mailbox and 5.7.1 over one that does not exist."""

import re

from service.verdicts.kinds import Verdict, verdict
from service.verdicts.phrases import reason_in
from service.verdicts.statuses import BY_CODE, CERTAIN, by_status

LONGEST = 6_000
"""Characters of a reply that are read; what matters stands at the start, and a hostile server may send megabytes."""

WEAK = frozenset({"policy", "content", "server-fault"})
"""Reasons whose words stand in many a polite sentence: they do not outweigh a code that says plainly what is wrong."""

PLAIN = frozenset({"5.1.1", "5.1.2", "5.1.6", "5.1.10"})

_ADDRESS = re.compile(r"(?<![\w.+-])[\w.!#$%&'*+/=?^`{|}~-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){0,9}")
_SPEAKER = re.compile(r"(?<![\w.-])[\w-]{1,63}(?:\.[\w-]{1,63}){1,9}\.? ?(?=\[[\da-f.:]{3,45}\])")
_FRAME = re.compile(r"(?:it )?was rejected by the (?:server for the )?recipient domain")
"""What Gmail puts around each refusal: the recipient had no say in it."""
_ENHANCED = re.compile(r"(?<![\d.])([245])\.(\d{1,3})\.(\d{1,3})(?![\d.]*\d)")
_CODE = re.compile(r"(?<![\d.#])([45]\d\d)(?=[ -])")


def judge(*, code: int | None, status: str, text: str) -> Verdict:
    """What a server's words mean. `code` is the three digits of SMTP (RFC 5321) or None, `status` the enhanced code
    (RFC 3463) or "", `text` what else it said, codes within it included.

    Never raises; words that say nothing are `undefined`, and soft.
    """
    words = normal(text)
    status = most_telling(status, words)
    code = code or code_in(words)
    reason = CERTAIN.get(status) or reason_in(words)
    if reason in WEAK and status in PLAIN:
        reason = by_status(status)
    if reason is None:
        reason = by_status(status) or BY_CODE.get(code or 0) or "undefined"
    return verdict(reason, permanent=_is_permanent(code, status))


def reason_by_words(text: str) -> str | None:
    """The reason that the words alone give; None when only a code tells something, or nothing does."""
    return reason_in(normal(text))


def normal(text: str) -> str:
    """A text as the tables read it: lower case, single blanks, and no longer than what is read.

    Addresses and the names of servers are left out: `spam@a.example` and `antispam.b.example[192.0.2.1]` say nothing.
    """
    words = " ".join(text[:LONGEST].lower().split())
    return _FRAME.sub("", _SPEAKER.sub("", _ADDRESS.sub("@", words)))


def most_telling(status: str, words: str) -> str:
    """The enhanced code that says most: that of the words where the given one is none, or generic (x.0.0)."""
    if status and not status.endswith(".0.0"):
        return status
    found = [".".join(match.groups()) for match in _ENHANCED.finditer(words)]
    telling = [one for one in found if not one.startswith("2.") and not one.endswith(".0.0")]
    return telling[0] if telling else status


def code_in(words: str) -> int | None:
    """The first three digits in a text that look like a refusal."""
    found = _CODE.search(words)
    return int(found[1]) if found else None


def _is_permanent(code: int | None, status: str) -> bool:
    """5yz, by the reply first: the server that spoke knows better than the one that wrote a report about it."""
    if code is not None and 400 <= code < 600:
        return code >= 500
    return not status.startswith("4")

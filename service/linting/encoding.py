"""Encoding: octets, lines and character sets, as RFC 5322, 2045 and 2046 ask; and the size that mail programs show."""

import re

from service.linting.findings import Findings, found
from service.linting.mail import Mail, Part
from service.mailing.markup import LARGEST_HTML
from service.mailing.messages import LONGEST_LINE

NEARLY = 0.85
"""From this share of the largest size on, it is worth a note."""

_MANGLED = re.compile(r"[ÃÂ][\u0080-\u00bf]|â€.|\ufffd")


def check_encoding(mail: Mail) -> Findings:
    """All that is wrong with how the mail is written down."""
    if mail.raw is not None:
        yield from _lines(mail.raw)
    for defect in mail.defects:
        yield found("mime-defect", defect=defect)
    for part in mail.parts:
        if part.kind in {"text/plain", "text/html"}:
            yield from _part(part)


def check_size(size: int) -> Findings:
    """Whether mail programs show all of so many bytes of HTML."""
    if size > LARGEST_HTML:
        yield found("html-too-large", size=size, largest=LARGEST_HTML)
    elif size > LARGEST_HTML * NEARLY:
        yield found("html-large", size=size, largest=LARGEST_HTML)


def _lines(raw: bytes) -> Findings:
    crlf, lf, cr = raw.count(b"\r\n"), raw.count(b"\n"), raw.count(b"\r")
    if not crlf and not cr:
        yield found("line-ends-of-a-file")
    elif (lf, cr) != (crlf, crlf):
        yield found("line-ends-mixed")
    lengths = [len(line) for line in raw.replace(b"\r\n", b"\n").split(b"\n")]
    longest = max(lengths)
    if longest > LONGEST_LINE:
        yield found("line-too-long", f"{lengths.index(longest) + 1}", length=longest)


def _part(part: Part) -> Findings:
    if part.encoding != "8bit" and not part.ascii:
        yield found("eight-bit", part.kind)
    try:
        "".encode(part.charset)
    except LookupError:
        yield found("charset-unknown", part.kind, charset=part.charset)
        return
    if not part.readable:
        yield found("charset-wrong", part.kind, charset=part.charset)
    elif mangled := _MANGLED.search(part.text):
        start = max(0, mangled.start() - 12)
        yield found(
            "charset-mangled", part.kind, text=" ".join(part.text[start : mangled.end() + 12].split())
        )

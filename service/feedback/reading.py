"""Reading: from the bytes of a message that came in, however broken, to the few texts that tell what it is. Pure, bounded."""

import re
from dataclasses import dataclass
from email.header import decode_header
from email.message import Message
from email.parser import BytesParser
from html import unescape

import nh3

LARGEST = 1024 * 1024
"""Bytes that are read. A report stands before the mail that it returns, and the rest of 25 MB tells nothing more."""

MOST_PARTS = 60
LONGEST_TEXT = 40_000

_EMBEDDED = re.compile(rb"(?im)^(content-type:[ \t]*(?:\r?\n[ \t]+)?)message/([a-z0-9.+-]{1,40})")
_BREAK = re.compile(r"(?i)<(?:br|/p|/div|/tr|/li|/h[1-6])\b[^<>]{0,200}>")

REPORTS = frozenset({"delivery-status", "global-delivery-status"})
ORIGINALS = frozenset({"rfc822", "global", "rfc822-headers", "global-headers", "partial"})

ADDRESSED = ("Delivered-To", "X-Original-To", "Envelope-To", "Return-Path", "To")
"""Headers that name the address a message was delivered to, as servers write them, the surest first."""


@dataclass(frozen=True)
class Read:
    """A message taken apart. `text` is for people; `reports`, `complaints` and `receipts` are for machines.

    `headers` are those of the message, by name in lower case, unfolded and decoded, the first of each name. `addressed`
    is all that says to which address it was delivered, the surest first. `original` is the start of the returned mail.
    """

    headers: dict[str, str]
    content_type: str
    text: str
    reports: tuple[str, ...]
    complaints: tuple[str, ...]
    receipts: tuple[str, ...]
    original: str
    addressed: tuple[str, ...] = ()

    def header(self, name: str) -> str:
        """The first header of that name; empty when there is none."""
        return self.headers.get(name, "")


def read_message(raw: bytes) -> Read:
    """Take a message apart. Never raises: what cannot be parsed is read as one text."""
    raw = _EMBEDDED.sub(rb"\1text/x-message-\2", raw[:LARGEST])
    try:
        parsed = BytesParser().parsebytes(raw)
        return _taken_apart(parsed, list(_leaves(parsed)))
    except (RecursionError, ValueError, LookupError, TypeError, AttributeError, IndexError):
        # The standard library's parser is lenient, but not with everything that a stranger can send.
        return Read({}, "", _decoded(raw, "")[:LONGEST_TEXT], (), (), (), "")


def headers_in(text: str) -> dict[str, str]:
    """The headers at the start of a text, lower case and unfolded, the first of each name."""
    found: dict[str, str] = {}
    name = ""
    for line in text.lstrip("\r\n")[:LONGEST_TEXT].splitlines():
        if line[:1] in (" ", "\t") and name:
            found[name] = f"{found[name]} {line.strip()}"[:4000]
            continue
        name, colon, value = line.partition(":")
        name = name.strip().lower()
        if not colon or not name or " " in name:
            if found:
                break
            name = ""
            continue
        if name in found:  # the first counts: what is added later stands above
            name = ""
            continue
        found[name] = value.strip()[:4000]
    return found


def _leaves(parsed: Message) -> list[Message]:
    leaves: list[Message] = []
    waiting = [parsed]
    while waiting and len(leaves) < MOST_PARTS:
        part = waiting.pop(0)
        payload = part.get_payload()
        if part.is_multipart() and isinstance(payload, list):
            waiting[:0] = [one for one in payload if isinstance(one, Message)]
        else:
            leaves.append(part)
    return leaves


def _taken_apart(parsed: Message, leaves: list[Message]) -> Read:
    texts: list[str] = []
    pages: list[str] = []
    machine: dict[str, list[str]] = {"report": [], "complaint": [], "receipt": [], "original": []}
    for leaf in leaves:
        subtype = leaf.get_content_type().removeprefix("text/x-message-").removeprefix("text/")
        room = _room_of(leaf, subtype)
        if room == "text":
            (pages if subtype == "html" else texts).append(_text_of(leaf))
        elif room:
            machine[room].append(_text_of(leaf))
    text = "\n".join(one for one in texts if one.strip())
    return Read(
        headers={name.lower(): decoded_words(str(value)) for name, value in reversed(parsed.items())},
        content_type=str(parsed.get("Content-Type", "")).lower().replace("text/x-message-", "message/"),
        text=(text if text.strip() else "\n".join(map(without_markup, pages)))[:LONGEST_TEXT],
        reports=tuple(machine["report"]),
        complaints=tuple(machine["complaint"]),
        receipts=tuple(machine["receipt"]),
        original="\n\n".join(machine["original"])[:LONGEST_TEXT],
        addressed=tuple(str(value)[:2000] for name in ADDRESSED for value in parsed.get_all(name, [])[:9]),
    )


def _room_of(leaf: Message, subtype: str) -> str:
    if subtype in REPORTS:
        return "report"
    if subtype == "feedback-report":
        return "complaint"
    if subtype in ("disposition-notification", "global-disposition-notification"):
        return "receipt"
    if subtype in ORIGINALS:
        return "original"
    # Multipart, but without a part: its boundary is nowhere, and all of it is one text.
    return "text" if leaf.get_content_maintype() in ("text", "multipart") else ""


def _text_of(leaf: Message) -> str:
    payload = leaf.get_payload(decode=True)
    raw = payload if isinstance(payload, bytes) else str(leaf.get_payload()).encode(errors="replace")
    return _decoded(raw, str(leaf.get_content_charset() or ""))


def _decoded(raw: bytes, charset: str) -> str:
    """Text in the charset that is named, or in the likeliest one."""
    guesses = [charset, "utf-8", "iso-2022-jp" if b"\x1b$" in raw else "", "latin-1"]
    for name in filter(None, guesses):
        try:
            return raw.decode(name).replace("\0", "")
        except (UnicodeError, LookupError, ValueError):
            continue
    return raw.decode("latin-1").replace("\0", "")


def decoded_words(value: str) -> str:
    """A header as people read it (RFC 2047), on one line."""
    if "=?" not in value:
        return " ".join(value[:8000].split())
    try:
        parts = [
            part if isinstance(part, str) else _decoded(part, name or "")
            for part, name in decode_header(value[:8000])
        ]
    except (ValueError, LookupError, TypeError):
        return " ".join(value[:8000].split())
    return " ".join("".join(parts).split())


def without_markup(page: str) -> str:
    """The words of an HTML page, its blocks on lines of their own."""
    whole = page[: 4 * LONGEST_TEXT].encode("utf-8", "replace").decode("utf-8")
    return unescape(nh3.clean(_BREAK.sub("\n", whole), tags=set()))

"""The encoding of a document: what its first bytes, its header or it itself says, and what is left when that is wrong."""

import codecs
import re

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16, whose mark is the beginning of this one
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_WIDE = (
    (b"\0\0\0<", "utf-32-be"),
    (b"<\0\0\0", "utf-32-le"),
    (b"\0<\0", "utf-16-be"),
    (b"<\0", "utf-16-le"),
    (b"\0\0\0{", "utf-32-be"),
    (b"{\0\0\0", "utf-32-le"),
    (b"\0{\0", "utf-16-be"),
    (b"{\0", "utf-16-le"),
    (b"Lo\xa7\x94", "cp037"),  # "<?xm" in EBCDIC
)
"""How a document without a mark begins: appendix F of the XML recommendation."""

_HEADER = re.compile(r"charset\s*=\s*[\"']?\s*([\w.:-]+)", re.IGNORECASE)
_DECLARED = re.compile(
    rb"<\?xml[^>]*?encoding\s*=\s*[\"']\s*([\w.:-]+)|<meta[^>]*?charset\s*=\s*[\"']?([\w.:-]+)", re.IGNORECASE
)
_CESU = re.compile(rb"\xed[\xa0-\xaf][\x80-\xbf]\xed[\xb0-\xbf][\x80-\xbf]")
_MOST_ODD = 10_000  # bytes; with more of them this is no UTF-8 with a few slips of the pen
_SINGLE = re.compile(r"iso8859-(1|2|9|1[0-6])|cp125\d|ascii|latin-1|mac-roman")
_NEVER = re.compile(r"utf-7|.*unicode-escape|punycode|idna|rot13|.*-codec|undefined|mbcs|oem|palmos")
_WIDER = {
    "iso8859-1": "cp1252",
    "latin-1": "cp1252",
    "ascii": "cp1252",
    "gb2312": "gb18030",
    "gbk": "gb18030",
}
"""What browsers read instead, as the WHATWG's encoding standard says: the name is a part of the encoding that is meant."""


def decoded(body: bytes, *, content_type: str = "") -> str:
    """The text of a document; never fails. What cannot be decoded as declared is taken as UTF-8, and what is not that either,
    byte for byte, as Windows-1252: often it is a single quotation mark in a document that is UTF-8 throughout."""
    return decoded_as(body, content_type=content_type)[0]


def decoded_as(body: bytes, *, content_type: str = "") -> tuple[str, str]:
    """The text of a document, and the encoding that it was read in.

    A document that is UTF-8 is read as that, whatever Western encoding its server or its maker claims: text in one of
    those is UTF-8 by accident as good as never.
    """
    for name in [*named_encodings(body, content_type=content_type), "utf-8"]:
        if (text := _read(body, name)) is not None:
            return text
    return _mixed(body), "cp1252"


def _mixed(body: bytes) -> str:
    """UTF-8 in which some bytes are Windows-1252; two surrogates (CESU-8) are one character."""
    whole = body.decode("utf-8", "ignore")
    if (whole.isascii() and not _CESU.search(body)) or len(body) - len(whole.encode()) > _MOST_ODD:
        return body.decode("cp1252", "replace")
    return body.decode("utf-8", "kennispost-mixed")


def _odd(error: UnicodeError) -> tuple[str, int]:
    assert isinstance(error, UnicodeDecodeError)  # noqa: S101  nothing is encoded so
    start = error.start
    if pair := _CESU.match(error.object, start):
        wide = pair[0].decode("utf-8", "surrogatepass").encode("utf-16-le", "surrogatepass")
        return wide.decode("utf-16-le"), pair.end()
    return error.object[start : start + 1].decode("cp1252", "replace"), start + 1


codecs.register_error("kennispost-mixed", _odd)


def _read(body: bytes, name: str) -> tuple[str, str] | None:
    if not is_usual(name):
        return None
    known = _known_as(name) or name
    try:
        if _SINGLE.fullmatch(known) and not body.isascii():
            try:
                return body.decode("utf-8"), "utf-8"
            except UnicodeDecodeError:
                pass
        reader = _WIDER.get(known, known)
        if reader == "cp1252":
            return body.decode("cp1252", "replace") if known != "ascii" else body.decode("ascii"), known
        return body.decode(reader), known
    except (UnicodeError, ValueError):
        return None


def named_encodings(body: bytes, *, content_type: str = "") -> list[str]:
    """The encodings that a document claims, strongest first: its first bytes, the header, its own declaration."""
    names = [next((name for mark, name in _MARKS if body.startswith(mark)), "")]
    names += [next((name for start, name in _WIDE if body.startswith(start)), "")]
    names += _HEADER.findall(content_type)
    head = body[:2000]
    declared = _DECLARED.search(
        head if names[1] != "cp037" else head.decode("cp037").encode("latin-1", "replace")
    )
    if declared:
        names.append((declared.group(1) or declared.group(2)).decode("ascii", "replace"))
        if names[1] == "cp037":  # the declaration names which EBCDIC it is
            names[1] = ""
    return [name for name in names if name]


def is_usual(name: str) -> bool:
    """Whether this is an encoding that documents are written in; a name that nobody knows is not."""
    known = _known_as(name)
    return known is not None and _NEVER.fullmatch(known) is None


def is_odd(name: str) -> bool:
    """Whether Python knows this encoding while no document is written in it.

    In "unicode_escape" or "utf-7" a forbidden declaration hides from a search in the bytes.
    """
    return _known_as(name) is not None and not is_usual(name)


def _known_as(name: str) -> str | None:
    try:
        found = codecs.lookup(name)
    except (LookupError, ValueError, UnicodeError):
        return None
    text = getattr(found, "_is_text_encoding", True)  # base64, zip and the like are encodings of bytes
    return found.name.replace("_", "-") if text else "x-codec"

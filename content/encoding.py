"""The encoding of a document: what its first bytes, its header or it itself says, and what is left when that is wrong."""

import codecs
import re

_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_HEADER = re.compile(r"charset\s*=\s*[\"']?([\w.:-]+)", re.IGNORECASE)
_DECLARED = re.compile(
    rb"<\?xml[^>]*?encoding\s*=\s*[\"']([\w.:-]+)|<meta[^>]*?charset\s*=\s*[\"']?([\w.:-]+)", re.IGNORECASE
)
_USUAL = re.compile(
    r"utf-(8|8-sig|16|16-le|16-be|32|32-le|32-be)|iso8859-\d+|cp125\d|ascii|latin-1|koi8-[ru]|mac-roman"
)


def decoded(body: bytes, *, content_type: str = "") -> str:
    """The text of a document. What cannot be decoded as declared is taken as UTF-8, else as Windows-1252; never fails."""
    for name in [*named_encodings(body, content_type=content_type), "utf-8"]:
        if is_usual(name):
            try:
                return body.decode(name)
            except UnicodeDecodeError:
                continue
    return body.decode("cp1252", "replace")


def named_encodings(body: bytes, *, content_type: str = "") -> list[str]:
    """The encodings that a document claims, strongest first: its byte order mark, the header, its own declaration."""
    names = [name for mark, name in _MARKS if body.startswith(mark)]
    names += _HEADER.findall(content_type)
    declared = _DECLARED.search(body[:2000])
    if declared:
        names.append((declared.group(1) or declared.group(2)).decode("ascii"))
    return names


def is_usual(name: str) -> bool:
    """Whether this is an encoding that documents are written in; a name that nobody knows is not."""
    known = _known_as(name)
    return known is not None and _USUAL.fullmatch(known) is not None


def is_odd(name: str) -> bool:
    """Whether Python knows this encoding while no document is written in it.

    In "unicode_escape" or "utf-7" a forbidden declaration hides from a search in the bytes.
    """
    return _known_as(name) is not None and not is_usual(name)


def _known_as(name: str) -> str | None:
    try:
        return codecs.lookup(name).name.replace("_", "-")
    except LookupError:
        return None

"""MIME: a text and its HTML as one multipart/alternative body (RFC 2046, 5.1.4), encoded once and filled for each reader.

A calendar object goes in twice (RFC 6047, 2.4): as the last alternative, where mail programs show its buttons, and as an
attachment for the others.
"""

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

from service.mailing.holes import Pieces
from service.mailing.quoted import SOFT, quoted

PART_HEAD = 'Content-Type: text/%s; charset="utf-8"\r\nContent-Transfer-Encoding: quoted-printable\r\n'


@dataclass(frozen=True)
class Calendar:
    """A calendar object (RFC 5545) that goes with a mail, and its METHOD."""

    method: str
    data: bytes = field(repr=False)


class Piece(NamedTuple):
    """What goes into a hole: encoded for the text, and escaped and encoded for the HTML."""

    text: bytes
    html: bytes


@dataclass(frozen=True)
class Body:
    """A body with holes. `fixed` and the holes take turns; a hole is its name and whether it stands in the HTML."""

    boundary: str
    fixed: tuple[bytes, ...]
    holes: tuple[tuple[str, bool], ...]

    @property
    def content_type(self) -> str:
        """The value of the Content-Type header."""
        return f'multipart/alternative; boundary="{self.boundary}"'

    @cached_property
    def names(self) -> frozenset[str]:
        """The names of the holes."""
        return frozenset(name for name, _ in self.holes)

    def filled(self, values: Mapping[str, Piece]) -> bytes:
        """Join the body for one reader. A hole without a value is a defect (KeyError), never an empty place."""
        parts: list[bytes] = [b""] * (len(self.fixed) + len(self.holes))
        parts[::2] = self.fixed
        parts[1::2] = [values[name].html if in_html else values[name].text for name, in_html in self.holes]
        return b"".join(parts)


def body_of(*, text: Pieces, html: Pieces) -> Body:
    """Encode a mail that was taken apart at its holes: text first, so that the HTML is preferred where it can be shown."""
    digest = hashlib.sha256("".join([*text, "\0", *html]).encode()).hexdigest()
    boundary = f"kennispost-{digest[:24]}"
    fixed, holes = [b""], []
    for kind, pieces in (("plain", text), ("html", html)):
        fixed[-1] += f"--{boundary}\r\n{PART_HEAD % kind}\r\n".encode()
        for at, piece in enumerate(pieces):
            if at % 2:
                holes.append((piece, kind == "html"))
                fixed[-1] += SOFT
                fixed.append(SOFT)
            else:
                fixed[-1] += quoted(piece)
        fixed[-1] += b"\r\n"
    fixed[-1] += f"--{boundary}--\r\n".encode()
    return Body(boundary, tuple(fixed), tuple(holes))


def mixed_type(boundary: str) -> str:
    """The value of the Content-Type header of a body that `with_calendar` made."""
    return f'multipart/mixed; boundary="{boundary}-m"'


def with_calendar(alternative: bytes, boundary: str, calendar: Calendar) -> bytes:
    """A filled body with a calendar object. In base64 its CRLF line ends survive whatever carries the mail."""
    lines = base64.encodebytes(calendar.data).replace(b"\n", b"\r\n")
    end = f"--{boundary}--\r\n".encode()
    outer = f"--{boundary}-m".encode()
    inline = f'--{boundary}\r\nContent-Type: text/calendar; charset="utf-8"; method={calendar.method}; name="invite.ics"\r\n'
    return b"".join(
        [
            outer + f'\r\nContent-Type: multipart/alternative; boundary="{boundary}"\r\n\r\n'.encode(),
            alternative.removesuffix(end),
            inline.encode() + _BASE64 + lines + end,
            outer + b'\r\nContent-Type: application/ics; name="invite.ics"\r\n',
            b'Content-Disposition: attachment; filename="invite.ics"\r\n' + _BASE64 + lines,
            outer + b"--\r\n",
        ]
    )


_BASE64 = b"Content-Transfer-Encoding: base64\r\n\r\n"

"""MIME: a text and its HTML as one multipart/alternative body (RFC 2046, 5.1.4), encoded once and filled for each reader.

A calendar object goes in twice (RFC 6047, 2.4): as the last alternative, where mail programs show its buttons, and as an
attachment for the others.
"""

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
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


class Hole(NamedTuple):
    """A place among the pieces of a body: where, what goes there, and whether that is in the HTML."""

    at: int
    name: str
    in_html: bool


@dataclass(frozen=True)
class Body:
    """A body in pieces, those of its holes empty."""

    boundary: str
    pieces: tuple[bytes, ...]
    holes: tuple[Hole, ...]

    @property
    def content_type(self) -> str:
        """The value of the Content-Type header."""
        return f'multipart/alternative; boundary="{self.boundary}"'

    @property
    def names(self) -> frozenset[str]:
        """The names of the holes."""
        return frozenset(hole.name for hole in self.holes)

    def sharing(self, known: dict[bytes, bytes]) -> "Body":
        """The same body, with pieces that are known already where they are; the others become known."""
        return Body(self.boundary, tuple(known.setdefault(one, one) for one in self.pieces), self.holes)

    def filled_with(self, values: Mapping[str, Piece]) -> "Body":
        """The same body with fewer holes: those that these values are for are filled."""
        pieces = list(self.pieces)
        for at, name, in_html in self.holes:
            if name in values:
                pieces[at] = values[name].html if in_html else values[name].text
        return Body(
            self.boundary, tuple(pieces), tuple(hole for hole in self.holes if hole.name not in values)
        )

    def filled(self, values: Mapping[str, Piece]) -> list[bytes]:
        """The pieces for one reader. A hole without a value is a defect (KeyError), never an empty place."""
        pieces = list(self.pieces)
        for at, name, in_html in self.holes:
            pieces[at] = values[name].html if in_html else values[name].text
        return pieces


def body_of(*, text: Pieces, html: Pieces) -> Body:
    """Encode a mail that was taken apart at its holes: text first, so that the HTML is preferred where it can be shown."""
    digest = hashlib.sha256("".join([*text, "\0", *html]).encode()).hexdigest()
    boundary = f"kennispost-{digest[:24]}"
    pieces, holes = [b""], []
    for kind, parts in (("plain", text), ("html", html)):
        pieces[-1] += f"--{boundary}\r\n{PART_HEAD % kind}\r\n".encode()
        for at, part in enumerate(parts):
            if at % 2:
                pieces[-1] += SOFT
                holes.append(Hole(len(pieces), part, kind == "html"))
                pieces += [b"", SOFT]
            else:
                pieces[-1] += quoted(part)
        pieces[-1] += b"\r\n"
    pieces[-1] += f"--{boundary}--\r\n".encode()
    return Body(boundary, tuple(pieces), tuple(holes))


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

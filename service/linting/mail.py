"""The mail as the checks see it: its octets, its headers as they stand there, and the two texts that readers see."""

from dataclasses import dataclass
from email import message_from_bytes
from email.message import Message

from service.mailing.dkim import read_headers


@dataclass(frozen=True)
class Part:
    """One leaf of the MIME tree: what it says of itself, whether its octets are ASCII, and its text where it is text."""

    kind: str
    charset: str
    encoding: str
    ascii: bool
    text: str
    readable: bool


@dataclass(frozen=True)
class Mail:
    """All that is looked at. `raw` is None for a mail that is not a message yet: then only its content is."""

    raw: bytes | None
    headers: tuple[tuple[str, str], ...]
    parts: tuple[Part, ...]
    defects: tuple[str, ...] = ()

    def values(self, name: str) -> list[str]:
        """The values of a header, each as often as it stands there."""
        return [value.strip() for key, value in self.headers if key.lower() == name.lower()]

    def part(self, kind: str) -> Part | None:
        """The first part of this kind: `text/html`."""
        return next((part for part in self.parts if part.kind == kind), None)

    @property
    def html(self) -> str:
        """The HTML; empty without it."""
        part = self.part("text/html")
        return part.text if part else ""

    @property
    def text(self) -> str:
        """The text alternative; empty without it."""
        part = self.part("text/plain")
        return part.text if part else ""


def read_mail(raw: bytes) -> Mail:
    """A message from its octets. Never fails: what cannot be read is in `defects` and in the parts."""
    message = message_from_bytes(raw)
    leaves = [leaf for leaf in message.walk() if not leaf.is_multipart()]
    parts = tuple(_part(leaf) for leaf in leaves)
    defects = [
        type(defect).__name__.removesuffix("Defect") for one in message.walk() for defect in one.defects
    ]
    return Mail(raw, tuple(read_headers(_head(raw))), parts, tuple(dict.fromkeys(defects)))


def content_mail(*, html: str, text: str) -> Mail:
    """The content of a mail that is still to be built."""
    parts = (("text/plain", text), ("text/html", html))
    return Mail(
        None, (), tuple(Part(kind, "utf-8", "", True, content, readable=True) for kind, content in parts)
    )


def _head(raw: bytes) -> bytes:
    """The header block, with CRLF whatever it has in a file."""
    return raw.replace(b"\r\n", b"\n").partition(b"\n\n")[0].replace(b"\n", b"\r\n")


def _part(leaf: Message) -> Part:
    kind, charset = leaf.get_content_type(), str(leaf.get_content_charset("us-ascii"))
    payload = leaf.get_payload()
    in_ascii = not isinstance(payload, str) or payload.isascii()
    octets = leaf.get_payload(decode=True)
    encoding = str(leaf.get("Content-Transfer-Encoding", "7bit")).strip().lower()
    content = octets if isinstance(octets, bytes) else b""
    try:
        text, readable = content.decode(charset) if kind.startswith("text/") else "", True
    except (LookupError, UnicodeDecodeError):
        text, readable = content.decode("utf-8", "replace"), False
    return Part(kind, charset, encoding, in_ascii, text, readable)

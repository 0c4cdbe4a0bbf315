"""Reading the body of an answer without trusting it: bytes are counted after decompression, itself bounded.

A gzip body of 292 KB can hold 67 MB in one piece; `zlib` with a maximum length never makes more than asked.
"""

import zlib
from collections.abc import AsyncIterator

from content.errors import FetchFailed

_AUTO = zlib.MAX_WBITS | 32  # gzip or zlib, as the header says
_RAW = -zlib.MAX_WBITS
COMPRESSED = frozenset({"gzip", "x-gzip", "deflate"})
PLAIN = frozenset({"", "identity"})


class _Bounded:
    """Decompresses up to a limit; a gzip body may consist of several members."""

    def __init__(self, encoding: str, limit: int) -> None:
        self._encoding = encoding
        self._limit = limit
        self._decoder = zlib.decompressobj(_AUTO)
        self._begun = False
        self.body = bytearray()

    def feed(self, data: bytes) -> None:
        if not self._begun and self._encoding == "deflate" and data[:1] and data[0] & 0x0F != 8:
            self._decoder = zlib.decompressobj(
                _RAW
            )  # "deflate" without the zlib header, as some servers send it
        self._begun = True
        while data:
            if self._decoder.eof:
                self._decoder = zlib.decompressobj(_AUTO)
            self.body += self._decoder.decompress(data, self._limit + 1 - len(self.body))
            _check(len(self.body), self._limit)
            data = self._decoder.unconsumed_tail or self._decoder.unused_data.lstrip(b"\0")

    @property
    def complete(self) -> bool:
        return self._decoder.eof or not self._begun


async def read_body(chunks: AsyncIterator[bytes], *, encoding: str, limit: int) -> bytes:
    """The whole body, decompressed.

    Args:
        chunks: the bytes as they came over the line.
        encoding: the Content-Encoding header; gzip, deflate or nothing.
        limit: bytes, after decompression.

    Raises:
        FetchFailed: over the limit, an unknown or broken compression, or one that ends halfway.
    """
    name = encoding.strip().lower()
    if name in PLAIN:
        return await _read_plain(chunks, limit)
    if name not in COMPRESSED:
        raise FetchFailed(
            f"The answer is compressed with {name[:40]!r}, which was not asked for.", trouble="broken"
        )
    decoder = _Bounded(name, limit)
    try:
        async for chunk in chunks:
            decoder.feed(chunk)
    except zlib.error as error:
        raise FetchFailed("The compressed answer is broken and cannot be read.", trouble="broken") from error
    if not decoder.complete:
        raise FetchFailed("The compressed answer ends halfway.", trouble="broken")
    return bytes(decoder.body)


async def _read_plain(chunks: AsyncIterator[bytes], limit: int) -> bytes:
    body = bytearray()
    async for chunk in chunks:
        _check(len(body) + len(chunk), limit)
        body += chunk
    return bytes(body)


def _check(size: int, limit: int) -> None:
    if size > limit:
        raise FetchFailed(
            f"The answer is larger than {readable(limit)}; reading stopped there.", trouble="too-large"
        )


def readable(size: int) -> str:
    """A number of bytes for people: "15 MiB", "64 KiB"."""
    return f"{size / 1024**2:.3g} MiB" if size >= 1024**2 else f"{size / 1024:.3g} KiB"

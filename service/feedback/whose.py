"""Whose: the delivery that a message is about, by a return path that we signed. Pure; a forged one names nothing."""

import re
from collections.abc import Iterator

from service.feedback.reading import Read, headers_in
from service.settings import Settings
from service.verp import read_return_path

_ADDRESS = re.compile(r"[^\s<>\"(),;:]{1,64}@[^\s<>\"(),;:]{1,255}")


def delivery_of(settings: Settings, read: Read) -> int | None:
    """The delivery by the address that the message was sent to; for a complaint, by the mail that it encloses.

    Whoever received a mail knows its return path, and could send us a bounce of it: they end only their own mail.
    """
    for text in _places(read):
        for address in _ADDRESS.findall(text[:2000]):
            found = read_return_path(settings, address)
            if found is not None:
                return found
    return None


def _places(read: Read) -> Iterator[str]:
    yield from read.addressed
    for complaint in read.complaints[:1]:
        yield headers_in(complaint).get("original-mail-from", "")
    yield headers_in(read.original).get("return-path", "")

"""Faults: the ways in which a mail server gives trouble, and how often. Pure; the sink draws on it."""

import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Trouble(StrEnum):
    """What goes wrong. `close` counts the messages of a connection, the two refusals are drawn by the address."""

    REFUSE_CONNECT = "421-connect"
    REFUSE_MAIL = "421-mail"
    REFUSE_DATA = "421-data"
    HANG_CONNECT = "hang-connect"
    HANG_MAIL = "hang-mail"
    HANG_DATA = "hang-data"
    LOSE = "lose"
    CLOSE = "close"
    GREYLIST = "4xx"
    REJECT = "5xx"


@dataclass(frozen=True)
class Fault:
    """A trouble at each `every`-th occasion."""

    trouble: Trouble
    every: int

    def __str__(self) -> str:
        """As the command line takes it."""
        return f"{self.trouble}:{self.every}"


def read_fault(text: str) -> Fault:
    """A fault from the command line: `lose:100` loses each hundredth reply.

    Raises:
        ValueError: no such trouble, or no number above 0 behind it.
    """
    trouble, _, every = text.partition(":")
    if trouble not in set(Trouble) or not every.isdecimal() or not int(every):
        raise ValueError(f"{text!r} is not one of {', '.join(f'{one}:N' for one in Trouble)}.")
    return Fault(Trouble(trouble), int(every))


class Faults:
    """Counts the occasions of one server, and says whose turn it is."""

    def __init__(self, faults: Iterable[Fault] = ()) -> None:
        self._every = {fault.trouble: fault.every for fault in faults}
        self._seen = dict.fromkeys(self._every, 0)
        self._listed: set[str] = set()

    def strikes(self, trouble: Trouble) -> bool:
        """Whether it happens this time; each question is an occasion."""
        if trouble not in self._every:
            return False
        self._seen[trouble] += 1
        return self._seen[trouble] % self._every[trouble] == 0

    def closes_after(self, messages: int) -> bool:
        """Whether a connection ends that has taken so many messages."""
        return messages >= self._every.get(Trouble.CLOSE, messages + 1)

    def refusal(self, recipient: str) -> str:
        """The reply that refuses a recipient, else nothing. An address is greylisted once, and rejected for good."""
        if self._drawn(Trouble.REJECT, recipient):
            return "550 5.1.1 No such mailbox"
        if self._drawn(Trouble.GREYLIST, recipient) and recipient not in self._listed:
            self._listed.add(recipient)
            return "451 4.7.1 Greylisted, come back later"
        return ""

    def _drawn(self, trouble: Trouble, recipient: str) -> bool:
        every = self._every.get(trouble)
        return every is not None and zlib.crc32(f"{trouble}\n{recipient}".encode()) % every == 0

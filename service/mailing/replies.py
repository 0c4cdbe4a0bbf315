"""Replies: what a server's answer to MAIL, RCPT, DATA or a message means for that message. Pure.

`service.verdicts` judges the words, by one table that bounces share; here the moment at which they were said comes in.
"""

import re
from enum import StrEnum
from typing import NamedTuple

from service.mailing.transport import Outcome, Result
from service.verdicts.judging import judge
from service.verdicts.kinds import Kind

_STATUS = re.compile(r"[245]\.\d{1,3}\.\d{1,3}\b")
MOST_OF_A_REPLY = 1_000
"""Characters of a reply that are kept."""


class Step(StrEnum):
    """What a reply answers."""

    CONNECT = "connect"
    MAIL = "mail"
    RCPT = "rcpt"
    DATA = "data"
    MESSAGE = "message"


class Reply(NamedTuple):
    """A server's answer: three digits, and its lines joined by line breaks (RFC 5321, 4.2)."""

    code: int
    text: str

    @property
    def status(self) -> str:
        """The enhanced code at its beginning (RFC 2034), or nothing."""
        found = _STATUS.match(self.text)
        return found[0] if found else ""

    @property
    def accepted(self) -> bool:
        """Any 2yz is done (RFC 5321, 4.2.1)."""
        return 200 <= self.code < 300


_RESULTS = {
    (Kind.HARD, True): Result.HARD,
    (Kind.HARD, False): Result.DEFERRED,
    (Kind.SOFT, True): Result.FAILED,
    (Kind.SOFT, False): Result.DEFERRED,
    (Kind.REFUSED, True): Result.FAILED,
    (Kind.REFUSED, False): Result.DEFERRED,
    (Kind.THROTTLED, True): Result.THROTTLED,
    (Kind.THROTTLED, False): Result.THROTTLED,
    (Kind.SENDER_FAULT, True): Result.SENDER_FAULT,
    (Kind.SENDER_FAULT, False): Result.SENDER_FAULT,
}
"""By the kind of a verdict and whether it is for good: 4yz is for now, 5yz is not to be repeated (RFC 5321, 4.2.1)."""


def outcome_of(reply: Reply, *, step: Step, server: str) -> Outcome:
    """What this reply at this step comes to."""
    text = reply.text[:MOST_OF_A_REPLY]
    if reply.accepted and step is Step.MESSAGE:
        return Outcome(Result.SENT, server, reply.code, text)
    verdict = judge(code=reply.code, status=reply.status, text=text)
    result = _RESULTS[verdict.kind, verdict.permanent]
    if step in (Step.CONNECT, Step.MAIL):  # nothing was said about a recipient yet
        result = _about_us(reply, result)
    return Outcome(result, server, reply.code, text, verdict.reason)


def _about_us(reply: Reply, result: Result) -> Result:
    """Before a recipient is named, what is refused is our sender or our server: never held against a reader."""
    if result is Result.THROTTLED or reply.code < 500:
        return Result.UNREACHABLE
    return Result.SENDER_FAULT

"""Where a relay takes groups, the commands of the next message go along with this one, and what becomes of that."""

import asyncio

import pytest

from service.mailing.smtp import SmtpTransport
from service.mailing.transport import Envelope, Outcome, Result
from tests.envelopes import BODY, an_envelope, settings_for
from tests.smtp_server import Scripted, polite, scripted


def send_in_turn(server: Scripted, *envelopes: Envelope, **others) -> list[Outcome]:
    """Each is told which comes after it."""

    async def run() -> list[Outcome]:
        async with SmtpTransport(settings_for(server.port, **others)) as transport:
            after = [*envelopes[1:], None]
            return [await transport.send(*pair) for pair in zip(envelopes, after, strict=True)]

    return asyncio.run(run())


def test_the_commands_of_the_next_message_go_along_with_this_one() -> None:
    envelopes = [an_envelope(number, f"lezer{number}@x.example") for number in range(3)]
    with scripted() as server:
        outcomes = send_in_turn(server, *envelopes)
    assert [one.result for one in outcomes] == [Result.SENT] * 3
    assert server.messages == [BODY.removesuffix(b"\r\n")] * 3
    said = ["MAIL", "RCPT", "DATA", "."] * 3
    assert [command.split(" ")[0] for command in server.commands] == ["EHLO", *said, "QUIT"]
    along = (
        BODY.removesuffix(b"\r\n")
        + b"\r\n.\r\nMAIL FROM:<a@kennispost.example>\r\nRCPT TO:<lezer1@x.example>\r\nDATA\r\n"
    )
    assert along in server.pieces
    assert server.connections == 1


@pytest.mark.parametrize(
    ("others", "connections"),
    [({"smtp_messages_per_connection": 1}, 3), ({"smtp_messages_per_connection": 2}, 2)],
)
def test_the_last_message_of_a_connection_announces_none(others: dict[str, int], connections: int) -> None:
    with scripted() as server:
        outcomes = send_in_turn(server, *(an_envelope(number) for number in range(3)), **others)
    assert [one.result for one in outcomes] == [Result.SENT] * 3
    assert sum(command.startswith("MAIL") for command in server.commands) == 3
    assert server.connections == connections


def test_a_refusal_of_the_next_is_its_own_and_a_refusal_of_this_one_leaves_the_next_alone() -> None:
    ends = iter(["554 5.7.1 spam"])
    without_recipient = iter([False, True, False])

    def answer(command: str) -> str:
        if command == "DATA" and next(without_recipient):
            return "503 5.5.1 no recipient"
        if command == ".":
            return next(ends, "250 2.0.0 fine")
        return "550 5.1.1 no such user" if "weg@" in command else polite(command)

    with scripted(answer) as server:
        spam, gone, sent = send_in_turn(
            server, an_envelope(1), an_envelope(2, "weg@x.example"), an_envelope(3)
        )
    assert [spam.result, gone.result, sent.result] == [Result.FAILED, Result.HARD, Result.SENT]
    assert server.connections == 1


def test_the_next_goes_over_another_connection_when_this_one_ends_after_its_message() -> None:
    ends = iter(["421 4.3.2 later"])

    def answer(command: str) -> str:
        return next(ends, "250 2.0.0 fine") if command == "." else polite(command)

    with scripted(answer) as server:
        first, second = send_in_turn(server, an_envelope(1), an_envelope(2))
    assert (first.result, first.code) == (Result.DEFERRED, 421)
    assert second.result is Result.SENT
    assert server.connections == 2
    assert len(server.messages) == 2, "each was given once"


def test_what_was_announced_and_never_given_did_not_leave() -> None:
    async def run(port: int) -> Outcome:
        async with SmtpTransport(settings_for(port)) as transport:
            return await transport.send(an_envelope(1), an_envelope(2))

    with scripted() as server:
        assert asyncio.run(run(server.port)).result is Result.SENT
    assert server.messages == [BODY.removesuffix(b"\r\n")]


def test_without_pipelining_nothing_is_announced() -> None:
    with scripted(extensions=()) as server:
        outcomes = send_in_turn(server, an_envelope(1), an_envelope(2))
    assert [one.result for one in outcomes] == [Result.SENT] * 2
    assert b"MAIL" not in b"".join(piece.partition(b"\r\n.\r\n")[2] for piece in server.pieces)

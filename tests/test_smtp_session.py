"""A session with a relay: commands in groups where it offers that, and what its silence, its 421 and its closing mean."""

import asyncio
import socket
import time

import pytest

from service.mailing.smtp import SmtpTransport
from service.mailing.transport import Envelope, Outcome, Result
from service.settings import Settings
from tests.relay import Relay, running_relay
from tests.smtp_server import Scripted, polite, scripted

BODY = b"From: a@kennispost.example\r\nSubject: x\r\n\r\nHallo\r\n"


def an_envelope(number: int, recipient: str = "b@x.example", **others) -> Envelope:
    return Envelope(number, "a@kennispost.example", recipient, f"<{number}@x>", BODY, **others)


def settings_for(port: int, **others) -> Settings:
    known = {"smtp_host": "127.0.0.1", "smtp_port": port, "smtp_security": "none", "smtp_timeout": 3}
    return Settings(transport="smtp", **known | others)


def send(server: Scripted | Relay, *envelopes: Envelope, **others) -> list[Outcome]:
    async def run() -> list[Outcome]:
        async with SmtpTransport(settings_for(server.port, **others)) as transport:
            return [await transport.send(envelope) for envelope in envelopes]

    return asyncio.run(run())


def test_where_pipelining_is_offered_the_commands_before_a_message_are_one_group() -> None:
    with scripted() as server:
        outcomes = send(server, an_envelope(1), an_envelope(2))
    assert [one.result for one in outcomes] == [Result.SENT, Result.SENT]
    group = b"MAIL FROM:<a@kennispost.example>\r\nRCPT TO:<b@x.example>\r\nDATA\r\n"
    assert [piece for piece in server.groups if piece.startswith(b"MAIL")] == [group, group]
    assert server.messages == [BODY.removesuffix(b"\r\n")] * 2


def test_where_it_is_not_offered_each_command_waits_for_its_reply() -> None:
    with scripted(extensions=("8BITMIME",)) as server:
        (outcome,) = send(server, an_envelope(1))
    assert outcome.result is Result.SENT
    assert [piece.split(b" ")[0].strip() for piece in server.groups] == [
        b"EHLO",
        b"MAIL",
        b"RCPT",
        b"DATA",
        b"QUIT",
    ]


@pytest.mark.parametrize("extensions", [("PIPELINING",), ("8BITMIME",)])
def test_after_a_refused_recipient_the_connection_goes_on_with_the_next(extensions: tuple[str, ...]) -> None:
    refusals = []

    def answer(command: str) -> str:
        if command.startswith("RCPT") and "weg@" in command:
            refusals.append("503 5.5.1 no recipient")
            return "550 5.1.1 no such user"
        return (
            refusals.pop()
            if command == "DATA" and refusals and extensions == ("PIPELINING",)
            else polite(command)
        )

    with scripted(answer, extensions=extensions) as server:
        refused, sent = send(server, an_envelope(1, "weg@x.example"), an_envelope(2))
    assert (refused.result, refused.code, refused.reason) == (Result.HARD, 550, "mailbox-unknown")
    assert sent.result is Result.SENT
    assert server.connections == 1
    assert b"RSET" in b"".join(server.groups)
    assert server.messages[-1] == BODY.removesuffix(b"\r\n")


def test_a_server_that_waits_for_a_message_after_refusing_its_recipient_gets_an_empty_one() -> None:
    def answer(command: str) -> str:
        if command == ".":
            return "554 5.5.1 no valid recipients"
        return "550 5.1.1 no such user" if command.startswith("RCPT") else polite(command)

    with scripted(answer) as server:
        first, second = send(server, an_envelope(1), an_envelope(2))
    assert first.result is second.result is Result.HARD
    assert server.messages == [b"", b""], "what was written for someone else is never given away"


@pytest.mark.parametrize(
    ("when", "expected"),
    [
        ("MAIL", Result.DEFERRED),
        ("RCPT", Result.DEFERRED),
        ("DATA", Result.DEFERRED),
        (".", Result.UNCERTAIN),
    ],
)
def test_a_connection_that_closes_is_uncertain_only_once_the_message_was_given(
    when: str, expected: Result
) -> None:
    def answer(command: str) -> str | None:
        return None if command.startswith(when) else polite(command)

    with scripted(answer) as server:
        (outcome,) = send(server, an_envelope(1))
    assert outcome.result is expected
    assert server.connections == (1 if expected is Result.UNCERTAIN else 2), "before it, one more try"


@pytest.mark.parametrize(("when", "expected"), [("RCPT", Result.DEFERRED), (".", Result.UNCERTAIN)])
def test_a_server_that_falls_silent_is_given_up_in_time(when: str, expected: Result) -> None:
    def answer(command: str) -> str | None:
        if command.startswith(when):
            time.sleep(5)
        return polite(command)

    began = time.monotonic()
    with scripted(answer) as server:
        (outcome,) = send(server, an_envelope(1), smtp_timeout=0.3)
    assert outcome.result is expected
    assert time.monotonic() - began < 4


@pytest.mark.parametrize("reply", ["nonsense", "2x0 what", "250-" + "x" * 9000])
def test_what_is_no_smtp_is_not_believed(reply: str) -> None:
    with scripted(lambda command: reply if command.startswith("MAIL") else polite(command)) as server:
        (outcome,) = send(server, an_envelope(1), smtp_timeout=1)
    assert outcome.result is Result.DEFERRED
    assert server.messages == []


def test_a_reply_without_an_end_is_not_read_for_ever() -> None:
    endless = "\r\n".join(f"250-line {number}" for number in range(500))
    with scripted(lambda command: endless if command.startswith("MAIL") else polite(command)) as server:
        (outcome,) = send(server, an_envelope(1), smtp_timeout=1)
    assert outcome.result is Result.DEFERRED


def test_a_421_at_the_start_says_that_the_relay_is_not_there() -> None:
    with scripted(
        lambda command: "421 4.3.2 closing" if command.startswith("MAIL") else polite(command)
    ) as server:
        (outcome,) = send(server, an_envelope(1))
    assert (outcome.result, outcome.code) == (Result.UNREACHABLE, 421)


def test_a_421_after_some_messages_makes_a_new_connection() -> None:
    counts = {"mail": 0}

    def answer(command: str) -> str:
        counts["mail"] += command.startswith("MAIL")
        return (
            "421 4.7.0 too many messages"
            if command.startswith("MAIL") and counts["mail"] == 3
            else polite(command)
        )

    with scripted(answer, extensions=()) as server:
        outcomes = send(server, *(an_envelope(number) for number in range(4)))
    assert {one.result for one in outcomes} == {Result.SENT}
    assert server.connections == 2


def test_a_421_for_one_recipient_puts_off_that_message_alone() -> None:
    def answer(command: str) -> str:
        return "421 4.3.0 not now" if command.startswith("RCPT") and "traag@" in command else polite(command)

    with scripted(answer, extensions=()) as server:
        slow, sent = send(server, an_envelope(1, "traag@x.example"), an_envelope(2))
    assert slow.result is Result.DEFERRED
    assert sent.result is Result.SENT


def test_a_421_after_a_message_refuses_it_for_now() -> None:
    with scripted(lambda command: "421 4.3.2 later" if command == "." else polite(command)) as server:
        (outcome,) = send(server, an_envelope(1))
    assert (outcome.result, outcome.code) == (Result.DEFERRED, 421)
    assert server.connections == 1


def test_after_so_many_messages_a_connection_is_replaced() -> None:
    with running_relay() as relay:
        outcomes = send(relay, *(an_envelope(number) for number in range(5)), smtp_messages_per_connection=2)
        assert [one.result for one in outcomes] == [Result.SENT] * 5
        assert relay.connections == 3


def test_a_stop_while_a_connection_is_being_closed_does_not_forget_what_was_sent() -> None:
    def answer(command: str) -> str:
        if command == "QUIT":
            time.sleep(3)
        return polite(command)

    async def run(port: int) -> Outcome:
        async with SmtpTransport(settings_for(port, smtp_messages_per_connection=1)) as transport:
            sending = asyncio.create_task(transport.send(an_envelope(1)))
            await asyncio.wait([sending], timeout=0.5)
            sending.cancel()
            return await sending

    with scripted(answer) as server:
        assert asyncio.run(run(server.port)).result is Result.SENT


def test_the_second_relay_takes_over_and_the_ledger_says_which_it_was() -> None:
    with socket.create_server(("127.0.0.1", 0)) as nobody:
        down = nobody.getsockname()[1]
    with running_relay() as first, running_relay() as second:
        both = {
            "smtp_fallback_host": "127.0.0.1",
            "smtp_fallback_port": second.port,
            "smtp_fallback_security": "none",
        }
        (usual,) = send(first, an_envelope(1), **both)
        taken_over = send(Relay(port=down), an_envelope(2), an_envelope(3), **both)
    assert usual.server == f"127.0.0.1:{first.port}"
    assert [(one.result, one.server) for one in taken_over] == [(Result.SENT, f"127.0.0.1:{second.port}")] * 2


def test_when_neither_relay_is_there_the_message_waits() -> None:
    with socket.create_server(("127.0.0.1", 0)) as nobody:
        down = nobody.getsockname()[1]
    both = {"smtp_fallback_host": "127.0.0.1", "smtp_fallback_port": down, "smtp_fallback_security": "none"}
    (outcome,) = send(Relay(port=down), an_envelope(1), **both)
    assert outcome.result is Result.UNREACHABLE


def test_an_address_in_another_script_goes_only_where_it_is_understood() -> None:
    envelope = an_envelope(1, "jørgen@x.example", smtputf8=True)
    with scripted(extensions=("PIPELINING", "SMTPUTF8")) as server:
        (sent,) = send(server, envelope)
    with scripted() as plain:
        (refused,) = send(plain, envelope)
    assert sent.result is Result.SENT
    assert "MAIL FROM:<a@kennispost.example> SMTPUTF8\r\nRCPT TO:<jørgen@x.example>".encode() in b"".join(
        server.groups
    )
    assert refused.result is Result.FAILED
    assert "SMTPUTF8" in refused.reply
    assert not any(piece.startswith(b"MAIL") for piece in plain.groups)


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

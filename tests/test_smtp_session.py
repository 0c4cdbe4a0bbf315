"""A session with a relay: commands in groups where it offers that, and what its silence, its 421 and its closing mean."""

import asyncio
import socket
import time

import pytest

from service.mailing.smtp import SmtpTransport
from service.mailing.transport import Envelope, Outcome, Result
from tests.envelopes import BODY, an_envelope, settings_for
from tests.relay import Relay, running_relay
from tests.smtp_server import Scripted, polite, scripted


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
        (outcome,) = send(server, an_envelope(1), smtp_timeout=0.3, smtp_message_timeout=0.3)
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

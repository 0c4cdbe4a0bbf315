"""Handing messages to a relay, over real sockets: what it answers decides what becomes of the message."""

import asyncio
import shutil
import socket
from pathlib import Path

import pytest

from service.mailing.smtp import SmtpTransport
from service.mailing.transport import Envelope, Outcome, Result
from service.settings import Settings
from tests.relay import Relay, certificate, password_is, running_relay

MESSAGE = b"From: a@kennispost.example\r\nSubject: x\r\n\r\n=2Ebegint met een punt\r\nslot\r\n"


def settings_for(relay: Relay, **others) -> Settings:
    return Settings(
        **{
            "transport": "smtp",
            "smtp_host": "127.0.0.1",
            "smtp_port": relay.port,
            "smtp_security": "none",
            "smtp_timeout": 5,
            "smtp_message_timeout": 5,
            **others,
        }
    )


def an_envelope(number: int, recipient: str, message: bytes = MESSAGE) -> Envelope:
    return Envelope(
        number, "redactie@kennispost.example", recipient, f"<{number}@kennispost.example>", [message]
    )


def send(settings: Settings, *recipients: str, trusted: str | None = None) -> list[Outcome]:
    settings = settings.model_copy(update={"smtp_trusted_certificates": trusted})

    async def all_of_them() -> list[Outcome]:
        async with SmtpTransport(settings) as transport:
            return [await transport.send(an_envelope(number, to)) for number, to in enumerate(recipients)]

    return asyncio.run(all_of_them())


def test_a_message_arrives_byte_for_byte_and_lines_with_a_dot_stay_whole() -> None:
    with running_relay() as relay:
        (outcome,) = send(settings_for(relay), "anna@gemeente.example")
        assert (outcome.result, outcome.code) == (Result.SENT, 250)
        assert relay.received == [("anna@gemeente.example", MESSAGE)]


def test_one_connection_takes_messages_one_after_another() -> None:
    with running_relay() as relay:
        send(settings_for(relay), "a@x.example", "b@x.example", "c@x.example")
        assert relay.recipients == ["a@x.example", "b@x.example", "c@x.example"]
        assert relay.connections == 1


def test_a_refused_recipient_fails_alone() -> None:
    with running_relay(Relay(rcpt={"weg@x.example": "550 5.1.1 Unknown here"})) as relay:
        before, refused, after = send(settings_for(relay), "a@x.example", "weg@x.example", "b@x.example")
        assert (refused.result, refused.code, refused.reply) == (Result.HARD, 550, "5.1.1 Unknown here")
        assert before.result is after.result is Result.SENT
        assert relay.recipients == ["a@x.example", "b@x.example"]


@pytest.mark.parametrize("step", ["rcpt", "data"])
def test_a_temporary_refusal_is_deferred(step: str) -> None:
    with running_relay(Relay(**{step: {"vol@x.example": "451 4.2.2 Mailbox busy"}})) as relay:
        later, after = send(settings_for(relay), "vol@x.example", "b@x.example")
        assert (later.result, later.code) == (Result.DEFERRED, 451)
        assert after.result is Result.SENT


def test_a_message_that_is_refused_after_it_was_given_fails() -> None:
    with running_relay(Relay(data={"spam@x.example": "554 5.7.1 No"})) as relay:
        (outcome,) = send(settings_for(relay), "spam@x.example")
        assert (outcome.result, outcome.code) == (Result.FAILED, 554)


def test_a_connection_lost_after_the_message_leaves_its_fate_uncertain() -> None:
    with running_relay(Relay(cut={"b@x.example"})) as relay:
        first, lost, after = send(settings_for(relay), "a@x.example", "b@x.example", "c@x.example")
        assert lost.result is Result.UNCERTAIN
        assert first.result is after.result is Result.SENT
        assert relay.recipients.count("b@x.example") == 1, "never tried again by itself"


def test_a_relay_that_is_down_is_unreachable_and_says_so() -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        relay = Relay(port=nobody.getsockname()[1])
        (outcome,) = send(settings_for(relay), "a@x.example")
    assert outcome.result is Result.UNREACHABLE
    assert f"127.0.0.1:{relay.port}" in outcome.server
    assert outcome.reply


def test_a_relay_that_never_answers_is_given_up_after_the_time_out() -> None:
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        relay = Relay(port=silent.getsockname()[1])
        (outcome,) = send(settings_for(relay, smtp_timeout=0.3, smtp_message_timeout=0.3), "a@x.example")
    assert outcome.result is Result.UNREACHABLE


def test_a_kept_connection_that_the_relay_closed_is_replaced() -> None:
    async def run(settings: Settings) -> list[Outcome]:
        async with SmtpTransport(settings) as transport:
            first = await transport.send(an_envelope(1, "a@x.example"))
            await asyncio.sleep(0.6)  # the relay closes what is idle
            return [first, await transport.send(an_envelope(2, "b@x.example"))]

    relay = Relay()
    with running_relay(relay, timeout=0.2):
        outcomes = asyncio.run(run(settings_for(relay)))
    assert [one.result for one in outcomes] == [Result.SENT, Result.SENT]
    assert relay.recipients == ["a@x.example", "b@x.example"]


def test_a_sender_that_the_relay_refuses_is_not_held_against_the_recipient() -> None:
    relay = Relay()
    with running_relay(
        relay, auth_required=True, auth_require_tls=False, authenticator=password_is(b"u", b"p")
    ):
        (outcome,) = send(settings_for(relay), "a@x.example")
    assert (outcome.result, outcome.code) == (Result.SENDER_FAULT, 530)


needs_openssl = pytest.mark.skipif(
    shutil.which("openssl") is None, reason="openssl makes the test's certificate"
)


@needs_openssl
def test_starttls_with_a_certificate_that_is_trusted_and_auth(tmp_path: Path) -> None:
    context, trusted = certificate(tmp_path)
    relay, login = Relay(), password_is(b"kennispost", b"geheim")
    asks = {"authenticator": login, "auth_required": True}
    with running_relay(relay, tls_context=context, require_starttls=True, **asks):
        right = {"smtp_security": "starttls", "smtp_username": "kennispost", "smtp_password": "geheim"}
        (sent,) = send(settings_for(relay, **right), "a@x.example", trusted=trusted)
        (refused,) = send(
            settings_for(relay, **right | {"smtp_password": "fout"}), "b@x.example", trusted=trusted
        )
        (untrusted,) = send(settings_for(relay, **right), "c@x.example")
        (bare,) = send(settings_for(relay), "d@x.example")
    assert sent.result is Result.SENT
    assert (refused.result, refused.code) == (Result.UNREACHABLE, 535)
    assert untrusted.result is Result.UNREACHABLE
    assert "certificate" in untrusted.reply.lower()
    assert (bare.result, bare.reason) == (Result.SENDER_FAULT, "tls")
    assert relay.recipients == ["a@x.example"]


@needs_openssl
def test_tls_from_the_first_byte(tmp_path: Path) -> None:
    context, trusted = certificate(tmp_path)
    relay = Relay()
    with running_relay(relay, ssl_context=context):
        (sent,) = send(settings_for(relay, smtp_security="tls"), "a@x.example", trusted=trusted)
    assert sent.result is Result.SENT


def test_a_relay_without_starttls_gets_nothing_when_starttls_is_set() -> None:
    with running_relay() as relay:
        (outcome,) = send(settings_for(relay, smtp_security="starttls"), "a@x.example")
        assert outcome.result is Result.UNREACHABLE
        assert relay.received == []

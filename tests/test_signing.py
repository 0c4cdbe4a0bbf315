"""A process signs for a mailing, a thread for a letter, and nobody sees a difference: not even when the process is killed."""

import asyncio
import os
import signal
import sys
import time
from collections.abc import Awaitable, Callable
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from structlog.testing import capture_logs

from service.mailing.delivering import deliver_due
from service.mailing.dkim import Key, Signer, signature
from service.mailing.dkim_keys import load_key, new_key
from service.mailing.envelopes import Draft, Prepared, prepare
from service.mailing.mime import body_of
from service.mailing.signing import WORTH, Signatures, SigningProcess
from service.mailing.signing_process import READY, serve
from service.runtime import Runtime
from tests.mailings import over_smtp, plan, states
from tests.relay import running_relay
from tests.test_dkim import DOMAIN, NEW, NOW, SECOND, verified
from tests.test_messages import LETTER

BOTH = Signer(DOMAIN, (NEW, SECOND))
READERS = WORTH + 60
BODY = body_of(text=("Dag",), html=("<p>Dag</p>",))


def messages(number: int, signer: Signer = BOTH) -> list[Prepared]:
    """Messages that lack their signatures, each another."""
    drafts = [Draft(at, "a@x", LETTER._replace(message_id=f"<{at}@x.example>"), BODY) for at in range(number)]
    return [one for one in (prepare(draft, signer) for draft in drafts) if isinstance(one, Prepared)]


def right(prepared: list[Prepared]) -> list[list[bytes]]:
    """Their signatures; neither kind has a random part."""
    return [[signature(each) for each in one.unsigned] for one in prepared]


def signing(work: Callable[[Signatures], Awaitable[None]], signer: Signer = BOTH) -> None:
    """Do this with what makes signatures."""

    async def all_of_it() -> None:
        async with Signatures(signer) as signatures:
            await work(signatures)

    asyncio.run(asyncio.wait_for(all_of_it(), 30))


async def a_process(signatures: Signatures) -> int:
    """Expect a mailing, and wait for the process that it is worth."""
    signatures.expect(WORTH)
    while signatures.pid is None:
        await asyncio.sleep(0.01)
    return signatures.pid


def noted_starts(monkeypatch: pytest.MonkeyPatch) -> list[SigningProcess]:
    """The processes that are started from here on."""
    started: list[SigningProcess] = []
    original = SigningProcess.start

    async def noted(self: SigningProcess) -> None:
        started.append(self)
        await original(self)

    monkeypatch.setattr(SigningProcess, "start", noted)
    return started


def is_there(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_the_process_makes_the_signatures_that_the_thread_makes_in_the_same_order() -> None:
    first, second = messages(3), messages(5)
    pids: list[int] = []

    async def work(signatures: Signatures) -> None:
        assert await signatures.make(first) == right(first), "the thread's"
        pids.append(await a_process(signatures))
        made = await asyncio.gather(*(signatures.make(one) for one in (second, first, second)))
        assert made == [right(second), right(first), right(second)]

    signing(work)
    assert not is_there(pids[0]), "it ends with the run"


def test_a_few_messages_and_a_run_without_keys_start_no_process(monkeypatch: pytest.MonkeyPatch) -> None:
    started = noted_starts(monkeypatch)

    async def few(signatures: Signatures) -> None:
        signatures.expect(WORTH - 1)
        await asyncio.sleep(0.01)

    async def nothing(signatures: Signatures) -> None:
        signatures.expect(WORTH)
        await asyncio.sleep(0.01)

    async def a_mailing(signatures: Signatures) -> None:
        signatures.expect(WORTH)
        signatures.expect(WORTH)
        await asyncio.sleep(0.01)

    signing(few)
    signing(nothing, Signer(DOMAIN, ()))
    assert started == []
    signing(a_mailing)
    assert len(started) == 1


def test_keys_of_any_size_are_served() -> None:
    odd = Signer(DOMAIN, (Key("odd", generate_private_key(65537, 2047)), SECOND))
    asked = messages(3, odd)

    async def work(signatures: Signatures) -> None:
        await a_process(signatures)
        assert await signatures.make(asked) == right(asked)

    signing(work, odd)


def test_what_stops_the_sender_does_not_stop_the_process_under_it() -> None:
    async def work(signatures: Signatures) -> None:
        pid = await a_process(signatures)
        for one in (
            signal.SIGTERM,
            signal.SIGINT,
        ):  # a service manager and a terminal send these to all of a group
            os.kill(pid, one)
        asked = messages(2)
        assert await signatures.make(asked) == right(asked)
        assert signatures.pid == pid

    signing(work)


def test_a_process_that_is_killed_costs_no_signature() -> None:
    async def work(signatures: Signatures) -> None:
        pid = await a_process(signatures)
        os.kill(pid, signal.SIGSTOP)
        asked = [messages(25), messages(4)]
        under_way = [asyncio.create_task(signatures.make(one)) for one in asked]
        await asyncio.sleep(0.05)
        os.kill(pid, signal.SIGKILL)
        with capture_logs() as said:
            assert [await one for one in under_way] == [right(one) for one in asked]
        assert [one["event"] for one in said] == ["the process that signs is gone: a thread does its work"]
        assert await signatures.make(asked[1]) == right(asked[1])
        assert signatures.pid is None
        assert not is_there(pid)

    signing(work)


def test_a_process_that_hangs_is_as_good_as_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("service.mailing.signing.ANSWER_SECONDS", 0.2)

    async def work(signatures: Signatures) -> None:
        pid = await a_process(signatures)
        os.kill(pid, signal.SIGSTOP)
        asked = messages(3)
        assert await signatures.make(asked) == right(asked)
        assert signatures.pid is None
        assert not is_there(pid)

    signing(work)


def test_a_run_does_not_wait_for_a_process_that_does_not_end() -> None:
    pids: list[int] = []

    async def work(signatures: Signatures) -> None:
        pids.append(await a_process(signatures))
        os.kill(pids[0], signal.SIGSTOP)

    began = time.monotonic()
    signing(work)
    assert time.monotonic() - began < 3
    assert not is_there(pids[0])


def test_the_signatures_of_a_question_that_was_given_up_are_not_those_of_the_next() -> None:
    async def work(signatures: Signatures) -> None:
        await a_process(signatures)
        given_up = asyncio.create_task(signatures.make(messages(25)))
        await asyncio.sleep(0)
        given_up.cancel()
        asked = messages(3)[1:]
        assert await signatures.make(asked) == right(asked)
        assert given_up.cancelled()

    signing(work)


@pytest.mark.parametrize("does", ["exit 0", "echo hello; exec sleep 20", None])
def test_where_no_process_can_be_had_the_thread_signs(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, does: str | None
) -> None:
    program = tmp_path / "python"
    if does is not None:
        program.write_text(f"#!/bin/sh\n{does}\n")
        program.chmod(0o700)
    monkeypatch.setattr(sys, "executable", str(program))

    async def work(signatures: Signatures) -> None:
        with capture_logs() as said:
            signatures.expect(WORTH)
            while not said:
                await asyncio.sleep(0.01)
        assert said[0]["event"] == "the process that signs does not start: a thread does its work"
        asked = messages(2)
        assert await signatures.make(asked) == right(asked)

    signing(work)


def test_a_run_that_ends_while_its_process_starts_leaves_none(monkeypatch: pytest.MonkeyPatch) -> None:
    started = noted_starts(monkeypatch)

    async def work(signatures: Signatures) -> None:
        signatures.expect(WORTH)
        while not started or started[0].pid is None:
            await asyncio.sleep(0.001)
        assert signatures.pid is None, "it is not ready"

    signing(work)
    assert [is_there(one.pid or 0) for one in started] == [False]


def test_the_process_ends_when_its_input_does() -> None:
    answers = BytesIO()
    serve(BytesIO(b"[]\n"), answers)
    serve(BytesIO(b""), answers)
    assert answers.getvalue() == READY * 2


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_mailing_is_signed_by_it_and_goes_on_when_it_is_killed(
    runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    new_key(runtime.settings, selector="k1")
    settings = runtime.settings.model_copy(update={"dkim_selector": "k1"})
    house = replace(runtime, settings=settings, clock=lambda: NOW)
    mailing_id = plan(house, readers=READERS)
    by_process: list[int] = []
    sign, make = SigningProcess.sign, Signatures.make

    async def killed_at_the_third(self: SigningProcess, wanted: list) -> list[list[bytes]]:
        by_process.append(len(wanted))
        if len(by_process) == 3:
            os.kill(self.pid or 0, signal.SIGKILL)
        return await sign(self, wanted)

    async def once_it_is_ready(self: Signatures, prepared: list[Prepared]) -> list[list[bytes]]:
        while started and self.pid is None and not by_process:
            await asyncio.sleep(0.01)
        return await make(self, prepared)

    started = noted_starts(monkeypatch)
    monkeypatch.setattr(SigningProcess, "sign", killed_at_the_third)
    monkeypatch.setattr(Signatures, "make", once_it_is_ready)
    with running_relay() as relay:
        deliver_due(over_smtp(house, relay))
    assert len(by_process) >= 3
    assert states(runtime, mailing_id) == {"sent": READERS}
    assert len(set(relay.recipients)) == len(relay.recipients) == READERS
    published = [load_key(settings, "k1")]
    some = relay.received[::3]
    assert all(verified(message, published) == [True] for _to, message in some)

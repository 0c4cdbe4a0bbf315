"""`kennispost mailings`, as a script and as a person at a terminal use it: JSON Lines, exit codes, a bar that moves."""

import json
import os
import pty
import re
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from builders import a_reader
from click.testing import Result
from sqlmodel import col, select, update
from typer.testing import CliRunner

from service.audit import COMMAND_LINE, AuditEvent
from service.cli import app
from service.cli import mailings as commands
from service.database import reading, writing
from service.mailing.delivering import deliver_due
from service.mailing.outbox import Delivery, Mailing
from service.runtime import Runtime
from tests.mailings import over_smtp, plan, states
from tests.relay import Relay, running_relay

Run = Callable[..., Result]
TITLE = "Kennispost december 2026"


@pytest.fixture
def relay() -> Iterator[Relay]:
    with running_relay() as made:
        yield made


@pytest.fixture
def by_smtp(runtime: Runtime, relay: Relay) -> Runtime:
    return over_smtp(runtime, relay)


@pytest.fixture
def environment(runtime: Runtime, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """What names the test's database."""
    settings = runtime.settings
    named = {
        "KENNISPOST_DATA_DIR": str(settings.data_dir),
        "KENNISPOST_DATABASE_URL": settings.database_url,
        "KENNISPOST_SENDER_ADDRESS": settings.sender_address,
    }
    for name, value in named.items():
        monkeypatch.setenv(name, value)
    return named


@pytest.fixture
def run(environment: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setattr(commands, "prepare_or_refuse", lambda _runtime: None)  # the tables are there already
    return lambda *arguments, **more: CliRunner().invoke(app, ["mailings", *map(str, arguments)], **more)


def lines(result: Result) -> list[dict[str, Any]]:
    assert result.exit_code == 0, result.output
    return [json.loads(line) for line in result.stdout.splitlines()]


def did(result: Result) -> tuple[int, str]:
    line = lines(result)[0]
    return line["did"], line["state"]


def test_a_mailing_is_paused_resumed_and_cancelled_by_its_title(runtime: Runtime, run: Run) -> None:
    mailing_id = plan(runtime)
    assert [(one["id"], one["state"], one["planned"]) for one in lines(run("list"))] == [(1, "sending", 3)]
    assert did(run("pause", mailing_id)) == (True, "paused")
    assert did(run("pause", mailing_id)) == (False, "paused")
    assert did(run("resume", mailing_id)) == (True, "sending")
    unconfirmed = run("cancel", mailing_id)
    assert (unconfirmed.exit_code, states(runtime, mailing_id)) == (2, {"planned": 3})
    wrong = run("cancel", mailing_id, "--title", "Kennispost november 2026")
    assert (wrong.exit_code, states(runtime, mailing_id)) == (1, {"planned": 3})
    assert TITLE in wrong.stderr
    assert did(run("cancel", mailing_id, "--title", TITLE)) == (True, "cancelled")
    assert states(runtime, mailing_id) == {"cancelled": 3}
    late = run("resume", mailing_id)
    assert (late.exit_code, "cancelled" in late.stderr) == (1, True)
    with reading(runtime.engine) as session:
        assert set(session.exec(select(AuditEvent.actor))) == {COMMAND_LINE}


def test_failures_are_shown_with_why_and_tried_again(by_smtp: Runtime, relay: Relay, run: Run) -> None:
    relay.rcpt["lezer1@gemeente.example"] = "550 5.7.1 <lezer1@gemeente.example> looks like spam"
    mailing_id = plan(by_smtp)
    deliver_due(by_smtp)
    shown = lines(run("show", mailing_id, "--state", "failed"))
    assert shown[0]["states"]["failed"] == 1
    assert shown[0]["failures"][0] | {"words": ""} == {"code": 550, "words": "", "number": 1}
    assert (shown[1]["address"], shown[1]["attempts"][0]["code"]) == ("lezer1@gemeente.example", 550)
    assert len(lines(run("show", mailing_id, "--deliveries"))) == 4
    assert did(run("retry", mailing_id)) == (1, "sending")
    assert run("retry", mailing_id).exit_code == 1
    relay.rcpt.clear()
    deliver_due(by_smtp)
    assert states(by_smtp, mailing_id) == {"sent": 3}


def test_uncertain_deliveries_are_decided_about(by_smtp: Runtime, relay: Relay, run: Run) -> None:
    relay.cut = {f"lezer{number}@gemeente.example" for number in range(3)}
    mailing_id = plan(by_smtp)
    deliver_due(by_smtp)
    assert run("resend", mailing_id).exit_code == 2
    assert run("resend", mailing_id, "--all", "--delivery", "1").exit_code == 2
    assert did(run("resend", mailing_id, "--delivery", "1")) == (1, "sending")
    assert did(run("lay-to-rest", mailing_id, "--all")) == (2, "sending")
    assert run("lay-to-rest", mailing_id, "--all").exit_code == 1
    decided = lines(run("show", mailing_id, "--state", "uncertain"))[1:]
    assert [one["decisions"][0]["verdict"] for one in decided] == ["rest", "rest"]


def test_late_comers_get_it(runtime: Runtime, run: Run, clock) -> None:
    mailing_id = plan(runtime)
    deliver_due(runtime)
    assert run("late-comers", mailing_id).exit_code == 1
    with writing(runtime.engine) as session:
        a_reader(session, clock(), "nieuw@gemeente.example")
    assert did(run("late-comers", mailing_id)) == (1, "sending")


def test_an_unknown_mailing_is_a_failure_in_a_line(run: Run) -> None:
    for command in ("show", "watch", "pause", "resume", "retry", "late-comers"):
        failed = run(command, 99)
        assert (failed.exit_code, failed.stdout) == (1, "")
        assert "There is no mailing 99" in failed.stderr


def test_watching_ends_when_the_mailing_does(by_smtp: Runtime, relay: Relay, run: Run) -> None:
    relay.slow = 0.1
    mailing_id = plan(by_smtp, readers=40)
    worker = threading.Thread(target=deliver_due, args=[by_smtp], kwargs={"batch": 10})
    worker.start()
    try:
        seen = lines(run("watch", mailing_id, "--json", "--every", "0.2"))
    finally:
        worker.join(30)
    assert len(seen) > 2
    assert [one["done"] for one in seen] == sorted(one["done"] for one in seen)
    assert (seen[-1]["state"], seen[-1]["done"], seen[-1]["states"]["sent"]) == ("finished", 40, 40)


def test_without_a_terminal_it_is_a_plain_line(runtime: Runtime, run: Run) -> None:
    mailing_id = plan(runtime)
    run("pause", mailing_id)
    watched = run("watch", mailing_id)
    assert re.fullmatch(rf"\d\d:\d\d:\d\d {TITLE}: 0 of 3, paused\n", watched.stdout)


def test_in_a_terminal_it_is_a_bar(runtime: Runtime, environment: dict[str, str]) -> None:
    mailing_id = plan(runtime, readers=4)
    with writing(runtime.engine) as session:
        session.exec(update(Delivery).where(col(Delivery.id) < 4).values(state="sent"))
        session.exec(update(Delivery).where(col(Delivery.id) == 4).values(state="uncertain"))
        session.exec(update(Mailing).values(state="finished", finished_at=runtime.clock()))
    master, terminal = pty.openpty()
    watched = subprocess.Popen(
        [sys.executable, "-m", "service", "mailings", "watch", str(mailing_id)],
        stdout=terminal, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL, cwd=Path(__file__).parent.parent,
        env={**os.environ, **environment, "COLUMNS": "150", "TERM": "xterm-256color"},
    )  # fmt: skip
    os.close(terminal)
    shown = b""
    while True:
        try:
            some = os.read(master, 65536)
        except OSError:  # the other side closed it
            break
        if not some:
            break
        shown += some
    os.close(master)
    assert watched.wait(30) == 0, watched.stderr.read() if watched.stderr else ""
    text = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", shown.decode())
    assert TITLE in text
    assert "━" in text
    assert "100 %" in text
    assert "4 of 4, finished, 1 uncertain" in text

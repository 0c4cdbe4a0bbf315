"""The mailbox is emptied once, whoever empties it and wherever it stops."""

import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
from sqlmodel import select

from service.database import reading
from service.errors import NoMailbox
from service.feedback import intake
from service.feedback.intake import fetch_returned, take_in
from service.feedback.returned import Done, ReturnedMail
from service.feedback.sources import MaildirSource
from service.runtime import Runtime
from service.schedule.rhythm import keep_rhythm
from tests.returns import (
    a_maildir,
    answer,
    letters,
    returned,
    sent,
    with_settings,
)


def test_a_message_is_taken_in_once_whatever_way_its_copies_came(runtime: Runtime) -> None:
    first = sent(runtime)[0]
    raw = returned(runtime, first, "office365-quota")
    assert take_in(runtime, raw) is Done.COUNTED
    assert take_in(runtime, raw) is None
    assert take_in(runtime, b"Received: from elsewhere\n" + raw.replace(b"\n", b"\r\n")) is None


def test_a_maildir_is_emptied_and_what_stays_unread_is_nothing(runtime: Runtime, tmp_path: Path) -> None:
    first, second, _ = sent(runtime)
    folder = a_maildir(
        tmp_path / "bounces", returned(runtime, first), returned(runtime, second, "vacation-dutch"), b"\xff\0"
    )
    report = fetch_returned(with_settings(runtime, bounces=str(folder)))
    assert (report.done, report.known, report.failed) == (
        {"suppressed": 1, "nothing": 1, "not-ours": 1},
        0,
        0,
    )
    assert list((folder / "new").iterdir()) == []
    assert len(list((folder / "cur").glob("*:2,S"))) == 3


def test_stopped_between_acting_and_marking_nothing_happens_twice(
    runtime: Runtime, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    runtime = with_settings(runtime, editors_address="vragen@kennispost.example")
    folder = a_maildir(tmp_path / "bounces", answer(runtime, sent(runtime)[0]))
    with monkeypatch.context() as patch:
        patch.setattr(MaildirSource, "mark", stopped)
        with pytest.raises(KeyboardInterrupt):
            fetch_returned(runtime, source=MaildirSource(folder))
    report = fetch_returned(runtime, source=MaildirSource(folder))
    assert (report.known, report.done) == (1, {})
    assert letters(runtime, "reply") == 1
    assert list((folder / "new").iterdir()) == []


def stopped(*_: object) -> None:
    raise KeyboardInterrupt


def test_a_message_that_fails_stays_and_holds_up_no_other(
    runtime: Runtime, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second, _ = sent(runtime)
    folder = a_maildir(
        tmp_path / "bounces", returned(runtime, first), returned(runtime, second, "vacation-dutch")
    )
    monkeypatch.setattr(intake, "act_on", failing(intake.act_on))
    report = fetch_returned(runtime, source=MaildirSource(folder))
    assert (report.failed, report.done) == (1, {"nothing": 1})
    assert len(list((folder / "new").iterdir())) == 1
    monkeypatch.undo()
    assert fetch_returned(runtime, source=MaildirSource(folder)).done == {"suppressed": 1}


def failing(act: Callable[..., Done]) -> Callable[..., Done]:
    def acting(*given: object, finding: object, **named: object) -> Done:
        if finding.kind == "hard":  # type: ignore[attr-defined]
            raise RuntimeError("a defect")
        return act(*given, finding=finding, **named)

    return acting


def test_the_schedule_fetches_what_came_back(runtime: Runtime, tmp_path: Path) -> None:
    folder = a_maildir(tmp_path / "bounces", returned(runtime, sent(runtime)[0]))
    runtime = with_settings(runtime, bounces=str(folder), fetch_allow=[])
    assert ("bounces", "1 suppressed") in keep_rhythm(runtime, worker="w")
    assert "bounces" not in dict(keep_rhythm(runtime, worker="w"))


def test_two_processes_that_meet_one_message_act_once(runtime: Runtime) -> None:
    runtime = with_settings(runtime, editors_address="vragen@kennispost.example")
    raw = answer(runtime, sent(runtime)[0])
    with ThreadPoolExecutor(4) as threads:
        outcomes = list(threads.map(lambda _: take_in(runtime, raw), range(8)))
    assert Counter(outcomes) == {Done.FORWARDED: 1, None: 7}
    assert letters(runtime, "reply") == 1


def test_a_mailbox_that_is_none_is_said_in_words(runtime: Runtime, tmp_path: Path) -> None:
    with pytest.raises(NoMailbox, match="KENNISPOST_BOUNCES is empty"):
        fetch_returned(runtime)
    with pytest.raises(NoMailbox, match="no folder `new`"):
        fetch_returned(with_settings(runtime, bounces=str(tmp_path)))
    with pytest.raises(NoMailbox, match="cannot be opened"):
        fetch_returned(with_settings(runtime, bounces="imaps://u@127.0.0.1:9/INBOX"))


def test_no_address_is_kept_of_what_came_back(runtime: Runtime) -> None:
    take_in(runtime, returned(runtime, sent(runtime)[0]))
    with reading(runtime.engine) as session:
        (row,) = session.exec(select(ReturnedMail)).all()
    assert "@" not in " ".join(str(value) for value in row.model_dump().values())
    assert row.at - runtime.clock() == timedelta()


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_command_fetches_once_and_says_what_was_done(runtime: Runtime, tmp_path: Path) -> None:
    folder = a_maildir(tmp_path / "bounces", returned(runtime, sent(runtime)[0]))
    done = fetch(tmp_path, str(folder))
    assert (done.returncode, json.loads(done.stdout)) == (0, {"suppressed": 1, "known": 0, "failed": 0})
    assert json.loads(fetch(tmp_path, str(folder)).stdout) == {"known": 0, "failed": 0}
    unset = fetch(tmp_path, "")
    assert (unset.returncode, unset.stdout) == (1, "")
    assert "KENNISPOST_BOUNCES is empty" in unset.stderr


def fetch(data: Path, mailbox: str) -> subprocess.CompletedProcess[str]:
    environment = {
        **os.environ,
        "KENNISPOST_DATA_DIR": str(data),
        "KENNISPOST_BOUNCES": mailbox,
        "KENNISPOST_SENDER_ADDRESS": "redactie@kennispost.example",
    }
    command = [sys.executable, "-m", "service", "bounces", "fetch"]
    return subprocess.run(command, capture_output=True, text=True, env=environment, timeout=90, check=False)

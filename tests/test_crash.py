"""Senders are killed at random moments, and nobody is skipped, and nobody gets a message twice. On both engines, for real."""

import json
from collections.abc import Callable
from dataclasses import replace

import pytest
from typer.testing import CliRunner, Result

from service.bench.killing import CrashPlan, crash_course
from service.bench.proof import prove
from service.cli import app

pytestmark = pytest.mark.timeout(420)


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest) -> str:
    """What `--database` is given, for each engine in turn."""
    return "sqlite" if request.param == "sqlite" else request.getfixturevalue("postgresql_server")


def crash(*options: str) -> Result:
    return CliRunner().invoke(app, ["bench", "crash", *options])


def test_twenty_kills_skip_nobody_and_double_nobody(database: str) -> None:
    workers = "1" if database == "sqlite" else "3"
    shown = crash("--kills", "20", "--workers", workers, "--database", database, "--spread", "0.3")
    report = json.loads(shown.stdout)
    assert report["verdict"] == "holds", report
    assert shown.exit_code == 0
    assert report["kills"] == 20
    assert report["planned"] == sum(report["states"].values())
    assert set(report["states"]) <= {"sent", "uncertain"}
    assert report["states"]["uncertain"] <= 50 * 20
    assert report["exit_codes"] == [0] * int(workers)


@pytest.mark.parametrize(
    ("trouble", "database"),
    [
        ("mix", "sqlite"),  # all of it, in turn
        ("mix", "postgresql"),
    ],
    indirect=["database"],
)
def test_it_holds_while_the_mail_server_gives_trouble(trouble: str, database: str) -> None:
    workers = "1" if database == "sqlite" else "2"
    options = ["--kills", "2", "--readers", "400", "--trouble", trouble, "--workers", workers, "--seed", "2"]
    shown = crash(*options, "--database", database)
    report = json.loads(shown.stdout)
    assert report["verdict"] == "holds", report
    assert shown.exit_code == 0
    assert report["exit_codes"] == [0] * int(workers)
    if (trouble, database) == ("mix", "sqlite"):  # the other is over before its server is killed
        assert report["sink_kills"] > 0


def test_the_judge_finds_what_is_done_to_a_real_run() -> None:
    _, evidence = crash_course(CrashPlan(kills=1, readers=200), tell=_nobody)
    assert prove(evidence).hold
    accepted = next(entry for entry in evidence.log if entry[0] == "accepted")
    assert not prove(replace(evidence, log=[*evidence.log, accepted])).hold
    sent = next(one for one in evidence.told if one.state == "sent")
    gone = [entry for entry in evidence.log if entry[1] != sent.message_id]
    assert not prove(replace(evidence, log=gone)).hold
    assert not prove(replace(evidence, told=evidence.told[1:])).hold
    stuck = [replace(one, state="planned") if one is sent else one for one in evidence.told]
    assert not prove(replace(evidence, told=stuck)).hold


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--trouble", "rain"], "rain"),
        (["--database", "mysql://x"], "is not sqlite, postgresql or a postgresql:// URL"),
        (["--database", "postgresql://nobody:x@127.0.0.1:1/none"], "cannot be reached"),
    ],
)
def test_what_cannot_be_is_said_in_words(options: list[str], said: str) -> None:
    shown = crash(*options)
    assert shown.exit_code != 0
    assert said in shown.output + str(shown.exception)
    assert "Traceback" not in shown.output


_nobody: Callable[[str], None] = lambda _line: None  # noqa: E731

"""`bench webinars`: people really register and are really mailed, and a mail that is missing or double is found."""

import json
from dataclasses import replace

import pytest
from typer.testing import CliRunner

from service.bench.figures import Signing
from service.bench.registering import Course, Crowd, Step, faults_in
from service.bench.sink import Counts
from service.bench.webinars import problems_in
from service.cli import app


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest) -> str:
    """What `--database` is given, for each engine in turn."""
    return "sqlite" if request.param == "sqlite" else request.getfixturevalue("postgresql_server")


def test_all_who_register_are_confirmed_and_reminded_once(database: str) -> None:
    sample = 4 if database == "sqlite" else 0
    options = ["--registrations", "30", "--over-http", str(sample), "--database", database, "--json"]
    shown = CliRunner().invoke(app, ["bench", "webinars", *options])
    assert shown.exit_code == 0, shown.output
    figures = json.loads(shown.stdout)
    assert figures["arrived_once"]
    assert figures["complete"]  # each confirmation with its calendar part, each mail signed
    assert {name: step["number"] for name, step in figures["steps"].items()} == {
        "registering": 30,
        "confirmations": 30,
        "planning": 30,
        "reminders": 30,
    }
    assert all(step["peak_mb"] > 20 for step in figures["steps"].values())
    assert figures["message_bytes"] > 5_000
    assert figures.get("over_http", {"number": 0})["number"] == sample


CROWD = Crowd(registrations=2, dkim=Signing.RSA, database="sqlite", connections=10, over_http=0)
COUNTS = Counts(accepted=4, signed=4, calendars=2)
STEPS = {
    name: Step(2, 30.0, 1.0, 100.0) for name in ("registering", "confirmations", "planning", "reminders")
}


@pytest.mark.parametrize(
    ("course", "problem"),
    [
        (Course(STEPS, COUNTS, (), None), ""),
        (Course(STEPS, COUNTS, ("reminder: a@x.nl got 0",), None), "1 went wrong: reminder: a@x.nl got 0"),
        (Course(STEPS, replace(COUNTS, signed=3), (), None), "Not every confirmation"),
        (Course(STEPS, replace(COUNTS, calendars=1), (), None), "Not every confirmation"),
        (Course(STEPS | {"planning": Step(2, 30.1, 1.0, 100.0)}, COUNTS, (), None), "It took 120 s"),
    ],
)
def test_what_went_wrong_is_said(course: Course, problem: str) -> None:
    assert "".join(problems_in(CROWD, course, within=120)).startswith(problem)
    assert bool(problems_in(CROWD, course, within=120)) is bool(problem)


def test_a_mail_that_is_missing_double_or_a_strangers_is_found() -> None:
    assert not list(faults_in(["a@x.nl", "b@x.nl"], ["b@x.nl", "a@x.nl"]))
    assert sorted(faults_in(["a@x.nl", "b@x.nl"], ["b@x.nl", "b@x.nl", "c@x.nl"])) == [
        "a@x.nl got 0",
        "b@x.nl got 2",
        "c@x.nl got 1, and did not register",
    ]

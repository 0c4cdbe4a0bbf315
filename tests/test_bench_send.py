"""What `bench send` measures with is what it says: readers, variants, sizes, and a whole path that was really gone."""

import json

import pytest
from sqlalchemy import func
from sqlmodel import col, select
from typer.testing import CliRunner

from service.bench.figures import Load, Measured, Planning, Sending, summary
from service.bench.issues import approved_issue
from service.bench.measuring import sample
from service.bench.readers import add_readers, groups_of
from service.bench.sink import SinkOptions
from service.bench.sinks import own_sink
from service.cli import app
from service.database import reading, writing
from service.mailing.outbox import Variant
from service.mailing.planning import plan_issue
from service.preparing import prepare
from service.runtime import Runtime
from subscribers.people import Membership, Subscriber
from subscribers.profiles import profile_of


def test_readers_are_as_if_they_had_signed_up(runtime: Runtime) -> None:
    prepare(runtime, starter_sources=False)
    groups = groups_of(runtime.vocabulary, 50)
    add_readers(runtime.engine, groups, 600, now=runtime.clock())
    with reading(runtime.engine) as session:
        readers = session.exec(select(Subscriber)).all()
        assert len(readers) == len({reader.address for reader in readers}) == 600
        assert {reader.profile_key for reader in readers} == {group.profile_key for group in groups}
        assert all(profile_of(session, reader).key == reader.profile_key for reader in readers)
        assert {reader.language for reader in readers} == {"nl", "en"}
        assert 300 < sum(bool(reader.name) for reader in readers) < 500
        assert session.exec(select(func.count()).select_from(Membership)).one() == 300


def test_each_group_gets_a_variant_of_its_own(runtime: Runtime) -> None:
    prepare(runtime, starter_sources=False)
    groups = groups_of(runtime.vocabulary, 50)
    add_readers(runtime.engine, groups, 200, now=runtime.clock())
    with writing(runtime.engine) as session:
        issue = approved_issue(session, groups, size=30_000, number=1, now=runtime.clock())
        mailing = plan_issue(session, runtime, issue=issue, now=runtime.clock())
        made = select(func.count()).where(col(Variant.mailing_id) == mailing.id)
        assert mailing.planned == 200
        assert session.exec(made).one() == 50


def test_groups_differ_however_many_there_are(runtime: Runtime) -> None:
    for count in (1, 2, 50, 3000):
        groups = groups_of(runtime.vocabulary, count)
        assert len(groups) == len({group.terms for group in groups}) == count


def test_messages_are_as_large_as_asked() -> None:
    size = 60_000
    counts = sample(Load(readers=100, variants=10, size=size))
    assert counts.accepted == 200
    assert counts.bytes / counts.accepted == pytest.approx(size, rel=0.05)


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest) -> str:
    """What `--database` is given, for each engine in turn."""
    return "sqlite" if request.param == "sqlite" else request.getfixturevalue("postgresql_server")


def test_a_mailing_is_sent_along_the_whole_path_and_measured(database: str) -> None:
    processes = "1" if database == "sqlite" else "2"
    with own_sink(SinkOptions()) as sink:
        options = [
            "--readers",
            "300",
            "--variants",
            "10",
            "--sink",
            str(sink.address),
            "--database",
            database,
        ]
        shown = CliRunner().invoke(app, ["bench", "send", *options, "--processes", processes, "--json"])
        counts = sink.stop()
    assert shown.exit_code == 0, shown.output
    figures = json.loads(shown.stdout)
    assert figures["complete"] is True
    assert [one["processes"] for one in figures["sending"]] == list(range(1, int(processes) + 1))
    assert counts.accepted >= 300 * int(processes)  # smtp-source may have sent its own
    assert figures["message_bytes"] == pytest.approx(30_000, rel=0.05)
    for one in figures["sending"]:
        assert one["messages_per_second"] > 10
        assert 10 < one["cpu_us_per_message"] < 1_000_000
        assert 20 < one["idle_mb"] <= one["peak_mb"] < 1000


def test_planning_can_be_measured_alone(database: str) -> None:
    options = ["--readers", "5000", "--plan-only", "--database", database, "--json"]
    figures = json.loads(CliRunner().invoke(app, ["bench", "send", *options]).stdout)
    assert figures["sending"] == []
    assert 0 < figures["planning"]["cpu_seconds"] < 60
    assert 20 < figures["planning"]["idle_mb"] <= figures["planning"]["peak_mb"] < 1000


def test_figures_of_a_mailing_that_was_not_all_sent_do_not_count() -> None:
    with own_sink(SinkOptions(faults=("5xx:4",))) as sink:
        options = ["--readers", "60", "--sink", str(sink.address), "--wait-ms", "1", "--json"]
        shown = CliRunner().invoke(app, ["bench", "send", *options])
    assert shown.exit_code == 1
    assert json.loads(shown.stdout)["complete"] is False


def test_a_place_that_is_none_is_refused() -> None:
    shown = CliRunner().invoke(app, ["bench", "send", "--sink", "nowhere"])
    assert shown.exit_code == 1
    assert "is not HOST:PORT" in str(shown.exception)


def test_ratios_are_of_medians() -> None:
    measured = Measured(Load(readers=100, processes=2), smtp_source=[900.0, 1000.0, 5000.0])
    measured.plannings = [Planning(1, 100, 1.0, 0.5, 60, 70)]
    measured.sendings = [
        Sending(count, 100, 100, seconds, 0.1, 60, 80)
        for count, seconds in [(1, 0.5), (2, 0.25), (1, 1.0), (2, 0.2), (1, 0.4), (2, 2.0)]
    ]
    figures = summary(measured)
    assert figures["ratio_to_one_process"] == 2.0
    assert figures["ratio_to_smtp_source"] == 0.4
    assert figures["sending"][0] == {
        "processes": 1, "messages_per_second": 200, "runs": [200, 100, 250], "cores": 0.2, "cpu_us_per_message": 1000,
        "idle_mb": 60, "peak_mb": 80,
    }  # fmt: skip

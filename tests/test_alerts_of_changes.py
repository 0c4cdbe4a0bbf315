"""A change to an intervention that cannot wait: into an alert by the rule or by hand, and to each reader once."""

from datetime import timedelta

from colleague import ANNA, a_colleague
from crawls import a_crawl, a_page, day
from knowledge import record
from sqlmodel import select

from content.arranging import remove_block
from content.interventions.tables import ChangeEvent
from content.issues import BlockKind, Issue, IssueKind, blocks_of
from service.database import reading, writing
from service.mailing.repeats import brought_now
from service.runtime import Runtime
from service.schedule.opening import told_until
from tests.builders import a_reader
from tests.test_streams import send, tick

ADVICE = {"name": "Unity", "summary": "Voorlichting over drugs op festivals."}


def lowered(runtime: Runtime) -> None:
    """A recognition that was good, and is less good on the second visit."""
    record(
        runtime,
        a_crawl(day(0), [a_page("unity", **ADVICE, level="Sterke aanwijzingen voor effectiviteit")]),
        a_crawl(day(1), [a_page("unity", **ADVICE, level="Eerste aanwijzingen")]),
    )
    runtime.clock.moment = day(1) + timedelta(hours=2)


def test_a_lowered_recognition_is_drafted_as_an_alert_once_and_stays_out_when_taken_out(
    runtime: Runtime,
) -> None:
    lowered(runtime)
    moment = f"{runtime.clock():%Y-%m-%dT%H}:22:30"
    assert tick(runtime, moment)["draft-alerts"] == "1 changes put into an alert"
    with writing(runtime.engine) as session:
        alert = session.exec(select(Issue).where(Issue.kind == IssueKind.ALERT)).one()
        assert alert.title.startswith("Melding: Unity: ")
        (block,) = blocks_of(session, alert)
        assert block.kind == BlockKind.CHANGE
        remove_block(session, block=block, by="ed", now=runtime.clock())
    later = runtime.clock() + timedelta(hours=1)
    assert tick(runtime, f"{later:%Y-%m-%dT%H}:22:30")["draft-alerts"] == "0 changes put into an alert"


def test_what_the_alert_brought_comes_in_the_digest_for_the_others(runtime: Runtime) -> None:
    lowered(runtime)
    now = runtime.clock()
    moment = f"{now:%Y-%m-%dT%H}:22:30"
    tick(runtime, moment)
    with writing(runtime.engine) as session:
        a_reader(session, now, "a@x.example", streams=("alerts", "digest"))
        send(session, runtime, session.exec(select(Issue).where(Issue.kind == IssueKind.ALERT)).one())
        assert told_until(session, IssueKind.DIGEST, runtime.clock()) < runtime.clock()
    for days in range(1, 8):
        runtime.clock.moment = now + timedelta(days=days)
        tick(runtime, f"{runtime.clock():%Y-%m-%dT}09:30:00")
    with reading(runtime.engine) as session:
        digest = session.exec(select(Issue).where(Issue.kind == IssueKind.DIGEST)).one()
        (block,) = blocks_of(session, digest)
        assert block.kind == BlockKind.CHANGE
        assert brought_now(session, digest) == {block.id: frozenset({"alerts"})}


def test_an_editor_reports_a_change_at_once(runtime: Runtime) -> None:
    lowered(runtime)
    anna = a_colleague(runtime, ANNA, "Anna", "editor")
    with reading(runtime.engine) as session:
        event = session.exec(select(ChangeEvent).where(ChangeEvent.kind == "level_lowered")).one()
    here = "/redactie/kennisbank/wijzigingen"
    path = next(line for line in anna.get(here).text.split('"') if line.endswith(f"/wijzigingen/{event.id}"))
    answer = anna.post(path, {"act": "alert"}, via=here)
    assert (
        "Staat" in anna.get(answer.headers["location"]).text
        or "staat in een melding" in anna.get(answer.headers["location"]).text
    )
    assert "gedaan=dubbel" in anna.post(path, {"act": "alert"}, via=here).headers["location"]
    with reading(runtime.engine) as session:
        alert = session.exec(select(Issue)).one()
        assert [one.event_id for one in blocks_of(session, alert)] == [event.id]

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


def test_the_digest_tells_what_changed_in_the_databases_and_the_monthly_tells_it_to_the_others(
    runtime: Runtime,
) -> None:
    """Raised, and new; not what a guard stopped, what was reckoned, or what changed in the words of a page."""
    raised = {"name": "Moti-4", "summary": "Over drugs."}
    record(
        runtime,
        a_crawl(day(0), [a_page("moti4", **raised, level="Eerste aanwijzingen")]),
        a_crawl(
            day(1),
            [
                a_page("moti4", **raised, level="Sterke aanwijzingen voor effectiviteit"),
                a_page("nieuw", name="Frisse Start", summary="Over drugs op school."),
            ],
        ),
        a_crawl(
            day(2),
            [
                a_page(
                    "moti4",
                    name="Moti-4",
                    summary="Over drugs en meer.",
                    level="Sterke aanwijzingen voor effectiviteit",
                ),
                a_page("nieuw", name="Frisse Start", summary="Over drugs op school."),
            ],
        ),
    )
    runtime.clock.moment = now = day(2) + timedelta(hours=2)
    with writing(runtime.engine) as session:
        a_reader(session, now, "a@x.example", streams=("digest",))
        a_reader(session, now, "b@x.example", streams=("monthly", "digest"))
    for days in range(1, 8):
        runtime.clock.moment = now + timedelta(days=days)
        tick(runtime, f"{runtime.clock():%Y-%m-%dT}09:30:00")
    with reading(runtime.engine) as session:
        digest = session.exec(select(Issue).where(Issue.kind == IssueKind.DIGEST)).one()
        blocks = blocks_of(session, digest)
        kinds = [session.get_one(ChangeEvent, one.event_id).kind for one in blocks]
        assert kinds == ["level_raised", "added"]
        assert blocks[0].title == "Moti-4: hoger erkend"
        monthly = session.exec(select(Issue).where(Issue.kind == IssueKind.MONTHLY)).one()
        assert [one.event_id for one in blocks_of(session, monthly)] == [one.event_id for one in blocks]
    with writing(runtime.engine) as session:
        send(session, runtime, session.get_one(Issue, digest.id))
        assert set(brought_now(session, monthly).values()) == {frozenset({"digest"})}


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

"""The demo's webinars: by whom they were joined, what of them the desk and the mailbox show, and on which days they fall."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from at_webinars import ON_ONE
from hypothesis import given, settings
from hypothesis import strategies as some
from sqlmodel import Session, col, select

from content.webinars.tables import Webinar
from service.clock import AMSTERDAM
from service.database import reading, writing
from service.demo.ahead import announce_coming, plan_ahead
from service.demo.held import hold, moments
from service.demo.issues import add_desk
from service.demo.pdf import one_page
from service.demo.programme import BEGINS, weekday
from service.demo.readers import FORTNIGHT, add_readers
from service.mailing.inviting import invited_by_organisation
from service.mailing.maildir import arrived, read_all
from service.mailing.outbox import Delivery, Mailing
from service.runtime import Runtime
from service.webinars.calendars import invitation
from subscribers.people import Subscriber
from subscribers.register import load_register
from subscribers.registrations.counting import places_of, totals_of
from subscribers.registrations.evaluating import judged
from subscribers.registrations.hiding import disclosed
from subscribers.registrations.seats import free
from subscribers.registrations.tables import Registration
from tests.visitor import Visitor


@settings(max_examples=200, deadline=None)
@given(some.datetimes(datetime(2026, 1, 1), datetime(2040, 1, 1), timezones=some.just(UTC)))  # noqa: DTZ001  Hypothesis asks for naive ones
def test_they_fall_on_working_days_and_readers_were_there_to_be_told(now: datetime) -> None:
    announced, starts_at = moments(now)
    for moment in (announced, starts_at, weekday(now, days=10)):
        local = moment.astimezone(AMSTERDAM)
        assert local.time() == BEGINS
        assert local.weekday() < 5
    assert announced < starts_at < starts_at + timedelta(days=1, hours=3) < now
    assert weekday(now, days=10) > now + timedelta(days=9)
    assert announced < starts_at - timedelta(hours=30), (
        "there is time to register, and for the reminder of a day before"
    )
    assert announced > now - timedelta(days=FORTNIGHT - 2), "the first readers were there"


def test_the_paper_is_a_pdf_whose_table_says_where_each_object_begins() -> None:
    data = one_page("Vijf (5) vragen", ["één", "twee \\ drie"])
    table = int(data.rpartition(b"startxref\n")[2].split()[0])
    assert data[table:].startswith(b"xref\n0 7\n")
    for number, line in enumerate(data[table:].split(b"\n")[3:9], start=1):
        assert data[int(line.split()[0]) :].startswith(b"%d 0 obj" % number)


@ON_ONE
def test_one_was_one_comes_and_one_is_to_play_with(runtime: Runtime) -> None:
    runtime = replace(runtime, invitation=invitation)
    now = runtime.clock()
    announced, _starts_at = moments(now)
    with writing(runtime.engine) as session:
        load_register(session)
        add_desk(session, now=now)
        add_readers(session, runtime, now=now, until=announced)
    hold(runtime, now=now)
    with writing(runtime.engine) as session:
        add_readers(session, runtime, now=now, since=announced)
        number = plan_ahead(session, runtime, now=now).id or 0
    announce_coming(runtime, number)
    with reading(runtime.engine) as session:
        held, coming, draft = session.exec(select(Webinar).order_by(Webinar.id))
        _held_as_told(session, held, runtime.clock())
        assert free(session, coming) == 0
        waiting = select(Registration).where(
            Registration.webinar_id == coming.id, Registration.standing == "waiting"
        )
        assert len(session.exec(waiting).all()) >= 1
        assert draft.status == "draft"
    mails = list(read_all(arrived(runtime.settings)))
    subjects = {str(one.message["Subject"]).partition(":")[0] for one in mails}
    assert {"U doet mee", "U staat op de wachtlijst", "Kijk het terug", "U was er niet bij", "De opname staat klaar",
            "Herinnering", "We beginnen"} <= {one.partition(",")[0] for one in subjects}  # fmt: skip
    invitations = [one for one in mails if b"text/calendar" in one.message.as_bytes()]
    assert len(invitations) > 20
    visitor = Visitor(runtime)
    page = visitor.get(f"/webinars/{held.slug}").text
    assert visitor.get(f"/webinars/{held.slug}/opname").status_code == 200
    assert f"/webinars/{held.slug}/opname" in page
    assert visitor.get(f"/webinars/{held.slug}/stukken/2").content.startswith(b"%PDF-")


def _held_as_told(session: Session, held: Webinar, now: datetime) -> None:
    invited = invited_by_organisation(session, held)
    table = disclosed(places_of(session, totals_of(session, held, invited=invited, now=now)))
    everything = table.everything
    shown = {name for name, figure in everything.items() if figure is not None}
    assert shown >= {"registered", "attended", "absent", "recording_only", "watched"}
    assert everything["registered"] == (everything["attended"] or 0) + (everything["absent"] or 0)
    number, mean, words = judged(session, held)
    assert number >= 5
    assert mean is not None
    assert len(words) >= 3
    mailed = (
        select(Delivery.settled_at, Subscriber.created_at)
        .join(Subscriber, col(Subscriber.id) == col(Delivery.subscriber_id))
        .join(Mailing, col(Mailing.id) == col(Delivery.mailing_id))
        .where(Mailing.stream == "webinars")
    )
    assert all(made <= left for left, made in session.exec(mailed)), "nobody was mailed before they came"

"""Calendar objects on their way: in mails that are signed, through a move and a cancellation, and in feeds and downloads."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from relay import Relay
from test_calendars import event_of, read
from test_dkim import verified
from webinars import VOCABULARY, a_plan, a_webinar

from content.webinars.tables import Webinar
from service.attending import attend, call_off, change, stop_attending
from service.database import writing
from service.mailing.dkim_keys import load_key, new_key
from service.runtime import Runtime, build_runtime
from service.settings import Settings
from service.webinars.calendars import invitation
from subscribers.registrations.registering import Wish
from subscribers.registrations.registering import registration_of as registration
from tests.builders import a_reader
from tests.posted import arrived, calendar
from tests.visitor import Visitor


def test_a_service_that_runs_invites(settings: Settings) -> None:
    runtime = build_runtime(settings)
    runtime.engine.dispose()
    assert runtime.invitation is invitation


@pytest.fixture
def inviting(posting: Runtime) -> Runtime:
    return replace(posting, invitation=invitation)


def test_a_change_a_leave_and_an_end_meet_the_same_event_in_the_mails(
    inviting: Runtime, postbox: Relay, clock
) -> None:
    objects = []

    def collect() -> None:
        (mail,) = arrived(inviting, postbox)["a@emmen.nl"]
        organiser = mail["From"].addresses[0].addr_spec
        objects.append(calendar(mail).encode())
        assert str(event_of(objects[-1])["ORGANIZER"]) == f"mailto:{organiser}"

    with writing(inviting.engine) as session:
        webinar = a_webinar(session, clock(), title="Één lange titel, met komma: " + "ë" * 60)
        reader = a_reader(session, clock(), "a@emmen.nl", name="Anna")
        attend(session, webinar=webinar, subscriber=reader, wish=Wish(name="Anna"), now=clock())
    collect()
    later = webinar.starts_at + timedelta(days=1, hours=2)
    plan = a_plan(clock(), title=webinar.title, starts_at=later, ends_at=later + timedelta(hours=1))
    steps = (
        lambda session: change(
            session,
            inviting.settings,
            webinar_id=webinar.id,
            plan=plan,
            vocabulary=VOCABULARY,
            by="anna@example.org",
            now=clock(),
        ),
        lambda session: stop_attending(
            session, reference=registration(session, webinar, reader).reference, now=clock()
        ),
        lambda session: attend(
            session,
            webinar=session.get_one(Webinar, webinar.id),
            subscriber=reader,
            wish=Wish(name="Anna"),
            now=clock(),
        ),
        lambda session: call_off(session, inviting.settings, webinar_id=webinar.id, by="anna", now=clock()),
    )
    for step in steps:
        clock.advance(minutes=10)
        with writing(inviting.engine) as session:
            step(session)
        collect()
    events = [event_of(data) for data in objects]
    assert [str(read(data)["METHOD"]) for data in objects] == [
        "REQUEST", "REQUEST", "CANCEL", "REQUEST", "CANCEL",
    ]  # fmt: skip
    assert [one.get("STATUS") for one in events] == [
        "CONFIRMED", "CONFIRMED", None, "CONFIRMED", "CANCELLED",
    ]  # fmt: skip
    sequences = [one["SEQUENCE"] for one in events]
    assert (sequences[:3], sequences == sorted(sequences)) == ([0, 1, 2], True)
    assert {one["UID"] for one in events} == {webinar.uid}
    assert {str(one["ATTENDEE"]) for one in events} == {"mailto:a@emmen.nl"}
    assert [one["DTSTART"].dt.astimezone(UTC) for one in events] == [webinar.starts_at, *[later] * 4]
    stamps = [one["DTSTAMP"].dt for one in events]
    assert stamps == sorted(stamps)
    assert all(
        b"deelnemen" not in data for data in objects
    )  # calendars are shared: the personal link is not in them


def test_the_calendar_has_the_addresses_as_the_mail_has_them(
    inviting: Runtime, postbox: Relay, clock
) -> None:
    abroad = replace(
        inviting,
        settings=inviting.settings.model_copy(update={"sender_address": "post@gemeente-súdwest.example"}),
    )
    with writing(abroad.engine) as session:
        reader = a_reader(session, clock(), "a@café.example")
        attend(session, webinar=a_webinar(session, clock()), subscriber=reader, wish=Wish(), now=clock())
    ((mail,),) = arrived(abroad, postbox).values()
    event = event_of(calendar(mail).encode())
    assert str(event["ORGANIZER"]) == "mailto:post@xn--gemeente-sdwest-cvb.example"
    assert str(event["ATTENDEE"]) == "mailto:a@xn--caf-dma.example"
    assert mail["From"].addresses[0].addr_spec == str(event["ORGANIZER"]).removeprefix("mailto:")


def test_a_mail_with_a_calendar_is_signed_as_it_leaves(inviting: Runtime, postbox: Relay, clock) -> None:
    clock.moment = datetime(
        2026, 1, 5, 9, tzinfo=UTC
    )  # in the past of any machine: dkimpy refuses the future
    signing = replace(inviting, settings=inviting.settings.model_copy(update={"dkim_selector": "k1"}))
    new_key(signing.settings, selector="k1")
    with writing(signing.engine) as session:
        webinar = a_webinar(session, clock(), title="Wat ë doet")
        reader = a_reader(session, clock(), "a@emmen.nl")
        attend(session, webinar=webinar, subscriber=reader, wish=Wish(), now=clock())
    (mail,) = arrived(signing, postbox)["a@emmen.nl"]
    assert calendar(mail)
    ((_address, raw),) = postbox.received
    assert verified(raw, [load_key(signing.settings, "k1")]) == [True]
    body = raw.partition(b"\r\n\r\n")[2]
    assert not any(line.endswith((b" ", b"\t")) for line in body.split(b"\r\n"))
    assert b"\n" not in body.replace(b"\r\n", b"")


def test_feeds_and_downloads(house: Runtime) -> None:
    now = house.clock()
    with writing(house.engine) as session:
        kept = a_webinar(session, now)
        gone = a_webinar(session, now, title="Gaat niet door", tags=("alcohol",))
        a_webinar(session, now, title="Nog geheim", published=False)
        call_off(session, house.settings, webinar_id=gone.id, by="anna", now=now)
    visitor = Visitor(house)
    answer = visitor.get("/webinars.ics")
    assert answer.headers["content-type"] == "text/calendar; charset=utf-8; method=PUBLISH"
    assert [(str(one["UID"]), str(one["STATUS"])) for one in read(answer.content).walk("VEVENT")] == [
        (kept.uid, "CONFIRMED"), (gone.uid, "CANCELLED"),
    ]  # fmt: skip
    assert str(read(answer.content)["NAME"]) == "Webinars van Kennispost"
    topic = read(visitor.get("/webinars/onderwerp/lachgas.ics").content)
    assert [str(one["UID"]) for one in topic.walk("VEVENT")] == [kept.uid]
    assert str(topic["NAME"]) == "Webinars van Kennispost over lachgas"
    assert visitor.get("/webinars/onderwerp/onzin.ics").status_code == 404
    assert 'href="/webinars/onderwerp/lachgas.ics"' in visitor.get(f"/webinars/{kept.slug}").text
    assert 'href="/webinars.ics"' in visitor.get("/webinars").text
    one = visitor.get(f"/webinars/{kept.slug}.ics")
    assert str(event_of(one.content)["UID"]) == kept.uid
    assert visitor.get("/webinars/nog-geheim.ics").status_code == 404
    house.clock.advance(days=3)  # time alone changes no byte
    again = visitor.client.get("/webinars.ics", headers={"If-None-Match": answer.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    house.clock.advance(days=400)
    assert read(visitor.get("/webinars.ics").content).walk("VEVENT") == []

"""What has been kept long enough goes each night; docs/privacy.md says the same as the table; forms are guarded."""

import re
from pathlib import Path
from time import perf_counter

import pytest
from sqlmodel import select

from content.sources import Fetch, add_source
from service.database import reading, writing
from service.forgetting import forget
from service.mailing.letters import post_to_editors
from service.mailing.outbox import Attempt, Delivery, DeliveryState, Mailing
from service.mailing.planning import plan_issue
from service.retention import RETENTION, enforce
from service.runtime import Runtime
from service.schedule.actions import tidy
from service.schedule.table import Due
from service.web.guarding import ANSWER_AFTER, QUICKEST, opened
from subscribers.consent import CURRENT, ConsentEvent, ConsentKind, record
from subscribers.errors import NoConsent
from subscribers.following import add_streams
from subscribers.leaving import leave
from subscribers.people import Subscriber
from subscribers.signup import confirm
from tests.builders import a_reader, a_request, an_approved_issue
from tests.imported import HEAD, checked
from tests.visitor import Visitor, a_known_reader, letters, readers

PRIVACY = Path(__file__).parent.parent / "docs" / "privacy.md"
FILLED = {"address": "jan@emmen.nl", "organisation": "Emmen"}


def test_the_document_lists_exactly_what_the_job_enforces() -> None:
    listed = re.findall(r"^\| `([a-z-]+)` \| (\d+) \|", PRIVACY.read_text(), re.MULTILINE)
    assert listed == [(one.key, str(one.keeps.days)) for one in RETENTION]


def night(runtime: Runtime) -> dict[str, int]:
    with writing(runtime.engine) as session:
        return enforce(session, now=runtime.clock())


def test_unconfirmed_sign_ups_go_after_seven_days_and_not_a_day_sooner(runtime: Runtime, clock) -> None:
    with writing(runtime.engine) as session:
        a_request(session, clock(), "oud@emmen.nl", vocabulary=runtime.vocabulary)
        again = a_request(session, clock(), "weer@emmen.nl", vocabulary=runtime.vocabulary)
        a_reader(session, clock(), "lezer@emmen.nl")
    clock.advance(days=6)
    assert night(runtime)["unconfirmed-sign-ups"] == 0
    with writing(runtime.engine) as session:
        a_request(session, clock(), again.subscriber.address, vocabulary=runtime.vocabulary)
    clock.advance(days=1)
    assert night(runtime)["unconfirmed-sign-ups"] == 1
    with reading(runtime.engine) as session:
        assert set(session.exec(select(Subscriber.address))) == {"weer@emmen.nl", "lezer@emmen.nl"}
        assert len(session.exec(select(ConsentEvent)).all()) == 3


def test_who_left_and_asked_again_without_confirming_has_left_again(runtime: Runtime, clock) -> None:
    with writing(runtime.engine) as session:
        reader = a_reader(session, clock(), "jan@emmen.nl")
        leave(session, subscriber=reader, stream=None, source="test", now=clock())
    clock.advance(days=100)
    with writing(runtime.engine) as session:
        a_request(session, clock(), "jan@emmen.nl", vocabulary=runtime.vocabulary)
    clock.advance(days=7)
    night(runtime)
    with reading(runtime.engine) as session:
        assert session.exec(select(Subscriber.state)).all() == ["unsubscribed"]
    clock.advance(days=730)
    assert night(runtime)["readers-who-left"] == 1
    with reading(runtime.engine) as session:
        assert session.exec(select(Subscriber)).all() == []


def test_an_answer_that_was_passed_on_is_emptied_after_a_month(runtime: Runtime, clock) -> None:
    settings = runtime.settings.model_copy(update={"editors_address": "redactie@kennispost.example"})
    with writing(runtime.engine) as session:
        context = {"from": "jan@emmen.nl", "subject": "Vraag", "text": "Mijn naam is Jan."}
        post_to_editors(session, settings, kind="reply", now=clock(), context=context)
        session.exec(select(Delivery)).one().settled_at = clock()
    clock.advance(days=29)
    assert night(runtime)["replies-passed-on"] == 0
    clock.advance(days=1)
    assert night(runtime)["replies-passed-on"] == 1
    assert night(runtime)["replies-passed-on"] == 0
    with reading(runtime.engine) as session:
        assert session.exec(select(Delivery)).one().context == {}


def test_what_servers_said_goes_after_a_year(runtime: Runtime, clock) -> None:
    with writing(runtime.engine) as session:
        reader = a_reader(session, clock(), "jan@emmen.nl")
        mailing = Mailing(kind="issue", created_at=clock())
        session.add(mailing)
        session.flush()
        sent = Delivery(
            mailing_id=mailing.id,
            subscriber_id=reader.id,
            state="sent",
            due_at=clock(),
            settled_at=clock(),
            reply="250 jan",
        )
        session.add(sent)
        session.flush()
        session.add(Attempt(delivery_id=sent.id, at=clock(), server="mx", outcome="sent", reply="250 jan"))
    clock.advance(days=365)
    with writing(runtime.engine) as session:
        assert tidy(session, runtime, Due("tidy", clock(), clock()), clock()) == "server-replies: 2"
        assert session.exec(select(Attempt.reply)).all() == [""]


def test_a_mailing_balances_after_its_readers_are_forgotten(runtime: Runtime, clock) -> None:
    with writing(runtime.engine) as session:
        ids = [a_reader(session, clock(), f"{name}@emmen.nl").id for name in ("jan", "piet")]
        issue = an_approved_issue(session, clock(), everyone=["Alle"])
        mailing = plan_issue(session, runtime, issue=issue, now=clock())
        assert forget(session, ids[:1], now=clock()) == 1
        found = session.exec(select(Delivery).where(Delivery.mailing_id == mailing.id)).all()
        assert sorted((one.state, one.subscriber_id) for one in found if one.subscriber_id is None) == [
            (DeliveryState.CANCELLED, None)
        ]
        assert len(found) == 2


def test_no_event_but_a_yes_of_their_own_makes_a_subscription(runtime: Runtime, clock) -> None:
    with writing(runtime.engine) as session:
        jan, piet = (a_reader(session, clock(), f"{name}@emmen.nl", streams=()) for name in ("jan", "piet"))
        for who, kind in (
            (piet, ConsentKind.CONFIRMED),
            (jan, ConsentKind.REQUESTED),
            (jan, ConsentKind.WITHDRAWN),
        ):
            event = record(
                session, subscriber=who, kind=kind, streams=["monthly"], topics=[], source="test", now=clock()
            )
            with pytest.raises(NoConsent):
                add_streams(session, jan, consent=event)


def test_the_words_of_every_event_can_be_read_back(runtime: Runtime, clock) -> None:
    with writing(runtime.engine) as session:
        asked = a_request(session, clock(), vocabulary=runtime.vocabulary).subscriber
        confirm(session, reference=asked.reference, now=clock())
        assert {one.wording_version for one in session.exec(select(ConsentEvent))} == {
            f"{CURRENT.version}/nl"
        }


def test_a_form_that_comes_back_too_soon_is_asked_for_again(house: Runtime, clock) -> None:
    visitor = Visitor(house)
    fresh = opened(house.settings, clock())
    for token in (fresh, "", "forged"):
        answer = visitor.submit("/aanmelden", {**FILLED, "opened": token})
        assert (answer.status_code, readers(house)) == (422, [])
        assert "Dat ging erg snel" in answer.text
    assert fresh in visitor.submit("/aanmelden", {**FILLED, "opened": fresh}).text
    clock.advance(seconds=QUICKEST.total_seconds())
    assert visitor.submit("/aanmelden", {**FILLED, "opened": fresh}).status_code == 303


def test_a_field_that_people_do_not_see_catches_machines(house: Runtime) -> None:
    visitor = Visitor(house)
    caught = visitor.submit("/aanmelden", {**FILLED, "website": "https://spam.example"})
    passed = visitor.submit("/aanmelden", {**FILLED, "address": "piet@emmen.nl"})
    assert (caught.status_code, caught.headers["location"]) == (
        passed.status_code,
        passed.headers["location"],
    )
    assert [one.address for one in readers(house)] == ["piet@emmen.nl"]
    assert letters(house) == ["confirm-subscription"]


def test_a_page_to_subscribe_from_says_that_a_mail_was_passed_on_and_carries_no_token(house: Runtime) -> None:
    visitor = Visitor(house)
    assert "Een collega stuurde u" in visitor.get("/aanmelden?via=mail").text
    assert "Een collega stuurde u" not in visitor.get("/aanmelden?via=evil").text
    visitor.submit("/aanmelden?via=mail", {**FILLED, "via": "mail"}, to="/aanmelden")
    visitor.submit("/aanmelden", {**FILLED, "address": "piet@emmen.nl", "via": "evil"})
    with reading(house.engine) as session:
        sources = session.exec(select(ConsentEvent.source)).all()
    assert sources == ["form /aanmelden, passed on in a mail", "form /aanmelden"]


def test_the_time_of_an_answer_tells_nothing_of_an_address(house: Runtime, clock) -> None:
    a_known_reader(house)
    visitor = Visitor(house)

    def spent(address: str) -> float:
        clock.advance(hours=1)
        began = perf_counter()
        assert visitor.submit("/voorkeuren", {"address": address}).status_code == 303
        return perf_counter() - began

    known = min(spent("jan@emmen.nl") for _ in range(5))  # what else the machine does only adds
    unknown = min(spent(f"niemand{number}@emmen.nl") for number in range(5))
    assert min(known, unknown) >= ANSWER_AFTER
    assert abs(known - unknown) < ANSWER_AFTER / 2


def test_lines_of_imports_and_visits_to_sources_end_with_the_rest(house: Runtime, clock) -> None:
    checked(house, HEAD + "Emmen;Jan;Jansen;jan@emmen.nl;nl;lachgas\n")
    with writing(house.engine) as session:
        source = add_source(session, key="bron", url="https://bron.example/feed", now=clock())
        session.add(Fetch(source_id=source.id, started_at=clock(), finished_at=clock(), outcome="ok"))
    clock.advance(days=31)
    assert {key: number for key, number in night(house).items() if number} == {"lines-of-imports": 1}
    clock.advance(days=60)
    assert {key: number for key, number in night(house).items() if number} == {"visits-to-sources": 1}

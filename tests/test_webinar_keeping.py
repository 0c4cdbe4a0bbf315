"""What is kept of who takes part: until when, what they can have, and that each mail passes the lint."""

from datetime import timedelta

import pytest
from builders import a_reader, a_request
from sqlmodel import select
from test_linting_mails import faults, public, the_mail  # noqa: F401  a fixture among them
from webinars import VOCABULARY, a_webinar, takes_part

from content.webinars.asking import LONGEST_KEPT
from content.webinars.moments import Reminder, reminders
from content.webinars.tables import AskKind, OwnQuestion
from service.database import reading, writing
from service.dossiers import own_data
from service.mailing.ledger import balances, ledger
from service.mailing.occasions import OCCASIONS
from service.mailing.outbox import Delivery, DeliveryState, Mailing
from service.mailing.telling import occasion_of, post
from service.retention import RETENTION, enforce
from service.runtime import Runtime
from subscribers.people import Subscriber, SubscriberState
from subscribers.registrations.answers import bring_question
from subscribers.registrations.evaluating import evaluate
from subscribers.registrations.leaving import propose, withdraw
from subscribers.registrations.registering import Wish, ask, confirm, register
from subscribers.registrations.tables import BroughtQuestion, Registration, Standing


def states(runtime: Runtime) -> dict[str, str]:
    with reading(runtime.engine) as session:
        return {one.address: one.state for one in session.exec(select(Subscriber))}


def night(runtime: Runtime) -> None:
    with writing(runtime.engine) as session:
        enforce(session, now=runtime.clock())


def test_a_registration_that_nobody_confirmed_goes_with_the_person_after_seven_days(
    runtime: Runtime, clock
) -> None:
    with writing(runtime.engine) as session:
        webinar = a_webinar(session, clock())
        ask(session, webinar=webinar, address="no@emmen.nl", wish=Wish(), now=clock())
        yes = ask(session, webinar=webinar, address="yes@emmen.nl", wish=Wish(), now=clock())
        confirm(session, reference=yes.registration.reference, now=clock())
    clock.advance(days=7, seconds=-1)
    night(runtime)
    assert sorted(states(runtime)) == ["no@emmen.nl", "yes@emmen.nl"]
    clock.advance(seconds=1)
    night(runtime)
    assert states(runtime) == {"yes@emmen.nl": "guest"}


def test_what_a_stranger_asked_goes_and_who_took_part_before_has_left_again(runtime: Runtime, clock) -> None:
    with writing(runtime.engine) as session:
        webinar = a_webinar(session, clock())
        before = takes_part(session, clock(), webinar, "a@emmen.nl").registration
        withdraw(session, reference=before.reference, now=clock())
        for address in ("a@emmen.nl", "no@emmen.nl"):
            wish = Wish(question=f"Van {address}?")
            ask(session, webinar=webinar, address=address, wish=wish, now=clock())
        bring_question(session, before, text="Van mijzelf?", now=clock())
    clock.advance(days=7)
    night(runtime)
    with reading(runtime.engine) as session:
        kept = session.exec(select(Registration)).one()
        assert (kept.standing, kept.sequence) == (Standing.WITHDRAWN, 1)  # a calendar believes what is newer
        assert "Van no@emmen.nl?" not in session.exec(select(BroughtQuestion.text)).all()
        assert "Van mijzelf?" in session.exec(select(BroughtQuestion.text)).all()


def test_who_asks_for_the_newsletter_and_does_not_confirm_goes_on_taking_part(
    runtime: Runtime, clock
) -> None:
    with writing(runtime.engine) as session:
        webinar = a_webinar(session, clock())
        asked = ask(session, webinar=webinar, address="jan@emmen.example", wish=Wish(), now=clock())
        confirm(session, reference=asked.registration.reference, now=clock())
        a_request(session, clock(), vocabulary=VOCABULARY)
    assert states(runtime) == {"jan@emmen.example": SubscriberState.PENDING}
    clock.advance(days=8)
    night(runtime)
    assert states(runtime) == {"jan@emmen.example": SubscriberState.GUEST}
    with reading(runtime.engine) as session:
        assert session.exec(select(Registration.standing)).one() == Standing.SEAT


def test_no_question_promises_to_keep_answers_longer_than_those_who_gave_them() -> None:
    (people,) = (one.keeps for one in RETENTION if one.key == "participants-of-webinars")
    assert timedelta(days=LONGEST_KEPT) == people


def test_no_mail_in_the_ledger_tells_who_was_absent_once_the_people_are_gone(runtime: Runtime, clock) -> None:
    with writing(runtime.engine) as session:
        webinar = a_webinar(session, clock())
        mine = takes_part(session, clock(), webinar, "a@emmen.nl").registration
        told = post(session, mine, now=clock(), kind="webinar-absent")
        assert told is not None
        session.exec(select(Delivery)).one().state = DeliveryState.SENT
        number, ended = told.id, webinar.ends_at

    def whose() -> list[int | None]:
        night(runtime)
        with reading(runtime.engine) as session:
            mailing = session.get_one(Mailing, number)
            assert balances(mailing, ledger(session, mailing))
            wanted = select(Delivery.subscriber_id).where(Delivery.mailing_id == number)
            return list(session.exec(wanted))

    clock.moment = ended + timedelta(days=90, seconds=-1)
    assert whose() == [1]
    clock.moment = ended + timedelta(days=90)
    assert whose() == [None]
    assert states(runtime) == {"a@emmen.nl": SubscriberState.ACTIVE}


def test_webinars_are_part_of_ones_own_data_without_what_links_carry(runtime: Runtime, clock) -> None:
    with writing(runtime.engine) as session:
        webinar = a_webinar(session, clock())
        session.add(
            OwnQuestion(
                webinar_id=webinar.id, position=1, kind=AskKind.TEXT, wording="Uw rol?", reason="Om het."
            )
        )
        session.flush()
        reader = a_reader(session, clock(), "a@emmen.nl")
        wish = Wish(name="Anna", answers={1: "beleid"}, question="Hoe?")
        mine = register(session, webinar=webinar, subscriber=reader, wish=wish, now=clock()).registration
        evaluate(session, mine, mark=4, will_use="yes", word="Goed", now=clock())
        (given,) = own_data(session, reader, now=clock())["webinars"]
        assert mine.reference not in str(given)
    assert (given["name"], given["standing"], given["questions"]) == ("Anna", "seat", ["Hoe?"])
    assert given["evaluation"] == {
        "at": clock().isoformat(), "mark": 4, "will_use": "yes", "word": "Goed",
    }  # fmt: skip
    assert given["answers"] == [{"question": "Uw rol?", "answer": "beleid"}]


@pytest.mark.parametrize("language", ["nl", "en"])
@pytest.mark.parametrize("kind", OCCASIONS)
def test_each_mail_passes_the_lint(public: Runtime, clock, kind: str, language: str) -> None:  # noqa: F811
    with writing(public.engine) as session:
        webinar = a_webinar(session, clock(), language=language)
        webinar.notice, webinar.previous_starts_at = "De spreker is ziek.", webinar.starts_at
        giver = takes_part(session, clock(), webinar, "a@emmen.nl").registration
        mine = propose(session, reference=giver.reference, address="b@emmen.nl", now=clock())
        assert mine is not None
        mine.language, mine.name = language, "Bert"
        mine.standing = next(iter(OCCASIONS[kind].to))
        mine.offer_until = webinar.starts_at
        if kind == "webinar-cancelled":
            webinar.status = "cancelled"
        webinar_mail = post(session, mine, now=clock(), kind=kind)
        assert webinar_mail is not None
        if kind in ("webinar-day", "webinar-hour", "webinar-start"):
            webinar_mail.occasion = _occasion(webinar, kind)
    assert faults(the_mail(public)) == []


def _occasion(webinar, kind: str) -> str:
    """Reminders leave only for the moment that their webinar has."""
    moment = reminders(webinar.starts_at)[Reminder(kind.removeprefix("webinar-"))]
    return occasion_of(webinar, kind, moment.isoformat())

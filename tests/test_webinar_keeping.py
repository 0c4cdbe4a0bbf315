"""What is kept of who takes part: until when, what they can have, and that each mail passes the lint."""

import pytest
from builders import a_reader, a_request
from sqlmodel import select
from test_linting_mails import faults, public, the_mail  # noqa: F401  a fixture among them
from webinars import VOCABULARY, a_webinar, takes_part

from content.webinars.moments import Reminder, reminders
from content.webinars.tables import AskKind, OwnQuestion
from service.database import reading, writing
from service.dossiers import own_data
from service.mailing.occasions import OCCASIONS
from service.mailing.telling import occasion_of, post
from service.retention import enforce
from service.runtime import Runtime
from subscribers.people import Subscriber, SubscriberState
from subscribers.registrations.leaving import propose
from subscribers.registrations.registering import Wish, ask, confirm, register
from subscribers.registrations.tables import Registration, Standing


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
        (given,) = own_data(session, reader, now=clock())["webinars"]
        assert mine.reference not in str(given)
    assert (given["name"], given["standing"], given["questions"]) == ("Anna", "seat", ["Hoe?"])
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

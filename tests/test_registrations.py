"""Registering for a webinar: seats, the queue, offers, leaving and handing over; on both databases."""

from datetime import timedelta

import pytest
from builders import a_reader
from sqlmodel import select
from webinars import a_webinar, of_reader, takes_part

from service.database import writing
from service.runtime import Runtime
from subscribers.errors import (
    HandOverRefused,
    NoSuchStep,
    NotAnAddress,
    RegistrationClosed,
    SeatsTaken,
)
from subscribers.people import Subscriber, SubscriberState
from subscribers.registrations.leaving import propose, take_over, withdraw
from subscribers.registrations.registering import Wish, ask, confirm
from subscribers.registrations.seats import (
    accept,
    free,
    hold,
    lapse,
    place_in_queue,
    promote,
    refuse_fewer,
    taken,
)
from subscribers.registrations.tables import Registration, Standing


def test_who_comes_when_all_seats_are_taken_waits_and_is_offered_what_becomes_free(
    runtime: Runtime, clock
) -> None:
    with writing(runtime.engine) as session:
        webinar = a_webinar(session, clock(), capacity=1)
        first = takes_part(session, clock(), webinar, "a@emmen.nl").registration
        second = takes_part(session, clock(), webinar, "b@emmen.nl").registration
        third = takes_part(session, clock(), webinar, "c@emmen.nl").registration
        assert [one.standing for one in (first, second, third)] == ["seat", "waiting", "waiting"]
        assert [place_in_queue(session, one) for one in (first, second, third)] == [0, 1, 2]
        left = withdraw(session, reference=first.reference, now=clock())
        assert left.had_seat
        assert [one.id for one in left.offered] == [second.id]
        assert second.offer_until == clock() + timedelta(hours=24)
        assert free(session, webinar) == 0  # it is kept
        accept(session, webinar, second, now=clock())
        accept(session, webinar, second, now=clock())  # a second press changes nothing
        assert (second.standing, taken(session, webinar)) == ("seat", 1)


def test_an_offer_lapses_and_goes_to_the_next_but_never_after_the_start(runtime: Runtime, clock) -> None:
    with writing(runtime.engine) as session:
        webinar = a_webinar(session, clock(), capacity=1)
        first, second, third = (
            takes_part(session, clock(), webinar, address).registration
            for address in ("a@emmen.nl", "b@emmen.nl", "c@emmen.nl")
        )
        clock.advance(days=6, hours=22)  # two hours before the start
        withdraw(session, reference=first.reference, now=clock())
        assert second.offer_until == clock() + timedelta(hours=1)  # half of the time that is left
        clock.advance(hours=1)
        with pytest.raises(NoSuchStep):
            accept(session, webinar, second, now=clock())
        assert lapse(session, webinar, now=clock()) == [second]
        assert promote(session, webinar, now=clock()) == [third]
        clock.advance(hours=1)
        assert lapse(session, webinar, now=clock()) == [third]
        assert promote(session, webinar, now=clock()) == []
        assert second.standing == third.standing == Standing.LAPSED


def test_who_cancelled_an_offered_seat_is_not_offered_another(runtime: Runtime, clock) -> None:
    with writing(runtime.engine) as session:
        webinar = a_webinar(session, clock(), capacity=1)
        first = takes_part(session, clock(), webinar, "a@emmen.nl").registration
        second = takes_part(session, clock(), webinar, "b@emmen.nl").registration
        withdraw(session, reference=first.reference, now=clock())
        accept(session, webinar, second, now=clock())
        assert withdraw(session, reference=second.reference, now=clock()).offered == ()
        assert withdraw(session, reference=second.reference, now=clock()).changed is False
        assert promote(session, webinar, now=clock()) == []
        assert free(session, webinar) == 1


def test_leaving_the_queue_keeps_the_others_in_order(runtime: Runtime, clock) -> None:
    with writing(runtime.engine) as session:
        webinar = a_webinar(session, clock(), capacity=1)
        first, second, third = (
            takes_part(session, clock(), webinar, address).registration
            for address in ("a@emmen.nl", "b@emmen.nl", "c@emmen.nl")
        )
        assert withdraw(session, reference=second.reference, now=clock()).offered == ()
        assert place_in_queue(session, third) == 1
        assert [one.id for one in withdraw(session, reference=first.reference, now=clock()).offered] == [
            third.id
        ]


def test_the_recording_takes_no_seat_and_a_seat_can_be_given_up_for_it(runtime: Runtime, clock) -> None:
    with writing(runtime.engine) as session:
        webinar = a_webinar(session, clock(), capacity=1)
        watcher = takes_part(session, clock(), webinar, "a@emmen.nl", answer="recording").registration
        reader = a_reader(session, clock(), "b@emmen.nl")
        seated = of_reader(session, clock(), webinar, reader).registration
        waits = takes_part(session, clock(), webinar, "c@emmen.nl").registration
        assert (watcher.standing, seated.standing, waits.standing) == ("recording", "seat", "waiting")
        changed = of_reader(session, clock(), webinar, reader, answer="recording")
        assert changed.had_seat
        assert changed.registration.id == seated.id
        assert changed.registration.sequence == 1  # their calendar loses it
        assert [one.id for one in changed.offered] == [waits.id]
        back = of_reader(session, clock(), webinar, reader)
        assert back.registration.standing == Standing.WAITING  # others were before them


def test_a_seat_can_be_given_up_for_the_recording_until_the_start(runtime: Runtime, clock) -> None:
    with writing(runtime.engine) as session:
        now = clock()
        closes = {"closes_at": now + timedelta(hours=1), "starts_at": now + timedelta(hours=3)}
        webinar = a_webinar(session, now, capacity=1, ends_at=now + timedelta(hours=4), **closes)
        mine = takes_part(session, now, webinar, "a@emmen.nl").registration
        other = takes_part(session, now, webinar, "b@emmen.nl").registration
        readers = {one.address: one for one in session.exec(select(Subscriber))}
        clock.advance(hours=2)
        outcome = of_reader(session, clock(), webinar, readers["a@emmen.nl"], answer="recording")
        assert (mine.standing, other.standing) == (Standing.RECORDING, Standing.OFFERED)
        assert [one.id for one in outcome.offered] == [other.id]
        with pytest.raises(RegistrationClosed):  # and not back
            of_reader(session, clock(), webinar, readers["a@emmen.nl"])
        clock.advance(hours=1)
        with pytest.raises(RegistrationClosed):
            of_reader(session, clock(), webinar, readers["b@emmen.nl"], answer="recording")


def test_registering_twice_is_once_and_coming_back_raises_the_sequence(runtime: Runtime, clock) -> None:
    with writing(runtime.engine) as session:
        webinar = a_webinar(session, clock())
        reader = a_reader(session, clock(), "a@emmen.nl")
        first = of_reader(session, clock(), webinar, reader)
        assert (first.changed, first.registration.sequence) == (True, 0)
        assert of_reader(session, clock(), webinar, reader).changed is False
        withdraw(session, reference=first.registration.reference, now=clock())
        assert first.registration.sequence == 1
        again = of_reader(session, clock(), webinar, reader)
        assert (again.changed, again.registration.id) == (True, first.registration.id)
        assert again.registration.sequence == 2
        assert len(session.exec(select(Registration)).all()) == 1


def test_an_address_that_anyone_can_type_holds_nothing_until_its_owner_says_yes(
    runtime: Runtime, clock
) -> None:
    with writing(runtime.engine) as session:
        webinar = a_webinar(session, clock(), capacity=1)
        asked = ask(
            session, webinar=webinar, address="New@Emmen.nl", wish=Wish(name="Jan\nde Vries"), now=clock()
        )
        assert (asked.registration.standing, asked.registration.name) == ("asked", "Jan de Vries")
        assert taken(session, webinar) == 0
        person = session.get_one(Subscriber, asked.registration.subscriber_id)
        assert person.state == SubscriberState.GUEST
        assert confirm(session, reference=asked.registration.reference, now=clock()).changed
        assert not confirm(session, reference=asked.registration.reference, now=clock()).changed
        assert asked.registration.standing == Standing.SEAT
        again = ask(
            session, webinar=webinar, address="new@emmen.nl", wish=Wish(answer="recording"), now=clock()
        )
        assert not again.changed  # a stranger cannot give their seat away
        assert again.registration.standing == Standing.SEAT


def test_a_seat_goes_to_a_colleague_who_says_yes(runtime: Runtime, clock) -> None:
    with writing(runtime.engine) as session:
        webinar = a_webinar(session, clock(), capacity=1)
        giver = takes_part(session, clock(), webinar, "a@emmen.nl").registration
        waits = takes_part(session, clock(), webinar, "b@emmen.nl").registration
        with pytest.raises(HandOverRefused):
            propose(session, reference=giver.reference, address="A@emmen.nl", now=clock())
        with pytest.raises(NotAnAddress):
            propose(session, reference=giver.reference, address="no address", now=clock())
        colleague = propose(session, reference=giver.reference, address="c@emmen.nl", now=clock())
        assert colleague is not None
        assert (giver.standing, colleague.standing) == ("seat", "asked")
        outcome = take_over(session, reference=colleague.reference, name="Cor", now=clock())
        assert outcome.changed
        assert outcome.offered == ()
        assert not take_over(session, reference=colleague.reference, name="Cor", now=clock()).changed
        assert (giver.standing, colleague.standing, waits.standing) == ("handed_over", "seat", "waiting")
        assert (giver.sequence, colleague.took_over_from_id) == (1, giver.id)
        assert taken(session, webinar) == 1


def test_a_seat_that_was_given_up_meanwhile_cannot_be_taken_over(runtime: Runtime, clock) -> None:
    with writing(runtime.engine) as session:
        webinar = a_webinar(session, clock(), capacity=1)
        giver = takes_part(session, clock(), webinar, "a@emmen.nl").registration
        colleague = propose(session, reference=giver.reference, address="c@emmen.nl", now=clock())
        assert colleague is not None
        withdraw(session, reference=giver.reference, now=clock())
        with pytest.raises(NoSuchStep):
            take_over(session, reference=colleague.reference, name="", now=clock())
        with pytest.raises(NoSuchStep):
            propose(session, reference=giver.reference, address="d@emmen.nl", now=clock())


def test_who_asks_themselves_after_a_colleagues_seat_was_gone_can_confirm_that(
    runtime: Runtime, clock
) -> None:
    with writing(runtime.engine) as session:
        webinar = a_webinar(session, clock())
        giver = takes_part(session, clock(), webinar, "a@emmen.nl").registration
        colleague = propose(session, reference=giver.reference, address="c@emmen.nl", now=clock())
        assert colleague is not None
        ask(session, webinar=webinar, address="c@emmen.nl", wish=Wish(), now=clock())
        assert colleague.took_over_from_id == giver.id  # a stranger cannot void it
        withdraw(session, reference=giver.reference, now=clock())
        ask(session, webinar=webinar, address="c@emmen.nl", wish=Wish(), now=clock())
        assert colleague.took_over_from_id is None
        assert confirm(session, reference=colleague.reference, now=clock()).registration.standing == "seat"


def test_a_colleague_who_had_an_offer_passes_that_seat_on(runtime: Runtime, clock) -> None:
    with writing(runtime.engine) as session:
        webinar = a_webinar(session, clock(), capacity=2)
        first, giver, waits, next_one = (
            takes_part(session, clock(), webinar, address).registration
            for address in ("a@emmen.nl", "b@emmen.nl", "c@emmen.nl", "d@emmen.nl")
        )
        withdraw(session, reference=first.reference, now=clock())
        assert waits.standing == Standing.OFFERED
        assert propose(session, reference=giver.reference, address="c@emmen.nl", now=clock()) is waits
        outcome = take_over(session, reference=waits.reference, name="", now=clock())
        assert [one.id for one in outcome.offered] == [next_one.id]
        assert taken(session, webinar) == 2


@pytest.mark.parametrize(
    ("waits", "typed", "called"), [(True, "", "Cor"), (False, "", ""), (True, "C. Bos", "C. Bos")]
)
def test_who_takes_over_is_called_what_they_said_themselves(
    runtime: Runtime, clock, waits: bool, typed: str, called: str
) -> None:
    with writing(runtime.engine) as session:
        webinar = a_webinar(session, clock(), capacity=1)
        giver = takes_part(session, clock(), webinar, "a@emmen.nl").registration
        if waits:
            takes_part(session, clock(), webinar, "c@emmen.nl", name="Cor")
        else:  # a stranger typed the address, and a name with it
            ask(session, webinar=webinar, address="c@emmen.nl", wish=Wish(name="Koop nu"), now=clock())
        colleague = propose(session, reference=giver.reference, address="c@emmen.nl", now=clock())
        assert colleague is not None
        take_over(session, reference=colleague.reference, name=typed, now=clock())
        assert colleague.name == called


def test_nobody_registers_when_it_is_closed_begun_cancelled_or_a_draft(runtime: Runtime, clock) -> None:
    with writing(runtime.engine) as session:
        soon = a_webinar(session, clock(), closes_at=clock() + timedelta(hours=1))
        asked = ask(session, webinar=soon, address="a@emmen.nl", wish=Wish(), now=clock()).registration
        draft = a_webinar(session, clock(), published=False)
        reader = a_reader(session, clock(), "b@emmen.nl")
        with pytest.raises(RegistrationClosed):
            of_reader(session, clock(), draft, reader)
        clock.advance(hours=1)
        with pytest.raises(RegistrationClosed):
            of_reader(session, clock(), soon, reader)
        with pytest.raises(RegistrationClosed):
            confirm(session, reference=asked.reference, now=clock())


def test_there_are_never_fewer_seats_than_are_taken(runtime: Runtime, clock) -> None:
    with writing(runtime.engine) as session:
        webinar = a_webinar(session, clock(), capacity=2)
        takes_part(session, clock(), webinar, "a@emmen.nl")
        takes_part(session, clock(), webinar, "b@emmen.nl")
        refuse_fewer(session, webinar, 2)
        refuse_fewer(session, webinar, None)
        with pytest.raises(SeatsTaken):
            refuse_fewer(session, webinar, 1)


def test_a_link_is_read_anew_when_the_webinar_is_held(runtime: Runtime, clock) -> None:
    with writing(runtime.engine) as session:
        webinar = a_webinar(session, clock(), capacity=1)
        mine = takes_part(session, clock(), webinar, "a@emmen.nl").registration
        reference = mine.reference
    with writing(runtime.engine) as session:
        held, found = hold(session, reference)
        assert (held.id, found.standing) == (webinar.id, "seat")

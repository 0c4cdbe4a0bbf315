"""Whatever people do in whatever order: seats never go over capacity, and nobody is offered one twice, or when they left."""

from datetime import UTC, datetime, timedelta
from itertools import count

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlmodel import select
from webinars import VOCABULARY, a_plan, a_webinar, takes_part

from content.errors import WebinarOver, WebinarRefused
from content.webinars.making import cancel_webinar, change_webinar
from content.webinars.tables import Webinar, WebinarStatus
from service.database import reading, writing
from service.runtime import Runtime
from subscribers.errors import SubscribersError
from subscribers.people import Subscriber
from subscribers.registrations.leaving import propose, take_over, withdraw
from subscribers.registrations.registering import Wish, ask, confirm, register
from subscribers.registrations.seats import (
    accept,
    hold,
    lapse,
    lock_webinar,
    promote,
    refuse_fewer,
    shorten_offers,
)
from subscribers.registrations.tables import HOLDING, Registration, Standing
from tests.effort import examples

BEGIN = datetime(2026, 12, 1, 9, 0, tzinfo=UTC)
PEOPLE = 4
person = st.integers(0, PEOPLE - 1)


class Seats(RuleBasedStateMachine):
    """People come, leave, wait, let offers lapse, hand over; editors change the number of seats, move, and cancel.

    `joined` counts how often each person went into the queue, `offers` how often a seat was offered to them. Each story has a
    webinar and people of its own, in a database that all share.
    """

    runtime: Runtime
    stories = count()

    @initialize(capacity=st.integers(1, 2), come=st.lists(person, unique=True))
    def begin(self, capacity: int, come: list[int]) -> None:
        self.engine = self.runtime.engine
        self.story = next(self.stories)
        self.now = BEGIN
        self.joined: dict[int, int] = {}
        self.offers: dict[int, int] = {}
        with writing(self.engine) as session:
            starts = self.now + timedelta(hours=30)
            webinar = a_webinar(
                session, self.now, capacity=capacity, starts_at=starts, ends_at=starts + timedelta(hours=1)
            )
            self.webinar = webinar.id or 0
            self.people = []
            other = a_webinar(session, self.now)  # where they are made
            for number in range(PEOPLE):
                made = takes_part(session, self.now, other, self.address(number))
                self.people.append(made.registration.subscriber_id)
        self.look()
        for who in come:
            self.registers(who, "seat")

    def address(self, who: int) -> str:
        return f"p{who}.{self.story}@emmen.nl"

    def act(self, work) -> None:
        """A transaction, in which the domain may refuse; who waits, and to whom a seat is offered, is noted."""
        before = self.standings()
        try:
            with writing(self.engine) as session:
                offered = work(session) or ()
                offered = [one.subscriber_id for one in offered]
        except (SubscribersError, WebinarOver, WebinarRefused):
            self.look()
            assert self.standings() == before
            return
        self.look()
        after = self.standings()
        for who, (standing, queued_at) in after.items():
            was = before.get(who, ("", None))
            if standing == Standing.WAITING and was != (standing, queued_at):
                self.joined[who] = self.joined.get(who, 0) + 1
            if standing == Standing.OFFERED and was[0] != Standing.OFFERED:
                assert was[0] == Standing.WAITING  # nobody who left, has a seat, or let one lapse
                assert who in offered  # the caller is told of each, and mails them
                assert self.is_to_come()  # none after the start, or a cancellation
                self.offers[who] = self.offers.get(who, 0) + 1
        for who in offered:
            assert after[who][0] == Standing.OFFERED
            assert before.get(who, ("",))[0] == Standing.WAITING
        assert len(offered) == len(set(offered))

    def look(self) -> None:
        """Read what there is now, once after each act."""
        with reading(self.engine) as session:
            self.seen = session.get_one(Webinar, self.webinar)
            mine = select(Registration).where(Registration.webinar_id == self.webinar)
            self.registrations = session.exec(mine).all()
            session.expunge_all()

    def standings(self) -> dict[int, tuple[str, datetime | None]]:
        return {one.subscriber_id: (one.standing, one.queued_at) for one in self.registrations}

    def is_to_come(self) -> bool:
        return self.seen.status == WebinarStatus.PUBLISHED and self.now < self.seen.starts_at

    def seats(self) -> int:
        """Counted here, not as the code counts them."""
        standings = [one.standing for one in self.registrations]
        return standings.count("seat") + standings.count("offered")

    def reference(self, who: int) -> str:
        mine = [one.reference for one in self.registrations if one.subscriber_id == self.people[who]]
        return mine[0] if mine else "nobody"

    @rule(who=person, answer=st.sampled_from(["seat", "seat", "recording"]))
    def registers(self, who: int, answer: str) -> None:
        def work(session):
            webinar = session.get_one(Webinar, self.webinar)
            reader = session.get_one(Subscriber, self.people[who])
            wish = Wish(answer=answer)
            return register(session, webinar=webinar, subscriber=reader, wish=wish, now=self.now).offered

        self.act(work)

    @rule(who=person)
    def types_their_address(self, who: int) -> None:
        def work(session):
            webinar = session.get_one(Webinar, self.webinar)
            ask(session, webinar=webinar, address=self.address(who), wish=Wish(), now=self.now)

        self.act(work)

    @rule(who=person)
    def confirms(self, who: int) -> None:
        self.act(lambda session: confirm(session, reference=self.reference(who), now=self.now).offered)

    @rule(who=person)
    def withdraws(self, who: int) -> None:
        self.act(lambda session: withdraw(session, reference=self.reference(who), now=self.now).offered)

    @rule(who=person)
    def accepts(self, who: int) -> None:
        def work(session):
            webinar, mine = hold(session, self.reference(who))
            accept(session, webinar, mine, now=self.now)

        self.act(work)

    @rule(who=person, colleague=person)
    def proposes(self, who: int, colleague: int) -> None:
        def work(session):
            propose(session, reference=self.reference(who), address=self.address(colleague), now=self.now)

        self.act(work)

    @rule(who=person)
    def takes_over(self, who: int) -> None:
        self.act(
            lambda session: take_over(session, reference=self.reference(who), name="", now=self.now).offered
        )

    @rule(hours=st.sampled_from([1, 6, 30]))
    def time_passes(self, hours: int) -> None:
        self.now += timedelta(hours=hours)

    @rule()
    def the_schedule_looks(self) -> None:
        def work(session):
            webinar = lock_webinar(session, self.webinar)
            lapse(session, webinar, now=self.now)
            return promote(session, webinar, now=self.now)

        self.act(work)

    @rule(capacity=st.sampled_from([1, 2, 3, 4]), later=st.sampled_from([0, 0, 0, -6, 24]))
    def editors_change_it(self, capacity: int, later: int) -> None:
        def work(session):
            webinar = lock_webinar(session, self.webinar)
            refuse_fewer(session, webinar, capacity)
            starts = webinar.starts_at + timedelta(hours=later)
            plan = a_plan(self.now, capacity=capacity, starts_at=starts, ends_at=starts + timedelta(hours=1))
            change_webinar(session, webinar, plan, vocabulary=VOCABULARY, now=self.now)
            shorten_offers(session, webinar)
            return promote(session, webinar, now=self.now)

        self.act(work)

    @rule(sure=st.integers(0, 30))
    def editors_cancel_it(self, sure: int) -> None:
        if sure == 13:
            self.act(
                lambda session: (
                    cancel_webinar(session, lock_webinar(session, self.webinar), now=self.now) and ()
                )
            )

    @invariant()
    def seats_never_go_over_capacity(self) -> None:
        assert self.seats() <= (self.seen.capacity or 0)

    @invariant()
    def nobody_is_offered_a_seat_more_often_than_they_waited_for_one(self) -> None:
        for who, times in self.offers.items():
            assert times <= self.joined.get(who, 0)

    @invariant()
    def no_seat_is_free_while_somebody_waits(self) -> None:
        """Whoever gives a seat back sees to it that it is offered on, until the start."""
        if self.is_to_come() and any(one.standing == Standing.WAITING for one in self.registrations):
            assert self.seats() == self.seen.capacity

    @invariant()
    def what_is_kept_agrees_with_where_they_stand(self) -> None:
        for one in self.registrations:
            if one.standing in HOLDING:
                assert (one.seated_at is not None) == (one.standing == Standing.SEAT)
                assert (one.offer_until is not None) == (one.standing == Standing.OFFERED)


@pytest.mark.timeout(600)
def test_seats_hold_whatever_people_do(runtime: Runtime) -> None:
    Seats.runtime = runtime
    run_state_machine_as_test(
        Seats,
        settings=settings(
            max_examples=examples(15, long=150),
            stateful_step_count=40,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )

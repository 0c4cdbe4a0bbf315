"""Whatever readers, strangers and mail servers do in whatever order: nobody is mailed an issue without a consent that stands.

A model beside the real thing says who wants the newsletter: it knows nothing of tables. After each planning, both must
agree, and each delivery must be backed by an event in which this very reader said yes to this stream, or by an import that
stated its legal ground.
"""

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, Phase
from hypothesis import settings as trying
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)
from sqlmodel import Session, col, select

from service.errors import NothingToSend
from service.forgetting import erase
from service.mailing.claims import Claimed
from service.mailing.outbox import Delivery, DeliveryState, Mailing
from service.mailing.planning import plan_issue
from service.mailing.recipients import load_recipients, refusal_of
from service.mailing.refusals import note_complaint
from service.retention import enforce
from service.runtime import Runtime
from subscribers.consent import GIVEN, ConsentEvent
from subscribers.errors import AddressTaken, SubscribersError
from subscribers.handing_over import hand_over, settle_hand_overs
from subscribers.leaving import come_back, leave
from subscribers.moving import Side, ask_to_move, say_yes
from subscribers.pausing import pause
from subscribers.people import Subscriber, SubscriberState, Subscription
from subscribers.preferences import Preferences, change_preferences, preferences_of
from subscribers.signup import confirm, latest_request, sign_up
from subscribers.suppression import suppress
from tests.builders import an_approved_issue
from tests.effort import LONG, examples
from tests.lists import ADDRESSES, ImportsLists

EXAMPLES = {"sqlite": examples(60, long=1000), "postgresql": examples(15, long=200)}


class Life(ImportsLists):
    """A few addresses, and everything that can happen to them."""

    requests = Bundle("requests")

    def __init__(self, runtime: Runtime) -> None:
        super().__init__()
        self.runtime = runtime
        self.now = runtime.clock()
        self.connection = runtime.engine.connect()
        self.transaction = self.connection.begin()
        self.session = Session(self.connection)
        self.wants: set[str] = set()
        self.never: set[str] = set()
        self.paused: dict[str, object] = {}
        self.waiting: dict[str, int] = {}
        self.issues = 0

    def teardown(self) -> None:
        self.session.close()
        self.transaction.rollback()
        self.connection.close()

    @initialize()
    def two_read_and_have_an_issue_waiting(self) -> None:
        for address in ("anna@gemeente.example", "info@gemeente.example"):
            self.become_a_reader(address)
        self.an_issue_is_sent()

    @rule(target=requests, address=ADDRESSES)
    def sign_up(self, address: str) -> tuple[str, int]:
        signed = sign_up(
            self.session, address=address, name="", organisation_keys=[], interests=["lachgas"], language="nl",
            vocabulary=self.runtime.vocabulary, source="test", now=self.now,
        )  # fmt: skip
        request = latest_request(self.session, signed.subscriber) or 0
        if not signed.already_active:
            assert address not in self.wants
            self.waiting[address] = request
        return signed.subscriber.reference, request

    @rule(which=requests)
    def follow_a_link_that_was_mailed_once(self, which: tuple[str, int]) -> None:
        reference, request = which
        try:
            reader = confirm(self.session, reference=reference, now=self.now, request=request)
        except SubscribersError:
            return
        if self.waiting.pop(reader.address_key, None) is not None:
            self.wants.add(reader.address_key)
        self.forget_hand_overs(reader)

    @rule(address=ADDRESSES, monthly=st.booleans(), digest=st.booleans())
    def change_preferences(self, address: str, monthly: bool, digest: bool) -> None:
        if (reader := self.reader(address)) is None or reader.state == SubscriberState.PENDING:
            return
        was = preferences_of(self.session, reader)
        streams = frozenset({"monthly"} if monthly else ()) | frozenset({"digest"} if digest else ())
        wanted = Preferences("", "nl", was.organisation_keys, frozenset({"vapen"}), streams, was.work)
        change_preferences(
            self.session,
            subscriber=reader,
            wanted=wanted,
            vocabulary=self.runtime.vocabulary,
            source="test",
            now=self.now,
        )
        (self.wants.add if monthly else self.wants.discard)(address)

    @rule(address=ADDRESSES, stream=st.sampled_from(["monthly", None]))
    def leave(self, address: str, stream: str | None) -> None:
        if reader := self.reader(address):
            leave(self.session, subscriber=reader, stream=stream, source="test", now=self.now)
            self.wants.discard(address)
            if reader.state == SubscriberState.UNSUBSCRIBED:
                self.waiting.pop(address, None)

    @rule(address=ADDRESSES)
    def undo_the_leaving(self, address: str) -> None:
        if reader := self.reader(address):
            back = come_back(self.session, subscriber=reader, source="test", now=self.now)
            if "monthly" in back:
                self.wants.add(address)
            if back:
                self.waiting.pop(address, None)

    @rule(address=ADDRESSES)
    def become_a_reader(self, address: str) -> None:
        """Asking and confirming in one go, so that most lives have something to lose."""
        self.follow_a_link_that_was_mailed_once(self.sign_up(address))

    @rule(address=ADDRESSES, days=st.sampled_from([0, 3]))
    def pause(self, address: str, days: int) -> None:
        if reader := self.reader(address):
            until = self.now + timedelta(days=days) if days else None
            pause(self.session, subscriber=reader, until=until, source="test", now=self.now)
            self.paused[address] = until

    @rule(old=ADDRESSES, new=ADDRESSES)
    def move(self, old: str, new: str) -> None:
        if old == new or (reader := self.reader(old)) is None:
            return
        change = ask_to_move(self.session, subscriber=reader, address=new, now=self.now)
        assert not say_yes(self.session, change=change, side=Side.NEW, now=self.now)
        try:
            assert say_yes(self.session, change=change, side=Side.OLD, now=self.now)
        except AddressTaken:
            return
        for facts in (self.waiting, self.paused):
            facts.pop(new, None)
            if old in facts:
                facts[new] = facts.pop(old)
        if old in self.wants:
            self.wants.remove(old)
            self.wants.add(new)

    @rule(target=requests, old=ADDRESSES, new=ADDRESSES, stays=st.booleans())
    def hand_over(self, old: str, new: str, stays: bool) -> tuple[str, int]:
        reader = self.reader(old)
        if reader is None or old == new or old not in self.wants:
            return ("nobody", 0)
        asked = hand_over(
            self.session,
            subscriber=reader,
            address=new,
            stays=stays,
            vocabulary=self.runtime.vocabulary,
            now=self.now,
        )
        request = latest_request(self.session, asked.subscriber) or 0
        if not asked.already_active:
            self.waiting[new] = request
        return asked.subscriber.reference, request

    def forget_hand_overs(self, colleague: Subscriber) -> None:
        for ended in settle_hand_overs(self.session, colleague=colleague, now=self.now):
            self.wants.discard(ended.address_key)
            self.waiting.pop(ended.address_key, None)

    @rule(address=ADDRESSES)
    def bounce(self, address: str) -> None:
        keys = self.runtime.settings.signing_keys()
        suppress(self.session, address=address, reason="bounced", keys=keys, now=self.now)
        self.never.add(address)

    @rule(address=ADDRESSES)
    def complain(self, address: str) -> None:
        reader = self.reader(address)
        mine = select(Delivery).where(Delivery.subscriber_id == (reader.id if reader else 0))
        if delivery := self.session.exec(mine).first():
            if delivery.complained_at is None:  # the second time is once
                delivery_id = delivery.id or 0
                note_complaint(self.session, self.runtime.settings, delivery_id=delivery_id, now=self.now)
                self.wants.discard(address)
                self.waiting.pop(address, None)
                self.never.add(address)
            self.session.expire_all()

    @rule(address=ADDRESSES)
    def erase(self, address: str) -> None:
        if reader := self.reader(address):
            erase(self.session, self.runtime.settings, subscriber=reader, now=self.now)
            self.wants.discard(address)
            self.waiting.pop(address, None)
            self.paused.pop(address, None)
            self.never.add(address)

    @rule(days=st.sampled_from([1, 8]))
    def time_passes(self, days: int) -> None:
        self.now += timedelta(days=days)
        enforce(self.session, now=self.now)
        for address in list(self.waiting):
            reader = self.reader(address)
            if reader is None or reader.state != SubscriberState.PENDING:
                del self.waiting[address]
                self.paused.pop(address, None) if reader is None else None

    @rule()
    def an_issue_is_sent(self) -> None:
        self.issues += 1
        issue = an_approved_issue(
            self.session, self.now, everyone=["Voor iedereen"], title=f"Editie {self.issues}"
        )
        try:
            with self.session.begin_nested():
                mailing = plan_issue(self.session, self.runtime, issue=issue, now=self.now)
        except NothingToSend:
            assert not self.should_get()
            return
        found = select(Delivery, Subscriber).join(Subscriber, col(Subscriber.id) == Delivery.subscriber_id)
        planned = found.where(Delivery.mailing_id == mailing.id, Delivery.state == DeliveryState.PLANNED)
        mailed = {reader.address_key for _delivery, reader in self.session.exec(planned)}
        assert mailed == self.should_get()

    def should_get(self) -> set[str]:
        pausing = {address for address, until in self.paused.items() if until and until > self.now}  # type: ignore[operator]
        return self.wants - self.never - pausing

    @invariant()
    def what_still_waits_is_refused_at_the_door(self) -> None:
        """A delivery that was planned before somebody left, was erased, complained or paused never leaves."""
        mailings = {}
        open_now = self.session.exec(
            select(Delivery).where(Delivery.state == DeliveryState.PLANNED, col(Delivery.mailing_id) > 0)
        ).all()
        claimed = [Claimed(**{name: getattr(one, name) for name in Claimed._fields}) for one in open_now]
        known = load_recipients(self.session, self.runtime.settings, claimed)
        for one in claimed:
            mailing = mailings.setdefault(one.mailing_id, self.session.get_one(Mailing, one.mailing_id))
            if refusal_of(known, one, stream=mailing.stream, now=self.now) is None:
                assert known.readers[one.subscriber_id].address_key in self.should_get()

    @invariant()
    def a_yes_of_their_own_stands_behind_each_subscription(self) -> None:
        joined = select(Subscription, ConsentEvent).join(
            ConsentEvent, col(ConsentEvent.id) == Subscription.consent_id
        )
        for subscription, event in self.session.exec(joined):
            assert event.subscriber_id == subscription.subscriber_id
            assert event.kind in GIVEN or self.states_its_ground(event)
            assert subscription.stream in event.streams
            assert event.wording_version
            assert event.source


@pytest.mark.timeout(600)
def test_no_sequence_of_acts_mails_anyone_without_a_consent_that_stands(runtime: Runtime) -> None:
    kind = "sqlite" if runtime.settings.uses_sqlite else "postgresql"
    run_state_machine_as_test(
        lambda: Life(runtime),
        settings=trying(
            max_examples=EXAMPLES[kind],
            stateful_step_count=20,
            deadline=None,
            database=None,
            derandomize=not LONG,
            suppress_health_check=list(HealthCheck),
            phases=[Phase.explicit, Phase.generate, Phase.shrink],
        ),
    )

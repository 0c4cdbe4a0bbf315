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
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)
from sqlmodel import Session, col, select

from service.errors import NothingToSend
from service.forgetting import erase
from service.importing import tools_of
from service.mailing.claims import Claimed
from service.mailing.outbox import Delivery, DeliveryState, Mailing
from service.mailing.planning import plan_issue
from service.mailing.recipients import load_recipients, refusal_of
from service.mailing.refusals import note_complaint
from service.retention import enforce
from service.runtime import Runtime
from subscribers.consent import GIVEN, ConsentEvent, ConsentKind, consent_of
from subscribers.errors import AddressTaken, ImportRefused, SubscribersError
from subscribers.handing_over import hand_over, settle_hand_overs
from subscribers.importing import step
from subscribers.imports import (
    SHORTEST_BASIS,
    Import,
    ImportLine,
    ImportState,
    Outcome,
    begin_check,
    begin_import,
    begin_run,
    begin_undo,
)
from subscribers.leaving import come_back, leave
from subscribers.moving import Side, ask_to_move, say_yes
from subscribers.pausing import pause
from subscribers.people import Subscriber, SubscriberState, Subscription
from subscribers.preferences import Preferences, change_preferences, preferences_of
from subscribers.sheets import read_sheet
from subscribers.signup import confirm, latest_request, sign_up
from subscribers.suppression import suppress
from tests.builders import an_approved_issue
from tests.imported import BASIS

ADDRESSES = st.sampled_from([f"{name}@gemeente.example" for name in ("anna", "bert", "carla", "info")])
EXAMPLES = {"sqlite": 200, "postgresql": 15}


class Life(RuleBasedStateMachine):
    """A few addresses, and everything that can happen to them."""

    requests = Bundle("requests")
    imports = Bundle("imports")

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

    def reader(self, address: str) -> Subscriber | None:
        return self.session.exec(select(Subscriber).where(Subscriber.address_key == address)).first()

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

    @rule(target=imports, addresses=st.lists(ADDRESSES, min_size=1, max_size=4))
    def import_a_list(self, addresses: list[str]) -> int:
        """Whom nobody knows and nothing forbids becomes a reader; who left, waits, or must not be mailed stays so."""
        allowed = {one for one in addresses if self.reader(one) is None and one not in self.never}
        sheet = read_sheet("\n".join(["E-mailadres", *addresses]).encode())
        found = begin_import(self.session, name="lijst.csv", sheet=sheet, by="ed@x.example", now=self.now)
        begin_check(self.session, found, mapping=found.mapping, basis=BASIS, today=self.now.date())
        self.work_on(found)
        assert self.imported_as(found, Outcome.NEW) == allowed, "the dry run says what will happen"
        begin_run(self.session, found)
        self.work_on(found)
        assert {one.address_key for one in self.readers_of(found)} == allowed
        self.wants |= allowed
        return found.id or 0

    @rule(which=imports)
    def undo_an_import(self, which: int) -> None:
        found = self.session.get_one(Import, which)
        before = {reader.id: reader.address_key for reader in self.readers_of(found)}
        try:
            begin_undo(self.session, found)
        except ImportRefused:
            assert found.state == ImportState.UNDONE
            return
        self.work_on(found)
        self.session.expire_all()
        for number, address in before.items():
            reader = self.session.get(Subscriber, number)
            if reader is None:
                self.paused.pop(address, None)
            elif reader.state != SubscriberState.UNSUBSCRIBED:
                last = consent_of(self.session, reader)[-1]
                assert last.source != found.source, "who did nothing since goes with the import"
                continue
            self.wants.discard(address)
            self.waiting.pop(address, None)

    def work_on(self, found: Import) -> None:
        while step(self.session, found.id or 0, tools_of(self.runtime), now=self.now, batch=2):
            self.session.refresh(found)

    def imported_as(self, found: Import, outcome: Outcome) -> set[str]:
        lines = select(ImportLine.address_key).where(ImportLine.import_id == found.id)
        return set(self.session.exec(lines.where(ImportLine.outcome == outcome)))

    def readers_of(self, found: Import) -> list[Subscriber]:
        lines = select(ImportLine.subscriber_id).where(
            ImportLine.import_id == found.id, ImportLine.outcome == Outcome.NEW
        )
        return list(self.session.exec(select(Subscriber).where(col(Subscriber.id).in_(lines))))

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
        claimed = [
            Claimed(**{name: getattr(one, name) for name in Claimed.__dataclass_fields__}) for one in open_now
        ]
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

    def states_its_ground(self, event: ConsentEvent) -> bool:
        """Whether the event is of an import that says on which ground these people are mailed, and what."""
        found = self.session.get(Import, int(event.source.removeprefix("import ")))
        assert found is not None
        stated = bool(found.basis_kind and found.basis_since) and len(found.basis_text) >= SHORTEST_BASIS
        return event.kind == ConsentKind.IMPORTED and stated and set(event.streams) == set(found.streams)


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
            derandomize=True,
            suppress_health_check=list(HealthCheck),
            phases=[Phase.explicit, Phase.generate, Phase.shrink],
        ),
    )

"""Lists of readers in the life of a few addresses: imported, undone, and imported again, with what a model says of it."""

from datetime import datetime

from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, rule
from sqlmodel import Session, col, select

from service.importing import tools_of
from service.runtime import Runtime
from subscribers.consent import ConsentEvent, ConsentKind, consent_of
from subscribers.errors import ImportRefused
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
from subscribers.people import Subscriber, SubscriberState
from subscribers.sheets import read_sheet
from tests.imported import BASIS

ADDRESSES = st.sampled_from([f"{name}@gemeente.example" for name in ("anna", "bert", "carla", "info")])


class ImportsLists(RuleBasedStateMachine):
    """What happens to addresses on lists. `wants`, `never`, `paused` and `waiting` are what the model knows of addresses."""

    imports = Bundle("imports")

    runtime: Runtime
    session: Session
    now: datetime
    wants: set[str]
    never: set[str]
    paused: dict[str, object]
    waiting: dict[str, int]

    def reader(self, address: str) -> Subscriber | None:
        return self.session.exec(select(Subscriber).where(Subscriber.address_key == address)).first()

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

    def states_its_ground(self, event: ConsentEvent) -> bool:
        """Whether the event is of an import that says on which ground these people are mailed, and what."""
        found = self.session.get(Import, int(event.source.removeprefix("import ")))
        assert found is not None
        stated = bool(found.basis_kind and found.basis_since) and len(found.basis_text) >= SHORTEST_BASIS
        return event.kind == ConsentKind.IMPORTED and stated and set(event.streams) == set(found.streams)

"""Registering: people register for a webinar, and their confirmations and one-hour reminders leave; each step is timed.

They register as the page registers them: one after the other, a transaction each, by the same function. It is two hours
earlier then, by the clock that this harness hands in, so that the hour before the start comes when all are there.
"""

import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

from sqlmodel import col, select

from content.webinars.making import Plan, make_webinar, publish
from content.webinars.moments import Reminder
from content.webinars.tables import Webinar
from service.attending import attend
from service.bench.children import Children, children_of
from service.bench.figures import Signing
from service.bench.measuring import Tell
from service.bench.readers import add_readers, groups_of
from service.bench.sink import Counts, SinkOptions, read_log
from service.bench.sinks import OwnSink, own_sink
from service.bench.stage import Stage, staged
from service.bench.usage import usage_now
from service.bench.visits import Visits, served, visit
from service.database import reading, writing
from service.mailing.links import register_link
from service.mailing.occasions import REMINDERS
from service.mailing.outbox import Mailing
from service.runtime import Runtime
from service.schedule.webinars import keep_webinars
from subscribers.people import Membership, Subscriber
from subscribers.registrations.registering import Wish

EARLIER = timedelta(hours=2)
BEFORE_START = timedelta(minutes=59)
GROUPS = 50
"""Of readers who follow the same; it makes no difference to a webinar's mails."""

EXAMPLES = 5
"""People for whom something went wrong who are named."""

SUMMARY = """Wat **werkt** tegen lachgas, en wat niet? Twee gemeenten vertellen wat zij deden, met cijfers van de GGD.

- hoe u het gesprek met ouders begint
- wat de wet nu mogelijk maakt
- wat uw instelling voor verslavingszorg doet
"""


@dataclass(frozen=True)
class Crowd:
    """What is measured: so many registrations, and beside them a sample over HTTP."""

    registrations: int
    dkim: Signing
    database: str
    connections: int
    over_http: int


@dataclass(frozen=True)
class Step:
    """One step. Processor time and memory (MB, at most) are those of the process that did it, a database server's not."""

    number: int
    seconds: float
    cpu_seconds: float
    peak_mb: float


@dataclass(frozen=True)
class Course:
    """What happened: the steps in their order, what the mail server saw, and what was wrong with what arrived."""

    steps: dict[str, Step]
    counts: Counts
    faults: tuple[str, ...]
    visits: Visits | None

    @property
    def seconds(self) -> float:
        """All steps together, from the first registration to the last reminder."""
        return sum(step.seconds for step in self.steps.values())


def register_and_remind(crowd: Crowd, *, tell: Tell) -> Course:
    """Do all of it, against a mail server that notes each message.

    Raises:
        BenchRefused: the database, the mail server or the site cannot be had here.
    """
    with staged(crowd.database, SMTP_CONNECTIONS=str(crowd.connections)) as bare:
        log = bare.folder / "arrived.log"
        with own_sink(SinkOptions(log=str(log))) as sink:
            stage = _set_up(bare, crowd, sink)
            with children_of(stage) as children:
                return _follow(crowd, _Run(stage, children, sink, log), tell)


def faults_in(expected: Sequence[str], arrived: Sequence[str]) -> Iterator[str]:
    """Who of these got nothing, or more than one, and who got one without being among them; each in words. Pure."""
    times = Counter(arrived)
    for address in expected:
        if times[address] != 1:
            yield f"{address} got {times[address]}"
    for address in times.keys() - set(expected):
        yield f"{address} got {times[address]}, and did not register"


@dataclass(frozen=True)
class _Run:
    stage: Stage
    children: Children
    sink: OwnSink
    log: Path

    def arrived(self) -> list[str]:
        """To whom a message has come, in the order of arrival."""
        return [recipient for _what, _message_id, recipient in read_log(self.log)]


def _follow(crowd: Crowd, run: _Run, tell: Tell) -> Course:
    runtime = run.stage.runtime
    earlier = replace(runtime, clock=lambda: runtime.clock() - EARLIER)
    groups, number = groups_of(runtime.vocabulary, GROUPS), crowd.registrations + crowd.over_http
    add_readers(runtime.engine, groups, number, now=earlier.clock())
    webinar, people = _webinar(earlier), _people(runtime)
    coming, visiting = people[: crowd.registrations], people[crowd.registrations :]
    steps = {}

    def note(name: str, step: Step) -> None:
        steps[name] = step
        tell(f"{name}: {step.number:,} in {step.seconds:.1f} s")

    note("registering", _register_all(earlier, webinar, coming))
    keep_webinars(earlier)  # the reminder of the day before: they came after it, which the ledger says
    note("confirmations", _sent(run, before=0))
    confirmed = len(run.arrived())
    note("planning", _planned(runtime))
    note("reminders", _sent(run, before=confirmed))
    expected, arrived = [person.address for person, _works in coming], run.arrived()
    faults = [f"confirmation: {fault}" for fault in faults_in(expected, arrived[:confirmed])]
    faults += [f"reminder: {fault}" for fault in faults_in(expected, arrived[confirmed:])]
    return Course(steps, run.sink.stop(), tuple(faults), _visited(run.stage, webinar, visiting))


def _set_up(bare: Stage, crowd: Crowd, sink: OwnSink) -> Stage:
    stage = bare.with_settings(SMTP_HOST=sink.address.host, SMTP_PORT=str(sink.address.port))
    return stage.signing() if crowd.dkim is Signing.RSA else stage


def _webinar(earlier: Runtime) -> Webinar:
    now = earlier.clock()
    starts = now + EARLIER + BEFORE_START
    plan = Plan(
        title="Lachgas: wat kan uw gemeente doen?",
        summary=SUMMARY,
        starts_at=starts,
        ends_at=starts + timedelta(hours=1),
        room_address="https://room.example/meting",
    )
    with writing(earlier.engine) as session:
        made = make_webinar(session, plan, vocabulary=earlier.vocabulary, by="meting", now=now)
        publish(session, made, now=now)
        return made


def _people(runtime: Runtime) -> list[tuple[Subscriber, int | None]]:
    """The readers, each with where they work."""
    joined = select(Subscriber, Membership.organisation_id).outerjoin(
        Membership, col(Membership.subscriber_id) == col(Subscriber.id)
    )
    with reading(runtime.engine) as session:
        return list(session.exec(joined.order_by(col(Subscriber.id))).all())


def _register_all(
    runtime: Runtime, webinar: Webinar, people: Sequence[tuple[Subscriber, int | None]]
) -> Step:
    before, began = usage_now(), time.monotonic()
    for person, works in people:
        wish = Wish(name=person.name, language=person.language, organisation_id=works)
        with writing(runtime.engine) as session:
            reader = session.get_one(Subscriber, person.id)
            attend(session, webinar=webinar, subscriber=reader, wish=wish, now=runtime.clock())
    return _step(len(people), time.monotonic() - began, before.cpu_seconds)


def _planned(runtime: Runtime) -> Step:
    before, began = usage_now(), time.monotonic()
    keep_webinars(runtime)
    seconds = time.monotonic() - began
    with reading(runtime.engine) as session:
        planned = session.exec(select(Mailing.planned).where(Mailing.kind == REMINDERS[Reminder.HOUR])).all()
    return _step(sum(planned), seconds, before.cpu_seconds)


def _step(number: int, seconds: float, cpu_before: float) -> Step:
    after = usage_now()
    return Step(number, seconds, after.cpu_seconds - cpu_before, after.peak_mb)


def _sent(run: _Run, *, before: int) -> Step:
    said = run.children.send(1)[0]
    number = len(run.arrived()) - before
    return Step(number, said["ended"] - said["began"], said["cpu_seconds"], said["peak_mb"])


def _visited(
    stage: Stage, webinar: Webinar, people: Sequence[tuple[Subscriber, int | None]]
) -> Visits | None:
    if not people:
        return None
    settings, now = stage.runtime.settings, stage.runtime.clock()
    links = [register_link(settings, person, webinar.slug, now) for person, _works in people]
    with served(stage) as address:
        return visit(address, [link.removeprefix(settings.base_url) for link in links])


def named(faults: Sequence[str]) -> str:
    """The first of the faults, and how many there are."""
    return f"{len(faults)} went wrong: " + "; ".join(faults[:EXAMPLES])

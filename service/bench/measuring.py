"""Measuring: the whole path of a mailing, from claim to mark in the ledger, by senders that are processes of their own."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace

from service.bench.children import Children, children_of
from service.bench.figures import Load, Measured, Planning, Sending
from service.bench.issues import approved_issue
from service.bench.readers import Group, add_readers, groups_of
from service.bench.sink import Counts, SinkOptions
from service.bench.sinks import Address, own_sink, sink_for
from service.bench.stage import Stage, staged
from service.bench.yardstick import smtp_source_rate
from service.database import reading, writing
from service.errors import BenchRefused
from service.mailing.ledger import ledger
from service.mailing.outbox import Mailing

SAMPLE = 200
"""Messages by which their size is measured."""

PLANNER = "service.bench.planner"

Tell = Callable[[str], None]


@dataclass
class _Run:
    load: Load
    stage: Stage
    groups: Sequence[Group]
    tell: Tell
    measured: Measured
    children: Children
    issues: int = 0


def measure(load: Load, *, tell: Tell) -> Measured:
    """Make the readers, plan and send; with smtp-source before, between and after, where it is there and nothing waits.

    Raises:
        BenchRefused: the database, the sink or the signing cannot be had here.
    """
    measured = Measured(load)
    if load.plan_only:
        with _ready(measured, Address("127.0.0.1", 1, "none"), tell) as run:
            _plan(run)
        return measured
    counts = sample(load)
    measured.message_bytes = counts.bytes / max(1, counts.accepted)
    measured.signed = counts.signed == counts.accepted > 0
    tell(f"a message is {measured.message_bytes:,.0f} bytes")
    if load.dkim != "none" and not measured.signed:
        raise BenchRefused(
            "The messages were not signed, though --dkim asks for it: this version cannot sign."
        )
    with sink_for(load.sink, wait_ms=load.wait_ms) as address, _ready(measured, address, tell) as run:
        measured.sink = address.name
        _hold_yardstick(run, address)
        for _ in range(load.rounds):
            for processes in sorted({1, load.processes}):
                _plan_and_send(run, processes)
                _hold_yardstick(run, address)
    return measured


def sample(load: Load) -> Counts:
    """What a sink of ours counts of a few messages like the load's: their size, and whether they are signed."""
    few = replace(load, readers=max(SAMPLE, load.variants), database="sqlite")
    with own_sink(SinkOptions()) as sink, _ready(Measured(few), sink.address, _silent) as run:
        _plan_and_send(run, 1)
        return sink.stop()


@contextmanager
def _ready(measured: Measured, address: Address, tell: Tell) -> Iterator[_Run]:
    load = measured.load
    more = {
        "SMTP_HOST": address.host,
        "SMTP_PORT": str(address.port),
        "SMTP_CONNECTIONS": str(load.connections),
    }
    with staged(load.database, **more) as bare:
        stage = bare.signing() if load.dkim != "none" else bare
        groups = groups_of(stage.runtime.vocabulary, load.variants)
        began = time.monotonic()
        add_readers(stage.runtime.engine, groups, load.readers, now=stage.runtime.clock())
        measured.readers_seconds = time.monotonic() - began
        tell(f"{load.readers:,} readers made in {measured.readers_seconds:.1f} s")
        with children_of(stage) as children:
            yield _Run(load, stage, groups, tell, measured, children)


def _hold_yardstick(run: _Run, address: Address) -> None:
    load, measured = run.load, run.measured
    if load.wait_ms:  # what it would say then is the sink's wait, and nothing of anyone's speed
        return
    size = round(measured.message_bytes)
    rate = smtp_source_rate(address, messages=load.readers, size=size, connections=load.connections)
    if rate is not None:
        measured.smtp_source.append(rate)
        run.tell(f"smtp-source: {rate:,.0f} messages/s")


def _plan(run: _Run) -> Planning:
    run.issues += 1
    runtime = run.stage.runtime
    with writing(runtime.engine) as session:
        issue = approved_issue(
            session, run.groups, size=run.load.size, number=run.issues, now=runtime.clock()
        )
        issue_id = issue.id or 0
    planned = Planning(**run.children.output(run.children.start(PLANNER, str(issue_id))))
    run.measured.plannings.append(planned)
    run.tell(f"{planned.planned:,} deliveries planned in {planned.seconds:.1f} s")
    return planned


def _plan_and_send(run: _Run, processes: int) -> None:
    planned = _plan(run)
    sending = _send(run, planned, processes)
    run.measured.sendings.append(sending)
    run.tell(
        f"{processes} sender(s): {sending.rate:,.0f} messages/s, {sending.sent:,} of {sending.planned:,} sent"
    )


def _send(run: _Run, planned: Planning, processes: int) -> Sending:
    said = run.children.send(processes)
    with reading(run.stage.runtime.engine) as session:
        states = ledger(session, session.get_one(Mailing, planned.mailing_id))
    return Sending(
        processes=processes,
        sent=states["sent"],
        planned=planned.planned,
        seconds=max(one["ended"] for one in said) - min(one["began"] for one in said),
        cpu_seconds=sum(one["cpu_seconds"] for one in said),
        idle_mb=max(one["idle_mb"] for one in said),
        peak_mb=max(one["peak_mb"] for one in said),
    )


def _silent(_line: str) -> None:
    """The sample is taken without a word."""

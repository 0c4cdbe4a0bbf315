"""Killing: senders that are stopped dead at random moments, over and over, while a mail server counts what arrives."""

import random
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from service.bench import ledgers
from service.bench.issues import approved_issue
from service.bench.proof import Evidence
from service.bench.readers import Group, add_readers, groups_of
from service.bench.sink import SinkOptions, read_log
from service.bench.sinks import OwnSink, own_sink
from service.bench.stage import Stage, staged
from service.bench.workers import Workers, running_workers
from service.database import writing
from service.errors import BenchRefused
from service.mailing.outbox import DeliveryState
from service.mailing.planning import plan_issue

LOOK_SECONDS = 0.01
"""How often it is looked whether a worker has begun."""

PATIENCE_SECONDS = 300.0
"""How long a worker may take to begin, or the last deliveries to end, beyond their lease."""

SMTP_SECONDS = 2
"""How long a sender waits for the server: a hanging one must not take the whole afternoon."""

VARIANTS = 10
SIZE = 24_000

TROUBLES: dict[str, tuple[str, ...]] = {
    "none": (),
    "kill": (),
    "hang": ("hang-connect:20", "hang-mail:200", "hang-data:150"),
    "close": ("close:7",),
    "421": ("421-connect:10", "421-mail:150", "421-data:150"),
    "lose": ("lose:100",),
    "refuse": ("4xx:20", "5xx:50"),
    "mix": (
        "hang-data:400",
        "close:40",
        "421-connect:25",
        "421-mail:300",
        "421-data:300",
        "lose:300",
        "4xx:50",
        "5xx:100",
    ),
}
"""What the server does beside counting; with `kill` and `mix` it is killed itself, again and again."""


@dataclass(frozen=True)
class CrashPlan:
    """What is tried. Delays are drawn between 0 and `spread` seconds, from a worker's first claim on."""

    kills: int
    database: str = "sqlite"
    workers: int = 1
    readers: int = 0
    trouble: str = "none"
    seed: int = 1
    wait_ms: int = 20
    connections: int = 4
    lease_seconds: int = 5
    spread: float = 0.8

    @property
    def enough_readers(self) -> int:
        """So many that work lasts a while; whenever it runs low, another mailing is planned."""
        return self.readers or max(400, self.kills * 25 * self.workers)


@dataclass
class CrashCourse:
    """What happened. `moments` counts the kills by what the worker had under way; `idle_kills` met no work and do not count."""

    kills: int = 0
    idle_kills: int = 0
    moments: dict[str, int] = field(default_factory=dict)
    sink_kills: int = 0
    planned: int = 0
    seconds: float = 0.0
    exit_codes: list[int] = field(default_factory=list)
    states: dict[str, int] = field(default_factory=dict)


@dataclass
class _Run:
    plan: CrashPlan
    stage: Stage
    workers: Workers
    groups: tuple[Group, ...]
    tell: Callable[[str], None]
    course: CrashCourse = field(default_factory=CrashCourse)
    mailings: int = 0


def crash_course(plan: CrashPlan, *, tell: Callable[[str], None]) -> tuple[CrashCourse, Evidence]:
    """Send, kill and restart as planned, wait until all has ended, and bring home the ledger and the server's log.

    Raises:
        BenchRefused: the database is not there, or the workers do not work.
    """
    began = time.monotonic()
    more = {
        "SMTP_CONNECTIONS": str(plan.connections),
        "SMTP_TIMEOUT": str(SMTP_SECONDS),
        "SMTP_MESSAGE_TIMEOUT": str(SMTP_SECONDS),
        "LEASE_SECONDS": str(plan.lease_seconds),
    }
    with staged(plan.database, **more) as bare:
        log = bare.folder / "sink.log"
        options = SinkOptions(log=str(log), wait_ms=plan.wait_ms, faults=TROUBLES[plan.trouble])
        with own_sink(options) as sink:
            stage = bare.signing().with_settings(SMTP_PORT=str(sink.address.port))
            groups = groups_of(stage.runtime.vocabulary, VARIANTS)
            add_readers(stage.runtime.engine, groups, plan.enough_readers, now=stage.runtime.clock())
            run = _Run(plan, stage, Workers(stage), groups, tell)
            _plan_mailing(run)
            _play(run, sink)
        evidence = Evidence(
            mailings=ledgers.mailings(stage.runtime),
            told=ledgers.told(stage.runtime),
            log=read_log(log),
            kills=run.course.kills + run.course.idle_kills,
            lost_replies=_lost_replies(run, read_log(log)),
        )
    run.course.seconds = round(time.monotonic() - began, 1)
    return run.course, evidence


def _play(run: _Run, sink: OwnSink) -> None:
    dice = random.Random(run.plan.seed)  # noqa: S311  reproducible on purpose
    with running_workers(run.stage, run.plan.workers) as run.workers:
        with _killed_now_and_then(run, sink, random.Random(run.plan.seed + 1)):  # noqa: S311  moments to kill at, no secret
            while run.course.kills < run.plan.kills:
                _kill_one(run, dice)
        _wait_for_the_end(run)
        run.course.exit_codes = run.workers.stop()
    run.course.states = ledgers.states(run.stage.runtime)


def _kill_one(run: _Run, dice: random.Random) -> None:
    """Wait until one of the workers has begun, and a random while longer; kill it, note what it was doing, replace it."""
    runtime, course = run.stage.runtime, run.course
    _keep_working(run)
    pid = dice.choice(_begun(run, dice.choice(ledgers.UNDER_WAY)))
    time.sleep(dice.uniform(0, run.plan.spread))
    run.workers.kill(pid)
    run.workers.start()
    held, counts = ledgers.held_by(runtime, pid), ledgers.states(runtime)
    left = sum(counts.get(state, 0) for state in ("planned", *held))
    if not held and not left:
        course.idle_kills += 1
        run.tell("a kill met no work and does not count")
        return
    course.kills += 1
    moment = "+".join(sorted(held)) or "between batches"
    course.moments[moment] = course.moments.get(moment, 0) + 1
    run.tell(
        f"kill {course.kills} of {run.plan.kills}: {held or 'between batches'}; {ledgers.waiting(counts)} to go"
    )


def _begun(run: _Run, state: DeliveryState) -> list[int]:
    """The workers that hold something in this state, once there is one."""
    until, looked = time.monotonic() + PATIENCE_SECONDS, 0.0
    while not (
        begun := [pid for pid in run.workers.pids if state in ledgers.held_by(run.stage.runtime, pid)]
    ):
        now = time.monotonic()
        if now > until:
            raise BenchRefused(
                f"Nobody has anything {state} in {PATIENCE_SECONDS:.0f} seconds, though there is work."
            )
        if now - looked > 0.5:
            looked = now
            run.workers.check()
            _keep_working(run)
        time.sleep(LOOK_SECONDS)
    return begun


def _keep_working(run: _Run) -> None:
    """Let time pass for what waits, and see that there is work for all."""
    _pass_time(run)
    if ledgers.states(run.stage.runtime).get("planned", 0) < run.plan.workers * 100:
        _plan_mailing(run)


def _wait_for_the_end(run: _Run) -> None:
    """Until every mailing is finished, or nothing has moved for longer than a lease and some patience."""
    runtime = run.stage.runtime
    before, moved = -1, time.monotonic()
    while (
        ledgers.unfinished(runtime) and time.monotonic() - moved < run.plan.lease_seconds + PATIENCE_SECONDS
    ):
        run.workers.check()
        _pass_time(run)
        left = ledgers.waiting(ledgers.states(runtime))
        if left != before:
            before, moved = left, time.monotonic()
            run.tell(f"{left} to go")
        time.sleep(1)


def _pass_time(run: _Run) -> None:
    if run.plan.trouble != "none":
        ledgers.bring_forward(run.stage.runtime)


def _plan_mailing(run: _Run) -> None:
    runtime, now = run.stage.runtime, run.stage.runtime.clock()
    run.mailings += 1
    with writing(runtime.engine) as session:
        issue = approved_issue(session, run.groups, size=SIZE, number=run.mailings, now=now)
        planned = plan_issue(session, runtime, issue=issue, now=now).planned
    run.course.planned += planned
    run.tell(f"mailing {run.mailings}: {planned} deliveries planned")


@contextmanager
def _killed_now_and_then(run: _Run, sink: OwnSink, dice: random.Random) -> Iterator[None]:
    """With trouble of that kind, the server dies at random and comes back within a second."""
    ended = threading.Event()

    def trouble() -> None:
        while not ended.wait(dice.uniform(0.5, 4)):
            sink.kill()
            run.course.sink_kills += 1
            ended.wait(dice.uniform(0, 1))
            sink.start()

    thread = threading.Thread(target=trouble)
    if run.plan.trouble in {"kill", "mix"}:
        thread.start()
    try:
        yield
    finally:
        ended.set()
        if thread.ident is not None:
            thread.join()


def _lost_replies(run: _Run, log: list[tuple[str, str, str]]) -> int:
    """Replies that the server's trouble can have cost: those it withheld, and one a connection each time it was killed."""
    withheld = sum(what == "lost" for what, _, _ in log)
    return withheld + run.course.sink_kills * run.plan.workers * run.plan.connections

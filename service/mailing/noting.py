"""Noting: what became of messages is written down, and the next ones are marked as handed over, in one transaction."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlmodel import Session

from service.mailing.alerts import pause_for_fault
from service.mailing.allowances import Limits, grant, hold, leave_alone
from service.mailing.claims import Claimed, Settlement, hand_over, release, settle
from service.mailing.closing import finish_mailings
from service.mailing.refusals import note_refusal
from service.mailing.replies import Reply
from service.mailing.retrying import settlement_of
from service.mailing.transport import Envelope, Outcome, Result
from service.settings import Settings
from service.verdicts.judging import judge

Outcomes = Sequence[tuple[Envelope, Outcome]]


@dataclass(frozen=True)
class Noted:
    """What was written down: how deliveries ended, which were not handed over after all, which may leave now.

    `over` says that the service's limit is reached: the rest waits for a later run.
    """

    settled: tuple[Settlement, ...] = ()
    kept_back: frozenset[int] = frozenset()
    may_leave: tuple[Envelope, ...] = ()
    over: bool = False


@dataclass(frozen=True)
class Noter:
    """Who writes: the worker, its lease and the limits of the settings. `held` is what it has claimed,
    `handed` what may have left, by id."""

    settings: Settings = field(repr=False)
    worker: str
    lease: timedelta
    limits: Limits
    held: Mapping[int, Claimed] = field(repr=False)
    handed: Mapping[int, Claimed] = field(repr=False)


def note(
    session: Session,
    noter: Noter,
    *,
    outcomes: Outcomes,
    ended: Sequence[Settlement],
    envelopes: Sequence[Envelope],
    now: datetime,
) -> Noted:
    """Settle `outcomes` and `ended`, then hand over those of `envelopes` that may leave; the caller commits."""
    throttled = {envelope.domain for envelope, outcome in outcomes if outcome.result is Result.THROTTLED}
    if throttled:
        hold(session, throttled | {one.domain for one in envelopes}, now=now)
    settled = [*ended]
    returned = set()
    for envelope, outcome in outcomes:
        how = _settlement(session, noter, envelope, outcome, now)
        if how is None:
            returned.add(envelope.delivery_id)
        else:
            settled.append(how)
    settle(session, settled, worker=noter.worker, now=now)
    for envelope, outcome in outcomes:
        _remember_refusal(session, noter, envelope, outcome, now)
    may_leave, kept_back, over = _hand_over(session, noter, envelopes, now)
    release(session, returned, worker=noter.worker)
    if settled and not envelopes:  # while more goes out nothing is finished
        finish_mailings(session, now=now)
    return Noted(tuple(settled), frozenset(kept_back), may_leave, over)


def _settlement(
    session: Session, noter: Noter, envelope: Envelope, outcome: Outcome, now: datetime
) -> Settlement | None:
    one = noter.handed[envelope.delivery_id]
    closed_until = None
    if outcome.result is Result.THROTTLED:
        closed_until = leave_alone(session, envelope.domain, reply=outcome.reply, now=now)
    if outcome.result is Result.SENDER_FAULT and not one.urgent:
        pause_for_fault(session, mailing_id=one.mailing_id, outcome=outcome, now=now)
    return settlement_of(one, outcome, now=now, closed_until=closed_until)


def _remember_refusal(
    session: Session, noter: Noter, envelope: Envelope, outcome: Outcome, now: datetime
) -> None:
    """What is refused for good while it is handed over counts as what comes back later does."""
    if outcome.result in (Result.HARD, Result.FAILED) and outcome.code is not None:
        reply = Reply(outcome.code, outcome.reply)
        verdict = judge(code=reply.code, status=reply.status, text=reply.text)
        note_refusal(
            session,
            noter.settings,
            delivery_id=envelope.delivery_id,
            verdict=verdict,
            status=reply.status,
            now=now,
        )


def _hand_over(
    session: Session, noter: Noter, envelopes: Sequence[Envelope], now: datetime
) -> tuple[tuple[Envelope, ...], set[int], bool]:
    """Those that may leave; those that go back to the queue, for now or because another has them; whether all must wait."""
    envelopes = list({one.delivery_id: one for one in envelopes if one.delivery_id in noter.held}.values())
    bulk = [one for one in envelopes if not noter.held[one.delivery_id].urgent]
    if not envelopes:
        return (), set(), False
    granted = grant(session, [one.domain for one in bulk], limits=noter.limits, now=now)
    back = {one.delivery_id for at, one in enumerate(bulk) if at not in granted.now}
    ids = {one.delivery_id: one.message_id for one in envelopes if one.delivery_id not in back}
    mine = hand_over(session, ids, worker=noter.worker, now=now, lease=noter.lease)
    for moment in sorted(set(granted.later.values())):
        waits = [bulk[at].delivery_id for at, until in granted.later.items() if until == moment]
        release(session, waits, worker=noter.worker, due_at=moment)
    later = {bulk[at].delivery_id for at in granted.later}
    back |= ids.keys() - mine
    release(session, back - later, worker=noter.worker)
    over = len(granted.now) + len(granted.later) < len(bulk)
    return tuple(one for one in envelopes if one.delivery_id in mine), back, over

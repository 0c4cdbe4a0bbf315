"""Proof: what the ledger says against what the mail server saw. Pure: values in, faults out."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from service.mailing.outbox import END_STATES, DeliveryState, MailingState

MOST_PER_KILL = 50
"""Messages that may be uncertain after one kill: those of one batch."""

EXAMPLES = 5
"""Faults of one kind that are spelled out."""


@dataclass(frozen=True)
class Try:
    """An Attempt of the ledger."""

    outcome: str
    server: str
    reply: str


@dataclass(frozen=True)
class Told:
    """What the ledger says of one delivery. `worker` claimed it last; empty where the ledger no longer says."""

    delivery_id: int
    mailing_id: int
    recipient: str
    message_id: str
    state: str
    worker: str = ""
    tries: tuple[Try, ...] = ()


@dataclass(frozen=True)
class Evidence:
    """All that is judged.

    `mailings` gives what was planned and the state of each; `log` is the sink's: (accepted, refused or lost; Message-ID;
    recipient). `lost_replies` is how many replies the trouble with the server can have cost, beside the kills.
    """

    mailings: Mapping[int, tuple[int, str]]
    told: Sequence[Told]
    log: Sequence[tuple[str, str, str]]
    kills: int
    lost_replies: int = 0


@dataclass
class Proofs:
    """Faults by proof; one without faults holds."""

    faults: dict[str, list[str]] = field(default_factory=dict)
    counted: dict[str, int] = field(default_factory=dict)

    @property
    def hold(self) -> bool:
        """Whether there is no fault at all."""
        return not any(self.counted.values())

    def add(self, name: str, faults: Iterable[str]) -> None:
        """Note the faults of one proof; the first few in words."""
        found = list(faults)
        self.counted[name] = len(found)
        self.faults[name] = found[:EXAMPLES]


def prove(evidence: Evidence) -> Proofs:
    """Hold the ledger against the log: nobody skipped, nobody twice, few uncertain, and the books balance."""
    accepted = [(message_id, to) for what, message_id, to in evidence.log if what == "accepted"]
    proofs = Proofs()
    proofs.add("none skipped", _skipped(evidence, set(accepted)))
    proofs.add("none delivered twice", _doubled(evidence, accepted))
    proofs.add("uncertain within bound", _uncertain(evidence))
    proofs.add("ledger balances", _unbalanced(evidence))
    proofs.add("ledger tells the truth", _untrue(evidence, accepted))
    return proofs


def _skipped(evidence: Evidence, accepted: set[tuple[str, str]]) -> Iterator[str]:
    refused = {to for what, _, to in evidence.log if what == "refused"}
    for one in evidence.told:
        if one.state not in END_STATES:
            yield f"delivery {one.delivery_id} is still {one.state}"
        elif one.state == DeliveryState.SENT and (one.message_id, one.recipient) not in accepted:
            yield f"delivery {one.delivery_id} is called sent, and the server never took it"
        elif one.state == DeliveryState.FAILED and one.recipient not in refused:
            yield f"delivery {one.delivery_id} is called failed, and the server never refused it"
        elif one.state == DeliveryState.SUPPRESSED and one.recipient in refused:
            continue  # a server that refused them for good in one mailing is not asked in the next
        elif one.state in {DeliveryState.CANCELLED, DeliveryState.SKIPPED, DeliveryState.SUPPRESSED}:
            yield f"delivery {one.delivery_id} is {one.state}, and nobody asked for that"


def _doubled(evidence: Evidence, accepted: Sequence[tuple[str, str]]) -> Iterator[str]:
    for (message_id, to), times in Counter(accepted).items():
        if times > 1:
            yield f"{message_id} reached {to} {times} times"
    mails = Counter(to for _, to in accepted)
    wanted = Counter(one.recipient for one in evidence.told)
    for to, times in mails.items():
        if times > wanted[to]:
            yield f"{to} got {times} messages out of {wanted[to]} mailings"


def _uncertain(evidence: Evidence) -> Iterator[str]:
    uncertain = [one for one in evidence.told if one.state == DeliveryState.UNCERTAIN]
    bound = MOST_PER_KILL * evidence.kills + evidence.lost_replies
    if len(uncertain) > bound:
        yield f"{len(uncertain)} uncertain, and {bound} may be after {evidence.kills} kills"
    most = MOST_PER_KILL + evidence.lost_replies
    for worker, number in Counter(one.worker for one in uncertain if one.worker).items():
        if number > most:
            yield f"{number} uncertain by {worker} alone, and {most} may be"


def _unbalanced(evidence: Evidence) -> Iterator[str]:
    states: defaultdict[int, Counter[str]] = defaultdict(Counter)
    for one in evidence.told:
        states[one.mailing_id][one.state] += 1
    for mailing_id, (planned, state) in evidence.mailings.items():
        ended = sum(states[mailing_id][end] for end in END_STATES)
        if planned != ended:
            yield f"mailing {mailing_id}: {planned} planned, {ended} ended"
        if state != MailingState.FINISHED:
            yield f"mailing {mailing_id} is {state}, not finished"
    for one in evidence.told:
        sent = [each for each in one.tries if each.outcome == DeliveryState.SENT]
        if one.state == DeliveryState.SENT and not (len(sent) == 1 and sent[0].server and sent[0].reply):
            yield f"delivery {one.delivery_id} is sent by {len(sent)} tries; one should say which server replied what"


def _untrue(evidence: Evidence, accepted: Sequence[tuple[str, str]]) -> Iterator[str]:
    """What the server took must be sent, or uncertain, and known at all."""
    known = {(one.message_id, one.recipient): one for one in evidence.told if one.message_id}
    for message_id, to in accepted:
        one = known.get((message_id, to))
        if one is None:
            yield f"{message_id} reached {to}, and the ledger knows of no such message"
        elif one.state not in {DeliveryState.SENT, DeliveryState.UNCERTAIN}:
            yield f"delivery {one.delivery_id} is {one.state}, and the server took it"

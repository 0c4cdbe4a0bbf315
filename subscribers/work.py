"""Work: of which policy domain a reader is, what policy their municipality has, and which step they are at."""

from dataclasses import dataclass

from sqlmodel import Session

from content.vocabulary import Vocabulary
from subscribers.errors import UnknownWork
from subscribers.people import OTHER_DOMAIN, PolicyKind, Subscriber


@dataclass(frozen=True)
class Work:
    """What a reader tells of their work; each is "" until they do. `shared`: several people read the mailbox."""

    domain: str = ""
    policy_kind: str = ""
    strategy_step: str = ""
    shared: bool = False


def domains(vocabulary: Vocabulary) -> tuple[str, ...]:
    """The policy domains to choose from: the vocabulary's, and one for all others."""
    return (*(term.slug for term in vocabulary.facet("domain")), OTHER_DOMAIN)


def steps(vocabulary: Vocabulary) -> tuple[str, ...]:
    """The five steps of a strategy, in their order."""
    return tuple(term.slug for term in vocabulary.facet("step"))


def work_of(subscriber: Subscriber) -> Work:
    """As they told it."""
    return Work(subscriber.domain, subscriber.policy_kind, subscriber.strategy_step, bool(subscriber.shared))


def set_work(session: Session, subscriber: Subscriber, work: Work, vocabulary: Vocabulary) -> None:
    """Note what a reader told.

    Raises:
        UnknownWork: there is no such domain, kind of policy or step.
    """
    choices = (
        (work.domain, domains(vocabulary)),
        (work.policy_kind, tuple(PolicyKind)),
        (work.strategy_step, steps(vocabulary)),
    )
    for chosen, known in choices:
        if chosen and chosen not in known:
            raise UnknownWork(f"{chosen!r} is none of {', '.join(known)}.")
    subscriber.domain = work.domain
    subscriber.policy_kind = work.policy_kind
    subscriber.strategy_step = work.strategy_step
    subscriber.shared = work.shared
    session.add(subscriber)

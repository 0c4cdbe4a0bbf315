"""Waiting: what of the knowledge base waits for an editor: changes, questions, crawls that a guard stopped."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, func
from sqlmodel import Session, col, select

from content.interventions.browsing import about_our_subject
from content.interventions.changes import UNPUBLISHED
from content.interventions.tables import ChangeEvent, Crawl, EventState, Fact, Intervention, Pair, PairState


@dataclass(frozen=True)
class Waiting:
    """How much waits, by place of the desk; `interventions` are those with one of the unchecked `facts`."""

    facts: int
    interventions: int
    changes: int
    pairs: int
    crawls: int


def waiting(session: Session) -> Waiting:
    """The figures beside the tabs."""
    numbers = select(func.count(col(Fact.id)), func.count(func.distinct(col(Fact.intervention_id))))
    facts, interventions = session.exec(
        numbers.where(col(Fact.checked_at).is_(None), col(Fact.refused_at).is_(None))
    ).one()
    return Waiting(
        facts=facts,
        interventions=interventions,
        changes=changes_size(session, state=EventState.NEW),
        pairs=session.exec(select(func.count(col(Pair.id))).where(Pair.state == PairState.PROPOSED)).one(),
        crawls=sum(bool(crawl.guard) and crawl.accepted_at is None for crawl in newest_crawls(session)),
    )


def changes(
    session: Session, *, state: str, limit: int = 40, offset: int = 0
) -> list[tuple[ChangeEvent, Intervention]]:
    """Changes that may be published, in this state, the latest first; only those about our subject."""
    wanted = (
        select(ChangeEvent, Intervention)
        .join(Intervention, col(Intervention.id) == col(ChangeEvent.intervention_id))
        .where(*_publishable(state))
        .order_by(col(ChangeEvent.at).desc(), col(ChangeEvent.id).desc())
    )
    return [(event, intervention) for event, intervention in session.exec(wanted.limit(limit).offset(offset))]


def changes_size(session: Session, *, state: str) -> int:
    """How many `changes` would give without a limit."""
    counted = select(func.count(col(ChangeEvent.id))).join(
        Intervention, col(Intervention.id) == col(ChangeEvent.intervention_id)
    )
    return session.exec(counted.where(*_publishable(state))).one()


def pairs(session: Session, *, state: str = PairState.PROPOSED) -> list[Pair]:
    """Interventions that look alike, in this state, the oldest question first."""
    return list(session.exec(select(Pair).where(Pair.state == state).order_by(col(Pair.id))))


def newest_crawls(session: Session) -> list[Crawl]:
    """The newest crawl of each database."""
    latest = (
        select(Crawl.source_key, func.max(Crawl.started_at).label("started_at"))
        .where(col(Crawl.stale).is_(False))
        .group_by(col(Crawl.source_key))
        .subquery()
    )
    same = (latest.c.source_key == col(Crawl.source_key)) & (latest.c.started_at == col(Crawl.started_at))
    return list(session.exec(select(Crawl).join(latest, same).order_by(col(Crawl.source_key))))


def crawls(session: Session, *, limit: int = 40, offset: int = 0) -> list[Crawl]:
    """Crawls of all databases, the latest first."""
    wanted = select(Crawl).order_by(col(Crawl.started_at).desc(), col(Crawl.id).desc())
    return list(session.exec(wanted.limit(limit).offset(offset)))


def _publishable(state: str) -> list[ColumnElement[bool]]:
    return [
        col(ChangeEvent.state) == state,
        col(ChangeEvent.kind).not_in(UNPUBLISHED),
        about_our_subject(),
    ]

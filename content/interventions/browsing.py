"""Browsing: the interventions that readers and editors look for, by term, level and words."""

from sqlalchemy import ColumnElement, func
from sqlmodel import Session, col, select

from content.interventions.changes import UNPUBLISHED
from content.interventions.tables import ChangeEvent, EventState, Fact, Intervention, InterventionTag
from content.plaintext import folded


def browse(
    session: Session,
    *,
    slugs: tuple[str, ...] = (),
    level: str = "",
    search: str = "",
    limit: int = 20,
    offset: int = 0,
) -> list[Intervention]:
    """Interventions about our subject that meet all that is asked, by name.

    Args:
        session: the database.
        slugs: terms that it has, each of them.
        level: the slug of a level that one of its sources gives it.
        search: words that all occur in what is said of it; case and accents do not matter.
        limit: at most so many.
        offset: after so many.
    """
    wanted = select(Intervention).where(*_wanted(slugs, level, search))
    order = (func.lower(Intervention.name), col(Intervention.id))
    return list(session.exec(wanted.order_by(*order).limit(limit).offset(offset)))


def browse_size(
    session: Session,
    *,
    slugs: tuple[str, ...] = (),
    level: str = "",
    search: str = "",
    everything: bool = False,
) -> int:
    """How many `browse` or `unchecked_first` would give without a limit."""
    wanted = select(func.count(col(Intervention.id))).where(
        *_wanted(slugs, level, search, everything=everything)
    )
    return session.exec(wanted).one()


def unchecked_first(
    session: Session, *, search: str = "", everything: bool = False, limit: int = 40, offset: int = 0
) -> list[tuple[Intervention, int]]:
    """Interventions with how many facts nobody checked yet; those with the most first.

    With `everything` also those that are about no substance, which no reader sees.
    """
    waiting = (
        select(Fact.intervention_id, func.count().label("number"))
        .where(col(Fact.checked_at).is_(None), col(Fact.refused_at).is_(None))
        .group_by(col(Fact.intervention_id))
        .subquery()
    )
    number = func.coalesce(waiting.c.number, 0)
    found = (
        select(Intervention, number)
        .outerjoin(waiting, waiting.c.intervention_id == col(Intervention.id))
        .where(*_wanted((), "", search, everything=everything))
        .order_by(number.desc(), func.lower(Intervention.name), col(Intervention.id))
    )
    return [(one, count) for one, count in session.exec(found.limit(limit).offset(offset))]


def used_terms(session: Session) -> set[str]:
    """The terms that at least one intervention has, so that a filter offers no empty choice."""
    wanted = select(InterventionTag.slug).join(
        Intervention, col(Intervention.id) == col(InterventionTag.intervention_id)
    )
    return set(session.exec(wanted.where(*_wanted((), "", "")).distinct()))


def history_of(
    session: Session, intervention: Intervention, *, unpublished: bool = False
) -> list[ChangeEvent]:
    """What happened to an intervention, the latest first; what is never published only where it is asked for."""
    wanted = select(ChangeEvent).where(
        ChangeEvent.intervention_id == intervention.id, ChangeEvent.state != EventState.UNDONE
    )
    if not unpublished:
        wanted = wanted.where(col(ChangeEvent.kind).not_in(UNPUBLISHED))
    return list(session.exec(wanted.order_by(col(ChangeEvent.at).desc(), col(ChangeEvent.id).desc())))


def about_our_subject() -> ColumnElement[bool]:
    """Whether an intervention is about a substance: databases have many that are about other things."""
    tagged = select(InterventionTag.intervention_id).where(InterventionTag.facet == "substance")
    return col(Intervention.id).in_(tagged)


def _wanted(
    slugs: tuple[str, ...], level: str, search: str, *, everything: bool = False
) -> list[ColumnElement[bool]]:
    wanted: list[ColumnElement[bool]] = [col(Intervention.merged_into).is_(None)]
    wanted += [] if everything else [about_our_subject()]
    wanted += [
        col(Intervention.id).in_(select(InterventionTag.intervention_id).where(InterventionTag.slug == slug))
        for slug in slugs
    ]
    if level:
        wanted.append(col(Intervention.levels).contains(f" {level} ", autoescape=True))
    words = folded(search[:200]).split()
    wanted += [col(Intervention.search_text).contains(word, autoescape=True) for word in words]
    return wanted

"""Pairing: which intervention a new record belongs to, with what speaks for it; what is likely only waits for an editor."""

from collections import defaultdict
from datetime import datetime

from sqlmodel import Session, col, or_, select

from content.interventions.canonical import as_values
from content.interventions.knowing import Known
from content.interventions.matching import Among, Match, Traits, best_match
from content.interventions.tables import Fact, Intervention, Pair, PairState, SourceRecord
from content.sources import key_from

NEW = 0
"""The key of what is compared and has no number yet."""


def traits_of_all(session: Session) -> Among:
    """What matching looks at, of every intervention that was not merged."""
    rows = session.exec(select(Intervention).where(col(Intervention.merged_into).is_(None))).all()
    names: dict[int, set[str]] = {row.id or 0: {row.name} for row in rows}
    owners: dict[int, set[str]] = defaultdict(set)
    ids: dict[int, set[str]] = defaultdict(set)
    links: dict[int, set[str]] = defaultdict(set)
    collected = {"owner": owners, "known_ids": ids}
    stated = select(Fact).where(col(Fact.field).in_(collected), col(Fact.refused_at).is_(None))
    for fact in session.exec(stated):
        collected[fact.field][fact.intervention_id].update(fact.value)
    for record in session.exec(select(SourceRecord)):
        at = record.intervention_id
        names.setdefault(at, set()).update(as_values(record.fields.get("name")))
        owners[at].update(as_values(record.fields.get("owner")))
        ids[at].add(f"{record.source_key}:{record.key}")
        links[at].update({record.link} - {""})
    among = Among()
    for row in rows:
        number = row.id or 0
        among.put(
            Traits(
                key=number,
                names=frozenset(names[number]),
                owners=frozenset(owners[number]),
                ids=frozenset(ids[number]),
                links=frozenset(links[number]),
            )
        )
    return among


def traits_of_record(source_key: str, known: Known, *, key: int = NEW) -> Traits:
    """What matching looks at, of one record."""
    return Traits(
        key=key,
        names=frozenset(as_values(known.fields.get("name"))),
        owners=frozenset(as_values(known.fields.get("owner"))),
        ids=frozenset({f"{source_key}:{known.key}"}),
        links=frozenset({known.link} - {""}),
    )


def joined(one: Traits, other: Traits) -> Traits:
    """The traits of both together, under the first one's key."""
    return Traits(
        key=one.key,
        names=one.names | other.names,
        owners=one.owners | other.owners,
        ids=one.ids | other.ids,
        links=one.links | other.links,
    )


def place(
    session: Session, *, source_key: str, known: Known, among: Among, now: datetime
) -> tuple[Intervention, Match | None]:
    """The intervention of a record that is new: the one it certainly is, else a new one, with a question to the editors.

    `among` are the traits of all interventions; it is kept up to date for the next record of the same crawl.
    """
    traits = traits_of_record(source_key, known)
    match = best_match(traits, among.like(traits))
    if match is not None and match.certain:
        among.put(joined(among.traits[match.key], traits))
        return session.get_one(Intervention, match.key), match
    name = next(iter(sorted(traits.names)), known.key)
    made = new_intervention(session, name=name, now=now)
    among.put(traits_of_record(source_key, known, key=made.id or 0))
    if match is not None:
        propose(session, intervention_id=made.id or 0, match=match, now=now)
    return made, None


def new_intervention(session: Session, *, name: str, now: datetime) -> Intervention:
    """An intervention with a free address made from its name."""
    stem = key_from(name)
    taken = set(session.exec(select(Intervention.slug).where(col(Intervention.slug).startswith(stem))))
    numbered = [stem, *(f"{stem}-{number}" for number in range(2, len(taken) + 2))]
    slug = next(slug for slug in numbered if slug not in taken)
    made = Intervention(slug=slug, name=name, created_at=now, changed_at=now)
    session.add(made)
    session.flush()
    return made


def propose(session: Session, *, intervention_id: int, match: Match, now: datetime) -> Pair | None:
    """Ask the editors whether two are one, unless they were asked before."""
    if pair_of(session, intervention_id, match.key) is not None:
        return None
    pair = Pair(
        intervention_id=intervention_id, other_id=match.key, evidence=list(match.evidence), proposed_at=now
    )
    session.add(pair)
    session.flush()
    return pair


def pair_of(session: Session, one: int, other: int) -> Pair | None:
    """What was asked or said of these two, in either order."""
    either = or_(
        (col(Pair.intervention_id) == one) & (col(Pair.other_id) == other),
        (col(Pair.intervention_id) == other) & (col(Pair.other_id) == one),
    )
    return session.exec(select(Pair).where(either)).first()


def keep_apart(session: Session, one: int, other: int, *, by: str, now: datetime) -> None:
    """Note that an editor says that these two are not one: nobody is asked again, and nothing joins them by itself."""
    pair = pair_of(session, one, other) or Pair(intervention_id=one, other_id=other, proposed_at=now)
    pair.state, pair.decided_at, pair.decided_by = PairState.REFUSED, now, by
    session.add(pair)
    session.flush()

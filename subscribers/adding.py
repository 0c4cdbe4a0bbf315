"""Adding readers of an import, and bringing them up to date: in bulk, each with the event that shows on which ground."""

import secrets
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select as rows
from sqlalchemy import update
from sqlmodel import Session, col

from content.choosing import Profile
from subscribers.bulk import insert_rows, update_rows
from subscribers.consent import ConsentEvent, ConsentKind
from subscribers.imports import Import, Outcome
from subscribers.judging import Known, Wanted
from subscribers.people import Interest, Membership, Subscriber, SubscriberState, Subscription
from subscribers.standing import known_by_address

Note = tuple[Outcome, int | None, dict[str, Any] | None]
"""What became of a line, whose it is, and what undoing needs."""

Lines = Sequence[tuple[int, Wanted]]


def add_readers(
    session: Session, found: Import, lines: Lines, *, facets: Mapping[str, str], now: datetime
) -> dict[int, Note]:
    """Make readers of these lines; by line. Who signed up in the same moment is left as they are.

    Who took part in a webinar is there already, and becomes a reader with all that is theirs.
    """
    known = known_by_address(session, [one.address_key for _line, one in lines])
    guests = [(line, one) for line, one in lines if one.address_key in known]
    strangers = [(line, one) for line, one in lines if one.address_key not in known]
    return _add_strangers(session, found, strangers, facets=facets, now=now) | _turn_guests(
        session, found, guests, known, facets=facets, now=now
    )


def _add_strangers(
    session: Session, found: Import, lines: Lines, *, facets: Mapping[str, str], now: datetime
) -> dict[int, Note]:
    if not lines:
        return {}
    streams = frozenset(found.streams)
    people = [_person(one, streams, now) for _line, one in lines]
    added = insert_rows(session, Subscriber, people, returning=("id", "address_key"), unless="address_key")
    made = {row.address_key: row.id for row in added}
    mine = [(made[one.address_key], one) for _line, one in lines if one.address_key in made]
    insert_rows(session, Membership, _memberships(mine))
    insert_rows(session, Interest, _interests(mine, facets))
    stands = {reader: _stands(one) for reader, one in mine}
    _subscribe(session, found, stands, now)
    return {
        line: (Outcome.NEW, reader, {"became": stands[reader]})
        if (reader := made.get(one.address_key))
        else (Outcome.KNOWN, None, None)
        for line, one in lines
    }


def _turn_guests(
    session: Session,
    found: Import,
    lines: Lines,
    known: Mapping[str, Known],
    *,
    facets: Mapping[str, str],
    now: datetime,
) -> dict[int, Note]:
    pairs = [(line, one, known[one.address_key]) for line, one in lines]
    turned = _become(session, [was.id for _line, _one, was in pairs], now)
    mine = [(line, one, was) for line, one, was in pairs if was.id in turned]
    after = _bring(session, [(one, was) for _line, one, was in mine], facets)
    _subscribe(session, found, after, now)
    refresh_profile_keys(session, {reader: some["interests"] for reader, some in after.items()})
    notes: dict[int, Note] = {line: (Outcome.KNOWN, None, None) for line, _one, _was in pairs}
    return notes | {
        line: (Outcome.NEW, was.id, {"guest": True, "was": stands_now(was), "became": after[was.id]})
        for line, _one, was in mine
    }


def _become(session: Session, ids: Collection[int], now: datetime) -> frozenset[int]:
    """Those who were guests until now, and are readers."""
    if not ids:
        return frozenset()
    guests = update(Subscriber).where(
        col(Subscriber.id).in_(ids), col(Subscriber.state) == SubscriberState.GUEST
    )
    turned = guests.values(state=str(SubscriberState.ACTIVE), confirmed_at=now).returning(col(Subscriber.id))
    return frozenset(one or 0 for one in session.connection().execute(turned).scalars())


def change_readers(
    session: Session, found: Import, lines: Lines, *, facets: Mapping[str, str], now: datetime
) -> dict[int, Note]:
    """Bring what these lines have to readers who are there: organisations and interests are added, streams never change."""
    if not lines:
        return {}
    known = known_by_address(session, [one.address_key for _line, one in lines])
    pairs = [(line, one, known[one.address_key]) for line, one in lines]
    after = _bring(session, [(one, was) for _line, one, was in pairs], facets)
    refresh_profile_keys(session, {reader: some["interests"] for reader, some in after.items()})
    _record(session, found, after, ConsentKind.CHANGED, now)
    return {
        line: (Outcome.CHANGED, was.id, {"was": stands_now(was), "became": after[was.id]})
        for line, _one, was in pairs
    }


def event(
    found: Import, reader: int, stands: Mapping[str, Any], *, kind: ConsentKind, source: str, now: datetime
) -> dict[str, Any]:
    """A consent event as a row. Its wording is the ground that the import states, not the words of the form."""
    return {
        "subscriber_id": reader,
        "kind": str(kind),
        "at": now,
        "wording_version": f"{found.source}/{stands['language']}",
        "streams": sorted(found.streams) if kind is not ConsentKind.CHANGED else [],
        "topics": sorted(stands["interests"]),
        "source": source,
    }


def stands_now(known: Known) -> dict[str, Any]:
    """How a reader stands, as JSON."""
    return _as_json(known.name, known.language, known.organisations, known.interests)


def set_people(session: Session, people: Mapping[int, tuple[str, str]]) -> None:
    """Give readers this name and this language."""
    given = [{"key": key, "name": name, "language": language} for key, (name, language) in people.items()]
    update_rows(session, Subscriber, {"name": "text", "language": "text"}, given)


def refresh_profile_keys(session: Session, interests: Mapping[int, Collection[str]]) -> None:
    """`subscribers.profiles.refresh_profile_key` for many readers, whose interests are known."""
    if not interests:
        return
    streams: dict[int, set[str]] = {reader: set() for reader in interests}
    wanted = rows(col(Subscription.subscriber_id), col(Subscription.stream))
    for reader, stream in session.connection().execute(
        wanted.where(col(Subscription.subscriber_id).in_(list(interests)))
    ):
        streams[reader].add(stream)
    keys = {one: Profile(frozenset(interests[one]), frozenset(streams[one])).key for one in interests}
    given = [{"key": reader, "profile_key": key} for reader, key in keys.items()]
    update_rows(session, Subscriber, {"profile_key": "text"}, given)


def _person(one: Wanted, streams: frozenset[str], now: datetime) -> dict[str, Any]:
    return {
        "reference": secrets.token_urlsafe(16),
        "address": one.address,
        "address_key": one.address_key,
        "name": one.name,
        "language": one.language or "nl",
        "state": str(SubscriberState.ACTIVE),
        "profile_key": Profile(frozenset(one.interests), streams).key,
        "created_at": now,
        "confirmed_at": now,
    }


def _bring(
    session: Session, pairs: Sequence[tuple[Wanted, Known]], facets: Mapping[str, str]
) -> dict[int, dict[str, Any]]:
    """Add what lines have more than people who are there; how each stands then."""
    added = [(was.id, _only_new(one, was)) for one, was in pairs]
    insert_rows(session, Membership, _memberships(added))
    insert_rows(session, Interest, _interests(added, facets))
    after = {was.id: _after(one, was) for one, was in pairs}
    set_people(session, {reader: (some["name"], some["language"]) for reader, some in after.items()})
    return after


def _subscribe(session: Session, found: Import, stands: Mapping[int, Any], now: datetime) -> None:
    """Subscribe readers to the streams of the import, each with the event that shows on which ground."""
    consents = _record(session, found, stands, ConsentKind.IMPORTED, now)
    insert_rows(session, Subscription, [
        {"subscriber_id": reader, "stream": stream, "consent_id": consent}
        for reader, consent in consents.items() for stream in sorted(set(found.streams))
    ])  # fmt: skip


def _only_new(one: Wanted, was: Known) -> Wanted:
    return Wanted(
        address=one.address,
        address_key=one.address_key,
        organisations=tuple(sorted(set(one.organisations) - was.organisations)),
        interests=tuple(sorted(set(one.interests) - was.interests)),
    )


def _after(one: Wanted, was: Known) -> dict[str, Any]:
    return _as_json(
        one.name or was.name,
        one.language or was.language,
        was.organisations | set(one.organisations),
        was.interests | set(one.interests),
    )


def _stands(one: Wanted) -> dict[str, Any]:
    return _as_json(one.name, one.language or "nl", one.organisations, one.interests)


def _as_json(
    name: str, language: str, organisations: Collection[int], interests: Collection[str]
) -> dict[str, Any]:
    return {
        "name": name,
        "language": language,
        "organisations": sorted(organisations),
        "interests": sorted(interests),
    }


def _record(
    session: Session, found: Import, readers: Mapping[int, Any], kind: ConsentKind, now: datetime
) -> dict[int, int]:
    """An event for each reader; its number, by reader."""
    if not readers:
        return {}
    events = [
        event(found, reader, stands, kind=kind, source=found.source, now=now)
        for reader, stands in readers.items()
    ]
    kept = insert_rows(session, ConsentEvent, events, returning=("subscriber_id", "id"))
    return {row.subscriber_id: row.id for row in kept}


def _memberships(pairs: Sequence[tuple[int, Wanted]]) -> list[dict[str, Any]]:
    return [
        {"subscriber_id": reader, "organisation_id": organisation}
        for reader, one in pairs
        for organisation in one.organisations
    ]


def _interests(pairs: Sequence[tuple[int, Wanted]], facets: Mapping[str, str]) -> list[dict[str, Any]]:
    return [
        {"subscriber_id": reader, "facet": facets[slug], "slug": slug}
        for reader, one in pairs
        for slug in one.interests
    ]

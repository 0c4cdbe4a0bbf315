"""Dossiers: all that is kept of one person, for themselves as data and for the desk as a page."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from content.webinars.tables import Webinar, questions_of
from service.mailing.counting import Read, read_by
from service.mailing.outbox import Delivery, Mailing
from subscribers.consent import WORDINGS, ConsentEvent, Wording, consent_of
from subscribers.following import interests_of, organisations_of, streams_of
from subscribers.people import Subscriber, Subscription
from subscribers.reading import WORDINGS as READING_WORDINGS
from subscribers.reading import shares_reading
from subscribers.registrations.answers import answers_of, brought_by
from subscribers.registrations.evaluating import evaluation_of
from subscribers.registrations.tables import Attendance, Evaluation, Registration
from subscribers.requests import AddressChange


@dataclass(frozen=True)
class Sent:
    """A mail to this person: what it was, and how it ended. `title` is empty for a letter."""

    kind: str
    title: str
    state: str
    at: datetime
    bounced_at: datetime | None
    complained_at: datetime | None


@dataclass(frozen=True)
class Act:
    """An act of this person, with the words that they saw; None when these were no words of a form."""

    event: ConsentEvent
    wording: Wording | None
    language: str


def acts_of(session: Session, subscriber: Subscriber) -> list[Act]:
    """All acts, oldest first, each with its wording."""
    known = {one.version: one for one in (*WORDINGS, *READING_WORDINGS)}
    found = []
    for event in consent_of(session, subscriber):
        version, _, language = event.wording_version.partition("/")
        found.append(Act(event, known.get(version), language or subscriber.language))
    return found


def sent_to(session: Session, subscriber: Subscriber) -> list[Sent]:
    """Every mail that was meant for this person, the newest first."""
    wanted = select(Delivery, Mailing).join(Mailing, col(Mailing.id) == Delivery.mailing_id)
    mine = wanted.where(Delivery.subscriber_id == subscriber.id).order_by(col(Delivery.id).desc())
    return [
        Sent(
            mailing.kind,
            mailing.title,
            delivery.state,
            delivery.settled_at or delivery.due_at,
            delivery.bounced_at,
            delivery.complained_at,
        )
        for delivery, mailing in session.exec(mine)
    ]


def own_data(session: Session, subscriber: Subscriber, *, now: datetime) -> dict[str, Any]:
    """All that is kept of a reader, as values that JSON has. Names are those of the database; moments are ISO 8601, in UTC."""
    person = {
        name: _plain(getattr(subscriber, name)) for name in Subscriber.model_fields if name not in HIDDEN
    }
    consents = select(Subscription).where(Subscription.subscriber_id == subscriber.id)
    changes = select(AddressChange).where(AddressChange.subscriber_id == subscriber.id)
    return {
        "made_at": now.isoformat(),
        "person": person,
        "organisations": [
            {"key": one.key, "name": one.name} for one in organisations_of(session, subscriber)
        ],
        "interests": interests_of(session, subscriber),
        "streams": streams_of(session, subscriber),
        "subscriptions": [
            {"stream": one.stream, "consent": one.consent_id} for one in session.exec(consents)
        ],
        "consent": [_event(act) for act in acts_of(session, subscriber)],
        "changes_of_address": [
            {"address": one.address, "asked_at": _plain(one.asked_at), "done_at": _plain(one.done_at)}
            for one in session.exec(changes)
        ],
        "shows_reading": shares_reading(session, subscriber),
        "read": [_read(one) for one in read_by(session, subscriber)],
        "webinars": [_webinar(session, *one) for one in _registrations(session, subscriber)],
        "mails": [_mail(one) for one in sent_to(session, subscriber)],
    }


def _registrations(session: Session, subscriber: Subscriber) -> list[tuple[Registration, Webinar]]:
    wanted = select(Registration, Webinar).join(Webinar, col(Webinar.id) == col(Registration.webinar_id))
    mine = wanted.where(Registration.subscriber_id == subscriber.id)
    return [(one, webinar) for one, webinar in session.exec(mine.order_by(col(Registration.id)))]


def _webinar(session: Session, mine: Registration, webinar: Webinar) -> dict[str, Any]:
    asked = {one.id: one.wording for one in questions_of(session, webinar)}
    spans = (
        select(Attendance).where(Attendance.registration_id == mine.id).order_by(col(Attendance.joined_at))
    )
    return {
        "title": webinar.title,
        "starts_at": _plain(webinar.starts_at),
        **{
            name: _plain(getattr(mine, name))
            for name in Registration.model_fields
            if name not in HIDDEN and not name.endswith("_id")
        },
        "answers": [
            {"question": asked[key], "answer": text} for key, text in answers_of(session, mine).items()
        ],
        "questions": [one.text for one in brought_by(session, mine)],
        "evaluation": _said(evaluation_of(session, mine)),
        "attendance": [
            {"joined_at": _plain(one.joined_at), "left_at": _plain(one.left_at)}
            for one in session.exec(spans)
        ],
    }


def _said(evaluation: Evaluation | None) -> dict[str, Any] | None:
    if evaluation is None:
        return None
    return {name: _plain(getattr(evaluation, name)) for name in ("at", "mark", "will_use", "word")}


HIDDEN = frozenset({"id", "reference", "address_key", "profile_key"})
"""Keys of ours: what links carry would let whoever reads the file act in the reader's name."""


def _event(act: Act) -> dict[str, Any]:
    return {
        "id": act.event.id,
        "what": act.event.kind,
        "at": _plain(act.event.at),
        "source": act.event.source,
        "streams": act.event.streams,
        "topics": act.event.topics,
        "wording_version": act.event.wording_version,
        "wording": act.wording.text(act.language) if act.wording else "",
    }


def _mail(one: Sent) -> dict[str, Any]:
    return {
        "kind": one.kind,
        "title": one.title,
        "state": one.state,
        "at": _plain(one.at),
        "bounced_at": _plain(one.bounced_at),
        "complained_at": _plain(one.complained_at),
    }


def _read(one: Read) -> dict[str, Any]:
    return {"title": one.title, "issue": one.issue, "address": one.address, "first_at": _plain(one.at)}


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value

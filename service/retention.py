"""Retention: how long each kind of data is kept, in one table, and what enforces it each night.

docs/privacy.md lists the same periods; a test holds both together. Storage limitation is AVG article 5(1)(e).
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import CursorResult, Executable, String, cast, delete, exists, func, update
from sqlmodel import Session, col, select

from content.sources import forget_fetches
from content.webinars.tables import OwnQuestion, Webinar
from service.feedback.returned import ReturnedMail
from service.forgetting import forget, unname_mails
from service.limits import RateCount
from service.mailing.counting import Reading
from service.mailing.inviting import invited_by_organisation
from service.mailing.outbox import Attempt, Delivery, Mailing
from service.users import DeskSession, SignInLink
from subscribers.consent import ConsentEvent
from subscribers.imports import KEPT as LINES_KEPT
from subscribers.imports import forget_lines
from subscribers.people import Subscriber, SubscriberState
from subscribers.registrations.counting import end_answers, end_registrations
from subscribers.registrations.tables import BroughtQuestion, Registration, RegistrationAnswer, Standing
from subscribers.requests import AddressChange, LeavingReason

MOST = 5_000
"""People forgotten in one night: a large purge takes some nights, and no night holds up the morning."""


@dataclass(frozen=True)
class Retention:
    """A kind of data, how long it is kept, and what ends it: gives how many rows there were to end."""

    key: str
    keeps: timedelta
    end: Callable[[Session, datetime, datetime], int]


def _unconfirmed(session: Session, before: datetime, now: datetime) -> int:
    """Sign-ups that nobody confirmed: the whole person, with the events of asking. Who had left before has left again."""
    asked_since = select(ConsentEvent.subscriber_id).where(col(ConsentEvent.at) > before)
    waiting = (
        col(Subscriber.state) == SubscriberState.PENDING,
        col(Subscriber.created_at) <= before,
        col(Subscriber.id).not_in(asked_since),
    )
    back = update(Subscriber).where(*waiting, col(Subscriber.confirmed_at).is_not(None))
    gone_again = _rows(session, back.values(state=SubscriberState.UNSUBSCRIBED))
    # Whoever asked for the newsletter and takes part in a webinar goes on taking part.
    guests = update(Subscriber).where(*waiting, col(Subscriber.id).in_(_taking_part()))
    gone_again += _rows(session, guests.values(state=SubscriberState.GUEST))
    return gone_again + _forget(session, select(Subscriber.id).where(*waiting), now)


def _left(session: Session, before: datetime, now: datetime) -> int:
    """People who left, and did nothing since: until then their consent can be shown."""
    last = (
        select(ConsentEvent.subscriber_id)
        .group_by(col(ConsentEvent.subscriber_id))
        .having(func.max(ConsentEvent.at) <= before)
    )
    wanted = select(Subscriber.id).where(
        Subscriber.state == SubscriberState.UNSUBSCRIBED,
        col(Subscriber.id).in_(last),
        col(Subscriber.id).not_in(_taking_part()),
    )
    return _forget(session, wanted, now)


def _unconfirmed_places(session: Session, before: datetime, _now: datetime) -> int:
    """Registrations for a webinar that nobody confirmed, with what was asked, and seats that a colleague did not take.

    Who took part before has left again: their calendar's sequence goes on from there.
    """
    asked = (col(Registration.standing) == Standing.ASKED, col(Registration.asked_at) <= before)
    back = update(Registration).where(*asked, col(Registration.confirmed_at).is_not(None))
    left_again = _rows(session, back.values(standing=Standing.WITHDRAWN, took_over_from_id=None))
    strangers = select(Registration.id).where(*asked)
    _rows(session, delete(BroughtQuestion).where(col(BroughtQuestion.registration_id).in_(strangers)))
    return left_again + _rows(session, delete(Registration).where(*asked))


def _answers_on_forms(session: Session, _before: datetime, now: datetime) -> int:
    """Answers to the questions of our own on a webinar's form: each question says how long after the end they stay."""
    asked = select(OwnQuestion, Webinar.ends_at).join(Webinar, col(Webinar.id) == col(OwnQuestion.webinar_id))
    answered = exists().where(col(RegistrationAnswer.question_id) == col(OwnQuestion.id))
    over = session.exec(asked.where(col(Webinar.ends_at) <= now, answered)).all()
    return sum(
        end_answers(session, question)
        for question, ended in over
        if ended + timedelta(days=question.keep_days) <= now
    )


def _participants(session: Session, before: datetime, now: datetime) -> int:
    """Who took part in a webinar, and whether they were there, in the ledger of mails too; totals by organisation stay."""
    with_people = exists().where(col(Registration.webinar_id) == col(Webinar.id))
    ended = 0
    for one in session.exec(select(Webinar).where(col(Webinar.ends_at) <= before, with_people)).all():
        ended += end_registrations(session, one, invited=invited_by_organisation(session, one), now=now)
        unname_mails(session, one, now=now)
    return ended


def _guests(session: Session, before: datetime, now: datetime) -> int:
    """People who took part in webinars alone, once nothing of that is kept: the whole person."""
    wanted = select(Subscriber.id).where(
        Subscriber.state == SubscriberState.GUEST,
        col(Subscriber.created_at) <= before,
        col(Subscriber.id).not_in(_taking_part()),
    )
    return _forget(session, wanted, now)


def _taking_part() -> Any:
    return select(Registration.subscriber_id)


def _forget(session: Session, wanted: Any, now: datetime) -> int:
    found = session.exec(wanted.order_by(col(Subscriber.id)).limit(MOST)).all()
    return forget(session, [one or 0 for one in found], now=now)


def _replies_passed_on(session: Session, before: datetime, _now: datetime) -> int:
    """The words of people who answered a mail, which were passed on to the editors."""
    letters = select(Mailing.id).where(Mailing.kind == "reply", col(Mailing.created_at) <= before)
    theirs = update(Delivery).where(
        col(Delivery.mailing_id).in_(letters), col(Delivery.settled_at).is_not(None)
    )
    return _rows(session, theirs.where(cast(col(Delivery.context), String) != "{}").values(context={}))


def _requests(session: Session, before: datetime, _now: datetime) -> int:
    return _rows(session, delete(AddressChange).where(col(AddressChange.asked_at) <= before))


def _server_replies(session: Session, before: datetime, _now: datetime) -> int:
    """What servers said about a message: it may hold an address. That a delivery was tried stays."""
    tried = update(Attempt).where(col(Attempt.at) <= before, col(Attempt.reply) != "").values(reply="")
    settled = update(Delivery).where(col(Delivery.settled_at) <= before, col(Delivery.reply) != "")
    return _rows(session, tried) + _rows(session, settled.values(reply=""))


def _returned(session: Session, before: datetime, _now: datetime) -> int:
    return _rows(session, delete(ReturnedMail).where(col(ReturnedMail.at) <= before))


def _readings(session: Session, before: datetime, _now: datetime) -> int:
    """What readers who show it read. Clicks in total are nobody's, and stay."""
    return _rows(session, delete(Reading).where(col(Reading.at) <= before))


def _reasons(session: Session, before: datetime, _now: datetime) -> int:
    return _rows(session, delete(LeavingReason).where(col(LeavingReason.at) <= before))


def _counts(session: Session, before: datetime, _now: datetime) -> int:
    return _rows(session, delete(RateCount).where(col(RateCount.window_start) <= before))


def _sign_ins(session: Session, before: datetime, _now: datetime) -> int:
    links = delete(SignInLink).where(col(SignInLink.expires_at) <= before)
    return _rows(session, links) + _rows(
        session, delete(DeskSession).where(col(DeskSession.expires_at) <= before)
    )


def _visits(session: Session, before: datetime, _now: datetime) -> int:
    return forget_fetches(session, before=before)


def _import_lines(session: Session, _before: datetime, now: datetime) -> int:
    return forget_lines(session, now=now)


def _rows(session: Session, statement: Executable) -> int:
    done = session.connection().execute(statement)
    assert isinstance(done, CursorResult)  # noqa: S101  an update or a delete; narrows the type
    return done.rowcount


RETENTION = (
    Retention("unconfirmed-sign-ups", timedelta(days=7), _unconfirmed),
    Retention("unconfirmed-registrations", timedelta(days=7), _unconfirmed_places),
    Retention("answers-on-forms", timedelta(0), _answers_on_forms),
    Retention("participants-of-webinars", timedelta(days=90), _participants),
    Retention("guests-of-webinars", timedelta(days=7), _guests),
    Retention("readers-who-left", timedelta(days=730), _left),
    Retention("requests-of-readers", timedelta(days=7), _requests),
    Retention("replies-passed-on", timedelta(days=30), _replies_passed_on),
    Retention("server-replies", timedelta(days=365), _server_replies),
    Retention("returned-mail", timedelta(days=365), _returned),
    Retention("what-readers-show-they-read", timedelta(days=365), _readings),
    Retention("reasons-for-leaving", timedelta(days=730), _reasons),
    Retention("rate-limits", timedelta(days=2), _counts),
    Retention("sign-in-links-and-sessions", timedelta(days=2), _sign_ins),
    Retention("lines-of-imports", LINES_KEPT, _import_lines),
    Retention("visits-to-sources", timedelta(days=90), _visits),
)
"""What ends, and when. What is not here is kept as long as docs/privacy.md says, and why."""


def enforce(session: Session, *, now: datetime) -> dict[str, int]:
    """End all that has been kept long enough; by kind, how many rows that was."""
    return {one.key: one.end(session, now - one.keeps, now) for one in RETENTION}

"""Attending: what people and editors do with a webinar, and the mails that follow from it, in one transaction."""

from datetime import datetime

from sqlmodel import Session, col, select

from content.announcing import keep_true
from content.vocabulary import Vocabulary
from content.webinars.making import Changed, Plan, cancel_webinar, change_webinar
from content.webinars.moments import Reminder
from content.webinars.tables import Webinar, WebinarStatus
from service.mailing.occasions import OF_THE_MOMENT, OTHER_END
from service.mailing.reminding import remind
from service.mailing.telling import post, post_to_all, stop_untrue, tell
from service.settings import Settings
from service.webinars.wording import in_both
from subscribers.people import Subscriber
from subscribers.registrations.leaving import propose, take_over, withdraw
from subscribers.registrations.registering import Outcome, Wish, ask, confirm, register
from subscribers.registrations.seats import (
    accept,
    free,
    hold,
    lapse,
    lock_webinar,
    promote,
    refuse_fewer,
    shorten_offers,
)
from subscribers.registrations.tables import Registration, Standing


def attend(
    session: Session, *, webinar: Webinar, subscriber: Subscriber, wish: Wish, now: datetime
) -> Outcome:
    """A reader registers, or changes their answer, from a link of their own. Raises what `register` does."""
    outcome = register(session, webinar=webinar, subscriber=subscriber, wish=wish, now=now)
    tell(session, outcome, now=now)
    return outcome


def ask_to_attend(session: Session, *, webinar: Webinar, address: str, wish: Wish, now: datetime) -> Outcome:
    """Somebody typed an address: its owner is mailed, whatever is known of them. Raises what `ask` does."""
    outcome = ask(session, webinar=webinar, address=address, wish=wish, now=now)
    kind = "" if outcome.changed else "webinar-known"
    post(session, outcome.registration, now=now, kind=kind)
    return outcome


def confirm_attending(session: Session, *, reference: str, now: datetime) -> Outcome:
    """They say yes from their mailbox. Raises what `confirm` does."""
    outcome = confirm(session, reference=reference, now=now)
    tell(session, outcome, now=now)
    return outcome


def accept_seat(session: Session, *, reference: str, now: datetime) -> Registration:
    """They take the seat that was kept for them. Raises what `accept` does."""
    webinar, registration = hold(session, reference)
    before = registration.standing
    accept(session, webinar, registration, now=now)
    if before != registration.standing:
        post(session, registration, now=now)
    return registration


def stop_attending(session: Session, *, reference: str, now: datetime) -> Outcome:
    """They withdraw, refuse an offer or leave the queue. Raises what `withdraw` does."""
    outcome = withdraw(session, reference=reference, now=now)
    tell(session, outcome, now=now)
    return outcome


def give_seat(session: Session, *, reference: str, address: str, now: datetime) -> None:
    """Ask a colleague to take over a seat. Raises what `propose` does."""
    colleague = propose(session, reference=reference, address=address, now=now)
    if colleague is not None:
        post(session, colleague, now=now, kind="webinar-take-over")


def take_seat(session: Session, *, reference: str, name: str, now: datetime) -> Outcome:
    """The colleague says yes; both are told, and both calendars follow. Raises what `take_over` does."""
    outcome = take_over(session, reference=reference, name=name, now=now)
    tell(session, outcome, now=now)
    if outcome.changed:
        giver = session.get(Registration, outcome.registration.took_over_from_id or 0)
        if giver is not None:
            post(session, giver, now=now)
    return outcome


def change(
    session: Session,
    settings: Settings,
    *,
    webinar_id: int,
    plan: Plan,
    vocabulary: Vocabulary,
    by: str,
    now: datetime,
    notice: str = "",
) -> Changed:
    """Editors change a webinar. A move, and another end, is told to all who take part; more seats are offered to who waits.

    Reminders are told from the new start by themselves; those that wait with the old one never leave. Issues that were not
    sent yet say the new one, and `by` is one of their makers: so it is here, whatever door the change came through.

    Raises:
        WebinarRefused, WebinarOver: as `change_webinar`.
        SeatsTaken: there are to be fewer seats than are taken.
    """
    webinar = lock_webinar(session, webinar_id)
    if plan.capacity != webinar.capacity:
        refuse_fewer(session, webinar, plan.capacity)
    changed = change_webinar(session, webinar, plan, vocabulary=vocabulary, now=now, notice=notice)
    if changed.moved:
        shorten_offers(session, webinar)
    if changed.moved or changed.ends_elsewhere:
        stop_untrue(session, webinar, now=now, kinds=OF_THE_MOMENT if changed.moved else [OTHER_END])
        kind = "webinar-changed" if changed.moved else OTHER_END
        post_to_all(session, settings, webinar, kind=kind, moment=str(webinar.sequence), now=now)
    keep_true(session, webinar=webinar, when=in_both(webinar), by=by, now=now)
    _offer(session, webinar, now)
    return changed


def call_off(
    session: Session, settings: Settings, *, webinar_id: int, by: str, now: datetime, notice: str = ""
) -> bool:
    """Editors cancel a webinar, and all who take part are told; whether it was to happen until now.

    Issues that were not sent yet lose it, and `by` is one of their makers.

    Raises:
        WebinarOver: it is over.
    """
    webinar = lock_webinar(session, webinar_id)
    was_published = webinar.status == WebinarStatus.PUBLISHED
    if not cancel_webinar(session, webinar, now=now, notice=notice):
        return False
    stop_untrue(session, webinar, now=now)
    keep_true(session, webinar=webinar, when=in_both(webinar), by=by, now=now)
    if was_published:
        post_to_all(
            session, settings, webinar, kind="webinar-cancelled", moment=str(webinar.sequence), now=now
        )
    return True


def pass_on(session: Session, *, webinar_id: int, now: datetime) -> tuple[int, int]:
    """End the offers whose time is over and offer on what is free; gives how many lapsed, and how many were offered."""
    webinar = lock_webinar(session, webinar_id)
    lapsed = lapse(session, webinar, now=now)
    for one in lapsed:
        post(session, one, now=now)
    return len(lapsed), _offer(session, webinar, now)


def send_reminder(
    session: Session, settings: Settings, *, webinar_id: int, reminder: Reminder, now: datetime
) -> int:
    """Queue a reminder whose moment has come; gives for how many. A webinar that was moved meanwhile has another moment."""
    webinar = lock_webinar(session, webinar_id)
    return remind(session, settings, webinar, reminder, now=now)


def with_offers_over(session: Session, *, now: datetime) -> list[int]:
    """Webinars in which an offer has lapsed, or a seat is free for who waits: somebody was erased, or just now withdrew."""
    lapsed = select(Registration.webinar_id).where(
        Registration.standing == Standing.OFFERED, col(Registration.offer_until) <= now
    )
    waiting = (
        select(Registration.webinar_id)
        .join(Webinar, col(Webinar.id) == col(Registration.webinar_id))
        .where(Registration.standing == Standing.WAITING, Webinar.status == WebinarStatus.PUBLISHED)
        .where(col(Webinar.starts_at) > now)
    )
    with_room = [
        one for one in session.exec(waiting.distinct()) if free(session, session.get_one(Webinar, one)) != 0
    ]
    return sorted({*session.exec(lapsed.distinct()), *with_room})


def _offer(session: Session, webinar: Webinar, now: datetime) -> int:
    offered = promote(session, webinar, now=now)
    for one in offered:
        post(session, one, now=now)
    return len(offered)

"""Steering: a person pauses a mailing, lets it go on, cancels it, or has its failures tried again.

Each is safe at any moment, twice, and from two people at once. Deliveries that a worker has in hand just then are left to it:
what it handed over settles as it does, and what it gives back to a cancelled mailing is taken by `wind_down`.
"""

from datetime import datetime

from sqlmodel import Session

from service.audit import Act
from service.errors import NothingToRetry
from service.mailing.closing import wind_down
from service.mailing.moves import idle, note, put, queued, reopen, run_anew, turn
from service.mailing.outbox import Delivery, DeliveryState, Mailing, MailingState


def pause(session: Session, *, mailing: Mailing, by: str, now: datetime) -> bool:
    """Let nothing more leave until somebody resumes; what was handed over settles. False when it was paused already.

    Raises:
        MailingEnded: it is finished or cancelled.
    """
    if not turn(session, mailing=mailing, before=(MailingState.SENDING,), after=MailingState.PAUSED):
        return False
    claimed = idle(Delivery.mailing_id == mailing.id, Delivery.state == DeliveryState.CLAIMED)
    put(session, claimed, state=DeliveryState.PLANNED)
    note(session, mailing=mailing, act=Act.MAILING_PAUSED, by=by, now=now)
    return True


def resume(session: Session, *, mailing: Mailing, by: str, now: datetime) -> bool:
    """Go on after a pause, whoever paused it. False when it was going on already.

    Raises:
        MailingEnded: it is finished or cancelled.
    """
    cleared = {"pause": "", "pause_reply": ""}
    paused = (MailingState.PAUSED,)
    if not turn(session, mailing=mailing, before=paused, after=MailingState.SENDING, **cleared):
        return False
    run_anew(session, mailing=mailing, now=now)
    note(session, mailing=mailing, act=Act.MAILING_RESUMED, by=by, now=now)
    return True


def cancel(session: Session, *, mailing: Mailing, by: str, now: datetime) -> bool:
    """Stop for good: what was not handed over is never sent. False when it was cancelled already.

    Raises:
        MailingEnded: it is finished.
    """
    live = (MailingState.SENDING, MailingState.PAUSED)
    cleared = {"pause": "", "pause_reply": ""}
    if not turn(session, mailing=mailing, before=live, after=MailingState.CANCELLED, **cleared):
        return False
    wind_down(session, now=now)
    note(session, mailing=mailing, act=Act.MAILING_CANCELLED, by=by, now=now)
    return True


def retry(session: Session, *, mailing: Mailing, by: str, now: datetime) -> int:
    """Try the failures again, now, and nobody else; how many. Their attempts are kept; the suppressed stay as they are.

    Raises:
        MailingEnded: it was cancelled.
        NothingToRetry: nothing failed, or somebody had them tried again just now.
    """
    reopen(session, mailing=mailing)
    failed = idle(Delivery.mailing_id == mailing.id, Delivery.state == DeliveryState.FAILED)
    again = put(session, failed, **queued(now))
    if not again:
        raise NothingToRetry(f"Nothing in mailing {mailing.id} failed, or it is being tried again already.")
    run_anew(session, mailing=mailing, now=now)
    note(session, mailing=mailing, act=Act.FAILURES_RETRIED, by=by, now=now, detail=str(again))
    return again

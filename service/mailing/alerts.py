"""Alerts: the service stops a mailing by itself when a server says that we are at fault, and tells the desk."""

from datetime import datetime

import structlog
from sqlalchemy import update
from sqlmodel import Session, col

from service.mailing.letters import post_to_desk
from service.mailing.outbox import Mailing, MailingState
from service.mailing.transport import Outcome

log = structlog.get_logger()

SENDER_FAULT = "sender-fault"
"""Why a mailing was paused by itself: what `Mailing.pause` says then."""


def pause_for_fault(session: Session, *, mailing_id: int, outcome: Outcome, now: datetime) -> bool:
    """Pause a mailing, once, with the server's words; no reader is blamed, and a person resumes it.

    Each message would meet the same refusal, and receivers hold that against a sender.
    """
    paused = session.connection().execute(
        update(Mailing)
        .where(col(Mailing.id) == mailing_id, col(Mailing.state) == MailingState.SENDING)
        .values(
            state=MailingState.PAUSED,
            pause=SENDER_FAULT,
            pause_reply=f"{outcome.code or ''} {outcome.reply}".strip(),
        )
    )
    if paused.rowcount != 1:
        return False
    log.error("mailing paused", mailing=mailing_id, server=outcome.server, reply=outcome.reply)
    post_to_desk(session, kind="mailing-paused", context={"mailing_id": mailing_id}, now=now)
    return True

"""Acting: what follows from a message that came back. The caller's transaction holds it; doing it twice is doing it once."""

from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from service.feedback.classifying import FeedbackKind, Finding
from service.feedback.reading import Read
from service.feedback.reports import first_address
from service.feedback.returned import Done
from service.mailing.letters import post_letter, post_to_editors
from service.mailing.outbox import Delivery, Mailing
from service.mailing.refusals import note_complaint, note_refusal
from service.settings import Settings
from service.users import RoleName, users_with_role
from service.verdicts.kinds import verdict

ALERT = "sender-fault"
ALERT_AGAIN = timedelta(days=1)
"""One word a day is enough: every mail of an issue may come back for the same reason."""

LONGEST_REPLY = 6000
LISTS = ("bulk", "junk", "list")


def act_on(
    session: Session,
    settings: Settings,
    *,
    finding: Finding,
    read: Read,
    delivery_id: int | None,
    now: datetime,
) -> Done:
    """Suppress, count, alert or forward; nothing on what names no delivery of ours, since anybody can write it."""
    delivery = session.get(Delivery, delivery_id) if delivery_id is not None else None
    if delivery is None or delivery_id is None:
        return Done.NOT_OURS
    match finding.kind:
        case FeedbackKind.HARD | FeedbackKind.SOFT | FeedbackKind.SENDER_FAULT:
            return _bounced(session, settings, finding, delivery, now)
        case FeedbackKind.COMPLAINT:
            note_complaint(session, settings, delivery_id=delivery_id, now=now)
            return Done.SUPPRESSED if delivery.subscriber_id else Done.NOTHING
        case FeedbackKind.NOT_A_BOUNCE:
            return _answered(session, settings, finding, read, now)
    return Done.NOTHING


def _bounced(
    session: Session, settings: Settings, finding: Finding, delivery: Delivery, now: datetime
) -> Done:
    judged = verdict(finding.reason, permanent=finding.kind is not FeedbackKind.SOFT)
    suppressed = note_refusal(
        session, settings, delivery_id=delivery.id or 0, verdict=judged, status=finding.status, now=now
    )
    if finding.kind is FeedbackKind.SENDER_FAULT:
        return _alert(session, finding, now)
    ended = finding.kind is FeedbackKind.HARD and delivery.subscriber_id is not None
    return Done.SUPPRESSED if suppressed or ended else Done.COUNTED


def _alert(session: Session, finding: Finding, now: datetime) -> Done:
    lately = select(Mailing.id).where(Mailing.kind == ALERT, col(Mailing.created_at) > now - ALERT_AGAIN)
    if session.exec(lately.limit(1)).first() is None:
        for user in users_with_role(session, RoleName.EDITOR, RoleName.PUBLISHER, RoleName.ADMINISTRATOR):
            context = {"reason": finding.reason, "status": finding.status}
            post_letter(session, kind=ALERT, user=user, context=context, now=now)
    return Done.ALERTED


def _answered(session: Session, settings: Settings, finding: Finding, read: Read, now: datetime) -> Done:
    """Pass a person's words on. What has no sender, or was sent to many, or by ourselves, is no person's answer."""
    sender = first_address(read.header("from"))
    ours = {settings.sender_address.lower(), settings.editors_address.lower()}
    by_list = read.header("precedence").lower() in LISTS or bool(read.header("list-id"))
    if finding.reason or not sender or sender in ours or by_list or read.header("return-path") == "<>":
        return Done.NOTHING
    context = {
        "from": sender,
        "subject": read.header("subject")[:200],
        "text": read.text.strip()[:LONGEST_REPLY],
    }
    return (
        Done.FORWARDED
        if post_to_editors(session, settings, kind="reply", context=context, now=now)
        else Done.NOTHING
    )

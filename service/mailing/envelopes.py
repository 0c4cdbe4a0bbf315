"""Envelopes: claimed deliveries become messages, or end here (gone, suppressed, refused). Reads only; sends nothing."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import structlog
from sqlmodel import Session, col, select

from service.errors import MailRefused
from service.mailing.claims import Settlement
from service.mailing.filling import Filled, Form, Reader, fill_mail, form_of, has_region, values_for
from service.mailing.links import preferences_link, unsubscribe_link
from service.mailing.messages import ListHeaders, Mailbox, Message, ascii_address, build_message, one_line
from service.mailing.outbox import Delivery, DeliveryState, Mailing, Variant
from service.mailing.recipients import Recipients, load_recipients, recipient_of
from service.mailing.rendering import Rendered
from service.mailing.transport import Envelope
from service.mailing.writing import known_name, write_letter
from service.runtime import Runtime
from service.settings import Settings
from subscribers.people import Subscriber

log = structlog.get_logger()

MOST_FORMS = 500
"""Variants that are kept apart in memory, some 40 KB each."""

Forms = dict[tuple[int, bool], Form]


@dataclass(frozen=True)
class _Batch:
    """What composing one batch works with."""

    session: Session
    runtime: Runtime
    forms: Forms
    recipients: Recipients
    now: datetime


def compose_all(
    session: Session, runtime: Runtime, ids: Sequence[int], forms: Forms, *, now: datetime
) -> list[Envelope | Settlement]:
    """In the order of `ids`: an envelope for each delivery, or how it ends without one. `forms` is kept from batch to batch."""
    found = session.exec(select(Delivery, Mailing).join(Mailing).where(col(Delivery.id).in_(ids))).all()
    rows = sorted(found, key=lambda row: ids.index(row[0].id or 0))
    if len(forms) > MOST_FORMS:
        forms.clear()
    batch = _Batch(session, runtime, forms, load_recipients(session, runtime.settings, rows), now)
    return [_compose_one(batch, delivery, mailing) for delivery, mailing in rows]


def message_id_of(delivery: Delivery, mailing: Mailing, settings: Settings) -> str:
    """The same for every try at a delivery, and for no other delivery anywhere."""
    origin = f"{settings.base_url}\n{mailing.created_at.timestamp()}\n{mailing.id}\n{delivery.id}"
    digest = hashlib.sha256(origin.encode()).hexdigest()[:16]
    return delivery.message_id or f"<{mailing.id}.{delivery.id}.{digest}@{_domain(settings)}>"


def _compose_one(batch: _Batch, delivery: Delivery, mailing: Mailing) -> Envelope | Settlement:
    try:
        return _compose(batch, delivery, mailing)
    except MailRefused as error:
        return Settlement(delivery.id or 0, DeliveryState.FAILED, str(error))
    except Exception as error:  # a defect in one mail must not hold up the queue behind it
        log.exception("mail cannot be composed", delivery=delivery.id, kind=mailing.kind)
        return Settlement(
            delivery.id or 0, DeliveryState.FAILED, f"Cannot be composed: {type(error).__name__}"
        )


def _compose(batch: _Batch, delivery: Delivery, mailing: Mailing) -> Envelope | Settlement:
    settings, now = batch.runtime.settings, batch.now
    person = recipient_of(batch.recipients, delivery, mailing)
    if isinstance(person, Settlement):
        return person
    listed: ListHeaders | None = None
    content: Filled | Rendered | None
    if isinstance(person, Subscriber) and mailing.issue_id is not None:
        leave = unsubscribe_link(settings, person, mailing.stream, now)
        content, listed = _fill(batch, delivery, person, leave), _list_headers(settings, mailing, leave)
    else:
        content = write_letter(
            batch.session, settings=settings, kind=mailing.kind, delivery=delivery, person=person, now=now
        )
    if content is None:
        return Settlement(delivery.id or 0, DeliveryState.CANCELLED, "What this mail is about is gone.")
    message = Message(
        sender=Mailbox(one_line(settings.sender_name), _from(settings)),
        recipient=Mailbox(one_line(known_name(person)), person.address),
        reply_to=settings.editors_address,
        subject=content.subject,
        html=content.html,
        text=content.text,
        language=delivery.language,
        date=now,
        message_id=message_id_of(delivery, mailing, settings),
        listed=listed,
    )
    return Envelope(
        delivery_id=delivery.id or 0,
        sender=ascii_address(_from(settings)),
        recipient=ascii_address(person.address),
        message_id=message.message_id,
        message=build_message(message),
    )


def _fill(batch: _Batch, delivery: Delivery, person: Subscriber, leave: str) -> Filled:
    choice = batch.recipients.choices[delivery.mailing_id, delivery.profile_key, delivery.language]
    organisations = batch.recipients.organisations.get(person.id or 0, ())
    key = (choice.variant_id or 0, has_region(organisations))
    if key not in batch.forms:
        variant = batch.session.get_one(Variant, choice.variant_id)
        rendered = Rendered(variant.subject, variant.html, variant.text)
        batch.forms[key] = form_of(rendered, with_region=key[1])
    reader = Reader(
        name=one_line(person.name),
        language=delivery.language,
        organisations=organisations,
        reasons=choice.reasons,
        preferences_link=preferences_link(batch.runtime.settings, person, batch.now),
        unsubscribe_link=leave,
    )
    return fill_mail(batch.forms[key], values_for(reader, batch.forms[key], batch.runtime.vocabulary))


def _list_headers(settings: Settings, mailing: Mailing, leave: str) -> ListHeaders:
    return ListHeaders(
        unsubscribe_link=leave,
        list_id=f"{mailing.stream}.{_domain(settings)}",
        help_address=settings.editors_address or _from(settings),
        feedback_id=f"issue-{mailing.issue_id}:{mailing.stream}:newsletter:kennispost",
    )


def _from(settings: Settings) -> str:
    """The sender, or, outside production, an address that can reach no one."""
    return settings.sender_address or "kennispost@localhost.invalid"


def _domain(settings: Settings) -> str:
    return ascii_address(_from(settings)).rpartition("@")[2]

"""Envelopes: a draft becomes a message, filled, written and signed. Pure; signing apart, so that another thread may do it."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import structlog

from service.errors import MailRefused
from service.mailing.claims import Settlement
from service.mailing.dkim import Signer, Unsigned, signature, signature_header, unsigned
from service.mailing.filling import Reader, encoded_values, own_values
from service.mailing.messages import Headers, Message, head_of, needs_smtputf8, wire_address, written
from service.mailing.mime import Body, Calendar, Piece, with_calendar
from service.mailing.outbox import DeliveryState
from service.mailing.transport import Envelope

log = structlog.get_logger()


@dataclass(frozen=True)
class Draft:
    """A message but for the reader's own values. `reader` is None for a letter, which has no holes but those of `reasons`."""

    delivery_id: int
    return_path: str
    message: Message
    body: Body
    reader: Reader | None = None
    reasons: Mapping[str, Piece] = field(default_factory=dict)
    calendar: Calendar | None = None


@dataclass(frozen=True)
class Prepared:
    """A message that lacks its signatures only."""

    draft: Draft
    message: bytes
    unsigned: Sequence[Unsigned]


def prepare(draft: Draft, signer: Signer | None) -> Prepared | Settlement:
    """Fill and write a message; or how the delivery ends because it cannot be one."""
    try:
        return _prepare(draft, signer)
    except MailRefused as error:
        return Settlement(draft.delivery_id, DeliveryState.FAILED, str(error))
    except Exception as error:  # a defect in one mail must not hold up the queue behind it
        log.exception("mail cannot be built", delivery=draft.delivery_id)
        return Settlement(
            draft.delivery_id, DeliveryState.FAILED, f"Cannot be composed: {type(error).__name__}"
        )


def signatures_for(prepared: Sequence[Prepared | Settlement]) -> list[list[bytes]]:
    """The signatures of each, for another thread to make: it touches little but the arithmetic."""
    return [
        [] if isinstance(one, Settlement) else [signature(each) for each in one.unsigned] for one in prepared
    ]


def complete(prepared: Prepared, signatures: Sequence[bytes]) -> Envelope:
    """The envelope, with these signatures in front of the message."""
    draft = prepared.draft
    recipient = wire_address(draft.message.recipient.address)
    signed = [signature_header(one, made) for one, made in zip(prepared.unsigned, signatures, strict=True)]
    return Envelope(
        delivery_id=draft.delivery_id,
        sender=draft.return_path,
        recipient=recipient,
        message_id=draft.message.message_id,
        message=b"".join([*signed, prepared.message]),
        smtputf8=needs_smtputf8(recipient),
    )


def _prepare(draft: Draft, signer: Signer | None) -> Prepared:
    values = encoded_values(own_values(draft.reader)) if draft.reader else {}
    body = draft.body.filled({**draft.reasons, **values})
    if draft.calendar is not None:
        body = with_calendar(body, draft.body.boundary, draft.calendar)
    head = head_of(draft.message)
    message = written(head, body)
    if signer is None:
        return Prepared(draft, message, ())
    body_hash = hashlib.sha256(body).digest()  # `quoted` writes it in DKIM's relaxed form from the start
    to_sign = unsigned(
        signer,
        shared=_octets(head.shared),
        headers=_octets(head.own),
        body_hash=body_hash,
        now=draft.message.date,
    )
    return Prepared(draft, message, to_sign)


def _octets(headers: Headers) -> Headers:
    """Headers as `dkim` takes them, a character for each octet: an address in another script is UTF-8 on the wire."""
    if all(value.isascii() for _name, value in headers):
        return headers
    return tuple([(name, value.encode().decode("latin-1")) for name, value in headers])

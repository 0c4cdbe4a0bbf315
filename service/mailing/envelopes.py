"""Envelopes: a draft becomes a message, filled, written and signed. Pure; the signatures are made elsewhere."""

import hashlib
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

import structlog

from service.errors import MailRefused
from service.mailing.claims import Settlement
from service.mailing.dkim import Signer, Unsigned, signature_header, unsigned
from service.mailing.filling import Reader, encoded_values, own_values
from service.mailing.messages import Headers, Message, head_of, needs_smtputf8, wire_address
from service.mailing.mime import Body, Calendar, with_calendar
from service.mailing.outbox import DeliveryState
from service.mailing.transport import Envelope

log = structlog.get_logger()


class Draft(NamedTuple):
    """A message but for the reader's own values. `reader` is None for a letter, whose body has no holes."""

    delivery_id: int
    return_path: str
    message: Message
    body: Body
    reader: Reader | None = None
    calendar: Calendar | None = None


class Prepared(NamedTuple):
    """A message that lacks its signatures only; `content` is its body, in pieces."""

    draft: Draft
    head: bytes
    content: Sequence[bytes]
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
        content=[*signed, prepared.head, *prepared.content],
        smtputf8=needs_smtputf8(recipient),
    )


def _prepare(draft: Draft, signer: Signer | None) -> Prepared:
    content = draft.body.filled(encoded_values(own_values(draft.reader)) if draft.reader else {})
    if draft.calendar is not None:
        content = [with_calendar(b"".join(content), draft.body.boundary, draft.calendar)]
    head = head_of(draft.message)
    if signer is None:
        return Prepared(draft, head.lines, content, ())
    # `quoted` writes a body in DKIM's relaxed form from the start. Whole it is needed for this moment only: a few hundred
    # messages are on their way at a time, and together they are larger than the processor's cache.
    body_hash = hashlib.sha256(b"".join(content)).digest()
    to_sign = unsigned(
        signer,
        shared=_shared_octets(head.shared),
        headers=_octets(head.own),
        body_hash=body_hash,
        now=draft.message.date,
    )
    return Prepared(draft, head.lines, content, to_sign)


def _octets(headers: Headers) -> Headers:
    """Headers as `dkim` takes them, a character for each octet: an address in another script is UTF-8 on the wire."""
    return tuple(
        [(name, value if value.isascii() else value.encode().decode("latin-1")) for name, value in headers]
    )


_shared_octets = lru_cache(maxsize=512)(_octets)

"""Envelopes: a draft becomes a message, filled, written and signed. Pure, so that several threads may build at once."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import structlog

from service.errors import MailRefused
from service.mailing.claims import Settlement
from service.mailing.dkim import Signer, hash_body, sign
from service.mailing.filling import Reader, encoded_values, own_values
from service.mailing.messages import Message, headers_of, needs_smtputf8, wire_address, written
from service.mailing.mime import Body, Piece
from service.mailing.outbox import DeliveryState
from service.mailing.transport import Envelope

log = structlog.get_logger()


@dataclass(frozen=True)
class Draft:
    """A message but for the reader's own values. `reader` is None for a letter, which has no holes."""

    delivery_id: int
    return_path: str
    message: Message
    body: Body
    reader: Reader | None = None
    reasons: Mapping[str, Piece] = field(default_factory=dict)


def build(draft: Draft, signer: Signer | None) -> Envelope | Settlement:
    """The envelope, or how the delivery ends because it cannot be one."""
    try:
        return _build(draft, signer)
    except MailRefused as error:
        return Settlement(draft.delivery_id, DeliveryState.FAILED, str(error))
    except Exception as error:  # a defect in one mail must not hold up the queue behind it
        log.exception("mail cannot be built", delivery=draft.delivery_id)
        return Settlement(
            draft.delivery_id, DeliveryState.FAILED, f"Cannot be composed: {type(error).__name__}"
        )


def _build(draft: Draft, signer: Signer | None) -> Envelope:
    values = encoded_values(own_values(draft.reader)) if draft.reader else {}
    body = draft.body.filled({**draft.reasons, **values})
    headers = headers_of(draft.message)
    message = written(headers, body)
    if signer is not None:
        message = sign(signer, headers=headers, body_hash=hash_body(body), now=draft.message.date) + message
    recipient = wire_address(draft.message.recipient.address)
    return Envelope(
        delivery_id=draft.delivery_id,
        sender=draft.return_path,
        recipient=recipient,
        message_id=draft.message.message_id,
        message=message,
        smtputf8=needs_smtputf8(recipient),
    )

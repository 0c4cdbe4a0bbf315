"""Drafts: what claimed deliveries are to say, read from the database; or how they end here (gone, suppressed, refused)."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime

import structlog
from sqlmodel import Session, col, select

from service.errors import MailRefused
from service.mailing.announced import Announced, link_in, load_announced, why_not
from service.mailing.attendees import Attendees, load_attendees, tell_one
from service.mailing.claims import Claimed, Settlement
from service.mailing.envelopes import Draft
from service.mailing.filling import Reader, encoded, encoded_values, form_of, reason_values
from service.mailing.fragments import region
from service.mailing.kept import Kept, Sheet
from service.mailing.letters import TO_EDITORS
from service.mailing.links import preferences_link, reading_mark, unsubscribe_link
from service.mailing.mailings import PlainMailing, load_mailings, message_id_of
from service.mailing.messages import Letterhead, ListHeaders, Mailbox, Message, letterhead, one_line
from service.mailing.mime import Body, mixed_type
from service.mailing.outbox import Delivery, DeliveryState, ProfileChoice, Variant
from service.mailing.recipients import (
    Recipients,
    cancelled,
    load_choices,
    load_recipients,
    refusal_of,
)
from service.mailing.reminding import still_true
from service.mailing.rendering import Rendered, refuse_too_large
from service.mailing.writing import known_name, mailed_to, write_letter
from service.runtime import Runtime
from service.settings import Settings
from service.users import User
from service.verp import return_path
from subscribers.directory import helpers, who_helps
from subscribers.organisations import Organisation
from subscribers.people import Subscriber

log = structlog.get_logger()


@dataclass(frozen=True)
class _Batch:
    """What drafting one batch works with."""

    session: Session
    runtime: Runtime
    kept: Kept
    recipients: Recipients
    attendees: Attendees
    announced: Announced
    now: datetime


def draft_all(
    session: Session, runtime: Runtime, claimed: Collection[Claimed], kept: Kept, *, now: datetime
) -> Iterator[Draft | Settlement]:
    """In the order of `claimed`: a draft for each delivery, or how it ends without one. `kept` goes on from batch to batch."""
    kept.make_room()
    recipients = load_recipients(session, runtime.settings, claimed)
    _keep(session, runtime.settings, kept, claimed)
    _keep_organisations(session, kept, recipients)
    of_webinars = {
        one: about for one in {one.mailing_id for one in claimed} if (about := kept.mailings[one].webinar_id)
    }
    attendees = load_attendees(session, claimed, of_webinars)
    announced = load_announced(session, [one for one in claimed if kept.mailings[one.mailing_id].announces])
    batch = _Batch(session, runtime, kept, recipients, attendees, announced, now)
    return (_guarded(batch, one) for one in claimed)


def _guarded(batch: _Batch, one: Claimed) -> Draft | Settlement:
    mailing = batch.kept.mailings[one.mailing_id]
    try:
        if one.subscriber_id is not None and (
            refusal := refusal_of(batch.recipients, one, stream=mailing.stream, now=batch.now)
        ):
            return refusal
        if mailing.issue_id is not None and one.subscriber_id is None:
            return cancelled(one, "This reader is gone.")
        if mailing.webinar_id is not None:
            return _webinar(batch, one, mailing, mailing.webinar_id)
        return _issue(batch, one, mailing) if mailing.issue_id is not None else _letter(batch, one, mailing)
    except MailRefused as error:
        return Settlement(one.id, DeliveryState.FAILED, str(error))
    except Exception as error:  # a defect in one mail must not hold up the queue behind it
        log.exception("mail cannot be composed", delivery=one.id, kind=mailing.kind)
        return Settlement(one.id, DeliveryState.FAILED, f"Cannot be composed: {type(error).__name__}")


def _issue(batch: _Batch, one: Claimed, mailing: PlainMailing) -> Draft | Settlement:
    settings, now = batch.runtime.settings, batch.now
    person = batch.recipients.readers[one.subscriber_id or 0]
    if why := why_not(batch.announced, one, made_at=mailing.created_at, now=now):
        return cancelled(one, why)
    mark = reading_mark(settings, person, now) if person.id in batch.recipients.sharing else ""
    helps = _region(batch, person.id, one.language)
    sheet = _sheet(batch, one, mailing, with_region=bool(helps), with_reading=bool(mark))
    leave = unsubscribe_link(settings, person, mailing.stream, now)
    reader = Reader(
        name=one_line(person.name),
        language=one.language,
        preferences_link=preferences_link(settings, person, now),
        unsubscribe_link=leave,
        region=helps,
        reading=mark,
        register_link=link_in(batch.announced, settings, person, mailing.id, now),
    )
    recipient = Mailbox(reader.name, person.address)
    message = Message(sheet.letterhead, recipient, now, message_id_of(one, mailing, settings), leave)
    return Draft(one.id, return_path(settings, one.id), message, sheet.body, reader)


def _webinar(batch: _Batch, one: Claimed, mailing: PlainMailing, webinar_id: int) -> Draft | Settlement:
    settings, known = batch.runtime.settings, batch.attendees
    webinar = known.webinars.get(webinar_id)
    person = batch.recipients.readers.get(one.subscriber_id or 0)
    if person is None or webinar is None or not still_true(webinar, mailing.kind, mailing.occasion):
        return cancelled(one, "This webinar was moved, or is gone.")
    told = tell_one(
        batch.runtime,
        known,
        batch.kept.webinar_forms,
        delivery=one,
        kind=mailing.kind,
        webinar_id=webinar_id,
        address=person.address,
        now=batch.now,
    )
    if told is None:
        return cancelled(one, "What this mail says is not so any more.")
    kind = mixed_type(told.body.boundary) if told.calendar else told.body.content_type
    shared = _letterhead(batch, mailing, told.subject, one.language, kind)
    message = _message(batch, one, mailing, shared, Mailbox(told.name, person.address))
    body = told.body.filled_with(told.values)
    return Draft(one.id, return_path(settings, one.id), message, body, calendar=told.calendar)


def _letter(batch: _Batch, one: Claimed, mailing: PlainMailing) -> Draft | Settlement:
    settings, session = batch.runtime.settings, batch.session
    delivery = session.get_one(Delivery, one.id)
    person: Subscriber | User
    if one.subscriber_id is None:
        user = _of_the_desk(batch, one, mailing)
        if user is None or not user.active:
            return cancelled(one, "This person may no longer sign in.")
        person = user
    else:
        person = session.get_one(Subscriber, one.subscriber_id)
    letter = write_letter(
        session, settings=settings, kind=mailing.kind, delivery=delivery, person=person, now=batch.now
    )
    if letter is None:
        return cancelled(one, "What this mail is about is gone.")
    refuse_too_large(letter)
    body = encoded(form_of(letter, with_region=False))
    shared = _letterhead(batch, mailing, letter.subject, one.language, body.content_type)
    address = mailed_to(session, mailing.kind, delivery, person)
    recipient = Mailbox(one_line(known_name(person, mailing.kind)), address)
    return Draft(
        one.id, return_path(settings, one.id), _message(batch, one, mailing, shared, recipient), body
    )


def _of_the_desk(batch: _Batch, one: Claimed, mailing: PlainMailing) -> User | None:
    """A user, or, for a letter that names nobody, the editors' address."""
    if one.user_id is not None:
        return batch.session.get(User, one.user_id)
    editors = batch.runtime.settings.editors_address
    if mailing.kind not in TO_EDITORS or not editors:
        return None
    return User(address=editors, name="redactie", created_at=batch.now)


def _message(
    batch: _Batch, one: Claimed, mailing: PlainMailing, shared: Letterhead, recipient: Mailbox
) -> Message:
    """The head of a mail that is on no list."""
    return Message(shared, recipient, batch.now, message_id_of(one, mailing, batch.runtime.settings))


def _letterhead(
    batch: _Batch,
    mailing: PlainMailing,
    subject: str,
    language: str,
    content_type: str,
    *,
    listed: ListHeaders | None = None,
) -> Letterhead:
    return letterhead(
        sender=mailing.sender,
        reply_to=batch.runtime.settings.editors_address,
        subject=subject,
        language=language,
        content_type=content_type,
        listed=listed,
    )


def _sheet(
    batch: _Batch, one: Claimed, mailing: PlainMailing, *, with_region: bool, with_reading: bool
) -> Sheet:
    choice = batch.kept.choices[_profile(one)]
    key = (choice.id, with_region, with_reading)
    if key not in batch.kept.sheets:
        subject, body = _body(
            batch, choice.variant_id or 0, with_region=with_region, with_reading=with_reading
        )
        reasons = batch.session.get_one(ProfileChoice, choice.id).reasons
        values = reason_values(reasons, body.names, batch.runtime.vocabulary, choice.language)
        shared = _letterhead(batch, mailing, subject, one.language, body.content_type, listed=mailing.listed)
        batch.kept.sheets[key] = Sheet(shared, body.filled_with(encoded_values(values)))
    return batch.kept.sheets[key]


def _body(batch: _Batch, variant_id: int, *, with_region: bool, with_reading: bool) -> tuple[str, Body]:
    key = (variant_id, with_region, with_reading)
    if key not in batch.kept.bodies:
        variant = batch.session.get_one(Variant, variant_id)
        rendered = Rendered(variant.subject, variant.html, variant.text)
        form = form_of(rendered, with_region=with_region, with_reading=with_reading)
        batch.kept.bodies[key] = (variant.subject, encoded(form).sharing(batch.kept.pieces))
        batch.session.expunge(variant)
    return batch.kept.bodies[key]


def _keep(session: Session, settings: Settings, kept: Kept, claimed: Collection[Claimed]) -> None:
    """What is the same for as long as a mailing goes on."""
    new = {one.mailing_id for one in claimed} - kept.mailings.keys()
    if new:
        kept.mailings.update(load_mailings(session, settings, new))
    unknown = [
        one for one in claimed if kept.mailings[one.mailing_id].issue_id and _profile(one) not in kept.choices
    ]
    if unknown:
        kept.choices.update(load_choices(session, unknown))


def _profile(one: Claimed) -> tuple[int, str, str]:
    return one.mailing_id, one.profile_key, one.language


def _keep_organisations(session: Session, kept: Kept, recipients: Recipients) -> None:
    wanted = {one for ids in recipients.organisation_ids.values() for one in ids} - kept.organisations.keys()
    if not wanted:
        return
    kept.partners = kept.partners or helpers(session)
    for found in session.exec(select(Organisation).where(col(Organisation.id).in_(wanted))):
        session.expunge(found)
        kept.organisations[found.id or 0] = found
        kept.helpers[found.id or 0] = who_helps(found, kept.partners)


def _region(batch: _Batch, reader_id: int, language: str) -> str:
    """Who helps where this reader works; empty for those who work for no municipality."""
    kept, ids = batch.kept, batch.recipients.organisation_ids.get(reader_id, ())
    if (ids, language) not in kept.regions:
        organisations = sorted((kept.organisations[one] for one in ids), key=lambda one: one.name)
        kept.regions[ids, language] = region(organisations, language, kept.helpers)
    return kept.regions[ids, language]

"""Attendees: what the mails of webinars say to each who takes part. Rendered once for all, with holes for what is theirs."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from html import escape

from sqlmodel import Session, col, select

from content.webinars.tables import Webinar, WebinarStatus
from service.i18n import clock_time, full_moment
from service.mailing.claims import Claimed
from service.mailing.filling import encoded, form_of
from service.mailing.fragments import greeting
from service.mailing.holes import hole, without_holes
from service.mailing.links import join_link, place_link
from service.mailing.markup import wrap_line
from service.mailing.messages import one_line, wire_address
from service.mailing.mime import Body, Calendar, Piece
from service.mailing.occasions import OCCASIONS, PERSON_ONLY, comes_too_late
from service.mailing.outbox import Delivery
from service.mailing.quoted import quoted, quoted_address
from service.mailing.rendering import Rendered, refuse_too_large, render_mail
from service.runtime import Runtime
from service.settings import Settings
from service.webinars.facts import Attendee, facts_of, page_address
from service.webinars.wording import when
from subscribers.people import Subscriber
from subscribers.registrations.tables import Registration, Standing

STRANGERS = frozenset({"webinar-confirm", "webinar-take-over"})
"""Mails to people who said nothing yet: no words that somebody else typed are in them."""

FormKey = tuple[str, int, int, datetime, str]


@dataclass(frozen=True)
class Attendees:
    """The webinars and registrations of a batch, by their keys, and the contexts of deliveries that have one."""

    webinars: Mapping[int, Webinar] = field(default_factory=dict)
    registrations: Mapping[tuple[int, int], Registration] = field(default_factory=dict)
    contexts: Mapping[int, Mapping[str, object]] = field(default_factory=dict)
    givers: Mapping[int, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Told:
    """A mail for one person: its subject, the body with holes, what goes into them, and the calendar's part."""

    subject: str
    body: Body
    values: Mapping[str, Piece]
    name: str
    calendar: Calendar | None


@dataclass(frozen=True)
class _One:
    """One mail to one person, before it is written."""

    kind: str
    webinar: Webinar
    mine: Registration
    name: str
    address: str
    giver: str
    language: str
    had_seat: bool
    now: datetime


def load_attendees(
    session: Session, claimed: Collection[Claimed], webinar_ids: Mapping[int, int]
) -> Attendees:
    """All that the webinar mails among these need; `webinar_ids` is by mailing."""
    ours = [one for one in claimed if one.mailing_id in webinar_ids]
    if not ours:
        return Attendees()
    webinars = {
        one.id or 0: one
        for one in session.exec(select(Webinar).where(col(Webinar.id).in_(set(webinar_ids.values()))))
    }
    people = [one.subscriber_id for one in ours if one.subscriber_id is not None]
    mine = select(Registration).where(
        col(Registration.webinar_id).in_(webinars), col(Registration.subscriber_id).in_(people)
    )
    registrations = {(one.webinar_id, one.subscriber_id): one for one in session.exec(mine)}
    contexts = select(Delivery.id, Delivery.context).where(col(Delivery.id).in_([one.id for one in ours]))
    return Attendees(
        webinars,
        registrations,
        {number or 0: context for number, context in session.exec(contexts)},
        _givers(session, registrations.values()),
    )


def tell_one(
    runtime: Runtime,
    known: Attendees,
    forms: dict[FormKey, tuple[str, Body]],
    *,
    delivery: Claimed,
    kind: str,
    webinar_id: int,
    address: str,
    now: datetime,
) -> Told | None:
    """The mail; None when it does not apply any more: they left, it is too late, or the webinar is not what it says."""
    webinar = known.webinars.get(webinar_id)
    mine = known.registrations.get((webinar_id, delivery.subscriber_id or 0))
    if webinar is None or mine is None or mine.standing not in OCCASIONS[kind].to:
        return None
    if webinar.status == WebinarStatus.CANCELLED and kind != "webinar-cancelled":
        return None
    if comes_too_late(kind, webinar, now):
        return None
    key = (kind, webinar_id, webinar.sequence, webinar.changed_at, delivery.language)
    if key not in forms:
        forms[key] = _form(runtime.settings, kind, webinar, delivery.language)
    subject, body = forms[key]
    one = _One(
        kind=kind,
        webinar=webinar,
        mine=mine,
        name="" if kind in STRANGERS else one_line(mine.name),
        address=address,
        giver=known.givers.get(mine.took_over_from_id or 0, ""),
        language=delivery.language,
        had_seat=bool(known.contexts.get(delivery.id, {}).get("had_seat")),
        now=now,
    )
    return Told(subject, body, _values(runtime.settings, one), one.name, _calendar(runtime, one))


def _form(settings: Settings, kind: str, webinar: Webinar, language: str) -> tuple[str, Body]:
    rendered = render_webinar_mail(settings, kind, webinar, language)
    refuse_too_large(rendered)
    return rendered.subject, encoded(form_of(rendered, with_region=False))


def render_webinar_mail(settings: Settings, kind: str, webinar: Webinar, language: str) -> Rendered:
    """A mail of this kind about this webinar, with holes for the greeting, the links, and what is one person's."""
    page = page_address(settings, webinar.slug)
    links = {"place": hole("place"), "join": hole("join"), "page": page}
    links["recording"] = f"{links['place']}/terugkijken"
    return render_mail(
        kind,
        settings=settings,
        language=language,
        greeting=hole("greeting"),
        link=links[OCCASIONS[kind].link],
        place=links["place"],
        join=links["join"],
        page=page,
        until=hole("until"),
        giver=hole("giver"),
        title=without_holes(one_line(webinar.title)),
        when=when(webinar.starts_at, webinar.ends_at, language),
        start=full_moment(webinar.starts_at, language),
        clock=clock_time(webinar.starts_at, language, now=webinar.starts_at),
        before=full_moment(webinar.previous_starts_at, language) if webinar.previous_starts_at else "",
        notice=without_holes(webinar.notice),
    )


def _values(settings: Settings, one: _One) -> dict[str, Piece]:
    texts = {
        "greeting": greeting(one.name, one.language),
        "until": full_moment(one.mine.offer_until, one.language) if one.mine.offer_until else "",
        "giver": one.giver,
    }
    links = {
        "place": place_link(settings, one.mine, one.now),
        "join": join_link(settings, one.mine, one.now),
    }
    pieces = {name: Piece(quoted_address(link), quoted_address(link)) for name, link in links.items()}
    return pieces | {
        name: Piece(quoted("\n".join(wrap_line(text))), quoted(escape(text))) for name, text in texts.items()
    }


def _calendar(runtime: Runtime, one: _One) -> Calendar | None:
    """What goes to their calendar: nothing to those who never had the webinar in it."""
    method = OCCASIONS[one.kind].calendar
    in_it = one.mine.standing in (Standing.SEAT, Standing.HANDED_OVER) or one.had_seat
    if method is None or not in_it or runtime.invitation is None:
        return None
    facts = facts_of(one.webinar, settings=runtime.settings, now=one.now, own_sequence=one.mine.sequence)
    data = runtime.invitation(
        webinar=replace(facts, organiser_address=wire_address(facts.organiser_address)),  # as From has it
        attendee=Attendee(one.name, wire_address(one.address)),
        method=method,
        person_only=one.kind in PERSON_ONLY,
    )
    return Calendar(method, data)


def _givers(session: Session, registrations: Collection[Registration]) -> dict[int, str]:
    """The addresses of those who give their seat, by registration: they proved them, and a colleague knows them by it."""
    ids = {one.took_over_from_id for one in registrations if one.took_over_from_id is not None}
    if not ids:
        return {}
    found = select(Registration.id, Subscriber.address).join(
        Subscriber, col(Subscriber.id) == col(Registration.subscriber_id)
    )
    return {
        number or 0: address for number, address in session.exec(found.where(col(Registration.id).in_(ids)))
    }

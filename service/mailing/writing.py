"""Writing letters: what each kind says, with links that are made now."""

from datetime import datetime
from typing import Any

from sqlmodel import Session, select

from content.issues import Issue
from content.plaintext import clean
from content.sources import Source
from service.i18n import _
from service.mailing.fragments import greeting
from service.mailing.links import (
    confirm_link,
    desk_link,
    mailing_link,
    move_link,
    own_data_link,
    preferences_link,
    sign_in_link,
    still_you_link,
    unsubscribe_link,
)
from service.mailing.messages import one_line
from service.mailing.outbox import Delivery, Mailing
from service.mailing.reasons import REASON_NAMES
from service.mailing.rendering import Rendered, render_mail
from service.settings import Settings
from service.users import SignInLink, User
from subscribers.errors import RequestOver
from subscribers.merging import moves_of
from subscribers.moving import Side, open_change
from subscribers.people import Subscriber, SubscriberState
from subscribers.requests import AddressChange
from subscribers.signup import latest_request

WORK = {
    "harvest": _("nieuws ophalen"),
    "open-draft": _("een nieuwe editie klaarzetten"),
    "remind-editors": _("de redactie herinneren"),
    "send": _("een editie versturen"),
    "still-you": _("lezers vragen of zij nog hetzelfde werk doen"),
    "tidy": _("opruimen"),
    "open-digest": _("een weekoverzicht klaarzetten"),
    "remind-digest": _("de redactie herinneren aan het weekoverzicht"),
    "draft-alerts": _("een melding klaarzetten"),
    "welcome": _("welkomstmails klaarzetten"),
    "bounces": _("teruggekomen mail ophalen"),
}
"""What the lines of the schedule do, in the readers' words."""

SIDES = {"confirm-old-address": Side.OLD, "confirm-new-address": Side.NEW}
"""Letters about a change of address, by whose mailbox they ask."""

REFUSALS = {
    "MailRefused": _("De mail is te groot. Kort teksten in, of verlaag het hoogste aantal onderdelen."),
    "NothingToSend": _("Er was niets te versturen: de editie is leeg, of niemand ontvangt haar."),
    "SegmentBroken": _(
        "Het segment van deze editie vraagt naar iets dat er niet meer is. Pas het segment aan, of kies een ander."
    ),
    "SegmentFault": _("Het segment van deze editie kunnen we niet lezen. Kies een ander segment."),
}
"""Why an approved issue could not leave, by the name of the error."""


def write_letter(
    session: Session,
    *,
    settings: Settings,
    kind: str,
    delivery: Delivery,
    person: Subscriber | User,
    now: datetime,
) -> Rendered | None:
    """The letter; None when what it is about is gone."""
    if isinstance(person, Subscriber):
        values: dict[str, Any] | None = _to_reader(session, settings, delivery, person, kind=kind, now=now)
    elif kind == "sign-in":
        values = _to_sign_in(session, settings, str(delivery.context["nonce"]), now)
    elif kind == "source-gone":
        values = _about_source(session, settings, str(delivery.context["source_key"]))
    else:
        values = _to_desk(session, settings, kind, delivery)
    if values is None:
        return None
    hello = greeting(known_name(person, kind), delivery.language)
    return render_mail(kind, settings=settings, language=delivery.language, greeting=hello, **values)


def known_name(person: Subscriber | User, kind: str) -> str:
    """A name to address them by. Before they confirm, anyone may have typed it: a stranger's words are not mailed.

    Nor are a reader's to an address that they typed.
    """
    if kind == "confirm-new-address":
        return ""
    if isinstance(person, Subscriber) and person.state != SubscriberState.ACTIVE:
        return ""
    return person.name


def mailed_to(session: Session, kind: str, delivery: Delivery, person: Subscriber | User) -> str:
    """The address that a letter goes to: the person's, but for the one that asks a new mailbox for its yes."""
    if kind != "confirm-new-address":
        return person.address
    change = session.get(AddressChange, delivery.context.get("change_id") or 0)
    return change.address if change else person.address


def _to_reader(
    session: Session, settings: Settings, delivery: Delivery, reader: Subscriber, *, kind: str, now: datetime
) -> dict[str, Any] | None:
    if kind in ("confirm-subscription", "hand-over"):
        return {"link": confirm_link(settings, reader, latest_request(session, reader), now)}
    if kind in SIDES:
        return _to_mailbox(session, settings, kind, delivery, now)
    if kind == "own-data":
        return {"link": own_data_link(settings, reader, now)}
    if kind == "still-you":
        if reader.state != SubscriberState.ACTIVE:
            return None
        return {
            "link": still_you_link(settings, reader, now),
            "preferences": preferences_link(settings, reader, now),
            "unsubscribe": unsubscribe_link(settings, reader, "all", now),
        }
    values = {
        "link": preferences_link(settings, reader, now),
        "unsubscribe": unsubscribe_link(settings, reader, "all", now),
    }
    return values if kind != "municipality-merged" else _of_merger(session, delivery, reader, values)


def _of_merger(
    session: Session, delivery: Delivery, reader: Subscriber, links: dict[str, Any]
) -> dict[str, Any] | None:
    """Along with which municipalities a reader moved; none when they left or work elsewhere by now."""
    mine = [one for one in moves_of(session, reader) if one.id in delivery.context.get("moves", [])]
    if not mine or reader.state != SubscriberState.ACTIVE:
        return None
    return {**links, "moves": [(one.before, one.after) for one in mine]}


def _to_mailbox(
    session: Session, settings: Settings, kind: str, delivery: Delivery, now: datetime
) -> dict[str, Any] | None:
    """A question to one of two mailboxes; none when the change is done, replaced or too old."""
    try:
        change = open_change(session, int(delivery.context["change_id"]), now=now)
    except RequestOver:
        return None
    side = SIDES[kind]
    return {"link": move_link(settings, change.id or 0, side, now), "new_address": change.address}


def _to_sign_in(session: Session, settings: Settings, nonce: str, now: datetime) -> dict[str, Any] | None:
    """A link that works; none when it was used or ran out while the mail waited for the relay."""
    usable = select(SignInLink.id).where(
        SignInLink.nonce == nonce,
        SignInLink.expires_at > now,
        SignInLink.used_at == None,  # noqa: E711  SQL
    )
    return {"link": sign_in_link(settings, nonce, now)} if session.exec(usable).first() else None


def _reply(delivery: Delivery) -> dict[str, Any]:
    """What a reader answered. Control characters could turn the words around them; the template escapes the rest."""
    return {
        "from_address": one_line(str(delivery.context["from"])),
        "subject_line": one_line(clean(str(delivery.context["subject"]))),
        "lines": [one_line(line) for line in clean(str(delivery.context["text"])).splitlines()],
    }


def _to_desk(session: Session, settings: Settings, kind: str, delivery: Delivery) -> dict[str, Any] | None:
    paused = session.get(Mailing, delivery.context.get("mailing_id") or 0)
    issue_id = paused.issue_id if paused else delivery.context.get("issue_id")
    issue = session.get(Issue, issue_id) if issue_id else None
    values: dict[str, Any] = {
        "title": issue.title if issue else "",
        "link": desk_link(settings, issue.id if issue else None),
    }
    if kind == "sender-fault":
        reason = REASON_NAMES[str(delivery.context["reason"])]
        return {
            "link": f"{settings.base_url}/redactie/abonnees/teruggekomen",
            "reason": reason,
            "status": delivery.context["status"],
        }
    if kind == "reply":
        return {"link": desk_link(settings, None), **_reply(delivery)}
    if kind == "occurrence-expired":
        schedule = str(delivery.context["schedule"])
        moment = datetime.fromisoformat(str(delivery.context["due_at"]))
        return {**values, "moment": moment, "work": WORK.get(schedule, schedule)}
    if issue is None:
        return None
    if kind == "mailing-paused":
        if paused is None:
            return None
        values |= {"reply": paused.pause_reply, "link": mailing_link(settings, paused.id or 0)}
    if kind == "issue-refused":
        values["problem"] = REFUSALS[str(delivery.context["problem"])]
    return {**values, "moment": issue.send_at}


def _about_source(session: Session, settings: Settings, key: str) -> dict[str, Any] | None:
    source = session.exec(select(Source).where(Source.key == key)).first()
    return {"title": source.name, "link": f"{settings.base_url}/redactie/bronnen/{key}"} if source else None

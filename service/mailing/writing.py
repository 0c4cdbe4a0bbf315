"""Writing letters: what each kind says, with links that are made now."""

from datetime import datetime
from typing import Any

from sqlmodel import Session, select

from content.issues import Issue
from content.sources import Source
from service.i18n import _
from service.mailing.fragments import greeting
from service.mailing.links import confirm_link, desk_link, preferences_link, sign_in_link, unsubscribe_link
from service.mailing.outbox import Delivery
from service.mailing.rendering import Rendered, render_mail
from service.settings import Settings
from service.users import User
from subscribers.people import Subscriber, SubscriberState
from subscribers.signup import latest_request

WORK = {
    "harvest": _("nieuws ophalen"),
    "open-draft": _("een nieuwe editie klaarzetten"),
    "remind-editors": _("de redactie herinneren"),
    "send": _("een editie versturen"),
    "tidy": _("opruimen"),
}
"""What the lines of the schedule do, in the readers' words."""

REFUSALS = {
    "MailRefused": _("De mail is te groot. Kort teksten in, of verlaag het hoogste aantal onderdelen."),
    "NothingToSend": _("Er was niets te versturen: de editie is leeg, of niemand ontvangt haar."),
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
        values: dict[str, Any] | None = _to_reader(session, settings, kind, person, now)
    elif kind == "sign-in":
        values = {"link": sign_in_link(settings, str(delivery.context["nonce"]), now)}
    else:
        values = _to_desk(session, settings, kind, delivery)
    if values is None:
        return None
    hello = greeting(known_name(person), delivery.language)
    return render_mail(kind, settings=settings, language=delivery.language, greeting=hello, **values)


def known_name(person: Subscriber | User) -> str:
    """A name to address them by. Before they confirm, anyone may have typed it: a stranger's words are not mailed."""
    if isinstance(person, Subscriber) and person.state != SubscriberState.ACTIVE:
        return ""
    return person.name


def _to_reader(
    session: Session, settings: Settings, kind: str, reader: Subscriber, now: datetime
) -> dict[str, Any]:
    if kind == "confirm-subscription":
        return {"link": confirm_link(settings, reader, latest_request(session, reader), now)}
    return {
        "link": preferences_link(settings, reader, now),
        "unsubscribe": unsubscribe_link(settings, reader, "all", now),
    }


def _to_desk(session: Session, settings: Settings, kind: str, delivery: Delivery) -> dict[str, Any] | None:
    if kind == "source-gone":
        return _about_source(session, settings, str(delivery.context["source_key"]))
    issue_id = delivery.context.get("issue_id")
    issue = session.get(Issue, issue_id) if issue_id else None
    values: dict[str, Any] = {
        "title": issue.title if issue else "",
        "link": desk_link(settings, issue.id if issue else None),
    }
    if kind == "occurrence-expired":
        schedule = str(delivery.context["schedule"])
        moment = datetime.fromisoformat(str(delivery.context["due_at"]))
        return {**values, "moment": moment, "work": WORK.get(schedule, schedule)}
    if issue is None:
        return None
    if kind == "issue-refused":
        values["problem"] = REFUSALS[str(delivery.context["problem"])]
    return {**values, "moment": issue.send_at}


def _about_source(session: Session, settings: Settings, key: str) -> dict[str, Any] | None:
    source = session.exec(select(Source).where(Source.key == key)).first()
    return {"title": source.name, "link": f"{settings.base_url}/redactie/bronnen/{key}"} if source else None

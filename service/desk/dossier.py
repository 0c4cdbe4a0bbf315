"""The dossier of one reader at the desk: who they are, what they agreed to in which words, and the mails sent to them."""

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from service.desk.access import Anyone
from service.desk.frame import desk_page
from service.desk.live import STATE_NAMES as MAIL_STATES
from service.desk.readers import STATE_NAMES, reader_rows
from service.dossiers import acts_of, sent_to
from service.i18n import _
from service.mailing.counting import read_by
from service.web.dependencies import Language, Transaction
from service.web.work import work_choices
from subscribers.errors import UnknownSubscriber
from subscribers.people import Subscriber
from subscribers.reading import shares_reading

KIND_NAMES = {
    "requested": _("vroeg de nieuwsbrief aan"),
    "confirmed": _("zei ja"),
    "changed": _("veranderde iets"),
    "withdrawn": _("meldde zich af"),
    "restored": _("kwam terug"),
    "imported": _("kwam uit een bestand"),
    "sharing-begun": _("laat zien welke berichten worden gelezen"),
    "sharing-ended": _("laat niet meer zien welke berichten worden gelezen"),
}
"""What a reader did, by the kind of the event."""

STREAM_NAMES = {
    "monthly": _("nieuwsbrief"),
    "digest": _("weekoverzicht"),
    "alerts": _("meldingen"),
    "webinars": _("webinars"),
    "welcome": _("welkomstmails"),
}

LETTER_NAMES = {
    "confirm-subscription": _("vraag om de aanmelding te bevestigen"),
    "already-subscribed": _("bericht: u bent al lezer"),
    "preferences-link": _("link naar de voorkeuren"),
    "own-data": _("link naar de eigen gegevens"),
    "confirm-old-address": _("vraag aan het oude adres"),
    "confirm-new-address": _("vraag aan het nieuwe adres"),
    "hand-over": _("vraag om het over te nemen van een collega"),
    "still-you": _("jaarlijkse vraag"),
    "municipality-merged": _("bericht over de nieuwe gemeente"),
}
"""What a mail was about that is no issue."""

router = APIRouter(prefix="/redactie/abonnees")


@router.get("/{number:int}")
def dossier(
    *, request: Request, session: Transaction, person: Anyone, language: Language, number: int
) -> HTMLResponse:
    """All of it on one page that prints. Nothing on it can be changed: acts are only ever added."""
    reader = session.get(Subscriber, number)
    if reader is None:
        raise UnknownSubscriber("There is no reader with this number.")
    acts = acts_of(session, reader)
    seen = {
        (one.event.wording_version, one.wording.text(one.language), one.language)
        for one in acts
        if one.wording
    }
    choices = work_choices(request.app.state.runtime.vocabulary, language)
    return desk_page(
        request,
        "dossier.html",
        person=person,
        place="abonnees",
        row=reader_rows(session, [reader])[0],
        acts=acts,
        wordings=sorted(seen),
        mails=sent_to(session, reader),
        shows_reading=shares_reading(session, reader),
        read=read_by(session, reader),
        state_names=STATE_NAMES,
        kind_names=KIND_NAMES,
        stream_names=STREAM_NAMES,
        letter_names=LETTER_NAMES,
        mail_states=MAIL_STATES,
        work={name: dict(values) for name, values in choices.items()},
    )

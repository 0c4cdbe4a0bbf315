"""What a reader sees when something is refused: one table from domain error to status and message."""

from urllib.parse import quote

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from sqlalchemy.exc import DataError
from starlette.exceptions import HTTPException

from content import errors as content
from service import errors as service
from service.i18n import _
from service.web.dependencies import SAFE_METHODS
from service.web.pages import page, see
from subscribers import errors as subscribers

PROBLEMS: dict[type[Exception], tuple[int, str]] = {
    content.UnknownTerm: (422, _("Dit onderwerp kennen we niet. Kies een onderwerp uit de lijst.")),
    content.UnknownSource: (404, _("Deze bron bestaat niet.")),
    content.SourceRefused: (
        422,
        _("Een bron heeft een korte naam (kleine letters, cijfers, streepjes) en een webadres met https://."),
    ),
    content.OpmlUnreadable: (422, _("Dit bestand is geen lijst met feeds (OPML). Kies een ander bestand.")),
    content.SourceExists: (409, _("Deze bron staat al in de lijst.")),
    content.FetchFailed: (
        502,
        _("Dit adres gaf geen antwoord dat we kunnen gebruiken. Controleer het adres."),
    ),
    content.FeedUnreadable: (
        502,
        _("Op dit adres staat geen feed die we kunnen lezen. Controleer het adres."),
    ),
    content.UnknownIssue: (404, _("Deze editie of dit onderdeel bestaat niet (meer).")),
    content.UnknownIntervention: (404, _("Deze interventie of dit gegeven bestaat niet (meer).")),
    content.UnknownWebinar: (404, _("Dit webinar bestaat niet (meer).")),
    content.WebinarOver: (409, _("Dit webinar is afgelopen of gaat niet door, en kan niet meer veranderen.")),
    content.ItemWithdrawn: (
        409,
        _("Dit bericht is teruggetrokken. Zet het antwoord eerst weer op de pagina van het webinar."),
    ),
    content.WebinarRefused: (
        422,
        _("Dit webinar klopt nog niet. Kijk de titel, de tijden en het aantal plaatsen na."),
    ),
    content.PictureRefused: (
        422,
        _("Deze foto kunnen we niet gebruiken. Kies een foto als JPEG, PNG of WebP van ten hoogste 8 MB."),
    ),
    content.CrawlRefused: (
        409,
        _("Deze ronde kan niemand goedkeuren: zij was niet volledig, of er is een nieuwere."),
    ),
    content.PlacingRefused: (
        409,
        _("Dit kan niet (meer): deze interventies zijn intussen al samengevoegd, gesplitst of teruggezet."),
    ),
    content.IssueClosed: (409, _("Deze editie is al verstuurd en kan niet meer veranderen.")),
    content.ApprovalRefused: (
        409,
        _(
            "U kunt deze editie nu niet goedkeuren. Een ander dan de makers moet dat doen, op de nieuwste inhoud."
        ),
    ),
    content.NotApproved: (
        409,
        _("Deze editie is niet goedgekeurd zoals zij nu is. Vraag een tweede persoon om goedkeuring."),
    ),
    content.BlockRefused: (
        422,
        _("Er ontbreekt iets in dit onderdeel. Vul een titel in, en een webadres dat met https:// begint."),
    ),
    content.WelcomeRefused: (
        409,
        _(
            "Zo staat de welkomstserie er nu niet voor. Misschien was een collega u voor: laad de pagina opnieuw en kijk wat er kan."
        ),
    ),
    subscribers.NotAnAddress: (
        422,
        _("Dit is geen e-mailadres. Controleer het adres, bijvoorbeeld naam@gemeente.nl."),
    ),
    subscribers.UnknownOrganisation: (
        422,
        _("Deze organisatie kennen we niet. Kies een gemeente of organisatie uit de lijst."),
    ),
    subscribers.UnknownInterest: (422, _("Dit onderwerp kennen we niet. Kies een onderwerp uit de lijst.")),
    subscribers.UnknownSubscriber: (404, _("Dit abonnement bestaat niet meer. U krijgt geen mail van ons.")),
    subscribers.SheetRefused: (422, _("Dit bestand kunnen we niet lezen. Bewaar het als CSV of als XLSX.")),
    subscribers.MappingRefused: (422, _("Wijs precies één kolom aan waarin het e-mailadres staat.")),
    subscribers.BasisMissing: (
        422,
        _(
            "Kies wat nieuwe lezers krijgen, en op welke grond. Leg de grond uit in ten minste 20 tekens, met een datum die voorbij is."
        ),
    ),
    subscribers.ImportRefused: (409, _("Dit kan nu niet met deze invoer. Kijk hoe het ermee staat.")),
    subscribers.UnknownImport: (404, _("Deze invoer bestaat niet (meer).")),
    subscribers.UnknownPartner: (404, _("Deze partner kennen we niet.")),
    subscribers.PartnerRefused: (
        422,
        _(
            "Vul een naam en een bron in. Een telefoonnummer heeft 3 tot 15 cijfers; een webadres begint met https://."
        ),
    ),
    subscribers.SegmentFault: (
        422,
        _(
            "Dit is geen segment. Geef het een naam en ten minste één voorwaarde, met in elke voorwaarde een keuze."
        ),
    ),
    subscribers.SegmentBroken: (
        409,
        _(
            "Het segment vraagt naar iets dat er niet meer is. Er wordt niets verstuurd. Pas het segment aan, of kies een ander."
        ),
    ),
    subscribers.SegmentExists: (409, _("Er is al een segment met deze naam. Kies een andere naam.")),
    subscribers.UnknownSegment: (404, _("Dit segment bestaat niet (meer).")),
    service.SegmentInUse: (
        409,
        _("Een editie die nog niet is verstuurd, is voor dit segment. Kies daar eerst een ander segment."),
    ),
    subscribers.UnknownWork: (422, _("Deze keuze kennen we niet. Kies er een uit de lijst.")),
    subscribers.UnknownReason: (422, _("Kies een reden uit de lijst, of ga gewoon weg van deze pagina.")),
    subscribers.RequestOver: (
        410,
        _("Deze verandering van adres is al gedaan, vervangen of te oud. Vraag haar zo nodig opnieuw aan."),
    ),
    subscribers.UnknownRegistration: (
        404,
        _("Deze aanmelding bestaat niet meer. Op de pagina van het webinar kunt u zich opnieuw aanmelden."),
    ),
    subscribers.RegistrationClosed: (
        409,
        _(
            "U kunt u voor dit webinar niet (meer) aan- of afmelden: het is gesloten, begonnen of gaat niet door."
        ),
    ),
    subscribers.NoSuchStep: (
        409,
        _(
            "Dit kan niet meer: misschien was u te laat, of is de plaats al weg. Open de link in uw mail opnieuw om te zien "
            "hoe het staat."
        ),
    ),
    subscribers.NotForThisDomain: (422, _("Dit webinar is voor overheden. Gebruik uw adres op het werk.")),
    subscribers.SeatsTaken: (
        409,
        _("Er zijn al meer plaatsen vergeven dan u er wilt. Kies een hoger aantal."),
    ),
    subscribers.AnswerMissing: (422, _("Beantwoord alle vragen die een antwoord nodig hebben.")),
    subscribers.AddressTaken: (
        409,
        _(
            "Op het nieuwe adres krijgt al iemand de nieuwsbrief. U hoeft alleen het oude adres nog af te melden."
        ),
    ),
    service.TokenRefused: (
        400,
        _("Deze link klopt niet. Neem de hele link uit de mail over, of vraag een nieuwe aan."),
    ),
    service.TokenExpired: (410, _("Deze link is verlopen. Vraag een nieuwe aan.")),
    service.UnknownLink: (404, _("Deze link kennen we niet. Neem de hele link uit de mail over.")),
    service.CsrfRefused: (
        403,
        _("Deze pagina stond te lang open. Laad de pagina opnieuw en probeer het nog een keer."),
    ),
    service.TooManyRequests: (
        429,
        _("U probeert het te vaak achter elkaar. Wacht een uur en probeer het dan opnieuw."),
    ),
    service.NotSignedIn: (401, _("Log eerst in op de redactie.")),
    service.NotAllowed: (403, _("U heeft niet de rol die hiervoor nodig is. Vraag het de beheerder.")),
    service.UserExists: (409, _("Er is al iemand met dit adres.")),
    service.UnknownUser: (404, _("Deze gebruiker bestaat niet.")),
    service.LastAdministrator: (
        409,
        _("Er moet een beheerder overblijven. Maak eerst iemand anders beheerder."),
    ),
    service.RecordingNotReady: (
        409,
        _("Er is nog geen opname met ondertiteling te zien. Zonder ondertiteling gaat er geen mail uit."),
    ),
    service.MomentRefused: (422, _("Vul een dag en een tijd in, bijvoorbeeld 8 december 2026 om 10.00 uur.")),
    service.MomentPast: (422, _("Dit moment is al voorbij. Kies een dag en een tijd die nog komen.")),
    service.MomentSkipped: (
        422,
        _("Dit tijdstip bestaat niet: die nacht gaat de klok een uur vooruit. Kies een andere tijd."),
    ),
    service.MailRefused: (422, _("De mail is te groot. Kort teksten in, of verlaag het hoogste aantal.")),
    service.MailNotFit: (
        409,
        _(
            "De mail heeft fouten en kan zo niet worden goedgekeurd. Op de pagina van de editie staat welke, en wat u kunt doen."
        ),
    ),
    service.NothingToSend: (
        409,
        _("Er is niets te versturen: de editie heeft geen onderdelen of er zijn geen lezers."),
    ),
    service.LeavesByItself: (
        409,
        _(
            "Een welkomstmail verstuurt u niet zelf. Neem haar in gebruik bij de welkomstserie; daarna gaat zij vanzelf naar nieuwe lezers."
        ),
    ),
    service.UnknownMailing: (404, _("Deze verzending bestaat niet.")),
    service.MailingEnded: (
        409,
        _(
            "Deze verzending is al klaar of afgebroken. Ga terug en laad de pagina opnieuw om te zien hoe zij staat."
        ),
    ),
    service.NothingToRetry: (
        409,
        _("Er is niets om opnieuw te proberen. Misschien deed een collega dat net al."),
    ),
    service.NothingToDecide: (
        409,
        _("Hierover hoeft niemand meer te beslissen. Misschien deed een collega dat net al."),
    ),
    service.NoLateComers: (409, _("Alle lezers staan al in deze verzending. Er is niemand bij gekomen.")),
    service.ContentChanged: (
        409,
        _("De inhoud is niet meer wat er is goedgekeurd. Daarom kan deze editie niet naar anderen."),
    ),
    service.DaysRefused: (
        422,
        _("Deze vakantie kan niet zo. Kijk de eerste en de laatste dag na, en of een collega u voor was."),
    ),
    service.NotOpen: (409, _("De ruimte van dit webinar is nu niet open.")),
    service.RoomUnavailable: (
        503,
        _("De ruimte is nu niet te bereiken. Probeer het over een minuut opnieuw."),
    ),
    service.TitleNotTyped: (
        422,
        _(
            "Dit is niet de titel van de editie. Typ de titel precies over, dan weet u zeker dat u de goede afbreekt."
        ),
    ),
}

STATUSES = {
    404: _("Deze pagina bestaat niet. Misschien is het adres niet helemaal overgenomen."),
    405: _("Dit kan hier niet. Ga terug en gebruik de knop op de pagina."),
    413: _("Wat u verstuurde is te groot."),
    422: _("Er ontbreekt iets in het formulier. Ga terug en controleer wat u invulde."),
}
UNEXPECTED = _("Er ging iets mis bij ons. Probeer het later opnieuw; er is niets verloren gegaan.")


def problem_page(request: Request, status: int, message: str) -> Response:
    """A page that says what happened and what to do."""
    return page(request, "problem.html", status=status, problem=message)


def _domain(request: Request, error: Exception) -> Response:
    for known in type(error).__mro__:
        if known in PROBLEMS:
            if known is service.NotSignedIn and request.method == "GET":
                return see(f"/redactie/inloggen?naar={quote(request.url.path)}")
            return problem_page(request, *PROBLEMS[known])
    return problem_page(request, 500, UNEXPECTED)


def _http(request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 422
    response = problem_page(request, status, STATUSES.get(status, UNEXPECTED))
    if isinstance(error, HTTPException) and error.headers:
        response.headers.update(error.headers)
    return response


def _unstorable(request: Request, _error: Exception) -> Response:
    status = 404 if request.method in SAFE_METHODS else 422
    return problem_page(request, status, STATUSES[status])


def _unexpected(request: Request, _error: Exception) -> Response:
    return problem_page(request, 500, UNEXPECTED)


def install(app: FastAPI) -> None:
    """Let every refusal end in a page."""
    for tree in (content.ContentError, subscribers.SubscribersError, service.ServiceError):
        app.add_exception_handler(tree, _domain)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(RequestValidationError, _http)
    for unstorable in (DataError, OverflowError):  # a NUL in a text, a number that no key can be
        app.add_exception_handler(unstorable, _unstorable)
    app.add_exception_handler(Exception, _unexpected)

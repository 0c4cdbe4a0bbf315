"""The frame of the desk: the places on the left, a word about what was just done, and refusals beside their form."""

from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse

from content.vocabulary import FACETS, Vocabulary
from service.audit import Act
from service.desk.access import Person
from service.i18n import _
from service.runtime import Runtime
from service.users import RoleName
from service.web.pages import page
from service.web.problems import PROBLEMS, UNEXPECTED

PLACES = (
    ("inbox", "/redactie/inbox", _("Inbox")),
    ("edities", "/redactie/edities", _("Edities")),
    ("welkom", "/redactie/welkom", _("Welkomstserie")),
    ("verzendingen", "/redactie/verzendingen", _("Verzendingen")),
    ("webinars", "/redactie/webinars", _("Webinars")),
    ("planning", "/redactie/planning", _("Planning")),
    ("kennisbank", "/redactie/kennisbank", _("Kennisbank")),
    ("bronnen", "/redactie/bronnen", _("Bronnen")),
    ("abonnees", "/redactie/abonnees", _("Abonnees")),
    ("cijfers", "/redactie/cijfers/dekking", _("Cijfers")),
    ("beheer", "/redactie/beheer", _("Beheer")),
)
"""The places of the desk: key, address, name."""

DONE = {
    "geopend": _("De editie is geopend. Voeg nu onderdelen toe."),
    "begonnen": _(
        "De teksten staan klaar. Lees ze, wijzig wat u wilt, en vraag een ander om ze goed te keuren."
    ),
    "ingebruik": _("Deze versie is nu in gebruik. Nieuwe lezers krijgen haar op hun dag."),
    "aan": _("De welkomstserie staat aan. Elke ochtend gaan de mails naar wie aan de beurt is."),
    "uit": _("De welkomstserie staat uit. Niemand krijgt nog een welkomstmail."),
    "bewaard": _("Uw wijziging is bewaard."),
    "toegevoegd": _("Het onderdeel staat in de editie."),
    "teruggezet": _("Het onderdeel staat weer in de editie."),
    "ongedaan": _("Ongedaan gemaakt."),
    "goedgekeurd": _("De editie is goedgekeurd. U kunt haar nu versturen."),
    "gepland": _("De editie is gepland. Tot het moment van versturen kunt u de planning intrekken."),
    "ingetrokken": _("De planning is ingetrokken. Er wordt niets verstuurd."),
    "verstuurd": _("De editie gaat nu de deur uit. De stand ziet u op deze pagina."),
    "gepauzeerd": _("De verzending staat op pauze. Wat al onderweg was, komt nog aan."),
    "hervat": _("De verzending gaat verder."),
    "afgebroken": _("De verzending is afgebroken. Wat al onderweg was, komt nog aan."),
    "opnieuw": _("Wat mislukte, wordt opnieuw geprobeerd."),
    "nogmaals": _("De mail gaat opnieuw de deur uit."),
    "neergelegd": _("Dat u het hierbij laat, is vastgelegd."),
    "nakomers": _("De nieuwe lezers krijgen deze editie nu ook."),
    "persoon": _("De persoon is toegevoegd en krijgt een mail met een link om in te loggen."),
    "link": _("De mail met een link om in te loggen is onderweg."),
    "bron-aan": _("De bron staat weer aan. Bij de volgende ronde halen we haar op."),
    "bron-uit": _("De bron staat uit. Wat we al ophaalden, blijft in de inbox."),
    "bron-nieuw": _("De bron is toegevoegd. Bij de volgende ronde halen we haar op, of nu als u dat wilt."),
    "bron-opgehaald": _("De bron is opgehaald. Hieronder ziet u wat het bracht."),
    "bron-mislukt": _("Het ophalen is niet gelukt. Hieronder ziet u waarom."),
    "onderwerpen": _("De onderwerpen zijn bewaard."),
    "nagekeken": _("Bewaard, met uw naam en de datum erbij."),
    "samengevoegd": _("De interventies zijn samengevoegd. U kunt dat onderaan ongedaan maken."),
    "apart": _("Zij blijven apart. Ook een volgende ronde voegt ze niet samen."),
    "losgemaakt": _("De bron staat nu als een eigen interventie. U kunt dat onderaan ongedaan maken."),
    "vertrouwd": _("De ronde telt mee. Wat er niet meer in stond, staat nu als niet gevonden."),
    "dubbel": _("Dit staat al in de editie."),
    "invoer-weg": _("Het bestand is weggegooid. Er is niets veranderd."),
    "partner": _("De partner is bewaard."),
    "partner-bevestigd": _("U hebt deze partner bevestigd. Lezers zien dat hij is nagekeken."),
    "segment": _("Het segment is bewaard."),
    "segment-kopie": _("Dit is de kopie. Geef haar een eigen naam."),
    "segment-terug": _("Het segment staat weer in de lijst."),
    "webinar-nieuw": _(
        "Het webinar staat klaar als concept. Niemand ziet het nog: maak het af en publiceer het."
    ),
    "webinar-open": _("Het webinar is gepubliceerd. Iedereen kan zich nu aanmelden."),
    "webinar-eindtijd": _("De eindtijd is veranderd. Wie meedoet, krijgt een mail, en de agenda gaat mee."),
    "webinar-verplaatst": _(
        "Het webinar is verplaatst. Wie meedoet, krijgt een mail met de nieuwe tijd voor in de agenda."
    ),
    "webinar-af": _("Het webinar is afgelast. Wie meedeed, krijgt een mail die het uit de agenda haalt."),
    "webinar-weg": _("Het concept is weggegooid."),
    "aankondiging": _(
        "De aankondiging staat klaar. Lees haar na, en vraag een ander om haar goed te keuren."
    ),
    "opname-gestuurd": _("De mail met de opname en de stukken gaat nu de deur uit."),
    "in-editie": _("Het webinar staat in de editie."),
    "spreker": _("De spreker is bewaard."),
    "spreker-weg": _("De spreker staat niet meer bij het webinar."),
    "stuk": _("Het stuk is bewaard."),
    "stuk-weg": _("Het stuk staat niet meer bij het webinar."),
    "vraag": _("De vraag staat op het formulier."),
    "vraag-weg": _("De vraag staat niet meer op het formulier, en de antwoorden erop zijn gewist."),
    "antwoord": _("De vraag met het antwoord is bewaard. Zij staat nog niet op de pagina."),
    "antwoord-nieuw": _("Bewaard. De pagina en het bericht in de inbox zeggen nu hetzelfde."),
    "antwoorden-open": _("De antwoorden staan op de pagina, en elk als bericht in de inbox."),
    "antwoord-af": _(
        "Het antwoord staat niet meer op de pagina, en ook niet in edities die nog niet zijn verstuurd."
    ),
    "antwoord-weg": _("De vraag met het antwoord is weggegooid."),
    "vakantie": _("De dagen zijn bewaard. Bevestig het jaar als alles klopt."),
    "vakantie-weg": _("De dagen zijn weggehaald. Het webinarformulier zegt nu dat ze ontbreken."),
    "jaar": _("Het jaar is bevestigd, met uw naam en de datum erbij."),
    "reeks": _("De reeks is bewaard."),
    "domein": _("Het domein staat in de lijst."),
    "domein-weg": _("Het domein staat niet meer in de lijst. Wie al was aangemeld, blijft aangemeld."),
    "voor-wie": _("Voor wie de editie is, is bewaard. Een goedkeuring van daarvoor geldt niet meer."),
}
"""What a person reads after a form did its work; the address names it by its key (?klaar=)."""

FACET_NAMES = {
    "substance": _("Middelen"),
    "setting": _("Omgeving"),
    "target-group": _("Doelgroep"),
    "domain": _("Beleidsterrein"),
    "step": _("Stap in het preventiebeleid"),
    "theme": _("Soort bericht"),
}

ROLE_NAMES = {
    RoleName.EDITOR: _("redacteur"),
    RoleName.PUBLISHER: _("eindredacteur"),
    RoleName.ADMINISTRATOR: _("beheerder"),
}


ACT_NAMES = {
    Act.SIGNED_IN: _("logde in"),
    Act.SIGNED_OUT: _("logde uit"),
    Act.ISSUE_OPENED: _("opende een editie"),
    Act.BLOCK_REMOVED: _("haalde een onderdeel weg"),
    Act.BLOCK_RESTORED: _("zette een onderdeel terug"),
    Act.APPROVED: _("keurde een editie goed"),
    Act.PLANNED: _("plande het versturen"),
    Act.SENT: _("verstuurde een editie"),
    Act.CANCELLED: _("trok de planning in"),
    Act.MAILING_PAUSED: _("pauzeerde de verzending"),
    Act.MAILING_RESUMED: _("liet de verzending verdergaan"),
    Act.MAILING_CANCELLED: _("brak de verzending af"),
    Act.FAILURES_RETRIED: _("liet opnieuw proberen wat mislukte"),
    Act.UNCERTAIN_RESENT: _("liet opnieuw sturen wat onzeker was"),
    Act.UNCERTAIN_RESTED: _("liet het bij wat onzeker was"),
    Act.LATE_COMERS_ADDED: _("stuurde de editie naar nieuwe lezers"),
    Act.USER_ADDED: _("voegde iemand toe"),
    Act.USER_CHANGED: _("veranderde rollen"),
    Act.USER_DEACTIVATED: _("nam iemands toegang weg"),
    Act.USER_REACTIVATED: _("gaf iemand weer toegang"),
    Act.ALERT_MADE: _("zette een bericht in een melding"),
    Act.WELCOME_USED: _("nam de welkomstmail in gebruik"),
    Act.WELCOME_ON: _("zette de welkomstserie aan"),
    Act.WELCOME_OFF: _("zette de welkomstserie uit"),
    Act.WELCOME_DELAY: _("veranderde de dag van de welkomstmail"),
    Act.SOURCE_ADDED: _("voegde een bron toe"),
    Act.SOURCE_CHANGED: _("veranderde een bron"),
    Act.SOURCE_ENABLED: _("zette een bron aan"),
    Act.SOURCE_DISABLED: _("zette een bron uit"),
    Act.FACT_CONFIRMED: _("bevestigde een gegeven"),
    Act.FACTS_CONFIRMED: _("bevestigde alle gegevens"),
    Act.FACT_CORRECTED: _("verbeterde een gegeven"),
    Act.FACT_REFUSED: _("keurde een gegeven af"),
    Act.FACT_REOPENED: _("zette een gegeven terug op niet nagekeken"),
    Act.INTERVENTION_TAGGED: _("koos de onderwerpen"),
    Act.INTERVENTIONS_MERGED: _("voegde interventies samen"),
    Act.INTERVENTIONS_KEPT_APART: _("hield interventies apart"),
    Act.RECORD_SPLIT_OFF: _("maakte een bron los"),
    Act.PLACING_UNDONE: _("maakte samenvoegen of losmaken ongedaan"),
    Act.CRAWL_ACCEPTED: _("vertrouwde een ronde langs een databank"),
    Act.IMPORT_RUN: _("voerde abonnees in"),
    Act.IMPORT_UNDONE: _("maakte een invoer ongedaan"),
    Act.EXPORTED: _("haalde de lijst van abonnees op"),
    Act.REGISTER_UPDATED: _("werkte het register van gemeenten bij"),
    Act.READERS_MOVED: _("zette lezers over naar een andere gemeente"),
    Act.PARTNER_CHANGED: _("veranderde een partner"),
    Act.PARTNER_CONFIRMED: _("bevestigde een partner"),
    Act.PARTNER_ADDED: _("voegde een partner toe"),
    Act.SEGMENT_MADE: _("maakte een segment"),
    Act.SEGMENT_CHANGED: _("wijzigde een segment"),
    Act.SEGMENT_REMOVED: _("haalde een segment weg"),
    Act.SEGMENT_RESTORED: _("zette een segment terug"),
    Act.ISSUE_AIMED: _("koos voor wie de editie is"),
    Act.WEBINAR_MADE: _("maakte een webinar"),
    Act.WEBINAR_CHANGED: _("wijzigde een webinar"),
    Act.WEBINAR_MOVED: _("verplaatste een webinar"),
    Act.WEBINAR_PUBLISHED: _("publiceerde een webinar"),
    Act.WEBINAR_CANCELLED: _("gelastte een webinar af"),
    Act.WEBINAR_DISCARDED: _("gooide een concept van een webinar weg"),
    Act.SPEAKER_CHANGED: _("wijzigde een spreker"),
    Act.SPEAKER_REMOVED: _("haalde een spreker weg"),
    Act.MATERIAL_CHANGED: _("wijzigde een stuk bij een webinar"),
    Act.MATERIAL_REMOVED: _("haalde een stuk weg bij een webinar"),
    Act.QUESTION_CHANGED: _("wijzigde een vraag op het formulier"),
    Act.QUESTION_REMOVED: _("haalde een vraag van het formulier"),
    Act.WEBINAR_ANNOUNCED: _("opende een aankondiging van een webinar"),
    Act.WEBINAR_FOLLOWED_UP: _("stuurde de opname van een webinar"),
    Act.WEBINAR_HOSTED: _("ging als gastheer de ruimte van een webinar in"),
    Act.WEBINAR_FEATURED: _("zette een webinar in een editie"),
    Act.SERIES_CHANGED: _("wijzigde een reeks"),
    Act.DOMAIN_LISTED: _("zette een domein in de lijst van overheden"),
    Act.DOMAIN_UNLISTED: _("haalde een domein uit de lijst van overheden"),
    Act.ANSWER_CHANGED: _("schreef een vraag met antwoord op"),
    Act.ANSWERS_SHARED: _("zette antwoorden op de pagina"),
    Act.ANSWER_WITHDRAWN: _("haalde een antwoord van de pagina"),
    Act.ANSWER_DISCARDED: _("gooide een vraag met antwoord weg"),
    Act.DAYS_CHANGED: _("wijzigde een vakantie of reces"),
    Act.DAYS_CONFIRMED: _("bevestigde de vakanties en recessen van een jaar"),
}


def desk_page(
    request: Request, template: str, *, person: Person, place: str, status: int = 200, **values: Any
) -> HTMLResponse:
    """A page of the desk; `place` is where in the list on the left it stands."""
    house: Runtime = request.app.state.runtime
    return page(
        request,
        f"desk/{template}",
        status=status,
        person=person,
        place=place,
        places=PLACES,
        done=DONE.get(request.query_params.get("klaar", ""), ""),
        facets=facets(house.vocabulary),
        vocabulary=house.vocabulary,
        role_names=ROLE_NAMES,
        act_names=ACT_NAMES,
        **values,
    )


def facets(vocabulary: Vocabulary) -> list[tuple[str, str, tuple[Any, ...]]]:
    """Each facet with its name and its terms, in the order in which forms show them."""
    return [(facet, FACET_NAMES[facet], vocabulary.facet(facet)) for facet in FACETS]


def refusal(error: Exception) -> str:
    """What a form says above the field for an error that its route expected."""
    return next((PROBLEMS[known][1] for known in type(error).__mro__ if known in PROBLEMS), UNEXPECTED)

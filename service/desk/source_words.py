"""Words for sources: what went wrong, when we come again and why, as an operator and an editor would say it."""

from content.identity import IdentityPolicy
from content.pacing import Why
from content.sources import SourceKind
from service.i18n import _

TROUBLES = {
    "unreachable": _("De server nam de verbinding niet aan."),
    "no-name": _("De naam van de server bestaat niet (meer). Controleer het adres."),
    "too-slow": _("De server gaf niet op tijd een volledig antwoord."),
    "too-large": _("Het antwoord is groter dan wij aannemen."),
    "broken": _("Het antwoord is beschadigd of onvolledig en kan niet worden gelezen."),
    "redirects": _("Het adres stuurt steeds door naar een ander adres."),
    "forbidden": _("Het adres leidt naar een plek die wij om veiligheidsredenen niet bezoeken."),
    "refused": _("De website weigert ons. Vraag de beheerder van de website of wij de lijst mogen ophalen."),
    "not-found": _("Op dit adres staat niets meer. Zoek het nieuwe adres en vul het hieronder in."),
    "gone": _(
        "De website zegt dat dit adres voorgoed weg is. Wij halen de bron niet meer op. Geef een nieuw adres op."
    ),
    "too-often": _("De website vindt dat wij te vaak komen. Wij wachten langer."),
    "server": _("De server van de bron had een storing."),
    "status": _("De website gaf een antwoord zonder lijst met berichten."),
    "empty": _("Het antwoord was leeg. Dat is iets anders dan „geen nieuws”."),
    "page": _("Op dit adres staat een webpagina, geen lijst met berichten (feed)."),
    "no-feed": _("Op dit adres staat geen lijst met berichten (feed)."),
    "cut-off": _("De lijst met berichten houdt halverwege op. Wij nemen er niets uit over."),
    "no-entries": _("De lijst met berichten is leeg."),
    "encoding": _("De lijst is geschreven in een tekenset die feeds niet gebruiken. Wij lezen haar niet."),
    "hostile": _("De lijst bevat iets dat schadelijk kan zijn. Wij lezen haar niet."),
    "defect": _("Er ging iets mis bij ons. De beheerder vindt meer in het logboek."),
}
"""By the word that a visit is stored with."""

WHYS = {
    "": _("De bron is nog niet bezocht; wij komen bij de volgende ronde."),
    Why.RHYTHM: _(
        "Zo vaak brengt deze bron iets nieuws. Wij passen ons ritme daaraan aan, van elk uur tot elke dag."
    ),
    Why.DAILY: _(
        "De bron kan ons niet vertellen of er iets veranderd is. Daarom komen wij maar één keer per dag."
    ),
    Why.FRESH: _("De bron zegt zelf dat haar lijst tot dat moment gelijk blijft."),
    Why.FAILING: _(
        "Het bezoek mislukte. Na elk mislukt bezoek wachten wij twee keer zo lang, hoogstens een dag."
    ),
    Why.RETRY_AFTER: _("De bron vroeg ons om tot dan weg te blijven."),
    Why.TOO_OFTEN: _("De bron vindt dat wij te vaak komen."),
    Why.HOST: _(
        "Een andere bron op dezelfde website zei dat wij te vaak komen. Wij laten de hele website met rust."
    ),
    Why.NIGHTLY: _("Databanken van interventies bekijken wij elke nacht, met pauzes tussen de pagina’s."),
    Why.GONE: _("De bron is voorgoed weg; wij komen niet meer."),
}
"""Why the next visit is when it is."""

KINDS = {
    SourceKind.FEED: _("Lijst met berichten (feed)"),
    SourceKind.DATABASE: _("Databank van interventies"),
    SourceKind.DOCUMENTS: _("Documenten van de overheid, opgevraagd met een zoekopdracht"),
}
"""What a source is."""

ENTRY_FIELDS = {
    "guid": _("kenmerk"),
    "title": _("titel"),
    "link": _("link"),
    "published_at": _("datum"),
    "summary": _("samenvatting"),
}
"""What a feed or a document has."""

OUTCOMES = {"ok": _("opgehaald"), "unchanged": _("niets veranderd"), "failed": _("mislukt")}

POLICIES = {
    IdentityPolicy.GUID: _("Aan het kenmerk dat de bron eraan geeft (gewoon)"),
    IdentityPolicy.LINK: _("Aan de link: als de bron steeds andere kenmerken geeft"),
    IdentityPolicy.TITLE: _("Aan de titel: als ook de links steeds anders zijn"),
}
"""By what the entries of a source are known."""


def trouble_text(trouble: str) -> str:
    """The text, to be translated, for a word of trouble; "" for one that we have no words for."""
    return TROUBLES.get(trouble, "")

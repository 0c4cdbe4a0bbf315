"""Words for what is wrong with the HTML: structure, links, images, colours, styles."""

from service.i18n import _
from service.linting.words import Words

PAGE_WORDS = {
    "lang-missing": Words(
        "error",
        _("De taal ontbreekt: een voorleesprogramma kiest dan de verkeerde uitspraak."),
        _("Zet lang op <html> en op elk element direct in <body>."),
    ),
    "lang-unknown": Words(
        "error", _("De taal %(lang)s is geen taal."), _("Gebruik een code zoals nl of en (BCP 47).")
    ),
    "dir-missing": Words(
        "warning",
        _("De schrijfrichting ontbreekt."),
        _("Zet dir op <html> en op elk element direct in <body>: webmail laat <html> weg."),
    ),
    "title-missing": Words("error", _("De HTML heeft geen titel."), _("Zet het onderwerp in <title>.")),
    "preheader-missing": Words(
        "warning",
        _("Er is geen voorproefje: lijsten met mails tonen dan de eerste losse woorden."),
        _("Zet bovenaan een verborgen regel met het belangrijkste nieuws."),
    ),
    "h1-missing": Words("error", _("Er is geen kop van de eerste rang."), _("Maak van de titel een h1.")),
    "h1-more": Words(
        "error",
        _("Er zijn %(number)s koppen van de eerste rang."),
        _("Laat er één staan; maak van de andere een h2."),
    ),
    "heading-skipped": Words(
        "warning",
        _("Na een kop van rang %(before)s komt er een van rang %(after)s."),
        _("Sla geen rang over: wie met een voorleesprogramma springt, mist anders iets."),
    ),
    "heading-empty": Words(
        "error", _("Er staat een kop zonder tekst."), _("Schrijf de kop, of haal hem weg.")
    ),
    "table-without-role": Words(
        "error",
        _(
            "Een tabel voor de opmaak zegt niet dat zij dat is; een voorleesprogramma leest dan rijen en kolommen voor."
        ),
        _("Zet role=presentation op de tabel, of geef haar koppen (th)."),
    ),
    "link-empty": Words(
        "error", _("Er staat een link zonder tekst."), _("Schrijf in de link waar hij heen gaat.")
    ),
    "link-text-vague": Words(
        "warning",
        _("De linktekst “%(text)s” zegt niet waar de link heen gaat."),
        _("Noem in de link wat de lezer vindt: de titel van de pagina, bijvoorbeeld."),
    ),
    "link-text-address": Words(
        "warning",
        _("De linktekst is een webadres."),
        _("Schrijf in woorden waar de link heen gaat; een voorleesprogramma spelt een adres."),
    ),
    "link-insecure": Words(
        "warning", _("Deze link begint met http://: %(link)s"), _("Probeer hetzelfde adres met https://.")
    ),
    "link-broken": Words(
        "error", _("Deze link kan niet werken: %(link)s"), _("Vul het volledige adres in, met https://.")
    ),
    "link-local": Words(
        "error",
        _("Deze link werkt alleen op een eigen computer of netwerk: %(link)s"),
        _("Gebruik het adres waar lezers bij kunnen."),
    ),
    "link-script": Words(
        "error", _("Deze link is een programma en geen adres: %(link)s"), _("Vul een adres in, met https://.")
    ),
    "link-dead": Words(
        "error",
        _("Deze link geeft geen pagina: %(link)s. %(problem)s"),
        _("Controleer het adres, of haal de link weg."),
    ),
    "alt-missing": Words(
        "error",
        _("Een beeld heeft geen alt."),
        _("Beschrijf het beeld in alt; laat alt leeg als het beeld alleen versiering is."),
    ),
    "alt-file-name": Words(
        "warning",
        _("De alt van een beeld is de naam van een bestand: %(alt)s."),
        _("Beschrijf wat er te zien is."),
    ),
    "image-tracks": Words(
        "error",
        _("Een onzichtbaar beeld van een server volgt de lezer: %(link)s"),
        _("Haal het weg: zonder toestemming mag dit niet (ePrivacy, artikel 5, lid 3)."),
    ),
    "image-insecure": Words(
        "error",
        _("Een beeld komt zonder https: %(link)s"),
        _("Gebruik https://; veel mailprogramma’s tonen het anders niet."),
    ),
    "image-broken": Words(
        "error",
        _("Een beeld heeft geen adres dat kan werken: %(link)s"),
        _("Vul het volledige adres in, met https://."),
    ),
    "image-kind": Words(
        "error",
        _("Een beeld is van een soort die niet elk mailprogramma toont: %(link)s"),
        _("Gebruik PNG of JPEG."),
    ),
    "image-inside": Words(
        "warning",
        _("Een beeld staat in de HTML zelf (data:). Gmail en Outlook tonen het niet."),
        _("Zet het op de site, en verwijs ernaar."),
    ),
    "contrast-low": Words(
        "error",
        _("%(ink)s op %(paper)s heeft een contrast van %(ratio)s; %(needed)s is nodig."),
        _("Maak de tekst donkerder of de achtergrond lichter (WCAG 2.2, 1.4.3)."),
    ),
    "contrast-low-dark": Words(
        "error",
        _("In donkere weergave heeft %(ink)s op %(paper)s een contrast van %(ratio)s; %(needed)s is nodig."),
        _("Maak de tekst lichter of de achtergrond donkerder (WCAG 2.2, 1.4.3)."),
    ),
    "contrast-unknown": Words(
        "note",
        _("Er staat tekst op een beeld; het contrast is niet te berekenen."),
        _("Geef ook een achtergrondkleur, voor als het beeld niet laadt."),
    ),
    "css-variable": Words(
        "error",
        _("De stijl gebruikt variabelen (var of --naam). Outlook en Gmail kennen die niet."),
        _("Schrijf de waarde zelf."),
    ),
    "css-remote": Words(
        "error",
        _("De stijl haalt iets van een server: %(link)s"),
        _("Haal het weg: mailprogramma’s laden het niet, of vragen toestemming."),
    ),
    "element-unsafe": Words(
        "error",
        _("<%(tag)s> hoort niet in een mail: mailprogramma’s halen het weg of wantrouwen de mail."),
        _("Haal het weg, en verwijs met een link."),
    ),
    "element-unknown": Words(
        "error",
        _("<%(tag)s> tonen niet alle mailprogramma’s."),
        _("Gebruik wat elk mailprogramma toont: tabellen, tekst, en beelden als PNG of JPEG."),
    ),
}
"""By code. `%(…)s` are details of the finding."""

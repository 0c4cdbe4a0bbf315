"""Words for what is wrong with a message: headers, encoding, size, signature, spam score."""

from service.i18n import _
from service.linting.words import Words

MESSAGE_WORDS = {
    "not-a-mail": Words(
        "error",
        _("Dit bestand is geen mail: er staat geen enkele header in."),
        _("Geef een mail zoals zij over de lijn gaat, met headers en een tekst (.eml)."),
    ),
    "header-missing": Words(
        "error", _("De header %(name)s ontbreekt."), _("Zet de header er één keer in (RFC 5322, 3.6).")
    ),
    "header-twice": Words(
        "error",
        _("De header %(name)s staat er %(number)s keer."),
        _("Laat er één staan: mailprogramma’s kiezen elk een andere."),
    ),
    "from-not-one": Words(
        "error", _("De afzender is niet precies één adres."), _("Zet één adres in From, met een naam ervoor.")
    ),
    "date-unreadable": Words(
        "error",
        _("De datum in Date is geen datum."),
        _("Schrijf de datum zoals RFC 5322 vraagt: Tue, 01 Dec 2026 10:00:00 +0100."),
    ),
    "message-id-shape": Words(
        "warning",
        _("De Message-ID heeft niet de vorm <naam@domein>."),
        _("Geef elke mail een eigen Message-ID van die vorm."),
    ),
    "header-not-ascii": Words(
        "error",
        _("De header %(name)s bevat tekens die niet in een header mogen."),
        _("Schrijf zulke tekst als encoded word (RFC 2047)."),
    ),
    "header-empty": Words("warning", _("De header %(name)s is leeg."), _("Vul de header, of laat hem weg.")),
    "subject-long": Words(
        "note",
        _("Het onderwerp heeft %(length)s tekens; een telefoon toont er ongeveer 40."),
        _("Zet het belangrijkste vooraan."),
    ),
    "list-header-encoded": Words(
        "error",
        _("De header %(name)s is een encoded word. Mailprogramma’s tonen dan geen knop om af te melden."),
        _("Zet de waarde er als gewone tekst in, op één regel."),
    ),
    "list-unsubscribe-missing": Words(
        "error",
        _("De header List-Unsubscribe ontbreekt, terwijl dit mail aan een lijst is."),
        _("Zet er één adres met https:// in (RFC 8058)."),
    ),
    "list-unsubscribe-post-missing": Words(
        "error",
        _("De header List-Unsubscribe-Post ontbreekt of zegt niet List-Unsubscribe=One-Click."),
        _("Zet precies die waarde erin: dan kan de lezer met één klik weg (RFC 8058)."),
    ),
    "list-unsubscribe-not-one": Words(
        "error",
        _("List-Unsubscribe heeft %(number)s adressen."),
        _("Laat er één staan, met https:// (RFC 8058)."),
    ),
    "list-unsubscribe-insecure": Words(
        "error",
        _("Het adres in List-Unsubscribe begint niet met https://."),
        _("Zet er een adres met https:// in (RFC 8058)."),
    ),
    "list-id-shape": Words(
        "warning",
        _("List-Id heeft niet de vorm <naam.domein>."),
        _("Geef elke lijst een vaste naam van die vorm (RFC 2919)."),
    ),
    "feedback-id-shape": Words(
        "warning",
        _("Feedback-ID heeft niet vier velden met dubbele punten ertussen."),
        _("Schrijf vier velden, met als laatste de naam van de afzender."),
    ),
    "neither-list-nor-automatic": Words(
        "warning",
        _("De mail zegt niet dat zij aan een lijst is, en ook niet dat een machine haar schreef."),
        _("Zet er List-Unsubscribe in, of bij een enkele mail Auto-Submitted: auto-generated (RFC 3834)."),
    ),
    "line-too-long": Words(
        "error",
        _("Een regel heeft %(length)s bytes; 998 is het meeste (RFC 5322, 2.1.1)."),
        _("Codeer de tekst als quoted-printable, of vouw de header."),
    ),
    "line-ends-mixed": Words(
        "error",
        _("Niet elke regel eindigt op CRLF."),
        _("Laat elke regel op CRLF eindigen: anders breekt de handtekening, of een mailserver."),
    ),
    "line-ends-of-a-file": Words(
        "note",
        _("De regels eindigen op LF, zoals in een bestand. Over de lijn is het CRLF."),
        _("Controleer de mail zoals zij verstuurd wordt, als het daarom gaat."),
    ),
    "eight-bit": Words(
        "error",
        _("Er staan bytes boven 127 in een deel dat zegt dat zij er niet zijn."),
        _("Codeer dit deel als quoted-printable of base64."),
    ),
    "charset-wrong": Words(
        "error",
        _("De tekst is niet te lezen als %(charset)s."),
        _("Schrijf UTF-8, en zeg dat in Content-Type."),
    ),
    "charset-unknown": Words(
        "error", _("De tekenset %(charset)s bestaat niet."), _("Schrijf UTF-8, en zeg dat in Content-Type.")
    ),
    "charset-mangled": Words(
        "warning",
        _("Er staat tekst die twee keer gecodeerd lijkt: %(text)s."),
        _("Lees de bron opnieuw, als UTF-8."),
    ),
    "mime-defect": Words(
        "error",
        _("De opbouw van de mail klopt niet: %(defect)s."),
        _("Bouw de mail opnieuw op (RFC 2045, RFC 2046)."),
    ),
    "html-too-large": Words(
        "error",
        _("De HTML is %(size)s bytes; boven %(largest)s kappen mailprogramma’s haar af, met de afmeldlink."),
        _("Kort teksten in, of verlaag het hoogste aantal onderdelen."),
    ),
    "html-large": Words(
        "note",
        _("De HTML is %(size)s bytes; %(largest)s is het meeste."),
        _("Er is weinig ruimte over voor meer tekst."),
    ),
    "html-missing": Words(
        "warning", _("De mail heeft geen HTML."), _("Stuur tekst en HTML samen, als multipart/alternative.")
    ),
    "text-missing": Words(
        "error",
        _("De mail heeft geen deel met alleen tekst."),
        _("Zet er een tekst bij die hetzelfde zegt: voor wie geen HTML leest, en voor filters."),
    ),
    "text-after-html": Words(
        "error",
        _("Het deel met tekst staat na de HTML."),
        _("Zet de tekst vooraan: mailprogramma’s tonen het laatste deel dat zij kennen (RFC 2046)."),
    ),
    "text-empty": Words(
        "error", _("Het deel met tekst is bijna leeg."), _("Laat de tekst hetzelfde zeggen als de HTML.")
    ),
    "text-without-link": Words(
        "warning",
        _("De tekst mist een link die de HTML wel heeft: %(link)s"),
        _("Zet het adres in de tekst."),
    ),
    "unsigned": Words(
        "note",
        _("De mail heeft geen handtekening (DKIM)."),
        _("Kennispost of de mailserver moet haar zetten. Kijk bij de ontvanger of zij er is."),
    ),
    "signature-misses": Words(
        "error",
        _("De handtekening dekt %(name)s niet."),
        _("Neem de header op in h= (RFC 6376; RFC 8058 voor de headers om af te melden)."),
    ),
    "signature-from-once": Words(
        "warning",
        _("De handtekening dekt From niet één keer extra."),
        _("Noem from twee keer in h=: dan kan niemand een tweede From toevoegen."),
    ),
    "signature-length": Words(
        "error", _("De handtekening heeft l=: wie wil, plakt er iets achter."), _("Laat l= weg.")
    ),
    "signature-weak": Words(
        "error", _("De handtekening gebruikt %(algorithm)s."), _("Gebruik rsa-sha256 (RFC 8301).")
    ),
    "signature-not-relaxed": Words(
        "warning",
        _("De handtekening gebruikt %(form)s: een spatie meer breekt haar."),
        _("Gebruik relaxed/relaxed."),
    ),
    "spam-score": Words(
        "note",
        _("SpamAssassin geeft %(score)s punten (%(rules)s)."),
        _("Onder 1,0 is goed; vanaf 5,0 is het spam."),
    ),
    "spam-score-high": Words(
        "error",
        _("SpamAssassin geeft %(score)s punten (%(rules)s)."),
        _("Neem weg waar de regels op aanslaan. Onder 1,0 is goed; vanaf 5,0 is het spam."),
    ),
}
"""By code. `%(…)s` are details of the finding."""

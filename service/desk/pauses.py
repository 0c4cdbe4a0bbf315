"""Why Kennispost paused a mailing by itself, and what to do about it, in the words of the desk. Pure."""

import re
from dataclasses import dataclass

from service.i18n import _


@dataclass(frozen=True)
class Advice:
    """What is the matter and what helps; both are to be translated. `reply` is the server's own words."""

    matter: str
    remedy: str
    reply: str


SENDER_FAULT = "sender-fault"

SPF = (
    _("Het SPF-record van het domein van de afzender noemt deze mailserver niet."),
    _("Vraag de beheerder van het domein om de mailserver in het SPF-record te zetten."),
)
POINTER = (
    _("De naam van de mailserver past niet bij zijn adres (PTR-record)."),
    _("Vraag de beheerder van de mailserver om het PTR-record in orde te maken."),
)
ENCRYPTION = (
    _("De ontvanger wil alleen mail over een beveiligde verbinding (TLS)."),
    _("Vraag de beheerder van de mailserver om TLS aan te zetten."),
)
SIGNATURE = (
    _("De handtekening onder de mail (DKIM) ontbreekt of klopt niet."),
    _("Controleer of het DKIM-record in de DNS past bij de sleutel van Kennispost."),
)
AUTHENTICITY = (
    _("De ontvanger kan niet zien dat de mail echt van ons komt (SPF, DKIM en DMARC)."),
    _("Laat de beheerder van het domein SPF, DKIM en DMARC nakijken."),
)
PASSWORD = (
    _("De mailserver nam onze aanmelding niet aan."),
    _("Controleer de gebruikersnaam en het wachtwoord voor de mailserver."),
)

REMEDIES = (
    (r"\b[45]\.7\.(26|31|32)\b|\b5\.7\.515\b", AUTHENTICITY),
    (r"\b[45]\.7\.27\b", SPF),
    (r"\b[45]\.7\.(23|25)\b", POINTER),
    (r"\b[45]\.7\.29\b", ENCRYPTION),
    (r"\b[45]\.7\.30\b", SIGNATURE),
    (r"\bdmarc\b|unauthenticated", AUTHENTICITY),
    (r"\bspf\b", SPF),
    (r"\bdkim\b", SIGNATURE),
    (r"\bptr\b|reverse dns", POINTER),
    (r"starttls|\btls required", ENCRYPTION),
    (r"\bauthentication (failed|required)|\b[45]\.7\.8\b", PASSWORD),
)
"""What servers reply when the fault is the sender's, and what is the matter then.

First by the codes of Gmail and Microsoft, since their texts name more than what is wrong; then by the words.
"""


def advice(pause: str, reply: str) -> Advice | None:
    """What to tell about a pause; None when a person paused it, which explains itself."""
    if not pause:
        return None
    for pattern, (matter, remedy) in REMEDIES if pause == SENDER_FAULT else ():
        if re.search(pattern, reply, re.IGNORECASE):
            return Advice(matter, remedy, reply)
    if pause == SENDER_FAULT:
        matter = _("Een mailserver weigert onze mail om hoe wij versturen, niet om wie zij ontvangt.")
        return Advice(matter, _("Laat de beheerder het antwoord van de mailserver lezen."), reply)
    return Advice(
        _("Kennispost kon niet goed verder."), _("Vraag de beheerder wat er aan de hand is."), reply
    )

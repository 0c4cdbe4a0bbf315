"""Words for segments: what the desk calls questions and values, and an expression as a sentence."""

from collections.abc import Iterable

from service.i18n import _, translate
from subscribers.segments.describing import Words, describe
from subscribers.segments.expression import Condition, Group
from subscribers.segments.predicates import Predicate, Predicates

LABELS = {
    "size": _("Grootte van de gemeente"),
    "central-function": _("Gemeente met een centrumfunctie"),
    "province": _("Provincie"),
    "ggd-region": _("GGD-regio"),
    "domain": _("Beleidsterrein van de lezer"),
    "policy-kind": _("Soort preventiebeleid van de gemeente"),
    "step": _("Stap waar de lezer nu is"),
    "interest": _("Volgt het onderwerp"),
    "stream": _("Ontvangt"),
    "language": _("Taal"),
    "consent": _("Gaf toestemming"),
    "issue": _("Kreeg de editie"),
}
"""The question, as the builder offers it."""

PHRASES = {
    "size": _("voor een gemeente met %(values)s werkt"),
    "central-function": _("voor een gemeente %(values)s werkt"),
    "province": _("voor een gemeente in %(values)s werkt"),
    "ggd-region": _("voor een gemeente in de regio van %(values)s werkt"),
    "domain": _("op het terrein %(values)s werkt"),
    "policy-kind": _("voor een gemeente met beleid als „%(values)s” werkt"),
    "step": _("nu aan de stap %(values)s werkt"),
    "interest": _("%(values)s volgt"),
    "stream": _("%(values)s ontvangt"),
    "language": _("%(values)s leest"),
    "consent": _("toestemming gaf met %(values)s"),
    "issue": _("de editie %(values)s kreeg"),
}
"""The condition within a sentence about a reader; the values stand in it with "of" between them."""

VALUES = {
    ("size", "klein"): _("minder dan 25.000 inwoners"),
    ("size", "middelklein"): _("25.000 tot 50.000 inwoners"),
    ("size", "middelgroot"): _("50.000 inwoners of meer (middelgroot)"),
    ("size", "groot"): _("80.000 inwoners of meer en een centrumfunctie (groot)"),
    ("central-function", "yes"): _("met een centrumfunctie"),
    ("central-function", "no"): _("zonder centrumfunctie"),
    ("domain", "overig"): _("iets anders"),
    ("policy-kind", "aparte-nota"): _("een aparte nota over drugs"),
    ("policy-kind", "aparte-nota-en-andere-notas"): _("een aparte nota en stukken in andere nota's"),
    ("policy-kind", "overkoepelend-middelenbeleid"): _("één beleid voor alle middelen"),
    ("policy-kind", "activiteiten-in-andere-notas"): _("activiteiten in andere nota's"),
    ("policy-kind", "geen-beleid"): _("geen preventiebeleid"),
    ("stream", "monthly"): _("de maandelijkse nieuwsbrief"),
    ("stream", "digest"): _("het weekoverzicht"),
    ("stream", "alerts"): _("berichten bij groot nieuws"),
    ("stream", "webinars"): _("uitnodigingen voor webinars"),
    ("language", "nl"): _("Nederlands"),
    ("language", "en"): _("Engels"),
}
"""Values that no register and no vocabulary names."""

HINTS = {
    "size": _(
        "De klassen van de landelijke vragenlijst van 2022. Groot is alleen wie ook een centrumfunctie heeft; "
        "de anderen vanaf 50.000 inwoners zijn middelgroot."
    ),
    "central-function": _(
        "De centrumgemeenten van de maatschappelijke opvang. De lijst is nog niet door de redactie nagekeken."
    ),
    "issue": _("De mailserver nam haar aan, en zij kwam niet terug."),
    "consent": _("Volgens het dossier: bevestigd met deze versie van de tekst."),
}

MATCHES = {
    "all": _("alle voorwaarden hieronder"),
    "any": _("ten minste één voorwaarde hieronder"),
    "none": _("geen enkele voorwaarde hieronder"),
}
"""What a reader of a group meets."""


def value_name(predicate: Predicate | None, key: str, value: str, language: str) -> str:
    """What a value is called; one that is gone is called what it was stored as."""
    if (key, value) in VALUES:
        return translate(language, VALUES[key, value])
    choice = predicate.by_value.get(value) if predicate else None
    name = (choice.name(language) if choice else "") or value
    return translate(language, _("versie %(version)s")) % {"version": name} if key == "consent" else name


def label_of(key: str, language: str) -> str:
    """What a question is called; one that is gone is called what it was stored as."""
    return translate(language, LABELS[key]) if key in LABELS else key


def listed(names: Iterable[str], language: str) -> str:
    """ "a", "a of b", "a, b of c"."""
    *some, last = names
    return f"{', '.join(some)} {translate(language, _('of'))} {last}" if some else last


def sentence(expression: Group, predicates: Predicates, language: str) -> str:
    """Who gets it, in one sentence that ends with a full stop."""

    def condition(asked: Condition) -> str:
        predicate = predicates.get(asked.predicate)
        names = [value_name(predicate, asked.predicate, value, language) for value in asked.values]
        phrase = translate(language, PHRASES.get(asked.predicate, f"{asked.predicate} %(values)s"))
        return phrase % {"values": listed(names, language)}

    words = Words(
        every=translate(language, _("en")),
        some=translate(language, _("of")),
        none=translate(language, _("niet")),
        condition=condition,
    )
    begin = translate(language, _("Wie %(conditions)s."))
    return begin % {"conditions": describe(expression, words)}

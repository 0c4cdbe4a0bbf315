"""Wording: what kinds of change, fields, guards and evidence are called, in Dutch and in English. Pure."""

from dataclasses import dataclass
from datetime import date

from babel.dates import format_date

from content.interventions.changes import Change, Kind
from content.interventions.guards import Guard
from content.interventions.matching import Evidence
from content.scales import level_of

LANGUAGES = ("nl", "en")


@dataclass(frozen=True)
class Words:
    """A text in both languages."""

    nl: str
    en: str

    def label(self, language: str) -> str:
        """The text for readers of a language."""
        return self.en if language == "en" else self.nl


KINDS = {
    Kind.ADDED: Words("nieuw", "new"),
    Kind.CONTENT_CHANGED: Words("gewijzigd", "changed"),
    Kind.LEVEL_RAISED: Words("hoger erkend", "recognised at a higher level"),
    Kind.LEVEL_LOWERED: Words("lager erkend", "recognised at a lower level"),
    Kind.RE_RECOGNISED: Words("opnieuw erkend", "recognised again"),
    Kind.IN_REASSESSMENT: Words("in herbeoordeling", "being reassessed"),
    Kind.EXPIRING_SOON: Words("erkenning loopt af", "recognition runs out soon"),
    Kind.EXPIRED: Words("erkenning verlopen", "recognition ran out"),
    Kind.MISSING: Words("niet in de lijst", "not in the list"),
    Kind.WITHDRAWN: Words("niet meer in de databank", "no longer in the database"),
    Kind.RESTORED: Words("terug in de databank", "back in the database"),
    Kind.MERGED: Words("samengevoegd", "merged"),
}

FIELD_NAMES = {
    "name": Words("naam", "name"),
    "owner": Words("eigenaar", "owner"),
    "summary": Words("korte omschrijving", "short description"),
    "target_group": Words("doelgroep", "target group"),
    "age": Words("leeftijd", "age"),
    "setting": Words("plek", "place"),
    "goal": Words("doel", "goal"),
    "approach": Words("aanpak", "approach"),
    "prevention_type": Words("vorm van preventie", "type of prevention"),
    "materials": Words("materiaal", "materials"),
    "level": Words("erkenning", "recognition"),
    "level_date": Words("datum van erkenning", "date of recognition"),
    "level_note": Words("oordeel", "judgement"),
    "committee": Words("commissie", "committee"),
    "in_reassessment": Words("in herbeoordeling", "being reassessed"),
    "feasibility": Words("uitvoerbaarheid", "feasibility"),
    "conditions": Words("randvoorwaarden", "conditions"),
    "costs": Words("kosten", "costs"),
    "organisation_kinds": Words("wie het uitvoert", "who carries it out"),
    "contact": Words("contact", "contact"),
    "theme": Words("thema", "theme"),
    "published": Words("datum van publicatie", "date of publication"),
    "substance": Words("middelen", "substances"),
    "target-group": Words("doelgroep", "target group"),
    "step": Words("stap in de strategie", "step of the strategy"),
    "known_ids": Words("nummer in een databank", "number in a database"),
    "in_municipalities": Words("in gemeenten", "in municipalities"),
}

GUARDS = {
    Guard.INCOMPLETE: Words("de lijst is niet tot het einde gelezen", "the list was not read to its end"),
    Guard.EMPTY: Words("de lijst was leeg", "the list was empty"),
    Guard.SHRUNKEN: Words(
        "de lijst is meer dan een tiende korter dan de vorige goede", "the list is over a tenth shorter than the last good one"
    ),
    Guard.BELOW_DECLARED: Words(
        "de databank zegt er meer te hebben dan de lijst noemt", "the database says that it has more than the list names"
    ),
    Guard.OTHER_KEYS: Words(
        "veel bekende nummers staan niet in de lijst", "many known numbers are not in the list"
    ),
}  # fmt: skip

EVIDENCE = {
    Evidence.KNOWN_ID: Words("een bekend nummer", "a known number"),
    Evidence.SAME_PAGE: Words("dezelfde pagina", "the same page"),
    Evidence.SAME_NAME: Words("dezelfde naam", "the same name"),
    Evidence.SAME_OWNER: Words("dezelfde eigenaar", "the same owner"),
    Evidence.SHORT_NAME: Words("dezelfde korte naam", "the same short name"),
    Evidence.LIKE_NAME: Words("een naam die er veel op lijkt", "a name that is much alike"),
    Evidence.NO_OTHER_OWNER: Words("geen andere eigenaar bekend", "no other owner known"),
    Evidence.SAME_DATABASE: Words(
        "maar: een ander nummer in dezelfde databank", "but: another number in the same database"
    ),
}

_DERIVED = Words(
    "Dat rekenden wij uit: een erkenning wordt elke vijf jaar opnieuw beoordeeld.",
    "We reckoned this: a recognition is judged anew every five years.",
)

_SENTENCES = {
    Kind.ADDED: Words("Nieuw in {database}.", "New in {database}."),
    Kind.CONTENT_CHANGED: Words("{database} veranderde: {field}.", "{database} changed: {field}."),
    Kind.LEVEL_RAISED: Words(
        "De erkenning is hoger: van {old} naar {new}, volgens {database}.",
        "The recognition is higher: from {old} to {new}, according to {database}.",
    ),
    Kind.LEVEL_LOWERED: Words(
        "De erkenning is lager: van {old} naar {new}, volgens {database}.",
        "The recognition is lower: from {old} to {new}, according to {database}.",
    ),
    Kind.RE_RECOGNISED: Words(
        "Opnieuw erkend op {new}, met hetzelfde niveau, volgens {database}.",
        "Recognised again on {new}, at the same level, according to {database}.",
    ),
    Kind.IN_REASSESSMENT: Words(
        "De erkenning wordt nu opnieuw beoordeeld, volgens {database}.",
        "The recognition is now being reassessed, according to {database}.",
    ),
    Kind.EXPIRING_SOON: Words(
        "De erkenning in {database} loopt waarschijnlijk af op {new}.",
        "The recognition in {database} probably runs out on {new}.",
    ),
    Kind.EXPIRED: Words(
        "De erkenning in {database} is waarschijnlijk verlopen op {new}.",
        "The recognition in {database} probably ran out on {new}.",
    ),
    Kind.MISSING: Words("Niet gevonden in de lijst van {database}.", "Not found in the list of {database}."),
    Kind.WITHDRAWN: Words("Staat niet meer in {database}.", "Is no longer in {database}."),
    Kind.RESTORED: Words("Staat weer in {database}.", "Is in {database} again."),
    Kind.MERGED: Words("„{old}” hoort nu bij deze interventie.", "“{old}” is now part of this intervention."),
}
_FIRST = Words("Erkend als {new}, volgens {database}.", "Recognised as {new}, according to {database}.")
_NONE = Words(
    "De erkenning ({old}) staat niet meer in {database}.",
    "The recognition ({old}) is no longer in {database}.",
)


def field_name(name: str, language: str) -> str:
    """What a field is called."""
    return FIELD_NAMES[name].label(language) if name in FIELD_NAMES else name


def shown(field: str, value: str, language: str) -> str:
    """A value of a field in words: a level by its name, a day in full, the rest as it is."""
    level = level_of(value) if field == "level" and value else None
    if level is not None:
        return level.label(language)
    if field in ("level_date", "published"):
        return day_in_full(value, language)
    return value


def day_in_full(day: str, language: str) -> str:
    """A day (ISO 8601) in full; other words stay."""
    try:
        return format_date(date.fromisoformat(day), "d MMMM y", locale=language)
    except ValueError:
        return day


def sentence(change: Change, *, database: str, language: str) -> str:
    """What happened, in a sentence; what was derived says so in a second one."""
    words = _SENTENCES[change.kind]
    if change.field == "level" and change.kind in (Kind.LEVEL_RAISED, Kind.LEVEL_LOWERED):
        words = _FIRST if not change.old else _NONE if not change.new else words
    said = words.label(language).format(
        database=database,
        field=field_name(change.field, language),
        old=shown(change.field, change.old, language),
        new=shown(change.field, change.new, language),
    )
    return f"{said} {_DERIVED.label(language)}" if change.derived else said

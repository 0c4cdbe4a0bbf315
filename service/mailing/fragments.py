"""Fragments: what goes into the holes of a mail for one reader. Plain text; `filling` escapes it for HTML."""

from collections.abc import Iterable, Mapping, Sequence

from babel.lists import format_list

from content.vocabulary import Vocabulary
from service.i18n import _, translate
from subscribers.directory import Helper
from subscribers.organisations import Organisation

MOST_TOPICS = 4
"""Topics that a reason names; more would not be read."""

STREAM_NAMES = {
    "monthly": _("U krijgt deze mail omdat u zich hebt aangemeld voor de maandelijkse nieuwsbrief."),
    "digest": _("U krijgt deze mail omdat u zich hebt aangemeld voor het weekoverzicht."),
    "alert": _("U krijgt deze mail omdat u zich hebt aangemeld voor meldingen."),
    "webinar": _("U krijgt deze mail omdat u zich hebt aangemeld voor webinars."),
    "welcome": _("U krijgt deze mail omdat u pas lezer van Kennispost bent. Het zijn er vijf in totaal."),
}

KIND_NAMES = {
    "monthly": _("Nieuwsbrief"),
    "digest": _("Weekoverzicht"),
    "alert": _("Melding"),
    "welcome": _("Welkomstmail"),
    "webinar": _("Aankondiging"),
}
"""What people call an issue of each kind."""


REGIONAL = {"ggd": _("GGD: %(partner)s."), "addiction-care": _("Verslavingszorg: %(partner)s.")}
"""The kinds of partners that a mail names."""


def stream_name(kind: str) -> str:
    """Why a reader gets issues of this kind: a message id."""
    return STREAM_NAMES[kind]


def greeting(name: str, language: str) -> str:
    """How a mail begins; a name is optional."""
    if name:
        return translate(language, _("Beste %(name)s,")) % {"name": name}
    return translate(language, _("Beste lezer,"))


def reason(slugs: Iterable[str], *, vocabulary: Vocabulary, language: str) -> str:
    """Why a reader gets a block: the interests it met, or, without any, that the editors chose it."""
    labels = [vocabulary.by_slug[slug].label(language) for slug in slugs if slug in vocabulary.by_slug]
    if not labels:
        return translate(language, _("Een van de belangrijkste berichten van deze editie"))
    if len(labels) > MOST_TOPICS:
        more = translate(language, _("nog %(number)d onderwerpen")) % {
            "number": len(labels) - MOST_TOPICS + 1
        }
        labels = [*labels[: MOST_TOPICS - 1], more]
    topics = format_list(labels, locale=language)
    return translate(language, _("Omdat u %(topics)s volgt")) % {"topics": topics}


def region(
    organisations: Iterable[Organisation],
    language: str,
    helpers: Mapping[int, Sequence[Helper]] | None = None,
) -> str:
    """Who helps in a reader's region; empty for those who work for no municipality.

    `helpers` are those who serve each municipality, by its id. A name to call is said of those whose entry is checked.
    """
    sentence = translate(language, _("%(ggd)s werkt voor de gemeente %(municipality)s."))
    towns = [one for one in organisations if one.ggd_region]
    if not towns:
        return ""
    known = [sentence % {"ggd": one.ggd_region, "municipality": one.name} for one in towns]
    called: dict[str, str] = {}
    for one in (helper for town in towns for helper in (helpers or {}).get(town.id or 0, ())):
        if one.kind in REGIONAL and (one.kind == "addiction-care" or one.contact or one.telephone):
            called.setdefault(one.name, _called(one, language))
    return " ".join(
        [
            *known,
            translate(language, _("Daar kunt u terecht met vragen over preventie in uw gemeente.")),
            *called.values(),
        ]
    )


def _called(helper: Helper, language: str) -> str:
    """A partner with whom to call: "Verslavingszorg: Tactus (mevrouw De Vries, 0570 12 34 56)."."""
    ways = ", ".join(part for part in (helper.contact, helper.telephone) if part)
    name = f"{helper.name} ({ways})" if ways else helper.name
    return translate(language, REGIONAL[helper.kind]) % {"partner": name}

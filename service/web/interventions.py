"""Interventions on the site: a list to search and filter, and a card for each with its evidence, conflicts and history."""

from dataclasses import dataclass
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import HTMLResponse, Response

from content.featuring import event_sentence
from content.interventions.browsing import browse, browse_size, history_of, used_terms
from content.interventions.cards import card_of, cards_of
from content.interventions.changes import Kind
from content.interventions.tables import intervention_by_slug
from content.interventions.wording import KINDS, field_name, shown
from content.scales import LEVELS
from content.vocabulary import Vocabulary
from service.i18n import _
from service.web.dependencies import House, Language, Now, Transaction
from service.web.pages import page, see

PER_PAGE = 20

FILTERS = {
    "middel": ("substance", _("Middel"), _("alle middelen")),
    "plek": ("setting", _("Plek"), _("alle plekken")),
    "groep": ("target-group", _("Doelgroep"), _("alle groepen")),
}
"""The filters by their name in the address: facet, label, and what stands there when nothing is chosen."""

DETAILS = (
    "owner", "organisation_kinds", "costs", "feasibility", "conditions", "goal", "approach", "prevention_type", "materials",
    "theme", "contact",
)  # fmt: skip
"""The fields that a card shows below each other, where a source says something of them."""

router = APIRouter(prefix="/interventies")

Text = Annotated[str, Query(max_length=200)]


@dataclass(frozen=True)
class Choice:
    """A drop-down of the list. `label` and `nothing` are messages in Dutch, to be translated; `options` are slug and name."""

    name: str
    label: str
    nothing: str
    chosen: str
    options: tuple[tuple[str, str], ...]


@router.get("")
def listed(
    *,
    request: Request,
    house: House,
    session: Transaction,
    language: Language,
    middel: Text = "",
    plek: Text = "",
    groep: Text = "",
    niveau: Text = "",
    zoek: Text = "",
    pagina: Annotated[int, Query(ge=1, le=9999)] = 1,
) -> HTMLResponse:
    """The interventions that meet the filters, by name."""
    chosen = {"middel": middel, "plek": plek, "groep": groep}
    asked: dict[str, Any] = {
        "slugs": tuple(slug for slug in chosen.values() if slug),
        "level": niveau,
        "search": zoek,
    }
    found = browse(session, **asked, limit=PER_PAGE, offset=(pagina - 1) * PER_PAGE)
    filters = {name: value for name, value in (*chosen.items(), ("niveau", niveau), ("zoek", zoek)) if value}
    return page(
        request,
        "interventions/list.html",
        cards=cards_of(session, found),
        size=browse_size(session, **asked),
        per_page=PER_PAGE,
        current=pagina,
        address=f"/interventies?{urlencode(filters)}",
        filtered=bool(filters),
        zoek=zoek,
        choices=[
            *_choices(house.vocabulary, used_terms(session), chosen, language),
            _levels(niveau, language),
        ],
        vocabulary=house.vocabulary,
    )


@router.get("/{slug}", response_model=None)
def card(
    *,
    request: Request,
    house: House,
    session: Transaction,
    language: Language,
    now: Now,
    slug: Annotated[str, Path(max_length=120)],
) -> Response:
    """A card; the address of an intervention that was merged leads to the whole."""
    intervention = intervention_by_slug(session, slug)
    if intervention.slug != slug:
        return see(f"/interventies/{intervention.slug}")
    history = [
        (event, KINDS[Kind(event.kind)].label(language), event_sentence(session, event, language=language))
        for event in history_of(session, intervention)
    ]
    return page(
        request,
        "interventions/card.html",
        card=card_of(session, intervention),
        details=DETAILS,
        history=history,
        field_name=lambda name: field_name(name, language),
        shown=lambda field, value: shown(field, value, language),
        today=now.date(),
        vocabulary=house.vocabulary,
    )


def _choices(vocabulary: Vocabulary, used: set[str], chosen: dict[str, str], language: str) -> list[Choice]:
    """The drop-downs of the facets, with the terms that some intervention has."""
    return [
        Choice(
            name=name,
            label=label,
            nothing=nothing,
            chosen=chosen[name],
            options=tuple(
                (term.slug, term.label(language))
                for term in vocabulary.facet(facet)
                if term.slug in used or term.slug == chosen[name]
            ),
        )
        for name, (facet, label, nothing) in FILTERS.items()
    ]


def _levels(chosen: str, language: str) -> Choice:
    options = tuple((level.slug, level.label(language)) for level in LEVELS)
    return Choice("niveau", _("Erkenning"), _("elke erkenning"), chosen, options)

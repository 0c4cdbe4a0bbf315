"""The public map: in which municipalities Kennispost is read, in bands that give nobody away."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse

from content.vocabulary import Vocabulary
from service.i18n import _, translate
from service.web.dependencies import House, Language, Transaction
from service.web.pages import page
from service.web.tilemap import tile_map
from subscribers.coverage import Band, Place, coverage, public_band

router = APIRouter()

BANDS = {
    Band.NONE: (_("nog geen lezers"), "–"),
    Band.FEW: (_("minder dan 5 lezers"), "<5"),
    Band.SOME: (_("5 tot 10 lezers"), "5+"),
    Band.MORE: (_("10 tot 25 lezers"), "10+"),
    Band.MANY: (_("25 lezers of meer"), "25+"),
}
"""What a band is called, and the sign of it in a tile."""


@router.get("/dekking")
def shown(
    *,
    request: Request,
    house: House,
    session: Transaction,
    language: Language,
    onderwerp: Annotated[str, Query(max_length=80)] = "",
) -> HTMLResponse:
    """The map, the table of municipalities and that of GGD regions; `onderwerp` is the slug of a topic."""
    topic = onderwerp if onderwerp in house.vocabulary.by_slug else ""
    places = [
        (place, public_band(place, filtered=bool(topic))) for place in coverage(session, interest=topic)
    ]
    tiles = [
        (place, BANDS[band][1], f"band-{band}", f"{place.name}: {translate(language, BANDS[band][0])}")
        for place, band in places
    ]
    return page(
        request,
        "coverage.html",
        map=tile_map(tiles),
        places=places,
        bands=BANDS,
        counts={band: sum(one is band for _place, one in places) for band in Band},
        regions=_regions(places),
        topic=topic,
        topic_name=house.vocabulary.by_slug[topic].label(language) if topic else "",
        topics=topics(house.vocabulary, language),
    )


def topics(vocabulary: Vocabulary, language: str) -> list[tuple[str, str]]:
    """All terms by their name, for a list to choose from."""
    named = [(term.slug, term.label(language)) for term in vocabulary.terms]
    return sorted(named, key=lambda one: one[1].casefold())


def _regions(places: list[tuple[Place, Band]]) -> list[tuple[str, int, int, int]]:
    """Name, municipalities, with readers, and with five or more: counted from the bands, so that they add nothing."""
    names = sorted({place.ggd_region for place, _band in places})
    inside = {name: [band for place, band in places if place.ggd_region == name] for name in names}
    return [
        (
            name,
            len(bands),
            sum(band is not Band.NONE for band in bands),
            sum(band not in (Band.NONE, Band.FEW) for band in bands),
        )
        for name, bands in inside.items()
    ]

"""Coverage at the desk: exact counts on the map, and the list of municipalities to invite."""

import csv
import io
from collections.abc import Iterable
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, Response

from service.desk.access import Anyone
from service.desk.frame import desk_page
from service.i18n import ngettext
from service.web.coverage import topics
from service.web.dependencies import House, Language, Transaction
from service.web.tilemap import tile_map
from subscribers.coverage import FLOORS, Band, Place, coverage, not_reached, regions

router = APIRouter(prefix="/redactie/cijfers/dekking")

Topic = Annotated[str, Query(max_length=80)]
FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""A cell that begins with one of these is run by spreadsheets (OWASP, CSV injection)."""


@router.get("")
def shown(
    *,
    request: Request,
    house: House,
    session: Transaction,
    language: Language,
    person: Anyone,
    onderwerp: Topic = "",
) -> HTMLResponse:
    """The map with counts, who is not reached, and the GGD regions; `onderwerp` is the slug of a topic."""
    topic = onderwerp if onderwerp in house.vocabulary.by_slug else ""
    places = coverage(session, interest=topic)
    tiles = [
        (place, str(place.followers or "–"), f"band-{_band(place)}", _title(place, language))
        for place in places
    ]
    return desk_page(
        request,
        "coverage.html",
        person=person,
        place="cijfers",
        map=tile_map(tiles),
        municipalities=places,
        reached=sum(place.followers > 0 for place in places),
        missing=not_reached(places),
        regions=regions(places),
        topic=topic,
        topic_name=house.vocabulary.by_slug[topic].label(language) if topic else "",
        topics=topics(house.vocabulary, language),
    )


@router.get("/niet-bereikt.csv")
def to_invite(house: House, session: Transaction, _person: Anyone, onderwerp: Topic = "") -> Response:
    """The municipalities that are not reached, the largest first: UTF-8 with a BOM, as spreadsheets want it."""
    topic = onderwerp if onderwerp in house.vocabulary.by_slug else ""
    missing = not_reached(coverage(session, interest=topic))
    name = f"niet-bereikt{'-' + topic if topic else ''}.csv"
    return Response(
        as_csv(missing),
        media_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"},
    )


def as_csv(places: Iterable[Place]) -> str:
    """A line for each, semicolons between; what a spreadsheet would run as a formula gets an apostrophe before it."""
    file = io.StringIO()
    lines = csv.writer(file, delimiter=";", lineterminator="\r\n")
    lines.writerow(("cbs_code", "gemeente", "provincie", "ggd_regio", "inwoners", "lezers"))
    for place in places:
        cells = (
            place.cbs_code,
            place.name,
            place.province,
            place.ggd_region,
            place.population,
            place.readers,
        )
        lines.writerow(harmless(str(cell)) for cell in cells)
    return "\N{ZERO WIDTH NO-BREAK SPACE}" + file.getvalue()


def harmless(cell: str) -> str:
    """The cell as text, whatever it begins with."""
    return f"'{cell}" if cell.startswith(FORMULA) else cell


def _band(place: Place) -> Band:
    return next((band for floor, band in FLOORS if place.followers >= floor), Band.NONE)


def _title(place: Place, language: str) -> str:
    return f"{place.name}: {ngettext(language, '%(num)s lezer', '%(num)s lezers', place.followers)}"

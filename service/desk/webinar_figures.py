"""Figures of a webinar at the desk: invited, there, absent, watched; by municipality and region, and as a file."""

from collections.abc import Iterator
from typing import Any, Literal

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, Response

from content.folding import fold
from service.audit import Act
from service.database import writing
from service.desk.exporting import TYPES
from service.desk.webinar_frame import ADDRESS, AtWebinar, Editing
from service.i18n import _, number, translate
from service.mailing.inviting import invited_by_organisation
from service.web.dependencies import House, language
from subscribers.coverage import FEW
from subscribers.exporting import as_csv, as_workbook
from subscribers.registrations.counting import places_of, totals_of
from subscribers.registrations.evaluating import judged
from subscribers.registrations.hiding import FIGURES, Shown, Table, disclosed

NAMES = {
    "invited": _("Uitgenodigd"),
    "registered": _("Aangemeld"),
    "attended": _("Aanwezig"),
    "absent": _("Afwezig"),
    "recording_only": _("Alleen opname"),
    "watched": _("Opname bekeken"),
}
ELSEWHERE = _("Andere organisaties, of onbekend")
EVERYONE = _("Samen")
UNKNOWN = _("onbekend")
HIDDEN = _("verborgen")

router = APIRouter(prefix=ADDRESS + "/{webinar_id}/cijfers")


@router.get("")
def shown(at: AtWebinar) -> HTMLResponse:
    """The figures; those of fewer than five people are hidden. Who is of no municipality stands at the end."""
    table = _table(at)
    return at.page(
        "figures.html",
        table=table,
        municipalities=sorted(table.places, key=lambda pair: (not pair[0].name, fold(pair[0].name).text)),
        regions=sorted(table.regions, key=lambda pair: not pair[0]),
        figures=FIGURES,
        names=NAMES,
        elsewhere=ELSEWHERE,
        few=FEW,
        **_judged(at),
        known=at.webinar.attendance_known_at is not None,
    )


@router.get("/cijfers.{kind}")
def exported(at: AtWebinar, house: House, kind: Literal["csv", "xlsx"]) -> Response:
    """The same as a file; who took it is in the audit."""
    chosen = language(at.request)
    head = [translate(chosen, _("Gemeente")), translate(chosen, _("GGD-regio"))]
    columns = [*head, *(translate(chosen, NAMES[key]) for key in FIGURES)]
    lines = list(_lines(at, chosen))
    content = b"".join(as_csv(lines, columns)) if kind == "csv" else as_workbook(lines, columns)
    with writing(house.engine) as session:
        Editing(at.request, session, at.now, at.person, at.number).note(Act.EXPORTED, kind)
    headers = {
        "Content-Disposition": f'attachment; filename="webinar-{at.webinar.slug}.{kind}"',
        "Cache-Control": "no-store",
    }
    return Response(content, media_type=TYPES[kind], headers=headers)


def _judged(at: Editing) -> dict[str, Any]:
    count, mean, words = judged(at.session, at.webinar)
    shown = "" if mean is None else number(mean, language(at.request), decimals=1)
    return {"judges": count, "mean": shown, "words": words}


def _table(at: Editing) -> Table:
    invited = invited_by_organisation(at.session, at.webinar)
    return disclosed(places_of(at.session, totals_of(at.session, at.webinar, invited=invited, now=at.now)))


def _lines(at: Editing, chosen: str) -> Iterator[list[str]]:
    table = _table(at)
    for place, figures in table.places:
        yield [place.name or translate(chosen, ELSEWHERE), place.region, *_cells(at, figures, chosen)]
    for region, figures in table.regions:
        if region:
            yield ["", region, *_cells(at, figures, chosen)]
    yield [translate(chosen, EVERYONE), "", *_cells(at, table.everything, chosen)]


def _cells(at: Editing, figures: Shown, chosen: str) -> Iterator[str]:
    known = at.webinar.attendance_known_at is not None
    for key in FIGURES:
        if key in ("attended", "absent") and not known:
            yield translate(chosen, UNKNOWN)
        else:
            yield translate(chosen, HIDDEN) if figures[key] is None else str(figures[key])

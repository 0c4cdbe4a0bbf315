"""The list of subscribers as a file, for an administrator; who took it is in the audit."""

from typing import Literal

from fastapi import APIRouter
from fastapi.responses import Response

from service.audit import Act, note_act
from service.database import reading, writing
from service.desk.access import Administrator
from service.web.dependencies import House, Now
from subscribers.exporting import as_csv, as_workbook, subscriber_rows
from subscribers.people import SubscriberState

router = APIRouter(prefix="/redactie/abonnees/uitvoer")

TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


@router.get("/abonnees.{kind}")
def exported(
    house: House,
    now: Now,
    person: Administrator,
    kind: Literal["csv", "xlsx"],
    status: SubscriberState | None = None,
) -> Response:
    """All subscribers, or those of one state."""
    with writing(house.engine) as session:
        note_act(
            session,
            actor=person.address,
            action=Act.EXPORTED,
            now=now,
            detail=f"{kind} {status or ''}".strip(),
        )
    with reading(house.engine) as session:
        lines = subscriber_rows(session, state=status)
        content = b"".join(as_csv(lines)) if kind == "csv" else as_workbook(lines)
    headers = {
        "Content-Disposition": f'attachment; filename="abonnees-{now:%Y-%m-%d}.{kind}"',
        "Cache-Control": "no-store",
    }
    return Response(content, media_type=TYPES[kind], headers=headers)

"""For whoever watches over the service: is the process alive, and can it work?"""

from fastapi import APIRouter, Response
from fastapi.responses import JSONResponse
from sqlalchemy.exc import SQLAlchemyError

from service.migrating import is_current
from service.web.dependencies import House

router = APIRouter()


@router.get("/healthz")
def healthz() -> Response:
    """200 as long as the process answers."""
    return JSONResponse({"status": "ok"})


@router.get("/readyz")
def readyz(house: House) -> Response:
    """200 when the database answers and has all migrations, else 503 with the reason."""
    try:
        current = is_current(house.engine)
    except SQLAlchemyError as error:
        return JSONResponse({"status": "unavailable", "reason": type(error).__name__}, status_code=503)
    if not current:
        return JSONResponse(
            {"status": "unavailable", "reason": "migrations are missing: run kennispost migrate"},
            status_code=503,
        )
    return JSONResponse({"status": "ready"})

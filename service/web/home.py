"""The home page: what this is, for whom, and what one gets."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from service.schedule.table import next_monthly
from service.web.dependencies import House, Now
from service.web.pages import page

router = APIRouter()


@router.api_route("/", methods=["GET", "HEAD"])
def home(request: Request, house: House, now: Now) -> Response:
    """The first page."""
    return page(request, "home.html", next_issue=next_monthly(house.settings, now))

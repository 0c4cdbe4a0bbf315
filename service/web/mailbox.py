"""The built-in mailbox as pages, in the demo alone: what "arrived", with its headers, text and HTML side by side."""

from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException, Query, Request
from fastapi.responses import HTMLResponse

from service.mailing.maildir import Arrived, arrived, read_all, read_one
from service.settings import Environment
from service.web.dependencies import House
from service.web.headers import MAIL_POLICY
from service.web.pages import page

AT_ONCE = 50
"""Messages on a page of the list."""


def only_in_demo(house: House) -> None:
    """Anywhere else there is no such page: it would show everyone's mail to everyone."""
    if house.settings.environment is not Environment.DEMO:
        raise HTTPException(404)


router = APIRouter(prefix="/postbus", dependencies=[Depends(only_in_demo)])


@router.get("")
def messages(
    request: Request, house: House, bladzijde: Annotated[int, Query(ge=1, le=10_000)] = 1
) -> HTMLResponse:
    """What arrived, the newest first."""
    files = arrived(house.settings)
    shown = list(read_all(files[(bladzijde - 1) * AT_ONCE : bladzijde * AT_ONCE]))
    return page(
        request,
        "mailbox.html",
        messages=shown,
        count=len(files),
        number=bladzijde,
        pages=max(1, -(-len(files) // AT_ONCE)),
        transport=house.settings.transport,
    )


@router.get("/{key}")
def message(request: Request, house: House, key: str) -> HTMLResponse:
    """One message."""
    found = _found(house, key)
    headers = [(name, str(value)) for name, value in found.message.items()]
    return page(request, "mailbox_message.html", arrived=found, headers=headers, text=found.body("plain"))


@router.get("/{key}/html")
def html(house: House, key: str) -> HTMLResponse:
    """The HTML of a message, for the sandboxed frame: under a policy of its own, with links that open beside it."""
    body = _found(house, key).body("html").replace("<head>", '<head><base target="_blank">', 1)
    return HTMLResponse(body, headers={"Content-Security-Policy": MAIL_POLICY})


def _found(house: House, key: str) -> Arrived:
    found = read_one(house.settings, key)
    if found is None:
        raise HTTPException(404)
    return found

"""Waiting: what whoever sent a form too often reads, and how nothing of what they typed is lost."""

from fastapi import Request
from fastapi.responses import Response

from service.errors import TooManyRequests
from service.i18n import clock_time
from service.runtime import Runtime
from service.web.csrf import FIELD
from service.web.dependencies import SAFE_METHODS, language
from service.web.pages import page

LONG = 30
"""Characters from which a text is shown again, so that it can be kept elsewhere."""


async def too_often(request: Request, error: Exception) -> Response:
    """When it can be tried again, with all that was typed: the page sends it once more.

    Nothing of the desk's forms is written back: they hold what proves who somebody is.
    """
    house: Runtime = request.app.state.runtime
    until = error.until if isinstance(error, TooManyRequests) else house.clock()
    sends = request.method not in SAFE_METHODS and not request.url.path.startswith("/redactie")
    typed: list[tuple[str, str]] = []
    if sends:
        posted = await request.form()  # it was read already, to see whether the form is ours
        typed = [
            (name, text) for name, text in posted.multi_items() if isinstance(text, str) and name != FIELD
        ]
    response = page(
        request,
        "too_often.html",
        status=429,
        until=clock_time(until, language(request), now=house.clock()),
        sends=sends,
        typed=typed,
        written=[text for _name, text in typed if len(text) >= LONG and " " in text.strip()],
    )
    response.headers["Retry-After"] = str(max(1, round((until - house.clock()).total_seconds())))
    return response

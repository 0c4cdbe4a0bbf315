"""Answering with a page: every page gets the language, the form token, and the cookies that belong to them."""

from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse, RedirectResponse

from service.runtime import Runtime
from service.settings import Environment
from service.templating import render
from service.web.csrf import cookie_name, csrf_seed, csrf_token
from service.web.dependencies import LANGUAGE_COOKIE, language

YEAR = 365 * 24 * 3600


def page(request: Request, template: str, *, status: int = 200, **values: Any) -> HTMLResponse:
    """Render `templates/pages/<template>` for this request."""
    house: Runtime = request.app.state.runtime
    chosen = language(request)
    seed = csrf_seed(request, house.settings)
    body = render(
        f"pages/{template}",
        chosen,
        request=request,
        csrf=csrf_token(request, house.settings, seed),
        settings=house.settings,
        demo=house.settings.environment is Environment.DEMO,
        now=house.clock(),
        **values,
    )
    response = HTMLResponse(body, status_code=status)
    secure = house.settings.base_url.startswith("https://")
    response.set_cookie(
        cookie_name(house.settings, "kp_csrf"), seed, httponly=True, samesite="lax", secure=secure, path="/"
    )
    if request.query_params.get("taal") == chosen:
        response.set_cookie(
            LANGUAGE_COOKIE, chosen, max_age=YEAR, httponly=True, samesite="lax", secure=secure, path="/"
        )
    response.headers["Content-Language"] = chosen
    response.headers["Vary"] = "Accept-Language, Cookie"
    return response


def see(address: str) -> RedirectResponse:
    """Send the browser on after a form that did its work (303)."""
    return RedirectResponse(address, status_code=303)

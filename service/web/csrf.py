"""CSRF: a random value in a host-only SameSite cookie, and the same value signed in each form."""

import hmac
import secrets

from fastapi import Request

from service.errors import CsrfRefused, TokenExpired, TokenRefused
from service.settings import Settings
from service.tokens import Purpose, make_token, read_token
from service.web.dependencies import SAFE_METHODS, House

FIELD = "csrf"


def cookie_name(settings: Settings, name: str) -> str:
    """`__Host-` where the site is https: then no subdomain can set it."""
    return f"__Host-{name}" if settings.base_url.startswith("https://") else name


def csrf_seed(request: Request, settings: Settings) -> str:
    """The value in the cookie, or a fresh one."""
    return request.cookies.get(cookie_name(settings, "kp_csrf")) or secrets.token_urlsafe(18)


async def csrf_protected(request: Request, house: House) -> None:
    """A router's dependency: what changes something must come from a form of ours.

    Raises:
        CsrfRefused: the field is missing, too old, or belongs to another browser.
    """
    if request.method in SAFE_METHODS:
        return
    seed = request.cookies.get(cookie_name(house.settings, "kp_csrf"), "")
    field = (await request.form()).get(FIELD)
    try:
        signed = read_token(house.settings, Purpose.CSRF, str(field or ""), now=house.clock())
    except (TokenRefused, TokenExpired) as error:
        raise CsrfRefused("This page was open too long. Load it again and send it once more.") from error
    if not seed or not hmac.compare_digest(str(signed), seed):
        raise CsrfRefused("This page was open too long. Load it again and send it once more.")


def csrf_token(request: Request, settings: Settings, seed: str) -> str:
    """What a form carries in its hidden field."""
    return make_token(settings, Purpose.CSRF, seed, now=request.app.state.runtime.clock())

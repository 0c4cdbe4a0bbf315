"""A visitor without a script, for tests: keeps cookies, reads the form's token out of the page, and posts it back."""

import re
from collections.abc import Mapping, Sequence
from html import unescape

import httpx
from fastapi.testclient import TestClient

from service.runtime import Runtime
from service.web.app import make_app

Fields = Mapping[str, str | Sequence[str]]


class Visitor:
    """Someone with a browser. Redirects are not followed: a test says what it expects."""

    def __init__(self, runtime: Runtime, **headers: str) -> None:
        self.client = TestClient(
            make_app(runtime), follow_redirects=False, raise_server_exceptions=False, headers=headers
        )

    def get(self, path: str) -> httpx.Response:
        """Look at a page."""
        return self.client.get(path)

    def submit(self, page: str, fields: Fields, *, to: str = "") -> httpx.Response:
        """Open a page, fill in its form and send it (to `to`, else to the page itself)."""
        token = form_token(self.get(page).text)
        return self.client.post(to or page, data={"csrf": token, **fields})


def form_token(html: str) -> str:
    """The token in a page's form."""
    found = re.search(r'name="csrf" value="([^"]+)"', html)
    assert found, "the page has no form token"
    return unescape(found.group(1))

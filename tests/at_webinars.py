"""The form of a webinar at the desk, for tests: as it is filled in, sent and read."""

import io
import re
from html import unescape

import httpx
import pytest
from colleague import Colleague
from PIL import Image
from sqlmodel import select

from content.webinars.tables import (
    Webinar,
)
from service.database import reading
from service.runtime import Runtime
from tests.visitor import form_token

ON_ONE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
"""What a form says is the same on both engines."""

HERE = "/redactie/webinars"
FORM = {
    "title": "Lachgas in Drenthe", "summary": "Wat **werkt**.", "language": "nl", "tags": ["lachgas", "horeca"],
    "day": "2027-04-06", "starts": "10:00", "ends": "11:00", "capacity": "1.500", "closes_day": "2027-04-05",
    "closes_time": "17:00", "for_whom": "government", "room_kind": "link", "room_address": "https://room.example/x",
}  # fmt: skip


def made(anna: Colleague, **more: str | list[str]) -> str:
    """The address of a webinar made by the form."""
    sent = anna.post(f"{HERE}/nieuw", FORM | more, via=f"{HERE}/nieuw")
    assert sent.status_code == 303, sent.text
    return sent.headers["location"].split("?")[0]


def the_one(runtime: Runtime) -> Webinar:
    with reading(runtime.engine) as session:
        return session.exec(select(Webinar)).one()


def fields_of(html: str) -> dict[str, str]:
    """What the text fields of a page hold."""
    return {
        name: unescape(value)
        for name, value in re.findall(
            r'<input type="(?:text|url|date|time)" name="(\w+)" id="\w+" value="([^"]*)"', html
        )
    }


def upload(anna: Colleague, page: str, fields: dict[str, str], name: str, data: bytes) -> httpx.Response:
    """Send a form with a file."""
    sent = {"csrf": form_token(anna.get(page).text), **fields}
    return anna.client.post(page, data=sent, files={"chosen": (name, data)})


def a_picture(kind: str = "PNG", size: tuple[int, int] = (800, 500), **more: object) -> bytes:
    written = io.BytesIO()
    Image.new("RGB", size, "#0a5866").save(written, kind, **more)
    return written.getvalue()

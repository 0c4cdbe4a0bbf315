"""A visitor without a script, for tests: keeps cookies, reads the form's token out of the page, and posts it back."""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from html import unescape
from pathlib import Path

import httpx
import pytest
from anyio.from_thread import BlockingPortal, start_blocking_portal
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlmodel import Session, col, select

from service.database import reading, writing
from service.mailing.outbox import Delivery, Mailing
from service.runtime import Runtime
from service.tokens import Purpose, make_token
from service.web.app import make_app
from service.web.guarding import opened
from subscribers.people import Subscriber
from subscribers.register import load_register
from subscribers.signup import latest_request, subscriber_by_reference
from tests.builders import a_reader, a_request

FEW = """cbs_code,name,province,ggd_region,population,tile_column,tile_row
GM0106,Assen,Drenthe,GGD Drenthe,69000,20,7
GM0114,Emmen,Drenthe,GGD Drenthe,107000,23,10
GM0373,Bergen (NH),Noord-Holland,GGD Hollands Noorden,29000,9,11
GM0893,Bergen (L),Limburg,GGD Limburg-Noord,13000,20,27
GM0518,Den Haag,Zuid-Holland,GGD Haaglanden,569076,4,18
"""
"""A register that loads in no time, with two of one name."""

PLACES = {Purpose.CONFIRM: "bevestigen", Purpose.PREFERENCES: "voorkeuren", Purpose.UNSUBSCRIBE: "afmelden"}

Fields = Mapping[str, str | Sequence[str]]


_loops: list[BlockingPortal] = []


@pytest.fixture(scope="session", autouse=True)
def one_loop() -> Iterator[None]:
    """One event loop, in a thread of its own, that answers all requests; by itself the client starts another for each."""
    with start_blocking_portal() as portal:
        _loops[:] = [portal]
        yield


def a_client(app: FastAPI, headers: Mapping[str, str]) -> TestClient:
    """A client that does not follow redirects, and sees what a browser would when the server fails."""
    made = TestClient(app, follow_redirects=False, raise_server_exceptions=False, headers=dict(headers))
    made.portal = _loops[0]
    return made


class Visitor:
    """Someone with a browser. Redirects are not followed: a test says what it expects."""

    def __init__(self, runtime: Runtime, **headers: str) -> None:
        self.runtime = runtime
        self.client = a_client(make_app(runtime), headers)

    def get(self, path: str) -> httpx.Response:
        """Look at a page."""
        return self.client.get(path)

    def submit(self, page: str, fields: Fields, *, to: str = "") -> httpx.Response:
        """Open a page, fill in its form and send it (to `to`, else to the page itself)."""
        html = self.get(page).text
        data: dict[str, object] = {"csrf": form_token(html), **fields}
        if 'name="opened"' in html:  # the clock of a test stands still; a person takes a while
            data.setdefault(
                "opened", opened(self.runtime.settings, self.runtime.clock() - timedelta(seconds=20))
            )
        return self.client.post(to or page, data=data)


def form_token(html: str) -> str:
    """The token in a page's form."""
    found = re.search(r'name="csrf" value="([^"]+)"', html)
    assert found, "the page has no form token"
    return unescape(found.group(1))


@pytest.fixture
def house(runtime: Runtime, tmp_path: Path) -> Runtime:
    """A runtime that knows a few municipalities and all partners."""
    register = tmp_path / "few.csv"
    register.write_text(FEW, encoding="utf-8")
    with writing(runtime.engine) as session:
        load_register(session, register)
    return runtime


def link(house: Runtime, purpose: Purpose, payload: object) -> str:
    """The path of a link out of a mail."""
    if purpose == Purpose.CONFIRM and isinstance(payload, str):
        payload = [payload, _latest_request(house, payload)]
    return f"/{PLACES[purpose]}/{make_token(house.settings, purpose, payload, now=house.clock())}"


def a_known_reader(house: Runtime, **options: object) -> str:
    """The reference of an active reader at jan@emmen.nl."""
    with writing(house.engine) as session:
        return a_reader(session, house.clock(), "jan@emmen.nl", **options).reference


def a_pending_reader(house: Runtime) -> str:
    """The reference of someone at jan@emmen.nl who asked and did not confirm."""
    with writing(house.engine) as session:
        return a_request(
            session, house.clock(), "jan@emmen.nl", vocabulary=house.vocabulary
        ).subscriber.reference


def letters(house: Runtime) -> list[str]:
    """The kinds of the letters that wait, oldest first; each has one delivery."""
    with reading(house.engine) as session:
        kinds = _column(session, Mailing.kind, Mailing.id)
        assert len(_column(session, Delivery.id, Delivery.id)) == len(kinds)
        return kinds


def readers(house: Runtime) -> list[Subscriber]:
    """Everyone in the list."""
    with reading(house.engine) as session:
        return list(session.exec(select(Subscriber)))


def _latest_request(house: Runtime, reference: str) -> int:
    with reading(house.engine) as session:
        return latest_request(session, subscriber_by_reference(session, reference)) or 0


def _column(session: Session, wanted: object, order: object) -> list:
    return list(session.exec(select(wanted).order_by(col(order))))

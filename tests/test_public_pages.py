"""What holds for every public page: the policy, the forms' tokens, the limits, and no success before the commit."""

import re
from html.parser import HTMLParser

import pytest
from fastapi import Request
from sqlalchemy import event

from service.database import writing
from service.runtime import Runtime
from service.tokens import Purpose
from service.web.client import client_address
from tests.builders import a_reader
from tests.visitor import Visitor, a_known_reader, a_pending_reader, letters, link, readers

FILLED = {
    "address": "jan@emmen.nl",
    "organisation": "Emmen",
    "name": "Jan",
    "interests": ["lachgas", "sport"],
}


class Tags(HTMLParser):
    """All start tags of a page, and the text of its scripts and styles."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))


def all_pages(house: Runtime) -> dict[str, str]:
    pending = a_pending_reader(house)
    visitor = Visitor(house)
    with writing(house.engine) as session:
        active = a_reader(session, house.clock(), "piet@emmen.nl", streams=["monthly", "digest"]).reference
        gone = a_reader(session, house.clock(), "weg@emmen.nl").reference
    mine = (Purpose.CONFIRM, pending), (Purpose.CONFIRM, active), (Purpose.PREFERENCES, active)
    links = [link(house, purpose, reference) for purpose, reference in mine]
    leaving = link(house, Purpose.UNSUBSCRIBE, [active, "monthly"])
    paths = ["/", "/aanmelden", "/aanmelden/verzonden", *links, leaving, "/afmelden/x"]
    pages = {path: visitor.get(path).text for path in paths}
    leaving = link(house, Purpose.UNSUBSCRIBE, [gone, "monthly"])
    pages["errors"] = visitor.submit("/aanmelden", {"organisation": "Bergen"}).text
    pages["left"] = visitor.submit(leaving, {}).text
    pages["back"] = visitor.submit(leaving, {}, to=f"{leaving}/terug").text
    return pages


def test_every_page_obeys_the_policy_and_can_be_used_by_everyone(house: Runtime) -> None:
    for name, html in all_pages(house).items():
        tags = Tags(html).tags
        labelled = {attributes.get("for") for tag, attributes in tags if tag == "label"}
        ids = [attributes["id"] for _tag, attributes in tags if "id" in attributes]
        assert len(ids) == len(set(ids)), name
        assert [tag for tag, _attributes in tags].count("h1") == 1, name
        for tag, attributes in tags:
            assert not [one for one in attributes if one.startswith("on") or one == "style"], (name, tag)
            assert tag != "style", name
            assert tag != "script" or (attributes.get("src") or "").startswith("/static/"), name
            if tag == "input" and attributes.get("type") != "hidden":
                assert attributes.get("id") in labelled, (name, attributes)
            for reference in (attributes.get("aria-describedby") or "").split():
                assert reference in ids, (name, reference)


def test_every_answer_carries_the_policy(house: Runtime) -> None:
    for path in ("/", "/aanmelden", "/nergens", "/static/municipality.js"):
        policy = Visitor(house).get(path).headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy


@pytest.mark.parametrize("token", ["", "forged"])
def test_a_form_from_elsewhere_is_refused(house: Runtime, token: str) -> None:
    visitor = Visitor(house)
    preferences = link(house, Purpose.PREFERENCES, a_known_reader(house))
    visitor.get("/aanmelden")
    for path in ("/aanmelden", preferences, link(house, Purpose.CONFIRM, readers(house)[0].reference)):
        assert visitor.client.post(path, data={**FILLED, "csrf": token}).status_code == 403
    assert readers(house)[0].name == ""


def test_the_token_of_another_browser_is_refused(house: Runtime) -> None:
    other, mine = Visitor(house), Visitor(house)
    token = re.search(r'name="csrf" value="([^"]+)"', other.get("/aanmelden").text)[1]
    mine.get("/aanmelden")
    assert mine.client.post("/aanmelden", data={**FILLED, "csrf": token}).status_code == 403


def test_a_commit_that_fails_is_never_called_a_success(house: Runtime) -> None:
    visitor = Visitor(house)
    path = link(house, Purpose.UNSUBSCRIBE, [a_known_reader(house), "monthly"])
    visitor.get("/aanmelden")

    def fail(_connection: object) -> None:
        raise RuntimeError("the disk is full")

    event.listen(house.engine, "commit", fail)
    try:
        answer = visitor.client.post(path, data={"List-Unsubscribe": "One-Click"})
    finally:
        event.remove(house.engine, "commit", fail)
    assert answer.status_code == 500
    assert readers(house)[0].state == "active"
    assert visitor.client.post(path, data={"List-Unsubscribe": "One-Click"}).status_code == 200
    assert readers(house)[0].state == "unsubscribed"


def test_one_address_gets_one_confirmation_an_hour_and_the_same_answer_each_time(
    house: Runtime, clock
) -> None:
    visitor = Visitor(house)
    sent = [
        visitor.submit("/aanmelden", {**FILLED, "address": a}).status_code
        for a in ("jan@emmen.nl", "JAN@emmen.nl") * 2
    ]
    assert sent == [303] * 4
    assert len(letters(house)) == 1
    assert visitor.submit("/aanmelden", {**FILLED, "address": "piet@emmen.nl"}).status_code == 303
    clock.advance(hours=1)
    assert visitor.submit("/aanmelden", FILLED).status_code == 303
    assert len(letters(house)) == 3


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_one_network_may_try_sixty_times_an_hour(house: Runtime) -> None:
    visitor = Visitor(house)
    assert {visitor.submit("/aanmelden", {}).status_code for _ in range(60)} == {422}
    assert visitor.submit("/aanmelden", FILLED).status_code == 429
    assert readers(house) == []


@pytest.mark.parametrize(
    ("peer", "forwarded", "seen"),
    [
        ("203.0.113.9", [], "203.0.113.9"),
        ("203.0.113.9", ["198.51.100.1"], "203.0.113.9"),  # forged: the peer is nobody's proxy
        ("10.0.0.5", ["198.51.100.1"], "198.51.100.1"),
        (
            "10.0.0.5",
            ["1.2.3.4, 198.51.100.1"],
            "198.51.100.1",
        ),  # the first is forged, the last came from our proxy
        ("10.0.0.5", ["1.2.3.4", "198.51.100.1, 10.0.0.7"], "198.51.100.1"),
        ("10.0.0.5", [], "10.0.0.5"),
        ("10.0.0.5", ["nonsense"], "unknown"),
        ("2001:db8:1:2:3:4:5:6", [], "2001:db8:1:2::/64"),
        ("10.0.0.5", ["2001:db8:1:2:ffff::1"], "2001:db8:1:2::/64"),
    ],
)
def test_the_client_is_seen_through_trusted_proxies_only(
    runtime: Runtime, peer: str, forwarded: list[str], seen: str
) -> None:
    settings = runtime.settings.model_copy(update={"trusted_proxies": ["10.0.0.0/8"]})
    headers = [(b"x-forwarded-for", value.encode()) for value in forwarded]
    request = Request({"type": "http", "client": (peer, 1), "headers": headers})
    assert client_address(request, settings) == seen

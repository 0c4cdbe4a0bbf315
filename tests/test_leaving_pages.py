"""Leaving by link: at once, for ever, by any program that posts, and never by looking."""

import pytest
from sqlmodel import select

from service.database import reading
from service.runtime import Runtime
from service.tokens import Purpose
from subscribers.consent import ConsentEvent
from subscribers.following import streams_of
from tests.visitor import Visitor, a_known_reader, link, readers


@pytest.mark.parametrize("slash", ["", "/"])
@pytest.mark.parametrize("multipart", [False, True])
def test_one_click_unsubscribes_at_once_without_cookies_or_redirects(
    house: Runtime, multipart: bool, slash: str
) -> None:
    reference = a_known_reader(house, streams=["monthly", "digest"])
    path = link(house, Purpose.UNSUBSCRIBE, [reference, "monthly"]) + slash
    body = {"List-Unsubscribe": "One-Click"}
    client = Visitor(house).client
    answer = (
        client.post(path, files={name: (None, value) for name, value in body.items()})
        if multipart
        else client.post(path, data=body)
    )
    assert answer.status_code == 200
    assert "set-cookie" not in answer.headers
    with reading(house.engine) as session:
        assert streams_of(session, readers(house)[0]) == ["digest"]
        assert [event.source for event in session.exec(select(ConsentEvent))] == ["builder", "one-click"]
    assert client.post(path, data=body).status_code == 200


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"", None),
        (b"\xff\xfe", "text/plain"),
        (b"broken", "multipart/form-data; boundary=x"),
        (b"{}", "application/json"),
    ],
)
def test_a_post_that_cannot_be_read_still_unsubscribes(
    house: Runtime, content: bytes, kind: str | None
) -> None:
    path = link(house, Purpose.UNSUBSCRIBE, [a_known_reader(house), "monthly"])
    answer = Visitor(house).client.post(path, content=content, headers={"content-type": kind} if kind else {})
    assert answer.status_code == 200
    assert readers(house)[0].state == "unsubscribed"


def test_looking_at_the_link_changes_nothing(house: Runtime) -> None:
    path = link(house, Purpose.UNSUBSCRIBE, [a_known_reader(house), "monthly"])
    visitor = Visitor(house)
    for method in ("GET", "HEAD"):
        for slash in ("", "/"):
            assert visitor.client.request(method, path + slash).status_code == 200
    assert readers(house)[0].state == "active"
    assert "Ja, meld mij af" in visitor.get(path).text


def test_the_page_offers_a_choice_where_there_is_one(house: Runtime) -> None:
    reference = a_known_reader(house, streams=["monthly", "digest"])
    path = link(house, Purpose.UNSUBSCRIBE, [reference, "monthly"])
    visitor = Visitor(house)
    assert 'name="what" value="all"' in visitor.get(path).text
    visitor.submit(path, {"what": "stream"})
    assert readers(house)[0].state == "active"
    visitor.submit(path, {"what": "all"})
    assert readers(house)[0].state == "unsubscribed"


def test_leaving_can_be_undone_on_the_page_that_follows(house: Runtime) -> None:
    path = link(house, Purpose.UNSUBSCRIBE, [a_known_reader(house), "monthly"])
    visitor = Visitor(house)
    left = visitor.submit(path, {})
    assert left.status_code == 200
    assert f'action="{path}/terug"' in left.text
    back = visitor.submit(path, {}, to=f"{path}/terug")
    assert (back.status_code, "U krijgt de mail weer" in back.text) == (200, True)
    assert readers(house)[0].state == "active"
    assert Visitor(house).client.post(f"{path}/terug").status_code == 403


def test_leaving_works_for_ever_and_for_those_who_are_gone(house: Runtime, clock) -> None:
    path = link(house, Purpose.UNSUBSCRIBE, [a_known_reader(house), "monthly"])
    gone = link(house, Purpose.UNSUBSCRIBE, ["erased", "all"])
    clock.advance(days=3650)
    visitor = Visitor(house)
    assert visitor.client.post(path, data={"List-Unsubscribe": "One-Click"}).status_code == 200
    assert "U bent afgemeld" in visitor.get(path).text
    for answer in (visitor.get(gone), visitor.client.post(gone)):
        assert answer.status_code == 200
        assert "U krijgt geen mail van ons" in answer.text

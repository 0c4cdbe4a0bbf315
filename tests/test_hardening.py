"""What a stranger, a race or an odd notation must not get past."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from ipaddress import ip_address

import pytest
from sqlmodel import Session

from content.network import is_permitted, networks
from service.database import reading, writing
from service.errors import LastAdministrator, UserExists
from service.mailing.links import confirm_link
from service.runtime import Runtime
from service.settings import Settings
from service.tokens import Purpose, make_token
from service.users import RoleName, add_user, deactivate, set_roles, user_by_address, users_with_role
from subscribers.errors import UnknownSubscriber
from subscribers.leaving import leave
from subscribers.signup import confirm, latest_request
from tests.builders import a_request
from tests.visitor import Visitor, a_known_reader, a_pending_reader, form_token, readers

ANNA, BERT = "anna@kennispost.example", "bert@kennispost.example"


def test_a_network_with_host_bits_is_the_network_it_lies_in() -> None:
    settings = Settings(fetch_allow=["10.0.0.1/8"], trusted_proxies=["fd00::5/64", "192.0.2.1"])
    assert settings.fetch_allow == ["10.0.0.0/8"]
    assert settings.trusted_proxies == ["fd00::/64", "192.0.2.1"]
    assert is_permitted(ip_address("10.9.9.9"), allow=networks(settings.fetch_allow))


@pytest.mark.parametrize(
    "text",
    [
        "::127.0.0.1",
        "::10.0.0.1",
        "::8.8.8.8",
        "64:ff9b:1::a00:1",
        "fec0::1",
        "3fff::1",
        "5f00::1",
        "::",
        "::1",
    ],
)
def test_what_only_newer_pythons_know_as_not_public_is_refused(text: str) -> None:
    assert not is_permitted(ip_address(text), allow=())


@pytest.mark.parametrize(
    ("text", "allowed"), [("::127.0.0.1", "127.0.0.0/8"), ("fec0::1", "fec0::/10"), ("::1", "::1/128")]
)
def test_what_the_operator_allows_is_still_permitted(text: str, allowed: str) -> None:
    assert is_permitted(ip_address(text), allow=networks([allowed]))


def at_once(
    runtime: Runtime, first: Callable[[Session], object], second: Callable[[Session], object]
) -> None:
    """The second transaction runs while the first has done its work and has not committed; it raises what it raises."""

    def other() -> None:
        with writing(runtime.engine) as session:
            second(session)

    with ThreadPoolExecutor(1) as pool:
        with writing(runtime.engine) as session:
            first(session)
            answer = pool.submit(other)
            wait([answer], timeout=0.5)
        answer.result(timeout=20)


@pytest.mark.parametrize("act", ["deactivate", "set_roles"])
def test_two_administrators_cannot_remove_each_other_at_once(runtime: Runtime, clock, act: str) -> None:
    with writing(runtime.engine) as session:
        for address in (ANNA, BERT):
            add_user(session, address=address, name="", roles=["administrator"], now=clock())

    def remove(session: Session, address: str) -> None:
        user = user_by_address(session, address)
        if act == "deactivate":
            deactivate(session, user=user, now=clock())
        else:
            set_roles(session, user=user, roles=["editor"])

    with pytest.raises(LastAdministrator):
        at_once(runtime, lambda session: remove(session, ANNA), lambda session: remove(session, BERT))
    with reading(runtime.engine) as session:
        assert [user.address for user in users_with_role(session, RoleName.ADMINISTRATOR)] == [BERT]


def test_a_person_who_is_added_twice_at_once_exists(runtime: Runtime, clock) -> None:
    def add(session: Session) -> None:
        add_user(session, address=ANNA, name="Anna", roles=["editor"], now=clock())

    with pytest.raises(UserExists):
        at_once(runtime, add, add)


def mailed(house: Runtime, session: Session) -> str:
    """The path in the mail that answers a new request of jan@emmen.nl."""
    reader = a_request(session, house.clock(), "jan@emmen.nl", vocabulary=house.vocabulary).subscriber
    address = confirm_link(house.settings, reader, latest_request(session, reader), house.clock())
    return address.removeprefix(house.settings.base_url)


def test_an_old_link_of_someone_who_left_confirms_no_later_request(house: Runtime) -> None:
    with writing(house.engine) as session:
        old = mailed(house, session)
    visitor = Visitor(house)
    token = form_token(visitor.get(old).text)
    assert [visitor.client.post(old, data={"csrf": token}).status_code for _ in range(2)] == [303, 303]
    with writing(house.engine) as session:
        leave(session, subscriber=session.merge(readers(house)[0]), stream=None, source="", now=house.clock())
        new = mailed(house, session)
    assert visitor.get(old).status_code == 404
    assert visitor.submit(new, {}, to=old).status_code == 404
    assert readers(house)[0].state == "pending"
    assert visitor.submit(new, {}).status_code == 303
    assert readers(house)[0].state == "active"


def test_confirming_names_the_latest_request_or_none(runtime: Runtime, clock) -> None:
    with writing(runtime.engine) as session:
        reader = a_request(session, clock(), vocabulary=runtime.vocabulary).subscriber
        first = latest_request(session, reader)
        a_request(session, clock(), vocabulary=runtime.vocabulary)
        with pytest.raises(UnknownSubscriber):
            confirm(session, reference=reader.reference, now=clock(), request=first)
        assert confirm(session, reference=reader.reference, now=clock()).state == "active"
        assert confirm(session, reference=reader.reference, now=clock(), request=first).state == "active"


@pytest.mark.parametrize("make", [a_pending_reader, a_known_reader])
def test_a_link_that_names_no_request_is_refused(house: Runtime, make: Callable[[Runtime], str]) -> None:
    reference = make(house)
    for payload in (reference, [reference], [reference, None]):
        assert (
            Visitor(house)
            .get(f"/bevestigen/{make_token(house.settings, Purpose.CONFIRM, payload, now=house.clock())}")
            .status_code
            == 400
        )

"""What a stranger, a race or an odd notation must not get past."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from ipaddress import ip_address

import pytest
from sqlmodel import Session

from content.network import is_permitted, networks
from service.database import reading, writing
from service.errors import LastAdministrator, UserExists
from service.runtime import Runtime
from service.settings import Settings
from service.users import RoleName, add_user, deactivate, set_roles, user_by_address, users_with_role

ANNA, BERT = "anna@kennispost.example", "bert@kennispost.example"


def test_a_network_with_host_bits_is_the_network_it_lies_in() -> None:
    settings = Settings(fetch_allow=["10.0.0.1/8"], trusted_proxies=["fd00::5/64", "192.0.2.1"])
    assert settings.fetch_allow == ["10.0.0.0/8"]
    assert settings.trusted_proxies == ["fd00::/64", "192.0.2.1/32"]
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

"""What a stranger, a race or an odd notation must not get past."""

from ipaddress import ip_address

import pytest

from content.network import is_permitted, networks
from service.settings import Settings


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

"""What a stranger, a race or an odd notation must not get past."""

from ipaddress import ip_address

from content.network import is_permitted, networks
from service.settings import Settings


def test_a_network_with_host_bits_is_the_network_it_lies_in() -> None:
    settings = Settings(fetch_allow=["10.0.0.1/8"], trusted_proxies=["fd00::5/64", "192.0.2.1"])
    assert settings.fetch_allow == ["10.0.0.0/8"]
    assert settings.trusted_proxies == ["fd00::/64", "192.0.2.1/32"]
    assert is_permitted(ip_address("10.9.9.9"), allow=networks(settings.fetch_allow))

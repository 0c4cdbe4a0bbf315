"""A return path names its delivery, and nobody else can make one."""

import pytest

from service.errors import InvalidSettings
from service.settings import Settings, load_settings
from service.verp import read_return_path, return_path

SETTINGS = Settings(secret_key="k" * 40, sender_address="redactie@kennispost.example")


def test_a_return_path_is_read_back_in_any_case_and_between_brackets() -> None:
    address = return_path(SETTINGS, 123)
    assert address.startswith("redactie+123-")
    assert address.endswith("@kennispost.example")
    for written in (address, address.upper(), f"<{address}>", f" {address}\r\n"):
        assert read_return_path(SETTINGS, written) == 123


def test_the_longest_one_fits_in_a_local_part() -> None:
    settings = Settings(secret_key="k" * 40, bounce_address="b" * 27 + "@kennispost.example")
    address = return_path(settings, 2**63 - 1)
    assert len(address.partition("@")[0]) <= 64
    assert read_return_path(settings, address) == 2**63 - 1


def test_an_earlier_key_still_counts() -> None:
    rotated = Settings(secret_key="n" * 40, old_secret_keys=["k" * 40], sender_address="x@kennispost.example")
    assert read_return_path(rotated, return_path(SETTINGS, 5)) == 5
    assert read_return_path(SETTINGS, return_path(rotated, 5)) is None


@pytest.mark.parametrize(
    "change", [("123", "124"), ("-", "_"), ("redactie+", ""), ("+123", "+0123"), ("@", "a@")]
)
def test_a_changed_one_names_nothing(change: tuple[str, str]) -> None:
    assert read_return_path(SETTINGS, return_path(SETTINGS, 123).replace(*change)) is None


@pytest.mark.parametrize(
    "text", ["", "<>", "a@b", "+1-@b", "a+99999999999999999999-aaaaaaaaaaaaaaaa@b", "é" * 99, "a\0+1-b@c"]
)
def test_anything_else_names_nothing(text: str) -> None:
    assert read_return_path(SETTINGS, text) is None


def test_a_bounce_address_has_a_mailbox_of_its_own_with_its_domain_in_ascii() -> None:
    settings = Settings(
        secret_key="k" * 40, bounce_address="terug@post.bücher.example", sender_address="x@y.example"
    )
    assert return_path(settings, 7).startswith("terug+7-")
    assert return_path(settings, 7).endswith("@post.xn--bcher-kva.example")


def test_a_long_sender_address_is_used_as_it_is() -> None:
    settings = Settings(sender_address="de.redactie.van.de.nieuwsbrief@kennispost.example")
    assert return_path(settings, 7) == settings.sender_address


@pytest.mark.parametrize("wrong", ["terug", "@kennispost.example", "b" * 28 + "@kennispost.example"])
def test_a_bounce_address_that_cannot_be_is_refused(monkeypatch: pytest.MonkeyPatch, wrong: str) -> None:
    monkeypatch.setenv("KENNISPOST_BOUNCE_ADDRESS", wrong)
    with pytest.raises(InvalidSettings, match="KENNISPOST_BOUNCE_ADDRESS"):
        load_settings()

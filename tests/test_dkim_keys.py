"""DKIM keys: made once, kept from others, loaded by what the settings say; a key that cannot sign is said in words."""

import base64
import subprocess
from pathlib import Path

import pytest
import structlog
from cryptography.hazmat.primitives.serialization import load_der_public_key

from service.errors import DkimKeyRefused
from service.mailing.dkim_keys import (
    all_keys,
    key_file,
    load_key,
    load_signer,
    new_key,
    record_of,
    signing_domain,
    too_open,
)
from service.settings import Settings


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data_dir=tmp_path, sender_address="redactie@Kennispost.example", dkim_selector="k1")


def test_without_a_selector_nothing_signs(tmp_path: Path) -> None:
    assert load_signer(Settings(data_dir=tmp_path)) is None


def test_a_key_is_made_for_its_owner_alone_and_never_overwritten(settings: Settings) -> None:
    new_key(settings, selector="k1")
    file = key_file(settings, "k1")
    assert file == settings.data_dir / "dkim" / "k1.pem"
    assert file.stat().st_mode & 0o777 == 0o600
    assert file.parent.stat().st_mode & 0o777 == 0o700
    before = file.read_bytes()
    with pytest.raises(DkimKeyRefused, match="not overwritten"):
        new_key(settings, selector="k1")
    assert file.read_bytes() == before


def test_the_settings_say_which_key_signs_and_for_which_domain(settings: Settings) -> None:
    new_key(settings, selector="k1")
    new_key(settings, selector="k2")
    signer = load_signer(settings)
    assert (signer.domain, [key.selector for key in signer.keys]) == ("kennispost.example", ["k1"])
    rotated = load_signer(settings.model_copy(update={"dkim_selector": "k2", "dkim_domain": "Post.example"}))
    assert (rotated.domain, [key.selector for key in rotated.keys]) == ("post.example", ["k2"])
    assert [key.selector for key in all_keys(settings)] == ["k1", "k2"]


def test_a_second_key_signs_beside_the_first(settings: Settings) -> None:
    new_key(settings, selector="k1")
    new_key(settings, selector="e1", algorithm="ed25519")
    signer = load_signer(settings.model_copy(update={"dkim_second_selector": "e1"}))
    assert [key.algorithm for key in signer.keys] == ["rsa-sha256", "ed25519-sha256"]


@pytest.mark.parametrize(
    ("first", "second", "named"), [("e1", "", "DKIM_SELECTOR"), ("k1", "k1", "DKIM_SECOND_SELECTOR")]
)
def test_a_key_of_the_other_kind_is_refused(settings: Settings, first: str, second: str, named: str) -> None:
    new_key(settings, selector="k1")
    new_key(settings, selector="e1", algorithm="ed25519")
    with pytest.raises(DkimKeyRefused, match=f"KENNISPOST_{named}"):
        load_signer(settings.model_copy(update={"dkim_selector": first, "dkim_second_selector": second}))


def test_a_key_that_is_missing_is_refused_with_what_to_do(settings: Settings) -> None:
    with pytest.raises(
        DkimKeyRefused, match=r"k1\.pem cannot be read .* `kennispost dkim new --selector k1`"
    ):
        load_signer(settings)


@pytest.mark.parametrize(
    ("command", "said"),
    [
        ("echo hallo", "no private key"),
        ("openssl genrsa 1024", "2048 bits"),
        ("openssl genrsa -aes128 -passout pass:geheim 2048", "no private key"),
        ("openssl ecparam -name prime256v1 -genkey -noout", "or an Ed25519 key"),
    ],
)
def test_a_file_that_cannot_sign_is_refused(settings: Settings, command: str, said: str) -> None:
    _write(settings, command)
    with pytest.raises(DkimKeyRefused, match=said):
        load_signer(settings)


@pytest.mark.parametrize("form", ["", "-traditional"])
def test_a_key_that_openssl_made_signs_too(settings: Settings, form: str) -> None:
    _write(settings, f"openssl genrsa {form} 2048")
    assert load_key(settings, "k1").private.key_size == 2048


def test_a_key_that_others_can_read_is_a_warning(settings: Settings) -> None:
    new_key(settings, selector="k1")
    key_file(settings, "k1").chmod(0o644)
    with structlog.testing.capture_logs() as logged:
        assert load_signer(settings) is not None
    assert [line["log_level"] for line in logged] == ["warning"]
    assert too_open(key_file(settings, "k1"))


def test_a_domain_in_another_script_signs_as_a_labels(settings: Settings) -> None:
    assert signing_domain(settings.model_copy(update={"sender_address": "a@Café.nl"})) == "xn--caf-dma.nl"
    assert signing_domain(settings.model_copy(update={"dkim_domain": "café.nl"})) == "xn--caf-dma.nl"
    with pytest.raises(DkimKeyRefused, match="KENNISPOST_DKIM_DOMAIN"):
        signing_domain(settings.model_copy(update={"sender_address": ""}))


def test_a_record_is_what_receivers_read_in_strings_that_fit(settings: Settings) -> None:
    key = new_key(settings, selector="k1")
    record = record_of(key, "kennispost.example")
    assert record.name == "k1._domainkey.kennispost.example"
    tags = dict(part.split("=", 1) for part in record.value.split("; "))
    assert (tags["v"], tags["k"]) == ("DKIM1", "rsa")
    assert load_der_public_key(base64.b64decode(tags["p"])) == key.private.public_key()
    strings = record.zone_line.split('"')[1::2]
    assert "".join(strings) == record.value
    assert max(map(len, strings)) <= 255
    assert record.zone_line.startswith("k1._domainkey.kennispost.example. IN TXT (")


def test_the_record_of_an_ed25519_key_has_the_key_alone(settings: Settings) -> None:
    record = record_of(new_key(settings, selector="e1", algorithm="ed25519"), "kennispost.example")
    assert record.value.startswith("v=DKIM1; k=ed25519; p=")
    assert len(base64.b64decode(record.value.rpartition("p=")[2])) == 32


@pytest.mark.parametrize("selector", ["../k1", "K1", "a.b", "-a", "a" * 64])
def test_a_selector_is_one_label(selector: str) -> None:
    with pytest.raises(ValueError, match="dkim_selector"):
        Settings(dkim_selector=selector)


def _write(settings: Settings, command: str) -> None:
    made = subprocess.run(command.split(), check=True, capture_output=True)
    file = key_file(settings, "k1")
    file.parent.mkdir(parents=True)
    file.write_bytes(made.stdout)
    file.chmod(0o600)

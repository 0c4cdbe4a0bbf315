"""Settings are documented one by one, and production refuses what is unsafe."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from service.errors import InvalidSettings, UnsafeSettings
from service.runtime import unknown_variables
from service.settings import DEFAULT_SECRET, PREFIX, Settings, load_settings, refuse_unsafe

DOCUMENTED = Path(__file__).parent.parent / "docs" / "settings.md"
SAFE = {
    "environment": "production",
    "secret_key": "x" * 40,
    "base_url": "https://kennispost.example",
    "sender_name": "Kennispost",
    "sender_address": "redactie@kennispost.example",
    "sender_postal_address": "Postbus 1, 3500 AA Utrecht",
}
UNSAFE = [
    ({"secret_key": DEFAULT_SECRET}, "KENNISPOST_SECRET_KEY"),
    ({"secret_key": "short"}, "KENNISPOST_SECRET_KEY"),
    ({"old_secret_keys": [DEFAULT_SECRET]}, "KENNISPOST_OLD_SECRET_KEYS"),
    ({"base_url": "http://kennispost.example"}, "KENNISPOST_BASE_URL"),
    ({"sender_name": ""}, "KENNISPOST_SENDER_NAME"),
    ({"sender_address": ""}, "KENNISPOST_SENDER_ADDRESS"),
    ({"sender_address": "redactie"}, "KENNISPOST_SENDER_ADDRESS"),
    ({"sender_postal_address": " "}, "KENNISPOST_SENDER_POSTAL_ADDRESS"),
    ({"smtp_security": "none", "smtp_username": "kennispost"}, "KENNISPOST_SMTP_SECURITY"),
]


@pytest.fixture(autouse=True)
def no_settings_around(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in os.environ:
        if name.startswith(PREFIX):
            monkeypatch.delenv(name)


def documented() -> dict[str, str]:
    """The rows of docs/settings.md: variable to its row."""
    rows = re.findall(
        r"^\| `(KENNISPOST_[A-Z_]+)` \|(.*)$", DOCUMENTED.read_text(encoding="utf-8"), re.MULTILINE
    )
    assert len(rows) == len(dict(rows)), "a setting is documented twice"
    return dict(rows)


def test_every_setting_is_documented_and_nothing_else_is() -> None:
    assert set(documented()) == {f"{PREFIX}{name.upper()}" for name in Settings.model_fields}


@pytest.mark.parametrize("name", Settings.model_fields)
def test_the_documentation_gives_the_default_and_the_meaning(name: str) -> None:
    field = Settings.model_fields[name]
    row = documented()[f"{PREFIX}{name.upper()}"]
    default = field.get_default(call_default_factory=True)
    if name == "secret_key":
        assert "a public value" in row
    elif (
        default not in ("", [], None)
        and str(default) != "**********"
        and not hasattr(default, "get_secret_value")
    ):
        assert f"`{default}`" in row
    else:
        assert row.startswith(" empty |")
    assert field.description
    assert field.description.split(",")[0].split(";")[0].rstrip(".") in row.replace("`", "")


@pytest.mark.parametrize(("change", "named"), UNSAFE)
def test_production_refuses_what_is_unsafe_and_names_it(change: dict[str, object], named: str) -> None:
    with pytest.raises(UnsafeSettings) as refused:
        refuse_unsafe(Settings(**{**SAFE, **change}))
    assert named in str(refused.value)
    assert len(str(refused.value).splitlines()) == 1


def test_production_starts_with_safe_settings() -> None:
    refuse_unsafe(Settings(**SAFE))


@pytest.mark.parametrize("environment", ["demo", "development"])
def test_only_production_refuses(environment: str) -> None:
    refuse_unsafe(Settings(environment=environment))


def test_all_faults_are_named_at_once() -> None:
    with pytest.raises(UnsafeSettings) as refused:
        refuse_unsafe(Settings(environment="production"))
    assert len(str(refused.value).splitlines()) == 5


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("KENNISPOST_SMTP_PORT", "many"),
        ("KENNISPOST_TRANSPORT", "pigeon"),
        ("KENNISPOST_TRUSTED_PROXIES", "10.0.0.0/8, everyone"),
        ("KENNISPOST_FETCH_ALLOW", "[127.0.0.0/8"),
        ("KENNISPOST_BASE_URL", "kennispost.example"),
        ("KENNISPOST_SENDER_NAME", "Kennispost\nBcc: all@example.org"),
    ],
)
def test_a_value_that_cannot_be_is_refused_by_name(
    monkeypatch: pytest.MonkeyPatch, variable: str, value: str
) -> None:
    monkeypatch.setenv(variable, value)
    with pytest.raises(InvalidSettings, match=variable):
        load_settings()


def test_lists_are_written_with_commas_or_as_json(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KENNISPOST_TRUSTED_PROXIES", "10.0.0.0/8, 192.0.2.1")
    monkeypatch.setenv("KENNISPOST_OLD_SECRET_KEYS", '["second", "first"]')
    monkeypatch.setenv("KENNISPOST_SECRET_KEY", "third")
    settings = load_settings()
    assert settings.trusted_proxies == ["10.0.0.0/8", "192.0.2.1"]
    assert settings.signing_keys() == ["first", "second", "third"]


def test_an_empty_variable_is_as_one_that_is_not_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KENNISPOST_SMTP_PORT", "")
    monkeypatch.setenv("KENNISPOST_OLD_SECRET_KEYS", "")
    assert load_settings().smtp_port == 587
    assert load_settings().old_secret_keys == []


def test_a_base_url_loses_its_last_slash() -> None:
    assert Settings(base_url="https://kennispost.example/").base_url == "https://kennispost.example"


def test_secrets_do_not_show_when_settings_are_printed() -> None:
    shown = repr(
        Settings(
            secret_key="hidden-1",
            old_secret_keys=["hidden-2"],
            smtp_password="hidden-3",
            database_url="postgresql://kennispost:hidden-4@localhost/kennispost",
        )
    )
    assert "hidden" not in shown


def test_a_slip_of_the_pen_is_seen() -> None:
    assert unknown_variables({"KENNISPOST_SECRETKEY": "x", "KENNISPOST_SECRET_KEY": "x", "PATH": "/"}) == [
        "KENNISPOST_SECRETKEY"
    ]


def start(command: str, folder: Path, **changes: str) -> subprocess.CompletedProcess[str]:
    """Start the real process with production settings, some changed."""
    values = {PREFIX + name.upper(): value for name, value in {**SAFE, **changes}.items()}
    return subprocess.run(
        [str(Path(sys.executable).parent / "kennispost"), command],
        env={"PATH": os.environ["PATH"], "KENNISPOST_DATA_DIR": str(folder), **values},
        check=False,
        capture_output=True,
        text=True,
        timeout=30,
    )


@pytest.mark.parametrize(("change", "named"), [UNSAFE[0], UNSAFE[3], UNSAFE[4], UNSAFE[5], UNSAFE[7]])
def test_the_service_refuses_to_start_with_unsafe_settings(
    change: dict[str, str], named: str, tmp_path: Path
) -> None:
    ended = start("serve", tmp_path, **change)
    assert ended.returncode == 1
    assert named in ended.stderr
    assert "Traceback" not in ended.stderr


def test_a_command_names_the_setting_that_cannot_be(tmp_path: Path) -> None:
    ended = start("migrate", tmp_path, smtp_port="many")
    assert ended.returncode == 1
    assert "KENNISPOST_SMTP_PORT" in ended.stderr
    assert "Traceback" not in ended.stderr

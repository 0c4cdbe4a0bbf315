"""`kennispost dkim`: a key is made, its record is published in a DNS on loopback, and the check says what is wrong with it."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from service.cli import app
from service.errors import DnsSilent
from service.mailing.dkim_check import dns_lookup, faults_of
from service.mailing.dkim_keys import Record
from tests.name_server import name_server

Run = Callable[..., Result]
NAME = "k1._domainkey.kennispost.example"


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Run:
    monkeypatch.setenv("KENNISPOST_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("KENNISPOST_SENDER_ADDRESS", "redactie@kennispost.example")
    return lambda *words: CliRunner().invoke(app, ["dkim", *words])


@pytest.fixture
def value(run: Run) -> str:
    return json.loads(run("new", "--selector", "k1", "--json").stdout)["value"]


def test_a_new_key_prints_what_to_publish_and_how_to_go_on(run: Run, tmp_path: Path) -> None:
    made = run("new", "--selector", "k1")
    assert made.exit_code == 0
    assert f"{NAME}. IN TXT (" in made.stdout
    assert f"Name:  {NAME}" in made.stdout
    assert "KENNISPOST_DKIM_SELECTOR=k1" in made.stderr
    assert (tmp_path / "dkim" / "k1.pem").exists()


def test_a_key_that_is_there_is_kept_and_a_selector_is_one_label(
    run: Run, value: str, tmp_path: Path
) -> None:
    again = run("new", "--selector", "k1")
    assert (again.exit_code, again.stdout) == (1, "")
    assert "not overwritten" in again.stderr
    assert run("new", "--selector", "../k2").exit_code == 2
    assert [file.name for file in tmp_path.rglob("*.pem")] == ["k1.pem"]


def test_the_keys_are_shown_with_the_one_that_signs(
    run: Run, value: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    run("new", "--selector", "e1", "--algorithm", "ed25519")
    (tmp_path / "dkim" / "broken.pem").write_text("geen sleutel")
    monkeypatch.setenv("KENNISPOST_DKIM_SELECTOR", "k1")
    lines = [json.loads(line) for line in run("show", "--json").stdout.splitlines() if line.startswith("{")]
    assert [(line["selector"], line["algorithm"], line["signs"]) for line in lines] == [
        ("e1", "ed25519-sha256", False),
        ("k1", "rsa-sha256", True),
    ]
    assert lines[1]["value"] == value


def test_a_published_key_is_found(run: Run, value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KENNISPOST_DKIM_SELECTOR", "k1")
    with name_server({NAME: ["v=spf1 -all", value]}) as port:
        checked = run("check", "--nameserver", "127.0.0.1", "--port", str(port))
    assert json.loads(checked.stdout) == {"selector": "k1", "name": NAME, "problems": []}
    assert checked.exit_code == 0


@pytest.mark.parametrize(
    ("published", "said"),
    [
        (None, "There is no key"),
        ([], "There is no key"),
        (["v=spf1 -all"], "There is no key"),
        (["{}", "v=DKIM1; p="], "2 records"),
        (["v=DKIM1; p="], "revoked"),
        (["v=DKIM1; k=rsa; p=AAAA"], "Another key"),
        (["{}; t=y"], "t=y"),
        (["v=DKIM2; {}"], "v= is"),
        (["k=ed25519; {}"], "k= is ed25519"),
    ],
)
def test_what_is_wrong_with_a_record_is_said(
    run: Run, value: str, published: list[str] | None, said: str
) -> None:
    bare = value.partition("p=")[2]
    records = {} if published is None else {
        NAME: [text.replace("{}", value if text.startswith("{}") else f"p={bare}") for text in published]
    }  # fmt: skip
    with name_server(records) as port:
        checked = run("check", "k1", "--nameserver", "127.0.0.1", "--port", str(port))
    assert checked.exit_code == 1
    (problem,) = json.loads(checked.stdout)["problems"]
    assert said in problem


def test_blanks_in_a_record_and_a_file_open_to_others(run: Run, value: str, tmp_path: Path) -> None:
    (tmp_path / "dkim" / "k1.pem").chmod(0o640)
    spread = value.replace("; ", " ;\t").replace("p=MII", "p= M I I")
    with name_server({NAME: [spread.replace("\t", " ")]}) as port:
        checked = run("check", "k1", "--nameserver", "127.0.0.1", "--port", str(port))
    (problem,) = json.loads(checked.stdout)["problems"]
    assert "chmod 600" in problem


def test_a_dns_that_does_not_answer_is_no_missing_key() -> None:
    with name_server({}) as port:
        pass
    with pytest.raises(DnsSilent):
        faults_of(Record(NAME, "v=DKIM1; p=x"), dns_lookup(nameserver="127.0.0.1", port=port, timeout=0.3))


def test_without_a_selector_there_is_nothing_to_check(run: Run) -> None:
    assert run("check").exit_code == 2


@pytest.mark.parametrize("environment", ["production", "development"])
@pytest.mark.parametrize("command", ["serve", "work"])
def test_nothing_starts_with_a_key_that_cannot_be_read(
    run: Run, monkeypatch: pytest.MonkeyPatch, environment: str, command: str
) -> None:
    for name, given in {
        "ENVIRONMENT": environment, "SECRET_KEY": "x" * 40, "BASE_URL": "https://kennispost.example", "SENDER_NAME": "K",
        "SENDER_POSTAL_ADDRESS": "Postbus 1", "DKIM_SELECTOR": "k9",
    }.items():  # fmt: skip
        monkeypatch.setenv(f"KENNISPOST_{name}", given)
    ended = CliRunner().invoke(app, [command])
    assert ended.exit_code == 1
    assert "k9.pem cannot be read" in ended.stderr

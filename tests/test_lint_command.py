"""`kennispost mail lint`: a line of JSON a file or a table for people; exit 1 on errors; links followed only when asked."""

import json
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from service.cli import app
from tests.strange_server import strange_server, with_status
from tests.test_linting_message import MAIL

FAULTY = MAIL.replace(b"<h1>Kennispost</h1>", b"<p>Kennispost</p>").replace(b"https://bron", b"http://bron")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "good.eml").write_bytes(MAIL)
    (tmp_path / "faulty.eml").write_bytes(FAULTY)
    return tmp_path


def lint(*words: str, stdin: bytes = b"") -> Result:
    return CliRunner().invoke(app, ["mail", "lint", *words], input=stdin)


def lines(result: Result) -> list[dict]:
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_each_file_gets_a_line_and_errors_an_exit_code(folder: Path) -> None:
    names = [str(folder / name) for name in ("good.eml", "faulty.eml", "gone.eml")]
    result = lint("--json", *names)
    assert result.exit_code == 1
    good, faulty, gone = lines(result)
    assert (good["file"], good["errors"], good["warnings"]) == (names[0], 0, 0)
    assert [one["code"] for one in good["findings"]] == ["unsigned"]
    assert (faulty["errors"], faulty["warnings"]) == (1, 1)
    assert {"code", "severity", "where", "text", "advice"} == set(faulty["findings"][0])
    assert gone["problems"] == ["No such file or directory"]
    assert lint("--json", names[0]).exit_code == 0


def test_standard_input_is_a_file_too() -> None:
    result = lint("--json", "-", stdin=FAULTY)
    assert (result.exit_code, lines(result)[0]["file"]) == (1, "-")


def test_people_get_a_table_in_their_language(folder: Path) -> None:
    name = str(folder / "faulty.eml")
    english, dutch = lint(name), lint(name, "--language", "nl")
    assert "1 errors, 1 warnings" in english.stdout
    assert "h1-missing" in english.stdout
    assert "Er is geen kop van de eerste rang." in dutch.stdout
    assert "Er is geen kop" not in english.stdout
    assert lint(name, "--language", "fr").exit_code == 2


def test_links_are_followed_when_asked(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KENNISPOST_FETCH_ALLOW", "127.0.0.0/8")
    with strange_server() as server:
        address, _ = server.url, server.on("/ok", with_status(200))
        for path, dead in (("/ok", []), ("/status/404", ["link-dead"])):
            raw = MAIL.replace(b"https://bron.example/a?b=1&amp;c=2", f"{address}{path}".encode())
            raw = raw.replace(b"https://bron.example/a?b=1&c=2", f"{address}{path}".encode())
            (folder / "live.eml").write_bytes(raw)
            found = lines(lint("--json", "--links", "--site", address, str(folder / "live.eml")))[0][
                "findings"
            ]
            assert [one["code"] for one in found if one["severity"] == "error"] == dead


def test_spamassassin_is_asked_for_or_said_to_be_missing(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "which", lambda _name: None)
    result = lint("--spamassassin", str(folder / "good.eml"))
    assert result.exit_code == 1
    assert "apt-get install spamassassin" in result.stderr


@pytest.mark.skipif(shutil.which("spamassassin") is None, reason="SpamAssassin is not installed")
def test_the_score_of_spamassassin_is_added(folder: Path) -> None:
    gtube = b"XJS*C4JDBQADN1.NSBN3*2IDNEN*GTUBE-STANDARD-ANTI-UBE-TEST-EMAIL*C.34X"
    (folder / "spam.eml").write_bytes(
        MAIL.replace(b"<!--END-->", b"<p>" + gtube + b"</p>").replace(b"Bel +", gtube + b"\r\nBel +")
    )
    good, spam = lines(lint("--json", "--spamassassin", str(folder / "good.eml"), str(folder / "spam.eml")))
    assert [one["code"] for one in good["findings"] if one["code"].startswith("spam")] == ["spam-score"]
    assert [one["code"] for one in spam["findings"] if one["code"].startswith("spam")] == ["spam-score-high"]

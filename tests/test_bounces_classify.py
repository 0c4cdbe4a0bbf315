"""What came back is told apart, whoever wrote it and however broken it is."""

import json
import random
import subprocess
import sys
import time
from pathlib import Path

import pytest

from service.feedback.classifying import FeedbackKind, classify

FIXTURES = Path(__file__).parent / "fixtures" / "bounces"
EXPECTED = [
    json.loads(line) for line in (FIXTURES / "expected.jsonl").read_text(encoding="utf-8").splitlines()
]
FIELDS = ("kind", "status", "recipient", "reason")


@pytest.mark.parametrize("expected", EXPECTED, ids=[one["file"] for one in EXPECTED])
def test_a_message_in_the_manner_of_a_server_is_what_it_is(expected: dict[str, str]) -> None:
    found = classify((FIXTURES / expected["file"]).read_bytes())
    assert {name: str(getattr(found, name)) for name in FIELDS} == {name: expected[name] for name in FIELDS}


def test_every_fixture_is_expected_to_be_something() -> None:
    assert {path.name for path in FIXTURES.glob("*.eml")} == {one["file"] for one in EXPECTED}
    assert {one["kind"] for one in EXPECTED} == {str(kind) for kind in FeedbackKind} - {"unknown"}


def test_line_ends_make_no_difference() -> None:
    for one in EXPECTED:
        raw = (FIXTURES / one["file"]).read_bytes()
        assert classify(raw.replace(b"\n", b"\r\n")) == classify(raw), one["file"]


def test_no_message_makes_it_fail() -> None:
    """Messages cut, mixed, and with bytes changed, from a fixed seed."""
    chance = random.Random(20261110)
    known = [(FIXTURES / one["file"]).read_bytes() for one in EXPECTED]
    for _ in range(1500):
        raw = bytearray(chance.choice(known))
        for _change in range(chance.randrange(1, 30)):
            at = chance.randrange(len(raw))
            match chance.randrange(4):
                case 0:
                    raw[at] = chance.randrange(256)
                case 1:
                    del raw[at : at + chance.randrange(200)]
                case 2:
                    raw[at:at] = chance.choice(known)[: chance.randrange(400)]
                case _:
                    raw[at:at] = chance.choice(
                        [b"\0", b"\r", b"=?x?b?", b"--=_b\n", b"\xff\xfe", b"Content-Type: ", b"\n\n"]
                    )
            raw = raw or bytearray(b"x")
        found = classify(bytes(raw))
        assert isinstance(found.kind, FeedbackKind)
        json.dumps([found.kind, found.status, found.recipient, found.reason]).encode()


PEOPLE = [
    ("Niet bezorgd?", "Hallo, mijn pakket is niet bezorgd. Kunt u helpen?"),
    ("Re: delivery failure", "I looked into it.\n> 550 5.1.1 user unknown\n> could not be delivered"),
    (
        "Fwd: Undelivered Mail Returned to Sender",
        "Zie hieronder.\n\nThis is the mail system. 550 5.1.1 User unknown",
    ),
    ("Vraag", "Ik kreeg: 550 5.1.1 User unknown. Your message could not be delivered."),
]


@pytest.mark.parametrize(("subject", "text"), PEOPLE)
def test_a_person_who_writes_about_bounces_is_no_bounce(subject: str, text: str) -> None:
    raw = f"From: Jan <jan@gemeente.example>\nTo: redactie@kennispost.example\nSubject: {subject}\n\n{text}\n"
    assert classify(raw.encode()).kind is FeedbackKind.NOT_A_BOUNCE


BOUNDARIES = b"".join(
    b'Content-Type: multipart/mixed; boundary="b%d"\n\n--b%d\n' % (n, n) for n in range(20_000)
)
HOSTILE = {
    "25 MB of one line": b"From: MAILER-DAEMON@a.example\n\n" + b"a@" * 12_500_000,
    "25 MB of empty lines": b"\n" * 25_000_000,
    "nesting": BOUNDARIES,
    "open tags": b"From: MAILER-DAEMON@a.example\nContent-Type: text/html\n\n" + b"<style <br " * 400_000,
    "a header without end": b"Subject: " + b"=?utf-8?q?" * 300_000,
    "folded headers": b"To: a\n" + b" b@c,\n" * 300_000,
    "a report of blank lines": b"Content-Type: message/delivery-status\n\n"
    + b"Final-Recipient:\n\n" * 100_000,
    "dots": b"From: MAILER-DAEMON@a.example\n\n" + b"a." * 500_000 + b"@" + b"b." * 500_000,
    "many parts": b"Content-Type: multipart/mixed; boundary=b\n\n" + b"--b\n\nx\n" * 100_000,
    "compressed text": b"Content-Type: text/plain; charset=zlib\nContent-Transfer-Encoding: base64\n\n"
    + b"eJxLAQ" * 99,
}


@pytest.mark.parametrize("raw", HOSTILE.values(), ids=HOSTILE.keys())
def test_no_message_takes_long(raw: bytes) -> None:
    began = time.process_time()
    classify(raw)
    assert time.process_time() - began < 5


def test_the_command_prints_a_line_for_each_file_folder_and_standard_input(tmp_path: Path) -> None:
    (tmp_path / "a folder").mkdir()
    for one in ("qmail-no-mailbox.eml", "arf-abuse.eml"):
        (tmp_path / "a folder" / one).write_bytes((FIXTURES / one).read_bytes())
    (tmp_path / "broken.eml").symlink_to(tmp_path / "nowhere")
    done = run(
        "a folder", "broken.eml", "-", given=(FIXTURES / "vacation-dutch.eml").read_bytes(), where=tmp_path
    )
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert [(line["file"], line["kind"]) for line in lines] == [
        ("a folder/arf-abuse.eml", "complaint"),
        ("a folder/qmail-no-mailbox.eml", "hard"),
        ("broken.eml", "unknown"),
        ("-", "auto-reply"),
    ]
    assert [list(line) for line in lines[:2]] == [["file", "kind", "status", "recipient", "reason"]] * 2
    assert lines[2]["problems"] == ["No such file or directory"]
    assert done.returncode == 1
    assert "1 of 4 files" in done.stderr.decode()


def test_the_command_says_done_and_wrong_use(tmp_path: Path) -> None:
    assert run("-", given=b"", where=tmp_path).returncode == 0
    assert run(where=tmp_path).returncode == 2


def run(*names: str, where: Path, given: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-m", "service", "bounces", "classify", *names]
    return subprocess.run(command, input=given, capture_output=True, cwd=where, timeout=60, check=False)

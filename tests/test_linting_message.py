"""The mail lint on messages: headers, encoding, signature; each fault under its own code and no other."""

from datetime import UTC, datetime

import pytest

from service.linting.checking import lint_message
from service.linting.findings import Severity
from service.mailing.dkim import sign_message
from service.mailing.markup import LARGEST_HTML
from tests.test_dkim import NEW, SIGNER
from tests.test_linting_page import GOOD, TEXT

NOW = datetime(2026, 1, 2, tzinfo=UTC)
HEAD = (
    b"From: Kennispost <redactie@kennispost.example>\r\nTo: anna@gemeente.example\r\nSubject: Kennispost\r\n"
    b"Date: Tue, 01 Dec 2026 09:00:00 +0000\r\nMessage-ID: <1.2@kennispost.example>\r\nMIME-Version: 1.0\r\n"
)
MARKS = (
    b"List-Unsubscribe: <https://kennispost.example/afmelden/x>\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"
    b"List-Id: <monthly.kennispost.example>\r\nFeedback-ID: a:b:c:d\r\n"
)
PARTS = (
    b'Content-Type: multipart/alternative; boundary="b"\r\n\r\n--b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n'
    + TEXT.replace("\n", "\r\n").encode()
    + b"--b\r\nContent-Type: text/html; charset=utf-8\r\n\r\n"
    + GOOD.replace("\n", "\r\n").encode()
    + b"--b--\r\n"
)
MAIL = HEAD + MARKS + PARTS


def codes(raw: bytes, **options: str) -> list[str]:
    return [one.code for one in lint_message(raw, **options) if one.code != "unsigned"]


def test_a_message_without_fault_passes_but_says_that_it_is_not_signed() -> None:
    assert codes(MAIL) == []
    assert [(one.code, one.severity) for one in lint_message(MAIL)] == [("unsigned", Severity.NOTE)]


CHANGED = {
    (b"Subject: Kennispost\r\n", b""): ["header-missing"],
    (b"Subject: Kennispost\r\n", b"Subject: Kennispost\r\nSubject: Nog een\r\n"): ["header-twice"],
    (b"Subject: Kennispost\r\n", b"Subject:\r\n"): ["header-empty"],
    (b"Subject: Kennispost\r\n", "Subject: Één\r\n".encode()): ["header-not-ascii"],
    (b"Subject: Kennispost\r\n", b"Subject: =?utf-8?b?w4nDqW4=?=\r\n"): [],
    (b"Subject: Kennispost\r\n", b"Subject: " + b"x" * 990 + b"\r\n"): ["line-too-long", "subject-long"],
    (b"From: Kennispost <", b"From: a@x.example, Kennispost <"): ["from-not-one"],
    (b"From: Kennispost <redactie@kennispost.example>", b"From: Kennispost"): ["from-not-one"],
    (b"Tue, 01 Dec 2026", b"gisteren"): ["date-unreadable"],
    (b"<1.2@kennispost.example>", b"1.2@kennispost.example"): ["message-id-shape"],
    (b"List-Unsubscribe: <https://kennispost.example/afmelden/x>\r\n", b""): ["list-unsubscribe-missing"],
    (b"<https://kennispost.example/afmelden/x>", b"=?utf-8?q?x?= <https://kennispost.example/x>"): ["list-header-encoded"],
    (b"afmelden/x>", b"afmelden/x>, <mailto:af@kennispost.example>"): ["list-unsubscribe-not-one"],
    (b"<https://kennispost.example/afmelden/x>", b"<http://kennispost.example/afmelden/x>"): ["list-unsubscribe-insecure"],
    (b"List-Unsubscribe=One-Click", b"One-Click"): ["list-unsubscribe-post-missing"],
    (b"List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n", b""): ["list-unsubscribe-post-missing"],
    (b"<monthly.kennispost.example>", b"monthly"): ["list-id-shape"],
    (b"a:b:c:d", b"a:b"): ["feedback-id-shape"],
    (MARKS, b""): ["neither-list-nor-automatic"],
    (MARKS, b"Auto-Submitted: auto-generated\r\n"): [],
    (MARKS, b"Precedence: bulk\r\n"): ["list-unsubscribe-missing"],
    (b"Beste lezer, dit is nieuw. Nieuws", "Beste lezer, dit is nieuw. Één nieuws".encode()): ["eight-bit"],
    (b"text/plain; charset=utf-8", b"text/plain; charset=klingon"): ["charset-unknown"],
    (b"text/html; charset=utf-8\r\n", b"text/html; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n"): None,
    (b"--b--", b"--c--"): ["mime-defect", "lang-missing"],
    (b"<title>", b"<title>\n"): ["line-ends-mixed"],
    (b"<title>", b"<title>\r"): ["line-ends-mixed"],
}  # fmt: skip


@pytest.mark.parametrize("change", CHANGED)
def test_each_fault_is_found_and_nothing_else(change: tuple[bytes, bytes]) -> None:
    assert change[0] in MAIL
    found = codes(MAIL.replace(*change, 1))
    assert found == CHANGED[change] if CHANGED[change] is not None else "mime-defect" in found


def test_eight_bits_that_are_announced_must_be_in_the_character_set() -> None:
    announced = MAIL.replace(
        b"text/plain; charset=utf-8", b"text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit"
    )
    assert codes(announced.replace(b"Nieuws:", "Één:".encode())) == []
    assert codes(announced.replace(b"Nieuws:", b"\xc9\xe9n:")) == ["charset-wrong"]


def test_a_file_with_the_line_ends_of_unix_is_read_all_the_same() -> None:
    assert codes(MAIL.replace(b"\r\n", b"\n")) == ["line-ends-of-a-file"]


def test_parts_that_miss_or_stand_the_wrong_way_round_are_found() -> None:
    text, html = (
        PARTS.index(b"--b\r\nContent-Type: text/plain"),
        PARTS.index(b"--b\r\nContent-Type: text/html"),
    )
    start, plain, rich = PARTS[:text], PARTS[text:html], PARTS[html : PARTS.index(b"--b--")]
    assert codes(HEAD + MARKS + start + rich + plain + b"--b--\r\n") == ["text-after-html"]
    assert codes(HEAD + MARKS + start + rich + b"--b--\r\n") == ["text-missing"]
    assert codes(HEAD + MARKS + start + plain + b"--b--\r\n") == ["html-missing"]


def test_what_would_be_cut_off_is_an_error() -> None:
    def sized(size: int) -> list[str]:
        lines = b"<!-- xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx -->\r\n" * (size // 52)
        return codes(MAIL.replace(b"<!--END-->", lines))

    assert sized(LARGEST_HTML) == ["html-too-large"]
    assert sized(int(LARGEST_HTML * 0.9)) == ["html-large"]
    assert sized(LARGEST_HTML // 2) == []


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (b"from:from", b"from", ["signature-from-once"]),
        (b"list-unsubscribe-post", b"x-other", ["signature-misses"]),
        (b"v=1;", b"v=1; l=20;", ["signature-length"]),
        (b"a=rsa-sha256", b"a=rsa-sha1", ["signature-weak"]),
        (b"c=relaxed/relaxed", b"c=simple/simple", ["signature-not-relaxed"]),
        (b"c=relaxed/relaxed;", b"", ["signature-not-relaxed"]),
    ],
)
def test_a_signature_that_covers_too_little_is_found(old: bytes, new: bytes, expected: list[str]) -> None:
    signed = sign_message(SIGNER, MAIL, now=NOW).replace(b":\r\n\t", b":")
    assert NEW.selector.encode() in signed
    assert codes(signed) == []
    assert old in signed
    assert codes(signed.replace(old, new, 1)) == expected


@pytest.mark.parametrize(
    "raw", [b"", b"\r\n", b"\x00\xff\xfe", b"geen mail", b"%PDF-1.4\n", b"a:b", b"From:\r\n\r\n"]
)
def test_no_file_is_too_strange_to_read(raw: bytes) -> None:
    assert any(one.severity is Severity.ERROR for one in lint_message(raw))
    if b":" not in raw:
        assert codes(raw) == ["not-a-mail"]


def test_links_to_a_trusted_site_are_not_judged() -> None:
    local = MAIL.replace(b"https://kennispost.example/afmelden", b"http://localhost:8000/afmelden")
    assert codes(local) == ["list-unsubscribe-insecure"]
    assert codes(local, own="http://localhost:8000") == []

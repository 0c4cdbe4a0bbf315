"""DKIM: what we sign, another implementation verifies, in every shape a message can have; what was changed, it refuses."""

import hashlib
import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

import dkim
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from service.mailing.dkim import (
    SIGNED,
    Key,
    Signer,
    hash_body,
    is_relaxed,
    read_headers,
    relaxed_body,
    sign,
    sign_message,
)
from service.mailing.dkim_keys import record_of
from service.mailing.messages import Mailbox
from tests.test_messages import LETTER, LISTED, build_message, changed

NOW = datetime(2026, 1, 2, 9, tzinfo=UTC)
"""In the past of any machine: dkimpy refuses a signature from the future."""
OLD, NEW = (Key(name, generate_private_key(65537, 2048)) for name in ("old", "new"))
SECOND = Key("second", Ed25519PrivateKey.generate())
DOMAIN = "kennispost.example"
SIGNER = Signer(DOMAIN, (NEW,))


def verified(message: bytes, published: Sequence[Key] = (OLD, NEW, SECOND)) -> list[bool]:
    """What dkimpy says of each signature, with these keys in a DNS of the test's own."""
    records = {record.name: record.value for record in (record_of(key, DOMAIN) for key in published)}

    def txt(name: bytes, timeout: int = 5) -> bytes | None:
        value = records.get(name.decode().rstrip("."))
        return value.encode() if value else None

    judge = dkim.DKIM(message, minkey=1024)
    count = sum(name.lower() == b"dkim-signature" for name, _value in judge.headers)
    return [_holds(judge, number, txt) for number in range(count)]


def _holds(judge: dkim.DKIM, number: int, txt: object) -> bool:
    try:
        return bool(judge.verify(idx=number, dnsfunc=txt))
    except dkim.ValidationError:  # dkimpy raises for a body hash that differs
        return False


def raw(*headers: str, body: bytes = b"Dag\r\n") -> bytes:
    return "".join(f"{header}\r\n" for header in headers).encode("latin-1") + b"\r\n" + body


SHAPES = {
    "an issue": build_message(LISTED),
    "a letter": build_message(LETTER),
    "words that are encoded and folded": build_message(
        changed(
            LISTED,
            subject="Één vraag over lachgas ⟨…⟩ " * 12,
            recipient=Mailbox("Zoë, “de” 🌷 Vries", "zoe@x.example"),
        )
    ),
    "a long header on one line": raw("From: a@kennispost.example", "Subject: " + "x" * 900),
    "folds with tabs and blanks": raw(
        "From: a@kennispost.example", "Subject:  een \r\n\t twee\r\n   drie \t", "To:b@x.example"
    ),
    "an empty header": raw("From: a@kennispost.example", "Subject:", "Reply-To: "),
    "an empty body": raw("From: a@kennispost.example", body=b""),
    "empty lines only": raw("From: a@kennispost.example", body=b"\r\n\r\n \r\n"),
    "empty lines at the end": raw("From: a@kennispost.example", body=b"Dag\r\n\r\n\r\n"),
    "blanks in the body": raw("From: a@kennispost.example", body=b"a  b\t c \r\n \t\r\n\r\n  d\t\r\n"),
    "no line end at the end": raw("From: a@kennispost.example", body=b"Dag"),
    "octets that are not ASCII": raw(
        "From: a@kennispost.example", "Subject: caf\xe9", body="Één\r\n".encode()
    ),
    "headers the other way round": raw(
        "Date: x", "Subject: Dag", "To: b@x.example", "From: a@kennispost.example"
    ),
    "a header twice": raw("Subject: een", "From: a@kennispost.example", "Subject: twee", "Received: by x"),
    "only what must be": raw("From: a@kennispost.example"),
}


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("keys", [(NEW,), (NEW, SECOND)], ids=["RSA", "RSA and Ed25519"])
def test_another_implementation_verifies_what_we_sign(shape: str, keys: tuple[Key, ...]) -> None:
    signed = sign_message(Signer(DOMAIN, keys), SHAPES[shape], now=NOW)
    assert signed.endswith(SHAPES[shape])
    assert verified(signed) == [True] * len(keys)


def test_the_signature_is_as_it_should_be() -> None:
    signature = sign_message(SIGNER, build_message(LISTED), now=NOW).partition(b"\r\nFrom:")[0]
    assert all(len(line) <= 78 for line in signature.split(b"\r\n"))
    tags = dict(
        part.strip().split("=", 1) for part in "".join(signature.decode().split(":", 1)[1].split()).split(";")
    )
    assert {name: tags[name] for name in ("v", "a", "c", "d", "s", "t")} == {
        "v": "1", "a": "rsa-sha256", "c": "relaxed/relaxed", "d": DOMAIN, "s": "new", "t": str(int(NOW.timestamp())),
    }  # fmt: skip
    assert "l" not in tags
    covered = tags["h"].split(":")
    assert covered.count("from") == 2, "oversigned"
    present = {name.lower() for name, _value in read_headers(build_message(LISTED).partition(b"\r\n\r\n")[0])}
    assert set(covered) == present & SIGNED
    assert {"list-unsubscribe", "list-unsubscribe-post"} <= set(covered), "RFC 8058, 4"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"Subject: Kennispost", b"Subject: Kennisp0st"),
        (b"From: Kennispost", b"From: Iemand"),
        (b"From: Kennispost", b"From: evil@x.example\r\nFrom: Kennispost"),
        (b"List-Unsubscribe=One-Click", b"List-Unsubscribe=Two-Clicks"),
        (b"https://kennispost.example/afmelden/", b"https://evil.example/afmelden/"),
        (b"<h1>", b"<h2>"),
        (b"a=rsa-sha256", b"a=rsa-sha1"),
        (b"t=17", b"t=16"),
    ],
)
def test_what_was_changed_does_not_verify(old: bytes, new: bytes) -> None:
    signed = sign_message(Signer(DOMAIN, (NEW,)), build_message(LISTED), now=NOW)
    assert old in signed
    assert verified(signed) == [True]
    assert verified(signed.replace(old, new, 1)) == [False]


def test_nothing_can_be_added_after_the_body() -> None:
    signed = sign_message(SIGNER, build_message(LETTER), now=NOW)
    assert verified(signed + b"Meer\r\n") == [False]
    assert verified(signed + b"\r\n\r\n") == [True], "empty lines at the end do not count"


def test_a_change_that_relays_make_does_no_harm() -> None:
    message = raw("From: a@kennispost.example", "Subject: een twee drie", body=b"een twee\r\n")
    signed = sign_message(SIGNER, message, now=NOW)
    refolded = signed.replace(b"Subject: een twee", b"subject:  een\r\n\ttwee").replace(
        b"een twee\r\n", b"een  twee \r\n"
    )
    assert refolded != signed
    assert verified(b"Received: by relay\r\n" + refolded) == [True]


def test_after_a_rotation_old_mail_verifies_as_long_as_the_old_key_is_published() -> None:
    under_way = sign_message(Signer(DOMAIN, (OLD,)), SHAPES["an issue"], now=NOW)
    fresh = sign_message(Signer(DOMAIN, (NEW,)), SHAPES["an issue"], now=NOW)
    assert [verified(under_way), verified(fresh)] == [[True], [True]]
    assert [verified(under_way, [NEW]), verified(fresh, [NEW])] == [[False], [True]]
    assert verified(fresh, [replace(OLD, selector="new")]) == [False], "another key under this selector"


def test_a_body_hash_may_go_on_from_a_shared_beginning() -> None:
    head, _blank, body = SHAPES["an issue"].partition(b"\r\n\r\n")
    assert is_relaxed(body)
    shared = hashlib.sha256(body[:100])
    mine = shared.copy()
    mine.update(body[100:])
    signature = sign(SIGNER, headers=read_headers(head), body_hash=mine.digest(), now=NOW)
    assert verified(signature + SHAPES["an issue"]) == [True]


@pytest.mark.parametrize(
    "body", [b"", b"a\r\n", b"a b\r\n\r\nc\r\n", b"a", b"\r\n", b" \r\n", b"a \r\n", b"a  b\r\n", b"\ta\r\n"]
)
def test_a_body_is_rewritten_only_when_it_must_be(body: bytes) -> None:
    assert is_relaxed(body) == (relaxed_body(body) == body)
    assert is_relaxed(relaxed_body(body))
    assert hash_body(body) == hashlib.sha256(relaxed_body(body)).digest()


def test_signing_is_many_times_faster_than_the_library_that_verifies_here() -> None:
    message = SHAPES["an issue"]
    head, _blank, body = message.partition(b"\r\n\r\n")
    headers, hashed = read_headers(head), hash_body(body)
    ours = _best(lambda: sign(SIGNER, headers=headers, body_hash=hashed, now=NOW), 50)
    pem = NEW.private.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption())
    names = [name.encode() for name, _value in headers]
    theirs = _best(lambda: dkim.sign(message, b"new", DOMAIN.encode(), pem, include_headers=names), 5)
    assert ours * 5 < theirs, f"{ours * 1e6:.0f} µs for a signature, {theirs * 1e6:.0f} with dkimpy"


def _best(act: object, times: int) -> float:
    best = 1.0
    for _round in range(times):
        begun = time.perf_counter()
        act()
        best = min(best, time.perf_counter() - begun)
    return best

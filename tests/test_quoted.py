"""Encoded pieces, joined with whatever, are valid quoted-printable that says what was said, and need nothing done to them."""

import quopri
import re
from email import message_from_bytes
from email.policy import default

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.mailing.dkim import is_relaxed
from service.mailing.filling import encoded, encoded_values, fill_mail, form_of
from service.mailing.holes import hole
from service.mailing.messages import LONGEST_LINE
from service.mailing.mime import body_of
from service.mailing.quoted import SOFT, quoted, quoted_address
from service.mailing.rendering import Rendered

TEXTS = st.text(alphabet=st.sampled_from("ab .=é€🎈\t \n\r<>&'\"-0\x00")) | st.text(max_size=300)
LINES = st.text(alphabet="abcXYZ09.-_~/:?=&", max_size=400)


def lines_end_alike(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


def assert_ready(content: bytes) -> None:
    """Nothing for SMTP to double, nothing for DKIM to fold, no line that is too long."""
    for line in content.split(b"\r\n"):
        assert len(line) <= 76
        assert not line.startswith(b".")
        assert not line.endswith((b" ", b"\t"))
        assert b"  " not in line
        assert b"\n" not in line
        assert b"\r" not in line
        assert line.isascii()


@given(TEXTS)
def test_what_is_encoded_comes_back_and_needs_nothing_done_to_it(text: str) -> None:
    assert_ready(quoted(text))
    assert lines_end_alike(quopri.decodestring(quoted(text)).decode()) == lines_end_alike(text)


@given(st.lists(TEXTS, min_size=2, max_size=6))
def test_pieces_can_be_joined_anywhere(texts: list[str]) -> None:
    joined = SOFT.join([quoted(text) for text in texts])
    assert_ready(joined)
    read = lines_end_alike(quopri.decodestring(joined).decode())
    assert read == "".join(lines_end_alike(text) for text in texts)


@given(LINES)
def test_an_address_is_encoded_as_any_text(link: str) -> None:
    assert quopri.decodestring(quoted_address(link)).decode() == link
    assert_ready(quoted_address(link))


@given(st.lists(TEXTS, min_size=3, max_size=3), st.lists(LINES, min_size=2, max_size=2))
def test_a_filled_body_says_what_the_filled_mail_says(values: list[str], links: list[str]) -> None:
    holes = " ".join(hole(name) for name in ("greeting", "why-1", "region", "preferences", "unsubscribe"))
    rendered = Rendered("Titel", f"<p>. é {holes}.</p>\n<p>slot</p>\n", f".begin\n{holes}\nslot\n")
    form = form_of(rendered, with_region=True)
    plain = [re.sub(r"\s+", " ", value).strip() for value in values]
    given_values = dict(
        zip(("greeting", "why-1", "region", "preferences", "unsubscribe"), plain + links, strict=True)
    )
    filled, body = fill_mail(form, given_values), encoded(form)
    content = b"".join(body.filled(encoded_values(given_values)))
    assert is_relaxed(content)
    head = f"Content-Type: {body.content_type}\r\nMIME-Version: 1.0\r\n\r\n".encode()
    message = message_from_bytes(head + content, policy=default)
    text, html = (part.get_payload(decode=True).decode() for part in message.iter_parts())
    assert lines_end_alike(html) == filled.html.rstrip("\n") + "\n"
    assert lines_end_alike(text) == filled.text.rstrip("\n") + "\n"


def test_a_hole_without_a_value_is_a_defect_and_never_an_empty_place() -> None:
    body = body_of(text=("a", "greeting", "b"), html=("a",))
    with pytest.raises(KeyError):
        body.filled({})


def test_a_body_keeps_within_what_a_line_may_hold() -> None:
    content = b"".join(body_of(text=("x" * 5000,), html=("é" * 5000,)).filled({}))
    assert max(map(len, content.split(b"\r\n"))) < LONGEST_LINE

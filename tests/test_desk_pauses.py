"""A mailing that was paused says why and what to do; figures of a mailing are said as people say them."""

import re
from datetime import timedelta

import pytest
from colleague import BERT, Colleague, a_colleague
from sqlmodel import col, update

from service.database import writing
from service.desk.live import live
from service.desk.pauses import advice
from service.i18n import clock_time, in_words, number, span
from service.mailing.outbox import DeliveryState, Mailing
from service.mailing.progress import Progress
from service.runtime import Runtime
from tests.mailings import plan

PLACE = "/redactie/verzendingen"


@pytest.fixture
def bert(runtime: Runtime) -> Colleague:
    return a_colleague(runtime, BERT, "Bert", "publisher")


def texts(html: str) -> str:
    """What one reads of a page."""
    return " ".join(re.sub(r"<(script|style).*?</\1>|<[^>]+>", " ", html, flags=re.S).split())


def test_a_pause_for_the_senders_fault_says_what_is_the_matter_and_what_to_do(
    runtime: Runtime, bert: Colleague
) -> None:
    mailing_id = plan(runtime)
    with writing(runtime.engine) as session:
        words = "5.7.26 This mail has been blocked because the sender is unauthenticated, SPF or DKIM."
        session.exec(
            update(Mailing)
            .where(col(Mailing.id) == mailing_id)
            .values(state="paused", pause="sender-fault", pause_reply=words)
        )
    page = texts(bert.get(f"{PLACE}/{mailing_id}").text)
    assert "Gepauzeerd door Kennispost" in page
    assert "SPF, DKIM en DMARC nakijken" in page
    assert words in page
    assert "Geen lezer is geblokkeerd." in page
    assert "vraagt uw aandacht" in texts(bert.get(PLACE).text)


@pytest.mark.parametrize(
    ("reply", "word"),
    [
        ("550-5.7.25 The IP address sending this message does not have a PTR record", "PTR"),
        ("421-4.7.23 SPF or PTR", "PTR"),
        ("550 5.7.27 SPF did not pass", "SPF-record"),
        ("450 5.7.29 not sent over a TLS connection", "TLS"),
        ("550 5.7.30 DKIM did not pass", "DKIM"),
        ("421-4.7.32 not aligned", "DMARC"),
        (
            "550 5.7.515 Access denied, sending domain does not meet the required authentication level",
            "DMARC",
        ),
        ("535 5.7.8 Error: authentication failed", "aanmelding"),
        ("550 something else", "hoe wij versturen"),
    ],
)
def test_each_fault_of_the_sender_has_its_advice(reply: str, word: str) -> None:
    found = advice("sender-fault", reply)
    assert found is not None
    assert word in found.matter
    assert found.remedy
    assert found.reply == reply


def test_a_persons_pause_needs_no_advice_and_an_unknown_reason_gets_some() -> None:
    assert advice("", "") is None
    assert advice("later-invented", "x") is not None


def of(clock, **counts: int) -> Progress:
    every = dict.fromkeys(map(str, DeliveryState), 0) | counts
    return Progress(
        now=clock(), state="sending", counts=every, speed=12.34, average=0.5, since=clock(), next_at=None
    )


def test_one_failure_among_a_million_is_seen_in_the_bar(clock) -> None:
    shown = live(
        of(clock, sent=999_998, failed=1, uncertain=1), Mailing(kind="issue", created_at=clock()), "nl"
    )
    widths = {part.name: part.width for part in shown.bar}
    assert (widths["failed"], widths["uncertain"]) == (4, 4)
    assert sum(widths.values()) == 1000
    assert [part.begin for part in shown.bar] == [0, 992, 992, 996, 1000]
    assert shown.texts["total"] == "1.000.000"
    assert live(of(clock), Mailing(kind="issue", created_at=clock()), "nl").percent == 0


def test_it_is_not_a_hundred_percent_before_the_last(clock) -> None:
    assert (
        live(of(clock, sent=999_999, planned=1), Mailing(kind="issue", created_at=clock()), "nl").percent
        == 99
    )


def test_figures_are_said_as_people_say_them(clock) -> None:
    now = clock()
    assert (number(1234567, "nl"), number(1234567, "en")) == ("1.234.567", "1,234,567")
    assert [span(timedelta(seconds=one), "nl") for one in (0, 40, 61, 3599, 7500, 200000)] == [
        "1 seconde", "40 seconden", "1 minuut", "1 uur", "2 uur 5 minuten", "2 dagen",
    ]  # fmt: skip
    assert span(timedelta(minutes=61), "en") == "1 hour 1 minute"
    assert [in_words(one, "nl") for one in (2900, 12.3, 1.5, 0.5, 0.01, 0)] == [
        "2.900 per seconde", "12 per seconde", "1,5 per seconde", "30 per minuut", "36 per uur", "–",
    ]  # fmt: skip
    assert clock_time(now, "nl", now=now) == "10.00 uur"
    assert clock_time(now, "nl", now=now + timedelta(days=1)) == "dinsdag 1 december 2026, 10.00 uur"

"""Quoting: a newspaper's lead is shown as short as quoting allows, and nobody else's."""

from collections.abc import Iterator

import pytest

from content.entries import Entry
from content.quoting import LEAD_LIMIT, quoted_entry, quoted_lead
from content.sources import Rights
from service.harvesting import harvest_all
from service.runtime import Runtime
from tests.harvested import add, items
from tests.strange_server import StrangeServer, rss, rss_item, strange_server, with_body

SENTENCE = "De gemeente wil het gebruik van lachgas op straat tegengaan. "


@pytest.fixture
def server() -> Iterator[StrangeServer]:
    with strange_server() as strange:
        yield strange


@pytest.mark.parametrize("text", ["", "Kort.", "x" * LEAD_LIMIT])
def test_what_is_short_stays_as_it_is(text: str) -> None:
    assert quoted_lead(text) == text


def test_a_long_lead_ends_after_its_last_whole_sentence() -> None:
    lead = quoted_lead(SENTENCE * 10)
    assert lead == (SENTENCE * 4).strip() + " …"
    assert len(lead) <= LEAD_LIMIT


def test_a_long_sentence_ends_between_two_words() -> None:
    lead = quoted_lead("Volgens de burgemeester is " + "overlast " * 100)
    assert lead.endswith("overlast…")
    assert len(lead) <= LEAD_LIMIT


@pytest.mark.parametrize(
    "text", ["woord " * 200, "x" * 5000, "Kort. " + "y" * 5000, "a.B" * 1000, "! " * 900, "\n\t" * 500]
)
def test_no_lead_is_longer_than_the_limit(text: str) -> None:
    for limit in (40, 100, LEAD_LIMIT):
        assert len(quoted_lead(text, limit=limit)) <= limit


def test_an_abbreviation_or_a_number_is_not_the_end_of_a_sentence() -> None:
    lead = quoted_lead(
        "Vandaag sprak burgemeester dr. A. Jansen over 2.500 cilinders " + "die werden gevonden " * 20
    )
    assert lead.endswith("…")
    assert "A. …" not in lead
    assert "dr. …" not in lead


def test_only_the_summary_is_shortened() -> None:
    entry = Entry(guid="1", title="Een titel " * 20, summary=SENTENCE * 10, link="https://krant.example/1")
    quoted = quoted_entry(entry)
    assert (quoted.title, quoted.link, quoted.guid) == (entry.title, entry.link, entry.guid)
    assert quoted.summary == quoted_lead(entry.summary) != entry.summary


def test_a_newspapers_leads_are_stored_short_and_others_whole(
    runtime: Runtime, server: StrangeServer
) -> None:
    long = (SENTENCE * 10).strip()
    for key, rights in (("krant", Rights.QUOTE), ("ministerie", Rights.OPEN)):
        feed = rss(rss_item(1, title=f"Bericht van {key}", summary=long))
        add(runtime, key, server.on(f"/{key}", with_body(feed)), rights=rights)
    assert harvest_all(runtime).new == 2
    stored = {item.title: item.summary for item in items(runtime)}
    assert stored == {"Bericht van krant": quoted_lead(long), "Bericht van ministerie": long}
    assert harvest_all(runtime).new == 0
    assert {item.summary for item in items(runtime)} == set(stored.values())

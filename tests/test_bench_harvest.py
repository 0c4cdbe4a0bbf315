"""The benchmark of the harvest measures a real one: a few feeds, from another process, into a real database."""

import json

import pytest
from typer.testing import CliRunner

from content.feeds import read_feed
from service.bench.harvest import feed_of
from service.cli import app
from service.settings import Settings


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_a_few_feeds_are_harvested_and_the_figures_are_json(kind: str, empty_database) -> None:
    settings: Settings = empty_database(kind)
    arguments = ["--feeds", "5", "--items", "4", "--database-url", settings.database_url]
    result = CliRunner().invoke(app, ["bench", "harvest", *arguments])
    assert result.exit_code == 0, result.output
    figures = json.loads(result.stdout)
    assert (figures["feeds"], figures["items"], figures["complete"]) == (5, 20, True)
    assert 0 < figures["tagged"] < 20
    assert figures["unchanged_seconds"] > 0
    assert figures["item_milliseconds"] > figures["read_milliseconds"] > 0


def test_the_feeds_of_the_benchmark_are_feeds() -> None:
    entries = read_feed(feed_of(3, 30)).entries
    assert len({entry.guid for entry in entries}) == 30
    assert all(entry.published_at and entry.summary for entry in entries)

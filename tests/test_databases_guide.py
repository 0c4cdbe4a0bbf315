"""The guide for whoever adds a database: its worked example is run as it stands there."""

import re
from dataclasses import replace
from pathlib import Path

from content.connectors.crawl import NOT_RECOGNISED
from content.connectors.declaration_file import read_declaration
from content.crawled import FIELDS
from service.cli import COMMANDS
from service.settings import Settings
from tests.databases import crawled, fields, moved
from tests.strange_server import strange_server, with_body

GUIDE = (Path(__file__).parent.parent / "docs" / "databases.md").read_text(encoding="utf-8")


def test_the_worked_example_does_what_the_guide_says() -> None:
    (text,) = re.findall(r"```yaml\n# voorbeeldbank\.yaml\n(.*?)```", GUIDE, re.DOTALL)
    pages = re.findall(r"```html\n(<!-- \S+, at (\S+) -->.*?)```", GUIDE, re.DOTALL)
    assert len(text.splitlines()) <= 35
    assert len(pages) == 4
    with strange_server() as server:
        for page, path in pages:
            server.on(path, with_body(page.encode(), kind="text/html"))
        declaration = moved(read_declaration(text, key="voorbeeldbank", name="voorbeeldbank.yaml"), server)
        result = crawled(replace(declaration, delay=0.0))
    assert (result.complete, result.declared_total, result.errors) == (True, 2, {})
    assert result.gone == {"tweede": NOT_RECOGNISED}
    assert fields(result, "eerste") == {
        "name": "Eerste",
        "owner": "Voorbeeldinstelling",
        "target_group": "Leerlingen en hun ouders.",
        "age": "12-18",
        "setting": ("School", "Sportclub"),
        "level": "goed-onderbouwd",
        "level_date": "2025-04-06",
    }
    assert (fields(result, "tweede")["age"], fields(result, "tweede")["level"]) == ("16+", "niet-erkend")
    assert all(record.missing == () for record in result.parsed)


def test_the_guide_names_every_field_and_no_command_that_there_is_not() -> None:
    for field in FIELDS:
        assert f"`{field}`" in GUIDE, field
    named = set(re.findall(r"kennispost (sources \w+|crawl)", GUIDE))
    assert named == {"sources check", "sources enable", "crawl"}
    assert {"sources", "crawl"} <= COMMANDS.keys()
    assert "declarations_dir" in Settings.model_fields

"""The benchmark of importing runs the real command, in a process of its own, into a real database."""

import json

import pytest
from typer.testing import CliRunner

from service.cli import app


@pytest.mark.parametrize(("kind", "database"), [("csv", "sqlite"), ("xlsx", "sqlite"), ("csv", "postgresql")])
def test_a_made_list_comes_in_whole_and_the_figures_are_json(kind: str, database: str) -> None:
    result = CliRunner().invoke(
        app, ["bench", "import", "--lines", "300", "--format", kind, "--database", database]
    )
    assert result.exit_code == 0, result.output
    figures = json.loads(result.stdout)
    assert (figures["lines"], figures["readers"], figures["subscriptions"]) == (300, 300, 300)
    assert figures["interests"] == 600
    assert figures["seconds"] >= 0.1
    assert figures["cpu_seconds"] > 0

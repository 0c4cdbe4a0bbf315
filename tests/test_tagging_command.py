"""The command that tags lines: an answer for each line, as a stream, and a clear word on what is wrong."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from content.tagged_lines import LINE_LIMIT
from content.vocabulary import FACETS


def run(lines: bytes, folder: Path, *options: str) -> subprocess.CompletedProcess[bytes]:
    root = Path(__file__).parent.parent
    command = [sys.executable, "-m", "service", "tag", *options]
    environment = {"PYTHONPATH": str(root), "PATH": ""}
    return subprocess.run(
        command, input=lines, capture_output=True, cwd=folder, env=environment, timeout=60, check=False
    )


def answers(result: subprocess.CompletedProcess[bytes]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_the_command_answers_each_line_in_any_folder_without_a_database(tmp_path: Path) -> None:
    items = [
        {"id": "é1", "title": "Lachgas op straat verboden", "summary": "Cocaïne ook."},
        {"id": 2, "title": "Zon"},
    ]
    result = run("".join(json.dumps(item, ensure_ascii=False) + "\n" for item in items).encode(), tmp_path)
    assert (result.returncode, result.stderr) == (0, b"")
    first, second = answers(result)
    assert list(first) == ["id", "relevance", "tags", "matches"]
    assert first["id"] == "é1"
    assert first["relevance"] == 2
    assert list(first["tags"]) == list(FACETS)
    assert first["tags"]["substance"] == ["lachgas", "cocaine"]
    assert first["matches"][0] == {
        "slug": "lachgas",
        "text": "Lachgas",
        "field": "title",
        "start": 0,
        "rule": "open_tail: lachgas",
    }
    assert second == {"id": 2, "relevance": 0, "tags": {facet: [] for facet in FACETS}, "matches": []}
    assert list(tmp_path.iterdir()) == []


def test_a_bad_line_still_gets_its_line_and_the_exit_code_says_so(tmp_path: Path) -> None:
    good = b'{"id": 9, "title": "GHB", "summary": null}'
    bad = {
        b"geen json": "not JSON",
        b"[1, 2]": "not a JSON object",
        b'{"id": 1}': "title is missing",
        b'{"id": 1, "title": 5}': "title is not a text",
        b'{"id": 1, "title": "x", "summary": []}': "summary is not a text",
        b'{"id": 1, "title": "\xff"}': "not UTF-8",
        b'{"id": 1, "title": "a\x00b"}': "NUL",
        b'{"id": 1, "title": "a\\u0000b"}': "NUL",
        b'{"id": 1, "title": "\\ud800"}': "surrogate",
        b'{"id": NaN, "title": "x"}': "not JSON",
        b'{"id": {}, "title": "x"}': "id is neither",
        b"": "empty",
        b"[" * 100_000: "nested too deeply",
    }
    result = run(b"\n".join([*bad, good]), tmp_path)
    found = answers(result)
    assert result.returncode == 1
    assert len(found) == len(bad) + 1
    for answer, words in zip(found, bad.values(), strict=False):
        assert words in answer["problems"][0]
        assert answer["matches"] == []
    assert "problems" not in found[-1]
    assert found[-1]["tags"]["substance"] == ["ghb"]
    assert f"{len(bad)} of {len(bad) + 1} lines".encode() in result.stderr


def test_a_line_that_is_too_long_costs_one_answer_and_not_the_next(tmp_path: Path) -> None:
    result = run(b'{"title": "' + b"x" * (2 * LINE_LIMIT + 10) + b'"}\n{"id": 2, "title": "ghb"}\n', tmp_path)
    first, second = answers(result)
    assert "longer than" in first["problems"][0]
    assert second["relevance"] == 1


def test_answers_stream(tmp_path: Path) -> None:
    root = Path(__file__).parent.parent
    command = [sys.executable, "-m", "service", "tag"]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=tmp_path, env={"PYTHONPATH": str(root)}
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        for number in range(3):
            process.stdin.write(json.dumps({"id": number, "title": "xtc"}).encode() + b"\n")
            process.stdin.flush()
            assert json.loads(process.stdout.readline())["id"] == number
        process.stdin.close()
        assert process.wait(timeout=20) == 0


def test_a_faulty_vocabulary_is_named_by_line(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text("version: 1\nfacets:\n  middelen: {}\n", encoding="utf-8")
    result = run(b"", tmp_path, "--vocabulary", str(path))
    assert result.returncode == 1
    assert b"mine.yaml, line 3: 'middelen' is not a facet" in result.stderr

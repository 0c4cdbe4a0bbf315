"""Tagging as JSON Lines: one line in, one line out, whatever the line holds."""

import json
from typing import Any, NoReturn

from content.tagging import NEGATED, Match, Tagging, tag
from content.vocabulary import FACETS, Vocabulary

LINE_LIMIT = 4 * 1024 * 1024  # bytes; a longer line is refused, so that one line cannot fill the memory


class LineError(ValueError):
    """A line that holds no item; says why, and the id where one could be read."""

    def __init__(self, problem: str, *, identity: Any = None) -> None:
        super().__init__(problem)
        self.identity = identity


def tag_line(vocabulary: Vocabulary, line: bytes) -> dict[str, Any]:
    """The answer to one line {"id","title","summary"}; it has `problems` when the line holds no item.

    `summary` may be missing or null; `id` is a text or a number and comes back as it was (null when missing).
    """
    try:
        identity, title, summary = read_line(line)
    except LineError as refusal:
        return {**_answer(refusal.identity, Tagging(0)), "problems": [str(refusal)]}
    return _answer(identity, tag(vocabulary, title=title, summary=summary))


def read_line(line: bytes) -> tuple[Any, str, str]:
    """Id, title and summary of a line.

    Raises:
        LineError: it is too long, not UTF-8, not a JSON object, without a title, or holds what is no text.
    """
    record = _parse(line)
    if not isinstance(record, dict):
        raise LineError("the line is not a JSON object")
    identity = record.get("id")
    if isinstance(identity, dict | list):
        raise LineError("id is neither a text nor a number")
    title, summary = record.get("title"), record.get("summary")
    summary = "" if summary is None else summary
    if not isinstance(title, str):
        problem = "title is missing" if title is None else "title is not a text"
        raise LineError(problem, identity=identity)
    if not isinstance(summary, str):
        raise LineError("summary is not a text", identity=identity)
    for name, text in (("title", title), ("summary", summary)):
        if fault := _text_fault(text):
            raise LineError(f"{name} {fault}", identity=identity)
    return identity, title, summary


def write_line(answer: dict[str, Any]) -> bytes:
    """An answer as one line of UTF-8. Half a surrogate pair in an id is kept as an escape."""
    try:
        return json.dumps(answer, ensure_ascii=False).encode() + b"\n"
    except UnicodeEncodeError:
        return json.dumps(answer).encode() + b"\n"


def _parse(line: bytes) -> Any:
    if len(line) > LINE_LIMIT:
        raise LineError(f"the line is longer than {LINE_LIMIT} bytes")
    if b"\0" in line:
        raise LineError("the line holds a NUL byte")
    try:
        text = line.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise LineError(f"the line is not UTF-8 (byte {error.start + 1})") from error
    if not text.strip():
        raise LineError("the line is empty")
    try:
        return json.loads(text, parse_constant=_refuse_constant, parse_float=_finite)
    except LineError:
        raise
    except RecursionError as error:
        raise LineError("the line is nested too deeply") from error
    except ValueError as error:
        raise LineError(f"the line is not JSON: {error}") from error


def _refuse_constant(constant: str) -> NoReturn:
    raise LineError(f"the line is not JSON: {constant} is not a number there")


def _finite(digits: str) -> float:
    number = float(digits)
    if number in (float("inf"), float("-inf")):
        raise LineError(f"the number {digits[:20]} is too large")
    return number


def _text_fault(text: str) -> str | None:
    if "\0" in text:
        return "holds a NUL character"
    if not text.isascii() and any("\ud800" <= character <= "\udfff" for character in text):
        return "holds half a surrogate pair"
    return None


def _answer(identity: Any, tagging: Tagging) -> dict[str, Any]:
    tags = tagging.tags
    return {
        "id": identity,
        "relevance": tagging.relevance,
        "tags": {facet: tags.get(facet, []) for facet in FACETS},
        "matches": [_evidence(match) for match in tagging.matches],
    }


def _evidence(match: Match) -> dict[str, Any]:
    evidence: dict[str, Any] = {
        "slug": match.slug,
        "text": match.text,
        "field": match.field,
        "start": match.start,
        "rule": match.rule,
    }
    return {**evidence, "polarity": NEGATED} if match.polarity == NEGATED else evidence

"""Crawl: the list of a database, then each record on it, then those that are no longer on it. One by one."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType

from content.connectors.declaration import Declaration
from content.connectors.listing import read_whole_list
from content.connectors.port import Answer, Fetch
from content.connectors.readers import reader_of
from content.connectors.records import says_gone
from content.crawled import CrawlResult, Listed, ParsedRecord
from content.errors import FetchFailed, PageUnreadable, RobotsRefused

GONE = frozenset({404, 410})
NOT_RECOGNISED = 0
"""In `CrawlResult.gone`: the page answers, and says that its record is no longer recognised."""

STOP_AFTER = 5
"""Records in a row that cannot be fetched, after which the rest is left alone: the site is down, or does not want us."""

_NOTHING: Mapping[str, str] = MappingProxyType({})


@dataclass
class _Course:
    """A crawl under way. `failed` counts the records in a row that could not be fetched."""

    declaration: Declaration
    fetch: Fetch
    parsed: list[ParsedRecord] = field(default_factory=list)
    gone: dict[str, int] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)
    failed: int = 0


def crawl(
    declaration: Declaration,
    *,
    fetch: Fetch,
    clock: Callable[[], datetime],
    known: Mapping[str, str] = _NOTHING,
) -> CrawlResult:
    """Read a database of interventions.

    Args:
        declaration: what to read, and how.
        fetch: asks for an address, with manners.
        clock: says what time it is.
        known: the address of each record that is known from before, by its key; those that a complete list no longer
            names are looked up one by one, so that the database itself says what became of them.
    """
    started = clock()
    listing = read_whole_list(declaration, fetch=fetch)
    course = _Course(declaration, fetch, errors={"": listing.problem} if listing.problem else {})
    for one in listing.listed.values():
        if one.key in listing.records:
            course.parsed.append(listing.records[one.key])
        elif declaration.detail.on_list:
            course.errors[one.key] = "The list names this record, and holds no field of it that can be read."
        else:
            _visit(course, one, is_known=one.key in known)
    if not listing.problem:
        for key, link in known.items():
            if key not in listing.listed and not declaration.detail.on_list:
                _look_up(course, Listed(key=key, link=link))
    return CrawlResult(
        source_key=declaration.key,
        started=started,
        finished=clock(),
        complete=not listing.problem,
        listed=tuple(listing.listed.values()),
        declared_total=listing.declared_total,
        parsed=tuple(course.parsed),
        parser_version=declaration.parser_version,
        gone=course.gone,
        errors=course.errors,
    )


def _visit(course: _Course, listed: Listed, *, is_known: bool) -> None:
    """Read the record that the list names."""
    answer = _asked(course, listed)
    if answer is None:
        return
    if answer.status != 200:
        course.errors[listed.key] = f"The page answered {answer.status}."
        if answer.status in GONE and is_known:
            course.gone[listed.key] = answer.status
        return
    reader = reader_of(course.declaration)
    try:
        course.parsed.append(reader.read_record(answer, listed, course.declaration))
        _heed(course, listed, answer)
    except PageUnreadable as error:
        course.errors[listed.key] = str(error)


def _look_up(course: _Course, listed: Listed) -> None:
    """See what became of a record that the list no longer names."""
    answer = _asked(course, listed)
    if answer is None:
        return
    if answer.status in GONE:
        course.gone[listed.key] = answer.status
    elif answer.status == 200:
        try:
            _heed(course, listed, answer)
        except PageUnreadable as error:
            course.errors[listed.key] = str(error)
    else:
        course.errors[listed.key] = f"The page answered {answer.status}."


def _heed(course: _Course, listed: Listed, answer: Answer) -> None:
    phrases = course.declaration.detail.gone
    if phrases and says_gone(reader_of(course.declaration).page_text(answer, course.declaration), phrases):
        course.gone[listed.key] = NOT_RECOGNISED


def _asked(course: _Course, listed: Listed) -> Answer | None:
    """The answer for a record; None, with the reason in `errors`, where there is none or it must not be asked for."""
    if course.failed >= STOP_AFTER:
        course.errors[listed.key] = "Not asked for: the records before it could not be fetched."
        return None
    try:
        answer = course.fetch(listed.link)
    except FetchFailed as error:
        course.failed += 1
        course.errors[listed.key] = str(error)
        return None
    except RobotsRefused as error:
        course.errors[listed.key] = str(error)
        return None
    if answer.status in (403, 429):
        course.failed = STOP_AFTER if answer.status == 429 else course.failed + 1
    else:
        course.failed = course.failed + 1 if answer.status >= 500 else 0
    return answer

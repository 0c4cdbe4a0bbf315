"""JSON: a database with an interface. Records and fields are found by JSONPath (RFC 9535)."""

import json
from collections.abc import Mapping
from contextlib import suppress
from functools import lru_cache
from typing import Any

import jsonpath
from jsonpath.exceptions import JSONPathError

from content.connectors.declaration import Declaration
from content.connectors.html import key_in, number_in
from content.connectors.labels import Found
from content.connectors.port import Answer, ListPage
from content.connectors.records import make_record
from content.crawled import Listed, ParsedRecord
from content.encoding import decoded
from content.errors import PageUnreadable
from content.links import same_site, web_address
from content.plaintext import plain

KEY_LIMIT = 200


def read_list(answer: Answer, declaration: Declaration) -> ListPage:
    """The records of a page of the list; whole ones where the declaration reads them `on_list`.

    Raises:
        PageUnreadable: it is no JSON.
    """
    rules, document = declaration.list, _document(answer)
    listed, records = [], []
    for value in _values(rules.record, document):
        one = _listed(value, declaration, base=answer.url)
        if one is None:
            continue
        listed.append(one)
        if declaration.detail.on_list:
            raw = json.dumps(value, ensure_ascii=False, sort_keys=True).encode()
            with suppress(PageUnreadable):  # the record is listed without its fields, which the crawl says
                records.append(_record(value, one, declaration, raw=raw))
    following = [web_address(text, base=answer.url) for text in _texts(rules.next, document)]
    total = rules.total
    return ListPage(
        listed=tuple(listed),
        following=tuple(link for link in following[:1] if link and same_site(link, declaration.url)),
        declared_total=number_in(" ".join(_texts(total.at, document)), total) if total else None,
        records=tuple(records),
        at_end=bool(rules.end and _values(rules.end, document)),
    )


def read_record(answer: Answer, listed: Listed, declaration: Declaration) -> ParsedRecord:
    """The record of a page. Raises PageUnreadable where it is no JSON or no record."""
    return _record(_document(answer), listed, declaration, raw=answer.body)


def page_text(answer: Answer, _declaration: Declaration) -> str:
    """All texts of a record's page. Raises PageUnreadable where it is no JSON."""
    return " ".join(_texts("$..*", _document(answer)))


def path_fault(path: str) -> str:
    """What is wrong with a JSONPath; "" for nothing."""
    try:
        _compiled(path)
    except JSONPathError as error:
        return f"{path!r} is not a JSONPath: {error}"
    return ""


def _record(value: Any, listed: Listed, declaration: Declaration, *, raw: bytes) -> ParsedRecord:
    placed = {
        name: Found(name, " ".join(texts), tuple(texts) if len(texts) > 1 else ())
        for name, rule in declaration.detail.fields.items()
        if rule.at and (texts := _texts(rule.at, value))
    }
    own = value.items() if isinstance(value, Mapping) else ()
    found = [Found(str(label), _text(text)) for label, text in own if _text(text)]
    return make_record(declaration, listed=listed, raw=raw, found=found, placed=placed)


def _listed(value: Any, declaration: Declaration, *, base: str) -> Listed | None:
    rules = declaration.list
    link = next(iter(_texts(rules.link, value)), "") if rules.link.startswith("$") else rules.link
    if rules.key.startswith("$"):
        key = next(iter(_texts(rules.key, value)), "")[:KEY_LIMIT]
    else:
        key = key_in(web_address(link, base=base), pattern=rules.key)
    address = web_address(link.replace("{key}", key), base=base)
    title = next(iter(_texts(rules.title, value)), "")
    return Listed(key=key, link=address, title=title) if key and same_site(address, declaration.url) else None


def _document(answer: Answer) -> Any:
    try:
        return json.loads(decoded(answer.body, content_type=answer.content_type).removeprefix("\ufeff"))
    except (ValueError, RecursionError) as error:
        raise PageUnreadable(f"This is no JSON: {error}.") from error


def _values(path: str, value: Any) -> list[Any]:
    try:
        return list(_compiled(path).findall(value)) if path else []
    except (JSONPathError, RecursionError) as error:
        raise PageUnreadable(f"{path} cannot be looked up in what came: {error}.") from error


def _texts(path: str, value: Any) -> list[str]:
    return [text for one in _values(path, value) if (text := _text(one))]


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "ja" if value else "nee"
    return plain(str(value)) if isinstance(value, str | int | float) else ""


@lru_cache(maxsize=512)
def _compiled(path: str) -> Any:
    return jsonpath.compile(path)

"""CSV: a database that is one file with a record in each row. Its columns are the labels."""

import csv
import io
import json
from contextlib import suppress

from content.connectors.declaration import Declaration
from content.connectors.labels import Found, label_key
from content.connectors.port import Answer, ListPage
from content.connectors.records import make_record
from content.crawled import Listed, ParsedRecord
from content.encoding import decoded
from content.errors import PageUnreadable
from content.links import web_address
from content.plaintext import plain

MOST_ROWS = 50_000
KEY_LIMIT = 200


def read_list(answer: Answer, declaration: Declaration) -> ListPage:
    """All rows, each a whole record. A row without a key is left out.

    Raises:
        PageUnreadable: it is no CSV with a header, or a row has too few or too many cells.
    """
    rows = _rows(decoded(answer.body, content_type=answer.content_type).removeprefix("\ufeff"))
    listed, records = [], []
    for row in rows:
        one = _listed(row, declaration, base=answer.url)
        if one is None:
            continue
        listed.append(one)
        with suppress(PageUnreadable):  # the record is listed without its fields, which the crawl says
            records.append(_record(row, one, declaration))
    return ListPage(listed=tuple(listed), records=tuple(records))


def _rows(text: str) -> list[dict[str, str]]:
    header = text.partition("\n")[0]
    delimiter = max(";,\t", key=header.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        labels = next(reader, [])
        rows = [row for row in reader if any(row)]
    except csv.Error as error:
        raise PageUnreadable(f"This is no CSV: {error}.") from error
    if len(labels) < 2 or len(rows) > MOST_ROWS:
        raise PageUnreadable(f"This is no CSV with a header and at most {MOST_ROWS} rows.")
    for number, row in enumerate(rows, start=2):
        if len(row) != len(labels):  # a file that was cut off ends in such a row
            raise PageUnreadable(f"Row {number} has {len(row)} cells, the header {len(labels)}.")
    return [dict(zip(labels, row, strict=True)) for row in rows]


def _listed(row: dict[str, str], declaration: Declaration, *, base: str) -> Listed | None:
    rules = declaration.list
    cells = {label_key(label): cell.strip() for label, cell in row.items()}
    link = cells.get(label_key(rules.link), rules.link)
    key = cells.get(label_key(rules.key), "")[:KEY_LIMIT]
    return Listed(key, web_address(link.replace("{key}", key), base=base) or base) if key else None


def _record(row: dict[str, str], listed: Listed, declaration: Declaration) -> ParsedRecord:
    found = [Found(label, plain(cell)) for label, cell in row.items()]
    raw = json.dumps(row, ensure_ascii=False, sort_keys=True).encode()
    return make_record(declaration, listed=listed, raw=raw, found=found, placed={})

"""Exporting: subscribers as CSV or XLSX, in which no cell can become a formula."""

import csv
import io
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from sqlalchemy import select as rows
from sqlmodel import Session, col

from subscribers.cells import neutral
from subscribers.organisations import Organisation
from subscribers.people import Interest, Membership, Subscriber, Subscription

COLUMNS = ("address", "name", "organisation", "language", "interests", "streams", "state", "since")
"""The names of the columns; an import knows the first five again."""
PART = "; "
AT_ONCE = 2_000


def subscriber_rows(session: Session, *, state: str | None = None) -> Iterator[tuple[str, ...]]:
    """A line for each subscriber, by number; `state` leaves out the others. Reads as it goes."""
    table = Subscriber.metadata.tables["subscriber"].c
    names = (table.id, table.address, table.name, table.language, table.state, table.confirmed_at)
    last = 0
    while True:
        wanted = rows(*names).where(table.id > last).order_by(table.id).limit(AT_ONCE)
        people = session.connection().execute(wanted.where(table.state == state) if state else wanted).all()
        if not people:
            return
        last = people[-1].id
        ids = [person.id for person in people]
        works = rows(col(Membership.subscriber_id), col(Organisation.name)).join(
            Organisation, col(Organisation.id) == col(Membership.organisation_id)
        )
        organisations = _by_reader(session, works.where(col(Membership.subscriber_id).in_(ids)))
        follows = rows(col(Interest.subscriber_id), col(Interest.slug))
        interests = _by_reader(session, follows.where(col(Interest.subscriber_id).in_(ids)))
        gets = rows(col(Subscription.subscriber_id), col(Subscription.stream))
        streams = _by_reader(session, gets.where(col(Subscription.subscriber_id).in_(ids)))
        for one in people:
            since = one.confirmed_at.date().isoformat() if one.confirmed_at else ""
            yield (
                one.address, one.name, organisations[one.id], one.language, interests[one.id], streams[one.id],
                one.state, since,
            )  # fmt: skip


def as_csv(lines: Iterable[Sequence[str]], columns: Sequence[str] = COLUMNS) -> Iterator[bytes]:
    """UTF-8 with a mark and semicolons, as Dutch spreadsheets open it; every cell quoted (RFC 4180), formulas neutralised."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, delimiter=";", quoting=csv.QUOTE_ALL)
    yield b"\xef\xbb\xbf"
    for line in _with_head(lines, columns):
        writer.writerow([neutral(cell) for cell in line])
        if buffer.tell() > 64 * 1024:
            yield _emptied(buffer)
    yield _emptied(buffer)


def as_workbook(lines: Iterable[Sequence[str]], columns: Sequence[str] = COLUMNS) -> bytes:
    """An XLSX file with one sheet; every cell is text by its type as well, and formulas are neutralised."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet("Abonnees")
    for line in _with_head(lines, columns):
        cells = []
        for text in line:
            cell = WriteOnlyCell(sheet)
            cell.value = _writable(neutral(text))
            cell.data_type = "s"  # whatever it begins with
            cells.append(cell)
        sheet.append(cells)
    made = io.BytesIO()
    book.save(made)
    return made.getvalue()


def _with_head(lines: Iterable[Sequence[str]], columns: Sequence[str]) -> Iterator[Sequence[str]]:
    yield columns
    yield from lines


def _writable(text: str) -> str:
    """Without the signs that XML 1.0 has no place for."""
    return "".join(sign for sign in text if sign >= " " or sign in "\t\n\r")


def _emptied(buffer: io.StringIO) -> bytes:
    text = buffer.getvalue()
    buffer.seek(0)
    buffer.truncate()
    return text.encode()


def _by_reader(session: Session, wanted) -> defaultdict[int, str]:  # type: ignore[no-untyped-def]  # any pair of columns
    found: defaultdict[int, list[str]] = defaultdict(list)
    for reader, value in session.connection().execute(wanted):
        found[reader].append(value)
    return defaultdict(str, {reader: PART.join(sorted(values)) for reader, values in found.items()})

"""Sheets: the lines of a CSV or XLSX file, whatever its encoding, delimiter and order; nothing in it is run or expanded."""

import csv
import io
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

import openpyxl

from subscribers.cells import restored
from subscribers.errors import SheetRefused

MOST_BYTES = 20 * 1024 * 1024
MOST_UNPACKED = 300 * 1024 * 1024
"""What an XLSX file may grow to; sheets of 100,000 lines take some 60 MB."""
MOST_PARTS = 1_000
MOST_ROWS = 200_000
MOST_COLUMNS = 60
LONGEST_CELL = 1_000

DELIMITERS = (";", ",", "\t", "|")
ZIP = b"PK\x03\x04"


@dataclass(frozen=True)
class Sheet:
    """The names of the columns, and the lines below: the number in the file, and a cell for each column."""

    columns: tuple[str, ...]
    lines: tuple[tuple[int, tuple[str, ...]], ...]


def read_sheet(data: bytes) -> Sheet:
    """Read a file; what it is shows from its first bytes, not from its name. Empty lines are left out.

    Raises:
        SheetRefused: too large, no table, an encoding that we do not know, or a workbook that is unsafe or broken.
    """
    if len(data) > MOST_BYTES:
        raise SheetRefused(f"The file is larger than {MOST_BYTES // 1024 // 1024} MB. Split it.", "large")
    rows = _workbook(data) if data.startswith(ZIP) else _text(data)
    head: tuple[str, ...] = ()
    lines: list[tuple[int, tuple[str, ...]]] = []
    for number, row in enumerate(rows, start=1):
        cells = tuple(restored(cell.strip()) for cell in row)
        if not any(cells):
            continue
        if not head:
            head = _head(cells)
            continue
        if len(lines) >= MOST_ROWS:
            raise SheetRefused(f"The file has more than {MOST_ROWS} lines. Split it.", "rows")
        lines.append((number, _fitted(cells, len(head), number)))
    if not head:
        raise SheetRefused("There is nothing in the file.", "empty")
    return Sheet(columns=head, lines=tuple(lines))


def delimiter_of(text: str) -> str:
    """The sign that parts the cells: the one that parts the first lines into equally many, and the most, cells."""
    sample = list(islice(io.StringIO(text, newline=""), 20))

    def evenness(delimiter: str) -> tuple[int, int]:
        sizes = [len(row) for row in csv.reader(sample, delimiter=delimiter) if row]
        first = sizes[0] if sizes else 1
        return (sum(size == first for size in sizes) if first > 1 else 0, first)

    return max(DELIMITERS, key=evenness)


def decoded(data: bytes) -> str:
    """The text: UTF-8 (with or without a mark), UTF-16 with one, else Windows-1252.

    Raises:
        SheetRefused: it is none of these.
    """
    marked = data.startswith((b"\xff\xfe", b"\xfe\xff"))
    encodings = ("utf-16",) if marked else ("utf-8-sig", "cp1252")
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise SheetRefused("The file is neither UTF-8 nor Windows-1252 text, nor a workbook (.xlsx).", "encoding")


def _text(data: bytes) -> Iterator[list[str]]:
    text = decoded(data)
    delimiter = ""
    if text[:4].lower() == "sep=":  # Excel's own way to say so, in a line of its own
        first, _, text = text.partition("\n")
        delimiter = first.strip("\r")[4:5]
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter or delimiter_of(text))
    try:
        yield from reader
    except csv.Error as error:
        raise SheetRefused(f"Line {reader.line_num} cannot be read: {error}.", "broken") from error


def _workbook(data: bytes) -> Iterator[list[str]]:
    try:
        _refuse_unsafe(data)
        book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
        sheet = book.worksheets[0]
        sheet.reset_dimensions()  # what the file says of its size is not believed
        for row in sheet.iter_rows(max_col=MOST_COLUMNS + 1, max_row=2 * MOST_ROWS, values_only=True):
            yield [_as_text(value) for value in row]
    except SheetRefused:
        raise
    except (
        Exception
    ) as error:  # openpyxl raises whatever its parsers do: for us the file is broken, or means harm
        raise SheetRefused(f"The workbook cannot be read: {type(error).__name__}.", "broken") from error


def _refuse_unsafe(data: bytes) -> None:
    """A zip bomb, or a document type (the way to entities): openpyxl reads through defusedxml, and this is before it."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = archive.infolist()
        if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_UNPACKED:
            raise SheetRefused("The workbook unpacks to more than we take.", "large")
        for part in parts:
            if part.filename.endswith((".xml", ".rels")):
                with archive.open(part) as opened:
                    if b"<!DOCTYPE" in opened.read(4096).upper():
                        raise SheetRefused("The workbook defines entities of its own.", "unsafe")


def _as_text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def _head(cells: tuple[str, ...]) -> tuple[str, ...]:
    named = len(cells)
    while named and not cells[named - 1]:
        named -= 1
    if named > MOST_COLUMNS:
        raise SheetRefused(f"The file has more than {MOST_COLUMNS} columns.", "columns")
    return tuple(cell[:LONGEST_CELL] for cell in cells[:named])


def _fitted(cells: Iterable[str], size: int, number: int) -> tuple[str, ...]:
    some = tuple(islice(cells, size))
    if any(len(cell) > LONGEST_CELL for cell in some):
        raise SheetRefused(f"Line {number} has a cell of more than {LONGEST_CELL} signs.", "cell")
    return some + ("",) * (size - len(some))

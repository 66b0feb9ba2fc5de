"""Spreadsheets as people save them: CSV of Excel or LibreOffice, or a workbook. No queries."""

import csv
import io
import zipfile

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

ENCODINGS = ("utf-8-sig", "cp1252")  # Excel writes the latter in western Europe
FORMULA = ("=", "+", "-", "@", "\t", "\r")  # what spreadsheets take for a formula


class Unreadable(Exception):
    """The file is no spreadsheet."""


def read_sheet(content):
    """Rows of texts, without empty ones, as (line number in the file, [texts]).

    Raises Unreadable.
    """
    rows = _workbook(content) if content.startswith(b"PK") else _csv(content)
    cleaned = ((number, [_as_written(text.strip()) for text in row]) for number, row in rows)
    return [(number, row) for number, row in cleaned if any(row)]


def _csv(content):
    text = _decode(content)
    head = text.split("\n", 1)[0]
    delimiter = max(";,\t", key=head.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        return [(reader.line_num, row) for row in reader]
    except csv.Error as error:
        raise Unreadable from error


def _decode(content):
    marked = content.startswith((b"\xff\xfe", b"\xfe\xff"))  # "Unicode text" of Excel
    for encoding in ("utf-16",) if marked else ENCODINGS:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return text
    raise Unreadable


def _workbook(content):
    try:
        sheet = load_workbook(io.BytesIO(content), read_only=True, data_only=True).active
        rows = sheet.iter_rows(values_only=True)
        return [(number, [_text(cell) for cell in row]) for number, row in enumerate(rows, start=1)]
    except (InvalidFileException, KeyError, OSError, ValueError, zipfile.BadZipFile) as error:
        raise Unreadable from error


def _text(cell):
    """A number of a cell as people see it: a SKU 42 is no 42.0."""
    if cell is None:
        return ""
    return str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell)


def write_csv(rows):
    """Bytes that Excel opens with a double click: semicolons, and a mark of UTF-8."""
    stream = io.StringIO()
    csv.writer(stream, delimiter=";", lineterminator="\r\n").writerows(
        [_harmless(cell) for cell in row] for row in rows
    )
    return stream.getvalue().encode("utf-8-sig")


def _harmless(text):
    """A text that a shop sent is no formula for the spreadsheet."""
    return f"'{text}" if text.startswith(FORMULA) else text


def _as_written(text):
    """Undoes :func:`_harmless`."""
    return text[1:] if text[:1] == "'" and text[1:].startswith(FORMULA) else text

"""Tables as text: cells between commas, semicolons, tabs, bars or blanks."""

from __future__ import annotations

import csv
from array import array
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from ganviz.invalid import Invalid
from ganviz.readers._decimal import numbers
from ganviz.readers._encoding import decoded
from ganviz.readers._layout import Cut, cut
from ganviz.readers._names import Names, names_of
from ganviz.readers._row_labels import row_labels
from ganviz.readers._rows import ALONE, SEMICOLONS, Opening, Row, opening, rows
from ganviz.readers.columns import ROWS, Array, Columns, Format, check_counts, gather


@dataclass(frozen=True)
class Body:
    """The rows below the names, column by column."""

    columns: list[list[str]]
    lines: array[int] = field(default_factory=lambda: array("L"))
    """The number of each row's line."""
    comments: list[int] = field(default_factory=list)
    """The lines among them that are comments."""


def read(content: bytes, file: str) -> Columns:
    """The columns of a text table. Encoding, separator, decimal sign and names are what makes the best table of it;
    the report says what they were taken to be."""
    text, encoding = decoded(content, file)
    start = opening(text)
    if not text[start.end :].strip():  # or else a line with a tab would be a row of two cells
        check_counts(file, 0, 0)
    found = cut(text, start)
    if found.broken:
        deque(_rows(text, start, found, file), maxlen=0)  # raises
    names = names_of(text, start, found)
    check_counts(file, len(found.rows) - names.line, len(names.names))
    body = _body(_rows(text, start, found, file), names, bool(start.comments), file)
    # Between semicolons, and in a single column, the comma is the decimal sign: who has a decimal point separates with
    # commas. Elsewhere 1,234 is a thousand.
    read = numbers(body.columns, comma_first=found.separator in (SEMICOLONS, ALONE))
    contents = _without_labels(_contents(body, read.columns, found), names)
    separated = f"{found.separator.called} between cells" if found.width > 1 else ""
    assumed = [separated, *read.assumed, names.said, encoding]
    comments = [(f"line {line}", "begins with #") for line in body.comments]
    return gather(file, list(zip(names.names, contents, strict=True)), assumed, comments)


def _rows(text: str, start: Opening, found: Cut, file: str) -> Iterator[Row]:
    """The rows; raises `Invalid`."""
    line, parsed = start.lines, rows(text, start, found.separator)
    while True:
        try:
            line, cells = next(parsed)
        except StopIteration:
            return
        except csv.Error as error:
            too_long = "long" in str(error) or "limit" in str(error)
            why = "a line is too long" if too_long else "a quotation mark is left open or stands inside a cell"
            raise Invalid(f"{file} is no valid CSV: {why}, in line {line + 1} or below.") from None
        yield line, cells


def _body(rows: Iterator[Row], names: Names, commented: bool, file: str) -> Body:
    """All rows, each of as many cells as there are names. Raises `Invalid`."""
    width = len(names.names)
    body = Body([[] for _ in names.names])
    if names.line:
        next(rows)
    for line, cells in rows:
        if cells[0].startswith("#") and (commented or len(cells) != width):
            body.comments.append(line)
            continue
        if len(cells) != width:
            raise Invalid(_uneven(file, line, len(cells), width))
        if len(body.lines) == ROWS:
            raise Invalid(f"{file} has more than {ROWS:,} rows; at most so many are read.")
        for column, cell in zip(body.columns, cells, strict=True):
            column.append(cell)
        body.lines.append(line)
    return body


def _uneven(file: str, line: int, count: int, width: int) -> str:
    cells = "1 cell" if count == 1 else f"{count} cells"
    # Who writes 1,5,2,5 has used the comma twice over.
    why = "; if commas are decimal signs too, separate with semicolons" if count == 2 * width > 2 else ""
    return f"Line {line} of {file} has {cells}, where the lines before have {width}{why}."


def _contents(body: Body, columns: Sequence[Array | int], layout: Cut) -> list[Array | str]:
    """Each column's values, or the reason why it has none."""
    found: list[Array | str] = [
        f"has {_shown(body.columns[i][column])!r} in line {body.lines[column]}" if isinstance(column, int) else column
        for i, column in enumerate(columns)
    ]
    if layout.lacks_a_name and layout.trails and len(found) > 1:
        found[-1] = "is empty"
    return found


def _without_labels(contents: list[Array | str], names: Names) -> list[Array | str]:
    """The columns, with the reason in place of the first where it numbers the rows and is not all there is."""
    first, *others = contents
    if isinstance(first, str) or all(isinstance(other, str) for other in others):
        return contents
    return [row_labels(names.names[0], first, headed=any(names.names)) or first, *others]


def _shown(cell: str) -> str:
    return cell if len(cell) <= 30 else f"{cell[:29]}…"


FORMAT = Format((".csv", ".tsv", ".tab", ".txt", ".dat"), lambda content: False, read)

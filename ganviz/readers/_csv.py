"""Tables as text: cells between commas, semicolons, tabs or bars."""

from __future__ import annotations

import csv
import io
import math
import re
from array import array
from collections.abc import Iterator
from itertools import chain, islice, zip_longest

import numpy as np

from ganviz.invalid import Invalid
from ganviz.readers.columns import ROWS, Array, Columns, Format, check_counts, gather

DELIMITERS = ("\t", ";", "|", ",")
"""In order of preference: commas are found inside cells (1,5) more often than the others."""
SAMPLE = 50
"""Rows that decide what the delimiter is."""
MISSING = frozenset({"", "-", "?", "na", "n/a", "#n/a", "nan", "null", "none"})
"""Cells that stand for a value that is missing, in lower case."""
LINE = 100_000
"""The longest line, in characters. A line is cut into all its cells before they are counted, fifty bytes each."""
CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")
"""Characters that no text has."""


def read(content: bytes, file: str) -> Columns:
    """The columns of a text table in UTF-8 or else Latin-1, with a decimal point, with or without a line of names."""
    text = _decoded(content, file)
    if not text.strip():  # or else a line with a tab would be a row of two cells
        check_counts(file, 0, 0)
    rows = _rows(text, _delimiter(text), file)
    start = list(islice(rows, 3))
    first, second = (cells for _, cells in [*start, (0, []), (0, [])][:2])
    named = _is_header(first, second)
    check_counts(file, len(start) - named, len(first))
    names = first if named else [""] * len(first)
    columns = [_Column() for _ in names]
    for number, (line, cells) in enumerate(chain(start[named:], rows), 1):
        if number > ROWS:
            raise Invalid(f"{file} has more than {ROWS:,} rows; at most so many are read.")
        for column, cell in zip(columns, cells, strict=True):
            column.add(cell, line)
    return gather(file, [(name, column.content()) for name, column in zip(names, columns, strict=True)])


def _decoded(content: bytes, file: str) -> str:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("latin-1")
    if CONTROLS.search(text):
        raise Invalid(f"{file} is no table: it holds bytes that are no text, neither UTF-8 nor Latin-1.")
    return text


def _parsed(text: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """Line number and cells of each row that is not blank; raises `csv.Error`."""
    reader = csv.reader(_lines(text), delimiter=delimiter, skipinitialspace=True, strict=True)
    for row in reader:
        cells = [cell.strip() for cell in row]
        if len(cells) > 1 or cells not in ([], [""]):
            yield reader.line_num, cells


def _lines(text: str) -> Iterator[str]:
    for line in io.StringIO(text, newline=""):
        if len(line) > LINE:
            raise csv.Error("a line is too long")
        yield line


def _delimiter(text: str) -> str:
    """The first one that cuts the first rows into equally many cells, at least two; else the one that cuts most."""
    best, most = ",", 1
    for delimiter in DELIMITERS:
        try:
            counts = [len(cells) for _, cells in islice(_parsed(text, delimiter), SAMPLE)]
        except csv.Error:
            continue
        if len(set(counts)) == 1 and counts[0] > 1:
            return delimiter
        if sum(counts) > max(most, len(counts)):
            best, most = delimiter, sum(counts)
    return best


def _rows(text: str, delimiter: str, file: str) -> Iterator[tuple[int, list[str]]]:
    """`_parsed`, with the same number of cells in each row; raises `Invalid`."""
    width, parsed = 0, _parsed(text, delimiter)
    while True:
        try:
            line, cells = next(parsed)
        except StopIteration:
            return
        except csv.Error:
            raise Invalid(f"{file} is no valid CSV: a quotation mark is left open, or a line is too long.") from None
        width = width or len(cells)
        if len(cells) != width:
            raise Invalid(f"Line {line} of {file} has {_cells(len(cells))}, where the lines before have {width}.")
        yield line, cells


def _cells(count: int) -> str:
    return "1 cell" if count == 1 else f"{count} cells"


def _is_header(first: list[str], second: list[str]) -> bool:
    """Whether the first row holds names: text and no number at all, or text above a number."""
    kinds = [(_number(above), _number(below)) for above, below in zip_longest(first, second, fillvalue="")]
    texts = [below for above, below in kinds if above is None]
    without_numbers = all(above is None or math.isnan(above) for above, _ in kinds)
    return bool(texts) and (without_numbers or any(below is not None and not math.isnan(below) for below in texts))


def _number(cell: str) -> float | None:
    """The number in a cell; NaN where it is missing, None where it is text."""
    try:
        # Python would read 1_000 as a number, no other program does.
        return float(cell) if "_" not in cell else None
    except ValueError:
        return math.nan if cell.lower() in MISSING else None


def _cut(cell: str) -> str:
    return cell if len(cell) <= 30 else f"{cell[:29]}…"


class _Column:
    """A column while it is read: eight bytes a row, or the reason why it is none of numbers."""

    def __init__(self) -> None:
        self._values = array("d")
        self._reason = ""

    def add(self, cell: str, line: int) -> None:
        number = _number(cell)
        if number is not None:
            self._values.append(number)
        elif not self._reason:
            self._reason = f"has {_cut(cell)!r} in line {line}"

    def content(self) -> Array | str:
        return self._reason or np.array(self._values, dtype=np.float64)


FORMAT = Format((".csv", ".tsv", ".tab", ".txt"), lambda content: False, read)

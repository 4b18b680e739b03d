"""The numeric columns of a file, and how large a table may be."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ganviz.invalid import Invalid, nearest
from ganviz.readers.report import Report

Array = NDArray[np.float64]

BYTES = 8_000_000
"""The largest file that is read: 8 MB."""
ROWS = 200_000
"""The most rows of a file."""
COLUMNS = 64
"""The most columns of a file, of whatever kind."""
NAME = 80
"""The longest name of a column, in characters."""
LIMIT = 2048
"""The most rows that become a density: each sample and each point of the figure looks at all of them."""


@dataclass(frozen=True)
class Format:
    """A kind of file, and its reader. Each lies in a file of its own."""

    endings: tuple[str, ...]
    """What the names of such files end with, in lower case."""
    recognises: Callable[[bytes], bool]
    """Whether the content is certainly of this kind."""
    read: Callable[[bytes, str], Columns]
    """The columns, from the content and the file's name; raises `Invalid`."""
    begins: bytes = b""
    """What all of them begin with, also those that are damaged further on."""


@dataclass(frozen=True, eq=False)
class Columns(Mapping[str, Array]):
    """The numeric columns of a file in its order: name → (n,) float64, where NaN is a value that is missing."""

    numbers: Mapping[str, Array]
    report: Report
    """What was taken of the file, what was left out and why, and what was assumed."""

    def __getitem__(self, name: str) -> Array:
        return self.numbers[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.numbers)

    def __len__(self) -> int:
        return len(self.numbers)

    # As a mapping it would compare its arrays, which have no truth value.
    __eq__, __hash__ = object.__eq__, object.__hash__

    @property
    def file(self) -> str:
        """The file's name, without its path."""
        return self.report.file

    @property
    def left_out(self) -> Mapping[str, str]:
        """Why each of the other columns is not among them: ``"holds text"``."""
        return dict(self.report.left_out)

    @property
    def rows(self) -> int:
        """How many rows there are, n ≥ 2."""
        return len(next(iter(self.numbers.values())))

    @property
    def note(self) -> str:
        """What is said where the table has more rows than become a density; else empty."""
        if self.rows <= LIMIT:
            return ""
        return f"{LIMIT:,} of the {self.rows:,} rows, a random choice that is always the same"

    def names(self, text: str) -> list[str]:
        """The names of columns in a text that lists them, as a line of CSV does; or the text, where a column is called
        so. Raises `Invalid`."""
        if text in self.numbers or text in self.left_out:
            return [text]
        try:
            listed = next(csv.reader([text], skipinitialspace=True, strict=True), [])
        except csv.Error:
            raise Invalid(f"{text!r:.200} does not list columns: a quotation mark is left open in it.") from None
        return [name.strip() for name in listed]

    def matrix(self, names: Sequence[str]) -> Array:
        """These columns side by side, (n, d). Raises `Invalid` for a column that is not there or not fit for a density:
        text, empty, constant, with a value that is missing or infinite."""
        for name in names:
            if name in self.left_out:
                raise Invalid(f"The column {name!r} of {self.file} is not used: it {self.left_out[name]}.")
            if name not in self.numbers:
                raise Invalid(f"{self.file} has no column {name!r}{_known(name, list(self.numbers))}")
            if flaw := _flaw(self.numbers[name]):
                raise Invalid(f"The column {name!r} of {self.file} {flaw}.")
        if twice := [name for name, times in Counter(names).items() if times > 1]:
            raise Invalid(f"The column {twice[0]!r} is chosen twice.")
        return np.column_stack([self.numbers[name] for name in names])


def _known(name: str, columns: Sequence[str]) -> str:
    """The tail of a sentence about a name that no column has."""
    if parted := [column for column in columns if "," in column and name in map(str.strip, column.split(","))]:
        return f"; a name with a comma is asked for in quotation marks: '\"{parted[0]}\"'."
    return nearest(name, columns)


def _flaw(column: Array) -> str:
    """What makes a column unfit, as the end of a sentence; empty where nothing does."""
    missing, rows = int(np.isnan(column).sum()), len(column)
    infinite = int(np.isinf(column).sum())
    if missing == rows:
        return "is empty"
    if missing:
        return (
            f"lacks a value in {missing:,} of {rows:,} rows; rows with missing values are not used, "
            "so take them out or fill them in"
        )
    if infinite:
        return f"has an infinite value in {infinite:,} of {rows:,} rows"
    if column.min() == column.max():
        return f"is constant: every row has {column[0]:.6g}"
    return ""


def gather(
    file: str,
    found: Sequence[tuple[str, Array | str]],
    assumed: Sequence[str] = (),
    besides: Sequence[tuple[str, str]] = (),
) -> Columns:
    """`Columns` from what a reader found: each column's name, and its values (n,) or the reason why it has none; what
    was assumed, and what was left out `besides` columns. What is empty among the assumptions is not said.

    A name that is empty becomes ``column 3``, one that is long is cut. Raises `Invalid` when two names are the same, no
    column is numeric, or there are fewer than two rows.
    """
    names = [_clean(name) or f"column {number}" for number, (name, _) in enumerate(found, 1)]
    if twice := [name for name, times in Counter(names).items() if times > 1]:
        raise Invalid(f"{file} has {names.count(twice[0])} columns called {twice[0]!r}; give them different names.")
    numbers = {name: what for name, (_, what) in zip(names, found, strict=True) if not isinstance(what, str)}
    left_out = [(name, what) for name, (_, what) in zip(names, found, strict=True) if isinstance(what, str)]
    if not numbers:
        why = "".join(f": {name!r} {what}" for name, what in left_out[:1])
        raise Invalid(f"{file} has no column of numbers{why}.")
    lengths = {len(column) for column in numbers.values()}
    if len(lengths) > 1:
        raise Invalid(f"{file} is damaged: its columns are not equally long.")
    rows = lengths.pop()
    check_counts(file, rows, len(found))
    said = tuple(filter(None, assumed))
    return Columns(numbers, Report(file, f"{rows:,} rows", tuple(numbers), (*left_out, *besides), said))


def check_counts(file: str, rows: int, columns: int) -> None:
    """Raise `Invalid` where a table of so many rows and columns is not read."""
    if rows < 1:
        raise Invalid(f"{file} has no rows.")
    if columns < 1:
        raise Invalid(f"{file} has no columns.")
    if columns > COLUMNS:
        raise Invalid(f"{file} has {columns:,} columns; at most {COLUMNS} are read.")
    if rows < 2:
        raise Invalid(f"{file} has one row only; a density needs at least two.")
    if rows > ROWS:
        raise Invalid(f"{file} has {rows:,} rows; at most {ROWS:,} are read.")


def file_name(name: str) -> str:
    """A file's name as sentences show it: without its path, on one line, cut where it is long."""
    return _clean(re.split(r"[/\\]", name)[-1]) or "The file"


def _clean(name: str) -> str:
    """On one line, without control characters, and at most `NAME` characters long: the beginning and the end."""
    text = " ".join("".join(c if c.isprintable() else " " for c in name).split())
    return text if len(text) <= NAME else f"{text[: NAME - 11]}…{text[-10:]}"

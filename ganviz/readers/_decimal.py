"""The decimal sign of a table, and the numbers in its columns."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ganviz.readers._numerals import COMMA, GROUPS, NOTATIONS, POINT, Notation, notation, plain
from ganviz.readers.columns import Array

Cells = Sequence[str]
Fit = dict[str, Notation | None]
"""By decimal sign, the simplest notation in which a column is one of numbers."""


@dataclass(frozen=True)
class Numbers:
    """What the columns of a text hold, and how their numbers are written."""

    columns: list[Array | int]
    """Each column's values; the row of a cell that is no number, where there is one."""
    assumed: tuple[str, ...]
    """What is said of the notation."""


def numbers(columns: Sequence[Cells], *, comma_first: bool) -> Numbers:
    """Read the cells, column by column. A file has one decimal sign, so its columns decide on it together.

    1,234 alone may be either: it is 1.234 where `comma_first`, else 1234.
    """
    values = [plain(cells) for cells in columns]
    others = [_fit(cells) for cells, value in zip(columns, values, strict=True) if value is None]
    if not any(any(fit.values()) for fit in others):  # numbers as programs write them, and perhaps texts
        fits: list[Fit] = [{POINT: Notation(POINT) if value is not None else None, COMMA: None} for value in values]
        decimal = POINT
    else:
        fits = [_fit(cells) for cells in columns]
        decimal = _decimal_sign(fits, comma_first)
    written = [fit[decimal] or fit[COMMA if decimal == POINT else POINT] for fit in fits]
    signs = {one.grouping for one in written if one}
    grouped = [f"{called} between groups of digits" for sign, called in GROUPS.items() if sign in signs]
    read = [_read(cells, value, one, decimal) for cells, value, one in zip(columns, values, written, strict=True)]
    return Numbers(read, (f"decimal {GROUPS[decimal]}", *grouped))


def _fit(cells: Cells) -> Fit:
    return {decimal: notation(cells, decimal) for decimal in NOTATIONS}


def _decimal_sign(fits: Sequence[Fit], comma_first: bool) -> str:
    """The sign with which more columns are numbers."""

    def preference(decimal: str) -> tuple[int, int, bool]:
        written = [fit[decimal] for fit in fits]
        grouped = sum(one is not None and bool(one.grouping) for one in written)
        count = sum(one is not None for one in written)
        return count, -grouped if comma_first else 0, (decimal == COMMA) == comma_first

    return max(NOTATIONS, key=preference)


def _read(cells: Cells, value: array[float] | None, written: Notation | None, decimal: str) -> Array | int:
    """A column's values, given those it has where it is written as programs do; else the row of a cell that is no
    number."""
    if value is not None and (written is None or not written.grouping):
        return np.array(value, dtype=np.float64)
    if written is None:
        return _first_text(cells, decimal)
    return np.array([written.value(cell) for cell in cells], dtype=np.float64)


def _first_text(cells: Cells, decimal: str) -> int:
    """The row of the first cell that is no number; or, where each by itself could be one, of the first that has its
    digits in groups."""
    simplest, *_ = ways = NOTATIONS[decimal]
    texts = (row for row, cell in enumerate(cells) if not any(way.fits(cell) for way in ways))
    grouped = (row for row, cell in enumerate(cells) if not simplest.fits(cell))
    return next(texts, next(grouped, 0))

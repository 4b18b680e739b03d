"""How a text is laid out: what stands between its cells, and whether a line of names is above them."""

from __future__ import annotations

import csv
from collections import Counter
from dataclasses import dataclass
from itertools import islice

from ganviz.readers._header import can_be_names
from ganviz.readers._numerals import is_missing, is_numeral
from ganviz.readers._rows import ALONE, COMMAS, LINE, SEPARATORS, Opening, Separator, rows
from ganviz.readers.columns import COLUMNS

SAMPLE = 50
"""Rows that decide."""


@dataclass(frozen=True)
class Cut:
    """The first rows of a text, cut at one separator."""

    separator: Separator
    rows: tuple[tuple[str, ...], ...]
    broken: bool
    """Whether they end where the text is no CSV."""
    lines: tuple[str, ...]
    """The first two lines as they are."""

    @property
    def body(self) -> tuple[tuple[str, ...], ...]:
        """The rows below the first; that one where there is no other."""
        return self.rows[1:] or self.rows

    @property
    def width(self) -> int:
        """How many cells most rows have."""
        counts = Counter(map(len, self.body))
        return max(counts, key=lambda width: counts[width], default=0)

    @property
    def even(self) -> float:
        """The share of rows that have as many cells as most; the first may have one less, above row names."""
        alike = sum(len(row) == self.width for row in self.body)
        first = self.rows[1:] and (len(self.rows[0]) == self.width or self.lacks_a_name)
        return (alike + bool(first)) / len(self.rows)

    @property
    def lacks_a_name(self) -> bool:
        """Whether the first line has one cell less than the others: R writes no name above row names, and other
        programs end every line but the first with a separator."""
        if len(self.rows) < 2 or len(self.rows[0]) != self.width - 1 or not can_be_names(self.rows[0]):
            return False
        labelled = self._quotes(1) < 2 * self.width and self.lines[1].lstrip().startswith('"')
        texts = not any(is_numeral(row[0]) for row in self.body)
        if not any(is_numeral(cell) for row in self.body for cell in row[1:]):
            return False  # 12 % is one cell
        return self.separator.sign in " \t" or self.trails or labelled or texts

    @property
    def quotes_names(self) -> bool:
        """Whether all cells of the first line are in quotation marks, and not all of the next are."""
        return len(self.lines) > 1 and self._quotes(0) == 2 * len(self.rows[0]) > self._quotes(1)

    def _quotes(self, line: int) -> int:
        return self.lines[line].count('"')

    @property
    def trails(self) -> bool:
        """Whether every row ends with a separator."""
        return self.width > 1 and all(len(row) == self.width and row[-1] == "" for row in self.body)

    @property
    def numeric(self) -> float:
        """The share of the cells below the first row that are numbers."""
        cells = [cell for row in self.body for cell in row[:COLUMNS] if not is_missing(cell)]
        return sum(map(is_numeral, cells)) / len(cells) if cells else 0.0

    @property
    def rank(self) -> tuple[bool, float, float]:
        """How good a table it makes: all rows alike, then many numbers."""
        even, numeric = self.even, self.numeric
        return even == 1 and numeric > 0 and not self.broken, even * numeric, even


def cut(text: str, start: Opening) -> Cut:
    """The first rows, cut at the separator that makes the best table of them."""
    wanted = [start.separator] if start.separator else [*SEPARATORS]
    cuts = [found for separator in wanted if (found := _cut(text, start, separator)).width > 1]
    best = max(cuts, key=lambda found: found.rank, default=None)
    if best and best.rank[0]:
        return best
    alone = _cut(text, start, ALONE)
    if not best:
        return _cut(text, start, COMMAS) if alone.broken else alone
    # Decimal commas and blanks in a single column cut its cells, but not the name above them.
    whole = not set(alone.rows[0][0]) & set("\t;|,")
    blanks = best.separator.sign == " " and len(best.rows[0]) == 1
    return alone if whole and (alone.numeric > 0 or blanks) else best


def _cut(text: str, start: Opening, separator: Separator) -> Cut:
    first: list[tuple[str, ...]] = []
    try:
        for _, cells in islice(rows(text, start, separator), SAMPLE):
            if not (start.comments and cells[0].startswith("#")):
                first.append(tuple(cells))
    except csv.Error:
        return Cut(separator, tuple(first), True, _lines(text, start))
    return Cut(separator, tuple(first), False, _lines(text, start))


def _lines(text: str, start: Opening) -> tuple[str, ...]:
    lines = text[start.end : start.end + 2 * LINE].splitlines()
    return tuple(islice((line for line in lines if line.strip()), 2))

"""Numbers as people and programs write them: with a decimal point or comma, with or without digits in groups."""

from __future__ import annotations

import math
import re
from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

MISSING = frozenset({"", "-", "?", ".", "..", "na", "n/a", "#n/a", "nan", "null", "none"})
"""Cells that stand for a value that is missing, in lower case."""
INFINITE = frozenset(f"{sign}{word}" for sign in ("", "+", "-") for word in ("inf", "infinity"))

POINT, COMMA = ".", ","
SPACES, APOSTROPHES = " \u00a0\u2009\u202f", "'’"
GROUPS = {POINT: "points", COMMA: "commas", SPACES: "blanks", APOSTROPHES: "apostrophes"}
"""Signs that stand between groups of three digits, and what they are called."""


@dataclass(frozen=True)
class Notation:
    """A way to write numbers."""

    decimal: str
    """The decimal sign."""
    grouping: str = ""
    """The signs of which one stands between groups of digits; empty where none does."""

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        point = re.escape(self.decimal)
        if not self.grouping:
            after = rf"{point}[0-9]*" if self.decimal == POINT else rf"{point}[0-9]+"
            return re.compile(rf"[-+−]?(?:[0-9]+(?:{after})?|{point}[0-9]+)(?:[eE][-+−]?[0-9]+)?")
        # With blanks, numbers of four digits are often left whole.
        alone = "{1,4}" if self.grouping == SPACES else "{1,3}"
        grouped = rf"[1-9][0-9]{{0,2}}([{re.escape(self.grouping)}])[0-9]{{3}}(?:\1[0-9]{{3}})*"
        return re.compile(rf"[-+−]?(?:{grouped}|[0-9]{alone})(?:{point}[0-9]+)?")

    def fits(self, cell: str) -> bool:
        """Whether the cell is a number so written, or stands for one that is missing or infinite."""
        word = cell.lower()
        return word in MISSING or word in INFINITE or self._pattern.fullmatch(cell) is not None

    def value(self, cell: str) -> float:
        """The number in a cell that fits."""
        if cell.lower() in MISSING:
            return math.nan
        bare = re.sub(rf"[{re.escape(self.grouping)}]", "", cell) if self.grouping else cell
        return float(bare.replace(self.decimal, POINT).replace("−", "-"))


NOTATIONS = {
    decimal: [Notation(decimal), *(Notation(decimal, signs) for signs in GROUPS if signs != decimal)]
    for decimal in (POINT, COMMA)
}
"""By decimal sign, the simplest first."""


def number(cell: str) -> float | None:
    """The number in a cell as programs write it, with a decimal point; NaN where it is missing, None where there is
    none."""
    try:
        # Python would read 1_000 as a number, no other program does.
        return float(cell) if "_" not in cell else None
    except ValueError:
        return math.nan if cell.lower() in MISSING else None


def is_missing(cell: str) -> bool:
    """Whether a cell holds no value."""
    return cell.lower() in MISSING


def is_numeral(cell: str) -> bool:
    """Whether a cell is a number in any notation, or stands for one that is missing."""
    return number(cell) is not None or any(one.fits(cell) for ways in NOTATIONS.values() for one in ways)


def is_whole(cell: str) -> bool:
    """Whether a cell is a whole number, written with digits alone."""
    return re.fullmatch(r"[0-9]{1,9}", cell) is not None


def plain(cells: Sequence[str]) -> array[float] | None:
    """The values of cells that are all `number`s; None where one is not."""
    try:
        if not any("_" in cell for cell in cells):
            return array("d", map(float, cells))
    except ValueError:
        pass
    values = array("d")
    for cell in cells:
        value = number(cell)
        if value is None:
            return None
        values.append(value)
    return values


def notation(cells: Sequence[str], decimal: str) -> Notation | None:
    """The simplest notation with that decimal sign in which all cells are numbers."""
    return next((one for one in NOTATIONS[decimal] if all(map(one.fits, cells))), None)

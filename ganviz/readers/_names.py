"""What the columns of a text are called, and where that stands."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass

from ganviz.readers._header import is_header
from ganviz.readers._layout import Cut
from ganviz.readers._numerals import is_whole
from ganviz.readers._rows import Opening, Separator, rows


@dataclass(frozen=True)
class Names:
    """What the columns are called; empty where they have no names."""

    names: tuple[str, ...]
    line: bool
    """Whether the first line holds them."""
    said: str
    """What is said of it."""


def names_of(text: str, start: Opening, found: Cut) -> Names:
    """The names in the first line or, where it holds none, in the last comment above it (as NumPy writes them)."""
    if not found.rows:
        return Names((), False, "")
    first, body = found.rows[0], found.rows[1:]
    line = _first_line(text, start)
    if found.lacks_a_name:
        return Names((*first, "") if found.trails else ("", *first), True, f"names in line {line}")
    if is_header(first, body, found.quotes_names):
        kind = "numbers as names" if all(is_whole(cell) for cell in first if cell) else "names"
        return Names(first, True, f"{kind} in line {line}")
    if start.comments:
        commented = next(_cells(start.comments[-1], found.separator), ())
        if len(commented) == found.width:
            return Names(commented, False, f"names in the comment above line {line}")
    return Names(("",) * len(first), False, "no line of names")


def _cells(line: str, separator: Separator) -> Iterator[tuple[str, ...]]:
    """The rows, at most one, in a line; none where it is no CSV."""
    try:
        for _, cells in rows(line, Opening(0, 0, (), None), separator):
            yield tuple(cells)
    except csv.Error:
        return


def _first_line(text: str, start: Opening) -> int:
    """The number of the first line that is not blank."""
    lines = text[start.end : start.end + 10_000].splitlines()
    return start.lines + next((number for number, line in enumerate(lines, 1) if line.strip()), 1)

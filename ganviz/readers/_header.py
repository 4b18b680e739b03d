"""Whether the first line of a table holds names."""

from __future__ import annotations

import math
from collections.abc import Sequence

from ganviz.readers._numerals import is_missing, is_numeral, is_whole, number

FIRST_YEAR, LAST_YEAR = 1500, 2100

Cells = Sequence[str]


def can_be_names(cells: Cells) -> bool:
    """Whether cells are all different, and none is a number with decimals."""
    return len(set(cells)) == len(cells) and all(is_whole(cell) or not is_numeral(cell) for cell in cells if cell)


def is_header(first: Cells, body: Sequence[Cells], quoted: bool) -> bool:
    """Whether the first row holds names. `quoted`: all its cells are in quotation marks, and others are not.

    Names are text: beside no number, or above numbers. Numbers are names where they only count, or are years,
    above numbers of another kind.
    """
    if not body:
        return bool(first) and not any(map(is_numeral, first))
    texts = [column for column, cell in enumerate(first) if not is_numeral(cell)]
    if texts and (quoted or all(column in texts or is_missing(cell) for column, cell in enumerate(first))):
        return True
    above_a_number = any(is_numeral(body[0][column]) and not is_missing(body[0][column]) for column in texts)
    return above_a_number or (quoted and can_be_names(first)) or _are_labels(first, body)


def _are_labels(first: Cells, body: Sequence[Cells]) -> bool:
    """Whether numbers in the first row are names: 0, 1, 2, … as pandas makes them up, or years."""
    columns = [column for column, cell in enumerate(first) if is_numeral(cell) and not is_missing(cell)]
    if len(body) < 2 or not columns or not all(is_whole(first[column]) for column in columns):
        return False
    labels = [int(first[column]) for column in columns]
    years = all(FIRST_YEAR <= label <= LAST_YEAR for label in labels) and len(set(labels)) == len(labels)
    in_turn = labels == list(range(labels[0], labels[0] + len(labels)))
    counted = in_turn and labels[0] in (0, 1) and (len(labels) > 1 or labels == [0])
    if not (years or counted or (in_turn and len(labels) > 1)):
        return False
    below = [[row[column] for row in body] for column in columns]
    if _is_corner(first, body, columns) or (
        any(map(_has_decimals, below)) and (years or not any(map(_is_mixed, below)))
    ):
        return True
    if years:
        return not any(FIRST_YEAR <= (number(cell) or 0) <= LAST_YEAR for cells in below for cell in cells)
    return counted and len(labels) > 2 and _is_elsewhere(labels, below)


def _has_decimals(cells: Cells) -> bool:
    """Whether all numbers of a column are written with decimals."""
    there = [cell for cell in cells if not is_missing(cell)]
    return bool(there) and all(is_numeral(cell) and not _is_integer(cell) for cell in there)


def _is_mixed(cells: Cells) -> bool:
    """Whether some are and some are not: whoever writes 1 for 1.0 may write 0 for 0.0 in the first row too."""
    integers = [_is_integer(cell) for cell in cells if is_numeral(cell) and not is_missing(cell)]
    return any(integers) and not all(integers)


def _is_integer(cell: str) -> bool:
    return is_whole(cell.lstrip("-+"))


def _is_corner(first: Cells, body: Sequence[Cells], columns: Sequence[int]) -> bool:
    """Whether only the corner above row names is empty."""
    return first[0] == "" and len(columns) == len(first) - 1 and not any(is_missing(row[0]) for row in body)


def _is_elsewhere(labels: Sequence[int], below: Sequence[Cells]) -> bool:
    """Whether whole numbers below a count are other ones, and do not go on counting."""
    values = [number(cell) for cells in below for cell in cells]
    known = [value for value in values if value is not None and not math.isnan(value)]
    goes_on = [number(cells[0]) for cells in below] == [label + len(labels) for label in labels]
    return not goes_on and any(not 0 <= value <= len(labels) for value in known)

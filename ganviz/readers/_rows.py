"""From text to rows of cells."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass

SEPARATORS = {"\t": "tabs", ";": "semicolons", "|": "bars", ",": "commas", " ": "blanks"}
"""What may stand between cells, in order of preference: commas are found inside cells (1,5) more often than the others,
and blanks in nearly all texts."""
ALONE = "\x1f"
"""The separator of a single column: a character that no text has."""
LINE = 100_000
"""The longest line, in characters. A line is cut into all its cells before they are counted, fifty bytes each."""

Row = tuple[int, list[str]]
"""The number of a line and its cells."""


@dataclass(frozen=True)
class Opening:
    """What stands in front of a table."""

    end: int
    """The place in the text where the table begins."""
    lines: int
    """How many lines there are."""
    comments: tuple[str, ...]
    """The lines that begin with #, without it."""
    separator: str
    """The separator that Excel's line ``sep=;`` names; empty without such a line."""


def opening(text: str) -> Opening:
    """Excel's line and the comments at the beginning of a text."""
    end, lines, comments, separator = 0, 0, list[str](), ""
    for line in io.StringIO(text, newline=""):
        bare = line.strip()
        if lines == 0 and bare.strip('"').lower().startswith("sep=") and len(line.rstrip("\r\n").strip('"')) == 5:
            separator = line.rstrip("\r\n").strip('"')[-1]
        elif bare.startswith("#"):
            comments.append(bare.lstrip("#").strip())
        elif bare:
            break
        end, lines = end + len(line), lines + 1
    return Opening(end, lines, tuple(comments), separator)


def rows(text: str, start: Opening, separator: str) -> Iterator[Row]:
    """Each row that is not blank. Raises `csv.Error`, also for a line that is too long."""
    stream = io.StringIO(text, newline="")
    stream.seek(start.end)
    lines = _lines(stream, separator == " ")
    reader = csv.reader(lines, delimiter=separator, skipinitialspace=True, strict=True)
    for row in reader:
        cells = [cell.strip() for cell in row]
        if len(cells) > 1 or cells not in ([], [""]):
            yield start.lines + reader.line_num, cells


def _lines(stream: Iterator[str], between_blanks: bool) -> Iterator[str]:
    for line in stream:
        if len(line) > LINE:
            raise csv.Error("a line is too long")
        # A run of blanks is one separator, and none at either end.
        yield " ".join(line.split()) + "\n" if between_blanks and '"' not in line else line

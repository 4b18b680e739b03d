"""From text to rows of cells."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True)
class Separator:
    """What stands between cells."""

    sign: str
    called: str = ""
    """What several of them are called."""
    runs: bool = False
    """Whether many in a row count as one, and those at either end of a line as none."""


SEMICOLONS = Separator(";", "semicolons")
COMMAS = Separator(",", "commas")
SEPARATORS = (
    Separator("\t", "tabs"),
    SEMICOLONS,
    Separator("|", "bars"),
    COMMAS,
    Separator(" ", "blanks", runs=True),
    Separator(" ", "single blanks"),
)
"""In order of preference: commas are found inside cells (1,5) more often than the others, and blanks in nearly all
texts. Where single blanks separate, two in a row have a missing value between them."""
ALONE = Separator("\x1f")
"""That of a single column: a character that no text has."""
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
    separator: Separator | None
    """The one that Excel's line ``sep=;`` names."""


def opening(text: str) -> Opening:
    """Excel's line and the comments at the beginning of a text."""
    end, lines, comments, separator = 0, 0, list[str](), None
    for line in io.StringIO(text, newline=""):
        bare = line.rstrip("\r\n").strip('"')
        if lines == 0 and re.fullmatch(r"(?i)sep=.", bare):
            separator = next((one for one in SEPARATORS if one.sign == bare[-1]), Separator(bare[-1], repr(bare[-1])))
        elif bare.lstrip().startswith("#"):
            comments.append(bare.strip().lstrip("#").strip())
        elif bare.strip():
            break
        end, lines = end + len(line), lines + 1
    return Opening(end, lines, tuple(comments), separator)


def rows(text: str, start: Opening, separator: Separator) -> Iterator[Row]:
    """Each row that is not blank. Raises `csv.Error`, also for a line that is too long."""
    stream = io.StringIO(text, newline="")
    stream.seek(start.end)
    # A blank behind a separator is part of neither cell, unless it separates itself.
    skips = separator.sign != " " or separator.runs
    reader = csv.reader(_lines(stream, separator.runs), delimiter=separator.sign, skipinitialspace=skips, strict=True)
    for row in reader:
        cells = [cell.strip() for cell in row]
        if len(cells) > 1 or cells not in ([], [""]):
            yield start.lines + reader.line_num, cells


def _lines(stream: Iterator[str], runs: bool) -> Iterator[str]:
    for line in stream:
        if len(line) > LINE:
            raise csv.Error("a line is too long")
        yield line.strip(" \r\n") + "\n" if runs else line

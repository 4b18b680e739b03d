"""Tables: what is read, and the reading of it in a process of its own."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from ganviz.invalid import Invalid
from ganviz.readers._bytes import beginning
from ganviz.readers._message import Message
from ganviz.readers._process import Limits, ask
from ganviz.readers.columns import BYTES, COLUMNS, ROWS, Columns, file_name
from ganviz.readers.report import Report

LIMITS = Limits(memory=640 << 20, seconds=20, answer=8 * ROWS * COLUMNS)
"""What a table may cost. Arrow alone takes 330 MB of addresses, the numbers of the largest table 102 MB."""


def read_table(content: bytes, name: str) -> Columns:
    """The numeric columns of a file, from its content and its name. Nothing in the file is ever run.

    CSV (commas, semicolons, tabs, bars or blanks between the cells; decimal points or commas; with or without a line of
    names; UTF-8, UTF-16 with its mark, or a code page of Windows), Parquet, or .npy with an array (rows,), (rows,
    columns) or a structured one. Columns of text, dates and truth values are left out, and so are row numbers; what was
    taken, left out and assumed stands in the `report`. At most 8 MB, 200,000 rows and 64 columns, within `LIMITS`.
    Raises `Invalid`, with one sentence that names the file and where it matters the column, for everything else.
    """
    file = file_name(name)
    if not content:
        raise Invalid(f"{file} is empty.")
    if len(content) > BYTES:
        raise Invalid(f"{file} is larger than {BYTES // 10**6} MB, which is the most that is read.")
    question = Message({"reader": "_table", "name": name}, [np.frombuffer(content, np.uint8)])
    answer = ask(question, file, LIMITS)
    report = Report.from_json(answer.words["report"])
    values = (array.astype(np.float64, copy=False) for array in answer.arrays)
    return Columns(dict(zip(report.taken, values, strict=True)), report)


def load_columns(path: Path) -> Columns:
    """The numeric columns of the file at a path: as `read_table`, of which it never takes more than may be read."""
    if path.is_dir():
        raise Invalid(f"{file_name(path.name)} is a folder; give the path of a file.")
    if not path.is_file():  # such as a pipe, which might never end
        raise Invalid(f"There is no file {file_name(path.name)}.")
    return read_table(beginning(path, BYTES + 1), path.name)

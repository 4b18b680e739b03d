"""Tables: what is read, and the reading of it in a process of its own."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from ganviz.invalid import Invalid
from ganviz.readers._bytes import beginning
from ganviz.readers._message import Message
from ganviz.readers._process import Limits, ask
from ganviz.readers.columns import BYTES, COLUMNS, ROWS, Columns, file_name

LIMITS = Limits(memory=640 << 20, seconds=20, answer=8 * ROWS * COLUMNS)
"""What a table may cost. Arrow alone takes 330 MB of addresses, the numbers of the largest table 102 MB."""


def read_table(content: bytes, name: str) -> Columns:
    """The numeric columns of a file, from its content and its name. Nothing in the file is ever run.

    CSV (commas, semicolons, tabs or bars; with or without a line of names; UTF-8 or else Latin-1; decimal point),
    Parquet, or .npy with an array (rows,), (rows, columns) or a structured one. Columns of text, dates and truth values
    are left out. At most 8 MB, 200,000 rows and 64 columns, within `LIMITS`. Raises `Invalid`, with one sentence that
    names the file and where it matters the column, for everything else.
    """
    file = file_name(name)
    if not content:
        raise Invalid(f"{file} is empty.")
    if len(content) > BYTES:
        raise Invalid(f"{file} is larger than {BYTES // 10**6} MB, which is the most that is read.")
    question = Message({"reader": "_table", "name": name}, [np.frombuffer(content, np.uint8)])
    answer = ask(question, file, LIMITS)
    numeric = [name for name, reason in answer.words.items() if not reason]
    values = (array.astype(np.float64, copy=False) for array in answer.arrays)
    numbers = dict(zip(numeric, values, strict=True))
    return Columns(file, numbers, {name: reason for name, reason in answer.words.items() if reason})


def load_columns(path: Path) -> Columns:
    """The numeric columns of the file at a path: as `read_table`, of which it never takes more than may be read."""
    if not path.is_file():  # neither a folder nor a pipe, which might never end
        raise Invalid(f"There is no file {file_name(path.name)}.")
    return read_table(beginning(path, BYTES + 1), path.name)

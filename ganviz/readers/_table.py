"""The reading of a table, in the process that reads files."""

from __future__ import annotations

from collections.abc import Sequence

from ganviz.invalid import Invalid
from ganviz.readers import _csv, _npy, _parquet
from ganviz.readers._message import Message
from ganviz.readers.columns import Columns, Format, file_name

FORMATS = (_npy.FORMAT, _parquet.FORMAT, _csv.FORMAT)
"""Every kind of file that is read."""

ENDINGS = tuple(ending for kind in FORMATS for ending in kind.endings)
"""What their names end with."""


def answer(question: Message) -> Message:
    """Each column's name with the reason why it is left out, or none; and the values of each of the others, (n,)."""
    columns = parse(question.arrays[0].tobytes(), question.words["name"])
    names = {**dict.fromkeys(columns, ""), **columns.left_out}
    return Message(names, list(columns.values()))


def parse(content: bytes, name: str) -> Columns:
    """The numeric columns of a file that is not empty. Raises `Invalid`, and `MemoryError`."""
    file = file_name(name)
    return _format(content, file).read(content, file)


def _format(content: bytes, file: str) -> Format:
    """By what the content is, if it says so, else by how the name ends."""
    for kind in FORMATS:
        if kind.recognises(content):
            return kind
    for kind in FORMATS:
        if file.lower().endswith(kind.endings):
            return kind
    raise Invalid(f"{file} is of a kind that is not read; the name of a table ends with {_either(ENDINGS)}.")


def _either(words: Sequence[str]) -> str:
    return f"{', '.join(words[:-1])} or {words[-1]}"

"""The reading of a table, in the process that reads files."""

from __future__ import annotations

from collections.abc import Sequence

from ganviz.invalid import Invalid
from ganviz.readers import _csv, _npy, _parquet
from ganviz.readers._message import Message
from ganviz.readers.columns import Columns, Format, file_name
from ganviz.readers.kinds import kind_of

FORMATS = (_npy.FORMAT, _parquet.FORMAT, _csv.FORMAT)
"""Every kind of file that is read."""

ENDINGS = tuple(ending for kind in FORMATS for ending in kind.endings)
"""What their names end with."""


def answer(question: Message) -> Message:
    """The report, and the values (n,) of each column that it says is taken."""
    columns = parse(question.arrays[0].tobytes(), question.words["name"])
    return Message({"report": columns.report.to_json()}, list(columns.values()))


def parse(content: bytes, name: str) -> Columns:
    """The numeric columns of a file that is not empty. Raises `Invalid`, and `MemoryError`."""
    file = file_name(name)
    return _format(content, file).read(content, file)


def _format(content: bytes, file: str) -> Format:
    """By what the content is, if it says so, else by how the name ends."""
    if certain := next((one for one in FORMATS if one.recognises(content)), None):
        return certain
    chosen = next((one for one in FORMATS if file.lower().endswith(one.endings)), None)
    kind = kind_of(content)
    if kind and not (chosen and chosen.begins and content.startswith(chosen.begins)):
        raise Invalid(f"{file} is {kind.called}; {kind.remedy}.")
    if chosen:
        return chosen
    raise Invalid(f"{file} is of a kind that is not read; the name of a table ends with {_either(ENDINGS)}.")


def _either(words: Sequence[str]) -> str:
    return f"{', '.join(words[:-1])} or {words[-1]}"

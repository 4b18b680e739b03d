"""From a file to a density: read a table, choose columns or project it on principal components."""

from __future__ import annotations

from collections.abc import Sequence
from os import PathLike
from pathlib import Path

import numpy as np

from ganviz.distributions import _csv, _npy, _parquet
from ganviz.distributions._bytes import beginning
from ganviz.distributions._columns import BYTES, LIMIT, Array, Columns, Format, file_name
from ganviz.distributions._standard import standardise
from ganviz.distributions.table import Table
from ganviz.option import Invalid

FORMATS = (_npy.FORMAT, _parquet.FORMAT, _csv.FORMAT)
"""Every kind of file that is read."""

ENDINGS = tuple(ending for kind in FORMATS for ending in kind.endings)
"""What their names end with."""


def read_table(content: bytes, name: str) -> Columns:
    """The numeric columns of a file, from its content and its name. Nothing in the file is ever run.

    CSV (commas, semicolons, tabs or bars; with or without a line of names; UTF-8 or else Latin-1; decimal point),
    Parquet, or .npy with an array (rows,), (rows, columns) or a structured one. Columns of text, dates and truth values
    are left out. At most 8 MB, 200,000 rows and 64 columns. Raises `Invalid`, with one sentence that names the file and
    where it matters the column, for everything else.
    """
    file = file_name(name)
    if not content:
        raise Invalid(f"{file} is empty.")
    if len(content) > BYTES:
        raise Invalid(f"{file} is larger than {BYTES // 10**6} MB, which is the most that is read.")
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


def choose(columns: Columns, names: Sequence[str]) -> Table:
    """The density of one column or two. Of more rows than `LIMIT`, a random choice that is always the same; then
    `Columns.note` says so. Raises `Invalid`."""
    if len(names) not in (1, 2):
        raise Invalid(f"Choose one column or two, not {len(names)}; more can be projected on principal components.")
    return _table(names, _thinned(columns.matrix(names)), columns.file)


def principal(columns: Columns, names: Sequence[str], k: int) -> Table:
    """The density of the first `k` (1 or 2) principal components of three columns or more, each standardised first.

    A component's sign is such that its largest loading is positive. Rows are thinned as by `choose`, before anything
    else. Raises `Invalid`.
    """
    if k not in (1, 2):
        raise Invalid(f"A table is projected on one or two principal components, not {k}.")
    if len(names) < 3:
        raise Invalid(f"Principal components need three columns or more, not {len(names)}.")
    rows = _thinned(columns.matrix(names))
    _check_constant(names, rows, columns.file)
    standard = np.column_stack([standardise(column).values for column in rows.T])
    _, sizes, loadings = np.linalg.svd(standard, full_matrices=False)
    if len(sizes) < k or sizes[k - 1] < 1e-9 * sizes[0]:
        raise Invalid(f"Principal component {k} of {columns.file} is constant: one component says all there is.")
    loadings = loadings[:k]
    largest = np.take_along_axis(loadings, np.abs(loadings).argmax(1, keepdims=True), 1)
    scores = standard @ (loadings * np.sign(largest)).T
    return _table([f"principal component {i} of {len(names)}" for i in range(1, k + 1)], scores, columns.file)


def load_table(
    path: str | PathLike[str], columns: str | Sequence[str] | None = None, *, components: int | None = None
) -> Table:
    """The density of a table in a file (see `read_table` for which), as an option for an experiment's `data`.

    `columns` are one or two names; without any, the first two numeric columns are taken, or the only one. With
    `components` 1 or 2, all numeric columns, or those given, are projected on so many principal components.
    Raises `Invalid` with one sentence.

    >>> ganviz.Experiment(data=ganviz.load_table("penguins.csv", ["bill_length_mm", "body_mass_g"]))  # doctest: +SKIP
    """
    found = read_table(_content(Path(path)), Path(path).name)
    names = [columns] if isinstance(columns, str) else columns
    if components is not None:
        return principal(found, names or list(found), components)
    return choose(found, list(found)[:2] if names is None else names)


def _content(path: Path) -> bytes:
    """The file's content, or a little more of it than is allowed: never all of a huge one."""
    if not path.is_file():  # neither a folder nor a pipe, which might never end
        raise Invalid(f"There is no file {file_name(path.name)}.")
    return beginning(path, BYTES + 1)


def _thinned(rows: Array) -> Array:
    """At most `LIMIT` of the rows (n, d), in their order: a choice that depends on n alone."""
    if len(rows) <= LIMIT:
        return rows
    # RandomState is frozen: the same choice in every version of NumPy.
    chosen = np.random.RandomState(0).permutation(len(rows))[:LIMIT]
    kept: Array = rows[np.sort(chosen)]
    return kept


def _check_constant(names: Sequence[str], rows: Array, file: str) -> None:
    """Raise `Invalid` where too few values differed for one of them to be among the rows that are left."""
    for name, column in zip(names, rows.T, strict=True):
        if column.min() == column.max():
            raise Invalid(f"The column {name!r} of {file} is the same in {len(column):,} rows chosen at random.")


def _table(names: Sequence[str], rows: Array, file: str) -> Table:
    _check_constant(names, rows, file)
    return Table(columns=tuple((name, tuple(column.tolist())) for name, column in zip(names, rows.T, strict=True)))

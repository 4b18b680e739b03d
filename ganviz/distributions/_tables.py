"""From a file to a density: read a table, choose columns or project it on principal components."""

from __future__ import annotations

from collections.abc import Sequence
from os import PathLike
from pathlib import Path

import numpy as np

from ganviz.distributions._read_columns import ReadColumns
from ganviz.distributions._standard import standardise
from ganviz.distributions.table import Table
from ganviz.option import Invalid
from ganviz.readers.columns import LIMIT, Array, Columns
from ganviz.readers.report import Report
from ganviz.readers.tables import load_columns


def choose(columns: Columns, names: Sequence[str]) -> Table:
    """The density of one column or two. Of more rows than `LIMIT`, a random choice that is always the same; then
    `Columns.note` says so. Raises `Invalid`."""
    if len(names) not in (1, 2):
        raise Invalid(f"Choose one column or two, not {len(names)}; more can be projected on principal components.")
    return _table(names, _thinned(columns.matrix(names)), columns.report.choose(names, columns.note))


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
    report = columns.report.choose(names, columns.note, f"projected on {k} principal component{'s' * (k > 1)}")
    return _table([f"principal component {i} of {len(names)}" for i in range(1, k + 1)], scores, report)


def load_table(
    path: str | PathLike[str], columns: str | Sequence[str] | None = None, *, components: int | None = None
) -> Table:
    """The density of a table in a file, as an option for an experiment's `data`; `ganviz.readers.tables` says which
    files are read. What was taken of the file, left out and assumed is said by the table's `account()`.

    `columns` are one or two names, or a text that holds them between commas, where a name that has a comma itself
    stands in quotation marks; without any, the first two numeric columns are taken, or the only one. With `components`
    1 or 2, all numeric columns, or those given, are projected on so many principal components.
    Raises `Invalid` with one sentence.

    >>> ganviz.Experiment(data=ganviz.load_table("penguins.csv", ["bill_length_mm", "body_mass_g"]))  # doctest: +SKIP
    """
    found = load_columns(Path(path))
    names = found.names(columns) if isinstance(columns, str) else columns
    if components is not None:
        return principal(found, names or list(found), components)
    return choose(found, list(found)[:2] if names is None else names)


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


def _table(names: Sequence[str], rows: Array, report: Report) -> Table:
    _check_constant(names, rows, report.file)
    columns = ((name, tuple(column.tolist())) for name, column in zip(names, rows.T, strict=True))
    return Table(columns=ReadColumns.of(columns, report))

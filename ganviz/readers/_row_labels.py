"""Row numbers that a program has written as a column."""

from __future__ import annotations

import re

import numpy as np

from ganviz.readers.columns import Array

NAMES = re.compile(r"|Unnamed: [0-9]+(?:\.[0-9]+)*|__index_level_[0-9]+__|row[._ ]?names")
"""What a column of row labels is called, where it is called anything: by pandas, in Parquet too, and by R."""


def row_labels(name: str, values: Array, headed: bool) -> str:
    """Why a column, the first of its table, is none that was measured; empty where it may be one. `headed`: the others
    have names."""
    whole = bool(np.isfinite(values).all() and (values == np.rint(values)).all() and values.min() >= 0)
    if not whole:
        return ""
    if not headed:
        start = values[0]
        counts = len(values) > 2 and start in (0, 1) and np.array_equal(values, start + np.arange(len(values)))
        return "counts the rows" if counts else ""
    if NAMES.fullmatch(name) and len(np.unique(values)) == len(values):
        return "has no name of its own and numbers the rows" if name else "has no name and numbers the rows"
    return ""

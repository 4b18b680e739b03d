"""Columns that remember the file they were read from."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Self

from ganviz.readers.report import Report

Column = tuple[str, tuple[float, ...]]
"""Name and values."""


class ReadColumns(tuple[Column, ...]):
    """The columns of a table with the report of their reading, which is for the eye alone: they are equal to the same
    columns from anywhere, have the same hash, and are written to JSON without it."""

    report: Report

    @classmethod
    def of(cls, columns: Iterable[Column], report: Report) -> Self:
        """The columns with a report."""
        read = cls(columns)
        read.report = report
        return read

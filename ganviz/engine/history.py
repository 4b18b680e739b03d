"""History: the numbers of a run over time, in a table that never outgrows the screen."""

from __future__ import annotations

import csv
import os
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from ganviz.option import Invalid

Array = NDArray[np.float64]


class History:
    """Rows of named numbers by step. With `limit`, every second row is dropped once there are that many."""

    def __init__(self, limit: int | None = None) -> None:
        self._limit = limit
        self._rows: list[dict[str, float]] = []
        self._stride = 1
        self._offered = 0

    def add(self, step: int, numbers: Mapping[str, float]) -> None:
        """Offer a row; while rows are being thinned only every second (fourth, ...) is kept."""
        if self._offered % self._stride == 0:
            self._rows.append({"step": step, **numbers})
        self._offered += 1
        if self._limit and len(self._rows) >= self._limit:
            # A number that is measured now and then moves on to the next row that is kept.
            dropped = [{}, *self._rows[1::2]]
            self._rows = [{**before, **row} for before, row in zip(dropped, self._rows[::2], strict=False)]
            self._stride *= 2

    def amend(self, step: int, numbers: Mapping[str, float]) -> None:
        """Numbers of a step that are known later than its row: they go to its row, or to the next one that was kept."""
        if row := next((row for row in self._rows if row["step"] >= step), None):
            row.update(numbers)

    def copy(self) -> History:
        """The table as it is now, for another thread to read while this one grows."""
        copy = History(self._limit)
        copy._rows = list(self._rows)
        return copy

    def __len__(self) -> int:
        return len(self._rows)

    def columns(self) -> list[str]:
        """Names of all numbers, `step` first."""
        return list(dict.fromkeys(name for row in self._rows for name in row))

    def column(self, name: str) -> Array:
        """One column, (n,); NaN where a row lacks it."""
        return np.array([row.get(name, np.nan) for row in self._rows], dtype=np.float64)

    def rewind(self, step: int) -> None:
        """Forget everything after `step`."""
        self._rows = [row for row in self._rows if row["step"] <= step]

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write a CSV file with a header line; numbers keep all their digits."""
        with open(path, "w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, self.columns())
            writer.writeheader()
            writer.writerows(self._rows)

    @classmethod
    def read(cls, path: str | os.PathLike[str]) -> History:
        """The table that `save` wrote. Raises `Invalid` for a file that holds something else."""
        history = cls()
        try:
            with open(path, newline="", encoding="utf-8") as file:
                for row in csv.DictReader(file):
                    history.add(int(row.pop("step")), {name: float(value) for name, value in row.items() if value})
        except (ValueError, TypeError, KeyError, csv.Error):
            raise Invalid(f"{str(path)!r} is no history of a run, or it is damaged.") from None
        return history

"""The history of a run as a CSV file: what `ganviz train` writes."""

from __future__ import annotations

import csv
import os
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from ganviz.option import Invalid

Array = NDArray[np.float64]


class CsvHistory:
    """Rows of named numbers by step."""

    def __init__(self) -> None:
        self._rows: list[dict[str, float]] = []

    def add(self, step: int, numbers: Mapping[str, float]) -> None:
        """Add a row."""
        self._rows.append({"step": step, **numbers})

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
    def read(cls, path: str | os.PathLike[str]) -> CsvHistory:
        """The table that `save` wrote. Raises `Invalid` for a file that holds something else."""
        history = cls()
        try:
            with open(path, newline="", encoding="utf-8") as file:
                for row in csv.DictReader(file):
                    history.add(int(row.pop("step")), {name: float(value) for name, value in row.items() if value})
        except (ValueError, TypeError, KeyError, csv.Error):
            raise Invalid(f"{str(path)!r} is no history of a run, or it is damaged.") from None
        return history

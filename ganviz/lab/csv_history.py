"""The history of a run as a CSV file: what `ganviz train` writes."""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Mapping
from pathlib import Path

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

    @property
    def last(self) -> int:
        """The step of the last row; −1 where there is none."""
        return int(self._rows[-1]["step"]) if self._rows else -1

    def columns(self) -> list[str]:
        """Names of all numbers, `step` first."""
        return list(dict.fromkeys(name for row in self._rows for name in row))

    def column(self, name: str) -> Array:
        """One column, (n,); NaN where a row lacks it."""
        return np.array([row.get(name, np.nan) for row in self._rows], dtype=np.float64)

    def rewind(self, step: int) -> None:
        """Forget everything after `step`."""
        self._rows = [row for row in self._rows if row["step"] <= step]

    def to_bytes(self) -> bytes:
        """A CSV file with a header line, in UTF-8; numbers keep all their digits."""
        text = io.StringIO(newline="")
        writer = csv.DictWriter(text, self.columns())
        writer.writeheader()
        writer.writerows(self._rows)
        return text.getvalue().encode()

    @classmethod
    def read(cls, path: str | os.PathLike[str]) -> tuple[CsvHistory, bool]:
        """The table that `to_bytes` made, and whether its last row is left out: one that does not end with its line was
        cut short, by a full disk or the end of the process that wrote it. Raises `Invalid` for a file that holds
        something else."""
        text = Path(path).read_bytes().rstrip(b"\0").decode("utf-8", "replace")
        *lines, rest = text.split("\n")
        history = cls()
        try:
            for row in csv.DictReader(lines):
                history.add(int(row.pop("step")), {name: float(value) for name, value in row.items() if value})
        except (ValueError, TypeError, KeyError, csv.Error):
            raise Invalid(f"{str(path)!r} is no history of a run, or it is damaged.") from None
        return history, bool(rest)

"""The folder of a run: its experiment, its checkpoint and its history, each written whole or not at all."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from ganviz import atomic
from ganviz.engine.trainer import Trainer
from ganviz.invalid import because
from ganviz.lab.csv_history import CsvHistory
from ganviz.option import Invalid


@dataclass(frozen=True)
class RunFolder:
    """Where a run is kept. Of what is in it nothing is lost by a later write that fails."""

    path: Path

    @property
    def checkpoint(self) -> Path:
        """Tensors and JSON: all that decides what comes next."""
        return self.path / "checkpoint.safetensors"

    @property
    def history(self) -> Path:
        """A row of numbers every some steps."""
        return self.path / "history.csv"

    @property
    def experiment(self) -> Path:
        """The experiment as JSON, for readers and for other commands."""
        return self.path / "experiment.json"

    def make(self) -> None:
        """Make the folder where there is none. Raises `Invalid` where that cannot be, or nothing can be written."""
        try:
            self.path.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise Invalid(f"The folder {str(self.path)!r} cannot be made: {because(error)}.") from None
        if not os.access(self.path, os.W_OK):
            raise Invalid(f"The folder {str(self.path)!r} cannot be written to.")

    def clear(self) -> None:
        """Remove what a writer has left that was killed; for who alone writes to the folder."""
        atomic.clear(self.path)

    def begin(self, trainer: Trainer, history: CsvHistory) -> None:
        """Write all three for the first time, the largest first: where that has no place, what was in the folder before
        is left as it is. Raises `OSError` with the path."""
        for write in self._writes(trainer, history):
            write()

    def save(self, trainer: Trainer, history: CsvHistory) -> None:
        """Write all three. Each is tried, whatever becomes of the others: what fits on a full disk is there. Raises
        `OSError` with the path of one that is not.

        The history first: should the process end between them, its rows beyond the checkpoint are left out by who goes
        on; rows that lack would lack for ever.
        """
        failed = [error for write in reversed(self._writes(trainer, history)) if (error := _tried(write)) is not None]
        if failed:
            raise failed[0]

    def _writes(self, trainer: Trainer, history: CsvHistory) -> list[Callable[[], None]]:
        return [
            lambda: trainer.save(self.checkpoint),
            lambda: atomic.write(self.experiment, f"{trainer.experiment.to_json()}\n".encode()),
            lambda: atomic.write(self.history, history.to_bytes()),
        ]

    def read_history(self, trainer: Trainer) -> tuple[CsvHistory, bool]:
        """The history up to the trainer's step, and whether a row that was cut short is left out. At a run's beginning
        it is empty: what is there may be of the run before. Raises `Invalid` for a file that is none."""
        if trainer.step_count == trainer.began or not self.history.exists():
            return CsvHistory(), False
        history, cut = CsvHistory.read(self.history)
        history.rewind(trainer.step_count)
        return history, cut


def _tried(write: Callable[[], None]) -> OSError | None:
    try:
        write()
    except OSError as error:
        return error
    return None

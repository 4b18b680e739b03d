"""How far a run has come: a bar on a terminal, else a line now and then."""

from __future__ import annotations

import sys
import time
from collections.abc import Mapping
from contextlib import suppress

from tqdm import tqdm

from ganviz.cli.streams import say


class Progress:
    """Told of every row of the history and of every save; never in the way of the run, also where its terminal has
    gone."""

    def __init__(self, first: int, last: int) -> None:
        """The steps at which the run begins and ends."""
        self._first, self._last, self._began = first, last, time.monotonic()
        self._measures: Mapping[str, float] = {}
        has_terminal = sys.stderr is not None and sys.stderr.isatty()
        self._bar = tqdm(total=last - first, unit="step") if has_terminal else None

    def row(self, step: int, measures: Mapping[str, float]) -> None:
        """A row of the history has been added."""
        self._measures = measures
        if self._bar is not None:
            with suppress(OSError):
                self._bar.set_postfix({name: f"{value:.4f}" for name, value in measures.items()}, refresh=False)
                self._bar.update(step - self._first - self._bar.n)

    def saved(self, step: int) -> None:
        """The run was saved at that step."""
        if self._bar is None:
            speed = (step - self._first) / max(time.monotonic() - self._began, 1e-9)
            listed = "".join(f", {name} {value:.4f}" for name, value in self._measures.items())
            say(f"Step {step:,} of {self._last:,} is saved ({speed:.3g} steps/s{listed}).")

    def end(self) -> None:
        """Leave the bar as it is, and the line after it to others."""
        if self._bar is not None:
            with suppress(OSError):
                self._bar.close()

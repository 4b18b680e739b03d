"""A run without a screen, saved as it goes and however it ends."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

from ganviz.cli.progress import Progress
from ganviz.cli.signals import Signals, Stopped
from ganviz.cli.streams import say
from ganviz.engine.diverged import Diverged
from ganviz.engine.trainer import Trainer
from ganviz.invalid import unusable
from ganviz.lab.csv_history import CsvHistory
from ganviz.lab.run_folder import RunFolder
from ganviz.metrics.base import fitting

SELDOM = 10
"""In each row of the history whose number is divisible by it, and in the last, the slow metrics are measured too: on
pictures they take as long as some hundred steps."""

CHUNK = 50
"""Steps at a time, between two looks at the clock."""


@dataclass
class Training:
    """A run in a folder of its own."""

    trainer: Trainer
    history: CsvHistory
    folder: RunFolder
    signals: Signals
    every: int
    """Steps between two rows of the history: it has those of the steps that are divisible by it, the first and the
    last, so that a run that was interrupted has the rows of one that was not."""
    period: float
    """Seconds between two saves."""
    _last: dict[str, float] = field(default_factory=dict, init=False)
    """All metrics of the last step, once its row is there."""

    def train(self, steps: int) -> int:
        """Train so many steps, keep the run however that ends, say so, and return the exit status."""
        end, reason = self.trainer.step_count + steps, None
        self.folder.begin(self.trainer, self.history)  # so that there is something to go on from at any time
        progress = Progress(self.trainer.step_count, end)
        try:
            with self.signals.interruptible():
                self._run(end, progress)
        except (Diverged, Stopped) as error:
            reason = error
        finally:
            progress.end()
            self.folder.save(self.trainer, self.history)
        return self._told(reason, end)

    def _run(self, end: int, progress: Progress) -> None:
        saved = time.monotonic()
        self._record(end, progress)
        while (step := self.trainer.step_count) < end:
            self.trainer.advance(min(CHUNK, self.every - step % self.every, end - step))
            self.signals.check()
            self._record(end, progress)
            if time.monotonic() - saved >= self.period:
                self._save(progress)
                saved = time.monotonic()

    def _record(self, end: int, progress: Progress) -> None:
        """Add the row of this step, where it has one and it is not there yet."""
        step = self.trainer.step_count
        if step <= self.history.last or not (step % self.every == 0 or step in (self.trainer.began, end)):
            return
        measures = self._measures(whole=step % (SELDOM * self.every) == 0 or step in (self.trainer.began, end))
        self.history.add(step, {**self.trainer.scalars, **measures})
        self._last = measures if step == end else {}
        progress.row(step, measures)

    def _measures(self, whole: bool) -> dict[str, float]:
        """The metrics of this moment by name, the slow ones only where all are asked for."""
        snapshot = self.trainer.snapshot()
        asked = [metric for metric in fitting(self.trainer.experiment) if whole or not metric.slow]
        return {metric.option_name(): metric.measure(snapshot) for metric in asked}

    def _save(self, progress: Progress) -> None:
        """Save in between; what cannot be written now may be in a minute."""
        with self.signals.held():
            try:
                self.folder.save(self.trainer, self.history)
            except OSError as error:
                say(f"{unusable(error)} Training goes on; what was saved before is kept.")
            else:
                progress.saved(self.trainer.step_count)

    def _told(self, reason: Diverged | Stopped | None, end: int) -> int:
        step = self.trainer.step_count
        if reason is None:
            measures = self._last or self._measures(whole=True)
            labels = {metric.option_name(): metric.label() for metric in fitting(self.trainer.experiment)}
            listed = ", ".join(f"{labels[name]}: {value:.4f}" for name, value in measures.items())
            print(f"{step} steps; {listed}; written to {self.folder.path}")
            return 0
        kept = f"{reason} The state of step {step} is kept."
        if isinstance(reason, Diverged):
            say(kept)
            return 1
        say(f"{kept} To go on to step {end}: --resume --steps {end - step}.")
        return reason.status

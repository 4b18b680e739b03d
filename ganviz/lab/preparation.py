"""Preparation: a step's program is captured beside the thread that obeys commands."""

from __future__ import annotations

import threading
from contextlib import suppress

from ganviz.engine.interruptible import Interruptible
from ganviz.engine.trainer import Trainer


class Preparation:
    """Makes trainers ready, one at a time: what is not asked for any more is broken off."""

    def __init__(self) -> None:
        self._thread: threading.Thread | None = None
        self._cancelled = threading.Event()
        self._experiment: object = None

    def is_done(self, trainer: Trainer) -> bool:
        """Whether the next step may be made: it comes at once, or nothing more can be done for it beforehand. If not,
        it is being worked on, or is from now on."""
        if trainer.is_ready:
            return True
        if self._thread is not None and self._thread.is_alive():
            if self._experiment is not trainer.experiment:
                self._cancelled.set()
            return False
        if self._experiment is trainer.experiment and not self._cancelled.is_set():
            return True  # it was tried to the end: what is wrong with it, the step says
        self._begin(trainer)
        return False

    def end(self) -> None:
        """Break off what is under way, and wait for that."""
        self._cancelled.set()
        if self._thread is not None:
            self._thread.join(10)

    def _begin(self, trainer: Trainer) -> None:
        self._experiment, self._cancelled = trainer.experiment, threading.Event()
        arguments = trainer, self._cancelled
        self._thread = threading.Thread(target=_prepare, args=arguments, name="ganviz-preparation", daemon=True)
        self._thread.start()


def _prepare(trainer: Trainer, cancelled: threading.Event) -> None:
    with suppress(Exception), Interruptible(cancelled):
        trainer.prepare()

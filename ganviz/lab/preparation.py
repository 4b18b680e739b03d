"""Preparation: a step's program is captured beside the thread that obeys commands."""

from __future__ import annotations

import threading
from contextlib import suppress

from ganviz.engine.interruptible import Cancelled, Interruptible
from ganviz.engine.trainer import Trainer


class Preparation:
    """Makes trainers ready, one at a time: what is not asked for any more is broken off."""

    def __init__(self) -> None:
        self._thread: threading.Thread | None = None
        self._cancelled = threading.Event()
        self._experiment: object = None

    def is_done(self, trainer: Trainer) -> bool:
        """Whether the trainer's next step comes at once. If not, it is being worked on, or is from now on."""
        if trainer.is_ready:
            return True
        if self._thread is None or not self._thread.is_alive():
            self._begin(trainer)
        elif self._experiment is not trainer.experiment:
            self._cancelled.set()
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
    with suppress(Cancelled), Interruptible(cancelled):
        trainer.prepare()

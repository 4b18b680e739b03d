"""Signals that ask a command to end, and when it hears them."""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType, TracebackType
from typing import Any, Self

NAMES = ("SIGINT", "SIGTERM", "SIGHUP")
"""Ctrl-C; what `kill`, a time limit and a shutdown send; the end of the terminal. Windows has no third."""


class Stopped(KeyboardInterrupt):
    """A signal has asked this process to end: for those who know of Ctrl-C alone the same as that."""

    def __init__(self, number: int) -> None:
        super().__init__(f"{'Interrupted' if number == signal.SIGINT else 'Ended by ' + signal.Signals(number).name}.")
        self.number = number

    @property
    def status(self) -> int:
        """What the process ends with, as shells count it: 130, 143, 129."""
        return 128 + self.number


class Signals:
    """While entered, the first of these signals raises `Stopped`, but only within `interruptible` and not within
    `held`; all others change nothing, so that what is being saved is saved however often somebody asks."""

    def __init__(self) -> None:
        self._number: int | None = None
        self._is_lost = False
        self._open = False
        self._before: dict[int, Any] = {}
        self._report = sys.unraisablehook

    def __enter__(self) -> Self:
        if threading.current_thread() is not threading.main_thread():
            return self  # signals are none of its business
        for number in (getattr(signal, name) for name in NAMES if hasattr(signal, name)):
            if signal.getsignal(number) is not signal.SIG_IGN:  # as nohup, and a shell's & do
                self._before[number] = signal.signal(number, self._heard)
        for outer in (getattr(handler, "__self__", None) for handler in self._before.values()):
            if isinstance(outer, Signals) and outer._is_lost:
                self._number = outer._number  # what has come before, and nobody has heard
        self._report, sys.unraisablehook = sys.unraisablehook, self._unraisable
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)
        sys.unraisablehook = self._report

    @contextmanager
    def interruptible(self) -> Iterator[None]:
        """Where a signal raises `Stopped`: at once, or on entering where it came before."""
        with self._set(True):
            self.check()
            try:
                yield
            except Exception as error:
                if self._number is None:
                    raise
                # A library in another language was calling Python, and has made an error of its own of it.
                raise Stopped(self._number) from error

    @contextmanager
    def held(self) -> Iterator[None]:
        """Where a signal has to wait."""
        with self._set(False):
            yield
        self.check()

    def check(self) -> None:
        """Raise `Stopped` where a signal has come and may be heard: also one whose exception was lost, as those are
        that meet Python while it frees an object."""
        if self._open and self._number is not None:
            raise Stopped(self._number)

    @contextmanager
    def _set(self, is_open: bool) -> Iterator[None]:
        before, self._open = self._open, is_open
        try:
            yield
        finally:
            self._open = before

    def _unraisable(self, lost: sys.UnraisableHookArgs) -> None:
        """Python reports an exception that it has to ignore; `check` raises this one again."""
        if isinstance(lost.exc_value, Stopped):
            self._is_lost = True  # so that the next signal is heard, where nobody checks
        else:
            self._report(lost)

    def _heard(self, number: int, frame: FrameType | None) -> None:
        if self._number is None or self._is_lost:
            self._number, self._is_lost = self._number or number, False
            self.check()

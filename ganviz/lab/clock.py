"""Clocks: when a frame is due, how fast training goes, and whether others want the same cores."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

CROWDED, ALONE = 2.0, 1.5
"""How many times longer than it computes a thread takes, above which others want the same cores (or Python's lock), and
below which they do so no more."""


class Clock:
    """Says at most so many times a second that it is time."""

    def __init__(self, rate: float) -> None:
        self._period = 1 / rate
        self._next = 0.0

    def left(self) -> float:
        """Seconds until it is time; 0 when it is."""
        return max(0.0, self._next - time.monotonic())

    def tick(self) -> None:
        """Start the next period. A late tick does not bring the following ones forward."""
        self._next = max(self._next, time.monotonic() - self._period) + self._period


class Speedometer:
    """Steps a second, averaged over about a second."""

    def __init__(self) -> None:
        self._since = time.monotonic()
        self._steps = 0
        self.rate = 0.0

    def add(self, steps: int) -> None:
        """Count steps just made."""
        self._steps += steps
        elapsed = time.monotonic() - self._since
        if elapsed >= 1:
            self.rate = self._steps / elapsed
            self._since, self._steps = time.monotonic(), 0

    def restart(self) -> None:
        """Forget everything: training was stopped."""
        self._since, self._steps, self.rate = time.monotonic(), 0, 0.0


class Contention:
    """Whether others want the cores that this thread computes on, judged anew after each second of computing."""

    def __init__(self) -> None:
        self.forget()

    def forget(self) -> None:
        """Nothing is known."""
        self.high = False
        self._took = self._computed = 0.0

    @contextmanager
    def computing(self) -> Iterator[None]:
        """While the thread has something to compute: all the time that passes is its own, or somebody else's."""
        began, before = time.monotonic(), time.thread_time()
        yield
        self._took += time.monotonic() - began
        self._computed += time.thread_time() - before
        if self._took >= 1:
            self.high = self._took > (ALONE if self.high else CROWDED) * self._computed
            self._took = self._computed = 0.0

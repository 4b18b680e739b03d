"""Survey: the slow metrics, measured beside the training."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

import torch

from ganviz.metrics.base import Metric
from ganviz.option import Option
from ganviz.training.snapshot import Snapshot

log = logging.getLogger("ganviz")

PERIOD = 2.0
"""Seconds between the beginnings of two surveys: half a core at most, and numbers that one can read."""


@dataclass(frozen=True)
class Findings:
    """What a survey found out about the snapshot of one step."""

    step: int = -1
    data: Option | None = None
    """The p_data it was compared with."""
    measures: dict[str, float] = field(default_factory=dict)
    equilibrium: dict[str, float] = field(default_factory=dict)

    def concern(self, snapshot: Snapshot) -> bool:
        """Whether they may stand beside that snapshot: of the same data, and not of a future that was taken back."""
        return self.step <= snapshot.step and self.data == snapshot.experiment.data


class Survey:
    """Measures the newest snapshot it was offered, on a thread of its own; older ones are dropped."""

    def __init__(self, metrics: list[Metric], done: Callable[[], None]) -> None:
        """`done` is called on that thread whenever there are new `findings`."""
        self.findings = Findings()
        self._metrics, self._done = metrics, done
        self._failed: set[str] = set()
        self._waiting: Snapshot | None = None
        self._wake = threading.Event()
        self._closed = threading.Event()
        self._thread: threading.Thread | None = None

    def offer(self, snapshot: Snapshot) -> None:
        """Something newer to measure."""
        known = self.findings.step == snapshot.step and self.findings.concern(snapshot)
        if not self._metrics or self._closed.is_set() or known:
            return
        self._waiting = snapshot
        self._wake.set()
        if self._thread is None:
            self._thread = threading.Thread(target=self._work, name="ganviz-survey", daemon=True)
            self._thread.start()

    def forget(self) -> None:
        """What was found is not true any more: the run was taken back."""
        self.findings = Findings()

    def close(self) -> None:
        """Let the thread end by itself; what it is measuring now is dropped."""
        self._closed.set()
        self._wake.set()

    def join(self) -> None:
        """Wait until the thread has ended."""
        if self._thread is not None:
            self._thread.join(5)

    def _work(self) -> None:
        torch.set_num_threads(1)
        while not self._closed.is_set():
            self._wake.wait()
            self._wake.clear()
            snapshot, self._waiting = self._waiting, None
            if snapshot is None:
                continue
            start = time.monotonic()
            self._measure(snapshot)
            self._closed.wait(max(0.0, start + PERIOD - time.monotonic()))

    def _measure(self, snapshot: Snapshot) -> None:
        measures, equilibrium = {}, {}
        for metric in self._metrics:
            if self._closed.is_set():
                return
            name = metric.option_name()
            try:
                measures[name] = metric.measure(snapshot)
                equilibrium[name] = metric.at_equilibrium(snapshot.experiment)
            except Exception:
                # One metric that fails must not take the others, or the thread, with it.
                if name not in self._failed:
                    log.exception("The metric %s caught an error", name)
                self._failed.add(name)
        self.findings = Findings(snapshot.step, snapshot.experiment.data, measures, equilibrium)
        self._done()

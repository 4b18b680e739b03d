"""Survey: the slow metrics, measured beside the training."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace

import torch

from ganviz.metrics.base import Metric
from ganviz.option import Invalid, Option
from ganviz.training.interruptible import Cancelled, Interruptible
from ganviz.training.snapshot import Snapshot

log = logging.getLogger("ganviz")

PERIOD = 2.0
"""Seconds between the beginnings of two surveys, at least: numbers that one can read."""

LONG = 1.5
"""Seconds after which a survey that is not finished says how far it is."""


@dataclass(frozen=True)
class Findings:
    """The newest value of each metric."""

    step: int = -1
    """The last step at which all of them were measured."""
    data: Option | None = None
    """The p_data it was compared with."""
    measures: dict[str, float] = field(default_factory=dict)
    equilibrium: dict[str, float] = field(default_factory=dict)
    steps: dict[str, int] = field(default_factory=dict)
    """The step at which each was measured."""

    def concern(self, snapshot: Snapshot) -> bool:
        """Whether they may stand beside that snapshot: of the same data, and not of a future that was taken back."""
        past = all(step <= snapshot.step for step in self.steps.values())
        return past and self.data == snapshot.experiment.data

    def about(self, data: Option) -> Findings:
        """Those that are of these data: all or none."""
        return self if self.data == data else Findings(data=data)

    def plus(self, name: str, step: int, value: float, perfect: float) -> Findings:
        """With the value of one metric at a step, and what a perfect sampler gets."""
        return replace(
            self,
            measures=self.measures | {name: value},
            equilibrium=self.equilibrium | {name: perfect},
            steps=self.steps | {name: step},
        )


class Survey:
    """Measures the newest snapshot it was offered, on a thread of its own; older ones are dropped.

    Each value is known as soon as it is measured. The thread rests after each for as long as that kept a core busy: it
    takes half a core at most.
    """

    def __init__(self, metrics: list[Metric], done: Callable[[], None]) -> None:
        """`done` is called on that thread whenever there are new `findings`, or something else is being measured."""
        self.findings = Findings()
        self._metrics, self._done = sorted(metrics, key=lambda metric: metric.rank), done
        self._failed: set[str] = set()
        self._refused: dict[str, str] = {}
        self._waiting: Snapshot | None = None
        self._epoch = 0
        self._now: tuple[float, str, int] | None = None
        self._subject: Option | None = None
        self._lock = threading.Lock()
        self._wake = threading.Event()
        self._closed = threading.Event()
        self._thread: threading.Thread | None = None

    @property
    def progress(self) -> str:
        """What is being measured now, and how far the survey is; why something cannot be measured, where that is so;
        empty where there is nothing to wait for."""
        now = self._now
        if now is None or time.monotonic() < now[0] + LONG:
            return next(iter(self._refused.values()), "")
        _, name, number = now
        return f"measuring {name.replace('_', ' ')}, {number} of {len(self._metrics)}"

    def offer(self, snapshot: Snapshot) -> None:
        """Something newer to measure."""
        if not self._metrics or self._closed.is_set() or self._knows(snapshot):
            return
        if self._subject not in (None, snapshot.experiment.data):
            # A survey of other data is of no use any more.
            self._epoch += 1
        self._waiting = snapshot
        self._wake.set()
        if self._thread is None:
            self._thread = threading.Thread(target=self._work, name="ganviz-survey", daemon=True)
            self._thread.start()

    def forget(self) -> None:
        """What was found is not true any more, nor what is being measured: the run was taken back."""
        with self._lock:
            self._epoch += 1
            self._waiting = None
            self.findings = Findings()

    def close(self) -> None:
        """Let the thread end by itself; what it is measuring now is dropped."""
        self._closed.set()
        self._wake.set()

    def join(self) -> None:
        """Wait until the thread has ended."""
        if self._thread is not None:
            self._thread.join(5)

    def _knows(self, snapshot: Snapshot) -> bool:
        return self.findings.step == snapshot.step and self.findings.concern(snapshot)

    def _work(self) -> None:
        torch.set_num_threads(1)
        while not self._closed.is_set():
            self._wake.wait()
            self._wake.clear()
            self._rest(self._survey())

    def _survey(self) -> float:
        """Measure what waits; the seconds to rest afterwards. In a method of its own, so that the thread keeps no
        snapshot while it rests."""
        start, rest = time.monotonic(), 0.0
        with self._lock:
            epoch, snapshot, self._waiting = self._epoch, self._waiting, None
        # It may have been offered again while it was being measured.
        if snapshot is None or self._knows(snapshot):
            return 0.0
        self._subject = snapshot.experiment.data
        for number, metric in enumerate(self._metrics, 1):
            self._now = start, metric.option_name(), number
            self._tell()
            self._rest(rest)
            if epoch != self._epoch or self._closed.is_set():
                break
            began = time.thread_time()
            self._publish(epoch, self._measured(metric, snapshot))
            rest = time.thread_time() - began
        else:
            self._publish(epoch, lambda findings: replace(findings, step=snapshot.step))
        self._now = self._subject = None
        self._tell()
        return max(rest, start + PERIOD - time.monotonic())

    def _measured(self, metric: Metric, snapshot: Snapshot) -> Callable[[Findings], Findings]:
        """What a metric adds to the findings."""
        name, data = metric.option_name(), snapshot.experiment.data
        try:
            # What is measured after the end would still be under way when the program ends.
            with Interruptible(self._closed):
                value, perfect = metric.measure(snapshot), metric.at_equilibrium(snapshot.experiment)
        except Cancelled:
            return lambda findings: findings
        except Invalid as error:
            self._refused = {name: str(error)}
            return lambda findings: findings.about(data)
        except Exception:
            # One metric that fails must not take the others, or the thread, with it.
            if name not in self._failed:
                log.exception("The metric %s caught an error", name)
            self._failed.add(name)
            return lambda findings: findings.about(data)
        if name in self._refused:
            self._refused = {}
        return lambda findings: findings.about(data).plus(name, snapshot.step, value, perfect)

    def _publish(self, epoch: int, add: Callable[[Findings], Findings]) -> None:
        """Add to the findings, unless they were forgotten meanwhile."""
        with self._lock:
            if epoch == self._epoch and not self._closed.is_set():
                self.findings = add(self.findings)

    def _tell(self) -> None:
        if not self._closed.is_set():
            self._done()

    def _rest(self, seconds: float) -> None:
        self._closed.wait(max(0.0, seconds))

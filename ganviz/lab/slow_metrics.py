"""SlowMetrics: the slow metrics, measured beside the training."""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

import torch

from ganviz.engine.interruptible import Cancelled, Interruptible
from ganviz.engine.snapshot import Snapshot
from ganviz.lab.seen import Seen
from ganviz.metrics.base import Metric
from ganviz.option import Invalid, Option

log = logging.getLogger("ganviz")

PERIOD = 2.0
"""Seconds between the beginnings of two passes, at least: numbers that one can read."""

LONG = 1.5
"""Seconds after which a pass that is not finished says how far it is."""


@dataclass(frozen=True)
class Measurements:
    """The newest value of each metric."""

    step: int = -1
    """The last step at which all of them were tried."""
    data: Option | None = None
    """The p_data it was compared with."""
    measures: dict[str, float] = field(default_factory=dict)
    equilibrium: dict[str, float] = field(default_factory=dict)
    steps: dict[str, int] = field(default_factory=dict)
    """The step at which each was measured."""

    def concern(self, seen: Snapshot | Seen) -> bool:
        """Whether they may stand beside that moment: of the same data, and not of a future that was taken back."""
        past = all(step <= seen.step for step in self.steps.values())
        return past and self.data == seen.experiment.data

    def about(self, data: Option) -> Measurements:
        """Those that are of these data: all or none."""
        return self if self.data == data else Measurements(data=data)

    def plus(self, name: str, step: int, value: float, perfect: float) -> Measurements:
        """With the value of one metric at a step, and what a perfect sampler gets."""
        return replace(
            self,
            measures=self.measures | {name: value},
            equilibrium=self.equilibrium | {name: perfect},
            steps=self.steps | {name: step},
        )


class SlowMetrics:
    """Measures the newest snapshot it was offered, on a thread of its own; older ones are dropped.

    Of each snapshot the metrics that are not `seldom` are measured, and one of those that are, in turn; the others of
    those too, as long as nothing newer waits. So they share what is worked out of a snapshot, and a run at rest is
    measured completely. Those that are not seldom become known together once each has a value, so that what stands
    side by side is of one step. The thread rests for as long as it kept a core busy: it takes half a core at most.
    """

    def __init__(self, metrics: list[Metric], done: Callable[[], None]) -> None:
        """`done` is called on that thread when there are new `measurements`, or something else is being measured."""
        self.measurements = Measurements()
        by_rank = sorted(metrics, key=lambda metric: metric.rank)
        self._often = [metric for metric in by_rank if not metric.seldom]
        self._seldom = deque(metric for metric in by_rank if metric.seldom)
        self._count, self._done = len(by_rank), done
        self._failed: set[str] = set()
        self._refused: dict[str, str] = {}
        self._waiting: Seen | None = None
        self._epoch = 0
        self._now: tuple[float, str, int] | None = None
        self._subject: Option | None = None
        self._lock = threading.Lock()
        self._wake = threading.Event()
        self._closed = threading.Event()
        self._thread: threading.Thread | None = None

    @property
    def progress(self) -> str:
        """What is being measured now, and how far the pass is; why something cannot be measured, where that is so;
        empty where there is nothing to wait for."""
        now = self._now
        if now is None or time.monotonic() < now[0] + LONG:
            return next(iter(self._refused.values()), "")
        _, word, number = now
        return f"measuring {word}, {number} of {self._count}"

    def offer(self, seen: Seen) -> None:
        """Something newer to measure."""
        if not self._count or self._closed.is_set() or self._knows(seen):
            return
        if self._subject not in (None, seen.experiment.data):
            # A pass of other data is of no use any more.
            self._epoch += 1
        self._waiting = seen
        self._wake.set()
        if self._thread is None:
            self._thread = threading.Thread(target=self._work, name="ganviz-slow-metrics", daemon=True)
            self._thread.start()

    def forget(self) -> None:
        """What was found is not true any more, nor what is being measured: the run was taken back."""
        with self._lock:
            self._epoch += 1
            self._waiting = None
            self.measurements = Measurements()

    def close(self) -> None:
        """Let the thread end by itself; what it is measuring now is dropped."""
        self._closed.set()
        self._wake.set()

    def join(self) -> None:
        """Wait until the thread has ended."""
        if self._thread is not None:
            self._thread.join(5)

    def _knows(self, seen: Seen) -> bool:
        return self.measurements.step == seen.step and self.measurements.concern(seen)

    def _work(self) -> None:
        torch.set_num_threads(1)
        while not self._closed.is_set():
            self._wake.wait()
            self._wake.clear()
            self._rest(self._measure_all())

    def _measure_all(self) -> float:
        """Measure what waits; the seconds to rest afterwards. In a method of its own, so that the thread keeps no
        snapshot while it rests."""
        start, rest, done = time.monotonic(), 0.0, 0
        with self._lock:
            epoch, seen, self._waiting = self._epoch, self._waiting, None
        # It may have been offered again while it was being measured.
        if seen is None or self._knows(seen):
            return 0.0
        self._subject = seen.experiment.data
        for group in self._groups(seen):
            self._rest(rest)
            began = time.thread_time()
            if not self._measure(group, seen, epoch, (start, done)):
                break
            rest, done = time.thread_time() - began, done + len(group)
        if done == self._count:
            self._publish(epoch, lambda measurements: replace(measurements, step=seen.step))
        self._now = self._subject = None
        self._tell()
        return max(rest, start + PERIOD - time.monotonic())

    def _groups(self, seen: Seen) -> Iterator[list[Metric]]:
        """What is measured in one go: first those that are not seldom, then the others one by one, until something
        newer waits. The next pass goes on with the one whose turn it is then."""
        yield self._often
        for turn in range(len(self._seldom)):
            if turn and self._newer(seen):
                return
            yield [self._seldom[0]]
            self._seldom.rotate(-1)

    def _newer(self, seen: Seen) -> bool:
        """Whether another moment than this one waits."""
        waiting = self._waiting
        now = (seen.step, seen.experiment.data)
        return waiting is not None and (waiting.step, waiting.experiment.data) != now

    def _measure(self, group: list[Metric], seen: Seen, epoch: int, begun: tuple[float, int]) -> bool:
        """Measure a group of metrics; False where that was broken off. `begun`: when the pass began, and how many it
        has measured before."""
        together, found = all(metric.option_name() in self.measurements.measures for metric in group), []
        for number, metric in enumerate(group, begun[1] + 1):
            self._now = begun[0], metric.word(), number
            self._tell()
            if epoch != self._epoch or self._closed.is_set():
                return False
            found.append(self._measured(metric, seen))
            if metric is group[-1] or not together:
                self._publish(epoch, *found)
                found.clear()
        return epoch == self._epoch

    def _measured(self, metric: Metric, seen: Seen) -> Callable[[Measurements], Measurements]:
        """What a metric adds to the measurements."""
        name, data = metric.option_name(), seen.experiment.data
        try:
            # What is measured after the end would still be under way when the program ends.
            with Interruptible(self._closed):
                snapshot = seen.answered(metric.requests(seen.experiment))
                value, perfect = metric.measure(snapshot), metric.at_equilibrium(seen.experiment)
        except Cancelled:
            return lambda measurements: measurements
        except Invalid as error:
            self._refused = {name: str(error)}
            return lambda measurements: measurements.about(data)
        except Exception:
            # One metric that fails must not take the others, or the thread, with it.
            if name not in self._failed:
                log.exception("The metric %s caught an error", name)
            self._failed.add(name)
            return lambda measurements: measurements.about(data)
        if name in self._refused:
            self._refused = {}
        return lambda measurements: measurements.about(data).plus(name, seen.step, value, perfect)

    def _publish(self, epoch: int, *add: Callable[[Measurements], Measurements]) -> None:
        """Add to the measurements, unless they were forgotten meanwhile."""
        with self._lock:
            if epoch == self._epoch and not self._closed.is_set():
                for more in add:
                    self.measurements = more(self.measurements)

    def _tell(self) -> None:
        if not self._closed.is_set():
            self._done()

    def _rest(self, seconds: float) -> None:
        self._closed.wait(max(0.0, seconds))

"""The survey of slow metrics: half a core, values as soon as they are known, nothing that is not true any more."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from types import SimpleNamespace

import pytest
import torch
from conftest import small

from ganviz.lab import slow_metrics
from ganviz.lab.recorder import Recorder
from ganviz.lab.slow_metrics import Measurements, SlowMetrics
from ganviz.option import Invalid


class Measure:
    """A metric that takes so many seconds of the clock, and does something meanwhile."""

    rank, seldom = 1, False

    def __init__(self, name: str, seconds: float = 0.0, act: Callable[[], None] = lambda: None) -> None:
        self.name, self.seconds, self.act = name, seconds, act
        self.seen: list[int] = []
        self.clock: Clock | None = None

    def option_name(self) -> str:
        return self.name

    def word(self) -> str:
        return self.name.replace("_", " ")

    def requests(self, experiment: SimpleNamespace) -> tuple[()]:
        return ()

    def measure(self, snapshot: SimpleNamespace) -> float:
        self.seen.append(snapshot.step)
        if self.clock:
            self.clock.now += self.seconds * self.clock.crowd
            self.clock.worked += self.seconds
        self.act()
        return snapshot.step + 0.5

    def at_equilibrium(self, experiment: SimpleNamespace) -> float:
        return 1.0


class Long(Measure):
    """One that is measured in turn with others of its kind."""

    seldom = True


class Clock:
    """Time that passes when something works or rests; what works has the core for itself, or shares it with a crowd."""

    crowd = 1

    def __init__(self) -> None:
        self.now, self.worked, self.rested = 100.0, 0.0, []

    def monotonic(self) -> float:
        return self.now

    def thread_time(self) -> float:
        return self.worked

    def rest(self, seconds: float) -> None:
        self.rested.append(seconds)
        self.now += max(0.0, seconds)


def at(step: int, data: str = "mnist") -> SimpleNamespace:
    seen = SimpleNamespace(step=step, experiment=SimpleNamespace(data=data))
    seen.answered = lambda requests: seen
    return seen


@pytest.fixture
def clock(monkeypatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(slow_metrics, "time", clock)
    return clock


def still(clock: Clock, *metrics: Measure) -> SlowMetrics:
    """A survey without its thread, in the time of that clock."""
    made = SlowMetrics(list(metrics), lambda: None)
    made._thread = SimpleNamespace(join=lambda timeout: None)
    made._rest = clock.rest
    for metric in metrics:
        metric.clock = clock
    return made


def once(made: SlowMetrics, snapshot: SimpleNamespace) -> None:
    """What the thread does when it is offered something."""
    made.offer(snapshot)
    made._rest(made._measure_all())


# --------------------------------------------------------------------------------------------------------- half a core


def test_it_rests_as_long_as_it_measured_in_one_go(clock):
    made = still(clock, Measure("a", 3), Measure("b", 0.5), Long("c", 8), Long("d", 2))
    once(made, at(1))
    assert clock.rested == [0, 3.5, 8, 2]


def test_it_takes_half_a_core_when_there_is_always_something_to_do(clock):
    made = still(clock, Measure("a", 3), Measure("b", 0.5), Measure("c", 8))
    start = clock.now
    for step in range(20):
        once(made, at(step))
    assert clock.worked == 20 * 11.5
    assert clock.worked / (clock.now - start) == pytest.approx(0.5), "not more, and no less"


def test_it_rests_no_longer_where_others_kept_it_waiting(clock):
    clock.crowd = 4
    made = still(clock, Measure("a", 3), Measure("b", 0.5))
    once(made, at(1))
    assert clock.rested == [0, 3.5]
    assert clock.now == 100 + 4 * 3.5 + 3.5


def test_quick_metrics_wait_for_the_next_period(clock):
    made = still(clock, Measure("a", 0.1), Measure("b", 0.1))
    start = clock.now
    for step in range(10):
        once(made, at(step))
    assert clock.now - start == pytest.approx(10 * slow_metrics.PERIOD)


# ----------------------------------------------------------------------------------------------- as soon as it is known


def test_each_value_is_known_at_once_and_older_ones_stand_until_then(clock):
    seen = []
    second = Long("b", act=lambda: seen.append(made.measurements))
    made = still(clock, Measure("a"), second)
    once(made, at(7))
    (during,) = seen
    assert (during.measures, during.equilibrium, during.steps, during.step) == ({"a": 7.5}, {"a": 1.0}, {"a": 7}, -1)
    after = made.measurements
    assert (after.measures, after.steps, after.step) == ({"a": 7.5, "b": 7.5}, {"a": 7, "b": 7}, 7)
    once(made, at(9))
    during = seen[1]
    assert (during.measures, during.steps, during.step) == ({"a": 9.5, "b": 7.5}, {"a": 9, "b": 7}, 7)
    assert during.concern(at(9))
    assert not during.concern(at(8)), "one of them is of a step to come"
    assert not during.concern(at(9, "ring"))


def test_what_is_measured_together_becomes_known_together_once_all_of_it_was(clock):
    seen = []
    made = still(clock, Measure("a"), Measure("b", act=lambda: seen.append(made.measurements.steps)))
    once(made, at(7))
    once(made, at(9))
    assert seen == [{"a": 7}, {"a": 7, "b": 7}], "first at once, for there is nothing else to read"
    assert made.measurements.steps == {"a": 9, "b": 9}


def test_long_ones_take_turns_while_training_goes_on_and_all_come_at_rest(clock):
    made = still(clock, short := Measure("s"), *(long := [Long(name) for name in "abc"]))
    seen = []

    def go_on() -> None:
        seen.append(made._waiting)
        made.offer(at(short.seen[-1] + 10))

    short.act = go_on
    for _ in range(5):
        once(made, at(0) if made._waiting is None else made._waiting)
    assert short.seen == [0, 10, 20, 30, 40]
    assert [metric.seen for metric in long] == [[0, 30], [10, 40], [20]]
    assert made.measurements.steps == {"s": 40, "a": 30, "b": 40, "c": 20}
    assert made.measurements.step == -1, "never all of one step"
    short.act = lambda: made.offer(at(50))  # at rest: the same moment again
    once(made, at(50))
    assert [metric.seen[-1] for metric in long] == [50, 50, 50]
    assert (made.measurements.steps, made.measurements.step) == (dict.fromkeys("sabc", 50), 50)
    assert seen == [None] * 5
    assert made._measure_all() == 0, "and not once more"


def test_a_long_one_that_fails_does_not_keep_the_others_waiting(clock, caplog):
    made = still(clock, short := Measure("s"), Long("a", act=lambda: 1 / 0), other := Long("b"))
    short.act = lambda: made.offer(at(short.seen[-1] + 1))
    for _ in range(4):
        once(made, at(1) if made._waiting is None else made._waiting)
    assert other.seen == [2, 4]
    assert made.measurements.steps == {"s": 4, "b": 4}


def test_it_says_what_it_is_doing_once_it_takes_long(clock):
    said = []
    metrics = [Measure(name, 1, lambda: said.append(made.progress)) for name in ("one", "classifier_score", "three")]
    made = still(clock, *metrics)
    assert made.progress == ""
    once(made, at(1))
    assert said == ["", "measuring classifier score, 2 of 3", "measuring three, 3 of 3"]
    assert made.progress == ""


def test_the_viewer_is_told_of_every_value(clock):
    made = still(clock, Measure("a"), Measure("b"))
    told = []
    made._done = lambda: told.append((dict(made.measurements.measures), made.measurements.step))
    once(made, at(3))
    assert told == [({}, -1), ({"a": 3.5}, -1), ({"a": 3.5, "b": 3.5}, 3)]


def test_they_are_measured_in_the_order_of_the_state_line(clock):
    order = []
    metrics = [Measure(name, act=lambda name=name: order.append(name)) for name in "abcd"]
    for metric, rank in zip(metrics, (3, 1, 2, 1), strict=True):
        metric.rank = rank
    once(still(clock, *metrics), at(1))
    assert order == ["b", "d", "c", "a"]


def test_the_same_moment_is_measured_once(clock):
    metric = Measure("a", act=lambda: made.offer(at(4)))
    made = still(clock, metric)
    once(made, at(4))
    once(made, at(4))
    assert metric.seen == [4], "though it was offered again while it was measured, and afterwards"
    once(made, at(5))
    assert metric.seen == [4, 5]


def test_the_history_has_each_value_at_its_own_step():
    run = Recorder(small(data="ring"), "eager")
    for _ in range(3):
        run.view()
        run.step()
    data = run.trainer.experiment.data
    measures, steps = {"w2": 0.25, "mmd": 0.5}, {"w2": 0, "mmd": 2}
    run._slow_metrics.measurements = Measurements(0, data, measures, {"w2": 0.1}, steps)
    view = run.view()
    assert view.measures["w2"] == 0.25
    assert view.equilibrium["w2"] == 0.1
    assert [list(side) for side in view.curves["w2"]] == [[0], [0.25]]
    assert [list(side) for side in view.curves["mmd"]] == [[2], [0.5]]
    assert list(view.curves["loss_d"][0]) == [1, 2, 3]


# -------------------------------------------------------------------------------------------------- not true any more


def test_what_is_forgotten_stays_forgotten_while_it_is_being_measured(clock):
    last = Measure("c")
    made = still(clock, Measure("a"), Measure("b", act=lambda: made.forget()), last)
    once(made, at(50))
    assert made.measurements == Measurements()
    assert last.seen == [], "the rest of the survey would be for nothing"
    once(made, at(20))
    assert made.measurements == Measurements(), "forgotten again"
    made._often[1].act = lambda: None
    once(made, at(20))
    assert made.measurements.step == 20


def test_what_waits_is_forgotten_too(clock):
    metric = Measure("a")
    made = still(clock, metric)
    made.offer(at(50))
    made.forget()
    assert made._measure_all() == 0
    assert metric.seen == []


def test_other_data_are_measured_without_delay(clock):
    last = Measure("b")
    made = still(clock, Measure("a", act=lambda: made.offer(at(5, "ring"))), last)
    once(made, at(5))
    assert last.seen == []
    assert made.measurements == Measurements()
    made._often[0].act = lambda: None
    made._rest(made._measure_all())
    assert made.measurements.data == "ring"
    assert made.measurements.measures == {"a": 5.5, "b": 5.5}
    once(made, at(6, "mnist"))
    assert made.measurements.steps == {"a": 6, "b": 6}
    made._often[0].act = lambda: made.offer(at(8, "mnist"))
    once(made, at(7, "mnist"))
    assert last.seen == [5, 6, 7], "the same data later do not end a survey"


def test_a_metric_that_fails_leaves_the_others(clock, caplog):
    made = still(clock, Measure("a", act=lambda: 1 / 0), Measure("b"))
    for step in (1, 2):
        once(made, at(step))
    assert made.measurements.measures == {"b": 2.5}
    assert made.measurements.step == 2
    assert caplog.text.count("The metric a caught an error") == 1


def test_why_a_metric_refuses_is_said_until_it_does_no_more(clock, caplog):
    def refuse():
        raise Invalid("The classifier is damaged.")

    made = still(clock, Measure("a", act=refuse), Measure("b"))
    once(made, at(1))
    assert made.measurements.measures == {"b": 1.5}
    assert made.progress == "The classifier is damaged."
    assert not caplog.records
    made._often[0].act = lambda: None
    once(made, at(2))
    assert made.progress == ""


# --------------------------------------------------------------------------------------------------------- its thread


def test_what_is_being_measured_is_broken_off_at_the_end():
    calls = 0

    def work():
        nonlocal calls
        for _ in range(20_000):
            calls += int(torch.ones(1))
            time.sleep(0.001)

    made = SlowMetrics([Measure("long", act=work)], lambda: None)
    made.offer(at(1))
    until(lambda: calls > 3)
    made.close()
    made.join()
    assert not made._thread.is_alive()
    assert 3 < calls < 5000, "twenty seconds of work"


def test_nobody_waits_for_it():
    go, told = threading.Event(), []
    slow = Measure("slow", act=lambda: go.wait(120))
    made = SlowMetrics([slow, Measure("next")], lambda: told.append(made.measurements.step))
    made.offer(at(1))
    until(lambda: slow.seen)
    made.offer(at(2))
    made.forget()
    assert made.progress == ""
    made.offer(at(3))
    made.close()
    assert made._thread.is_alive(), "all of it while the metric was being measured"
    before = len(told)
    go.set()
    made._thread.join(5)
    assert not made._thread.is_alive()
    assert slow.seen == [1]
    assert made.measurements == Measurements(), "what it was measuring is dropped"
    assert len(told) == before, "nobody is told after the end"


def test_its_thread_measures_what_came_last(monkeypatch):
    monkeypatch.setattr(slow_metrics, "PERIOD", 0.01)
    go = threading.Event()
    metric = Measure("a", act=lambda: go.wait(120))
    made = SlowMetrics([metric], lambda: None)
    for step in range(1, 5):
        made.offer(at(step))
        until(lambda: metric.seen)
    go.set()
    until(lambda: made.measurements.step == 4)
    assert metric.seen == [1, 4]
    made.close()
    made.join()
    assert not made._thread.is_alive()


def until(condition: Callable[[], object], seconds: float = 120) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.005)

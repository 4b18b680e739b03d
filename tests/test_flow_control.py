"""When frames are made, and what is left for training: by clocks that the test moves."""

from __future__ import annotations

import pytest

from ganviz.lab import clock, flow_control


class Machine:
    """One thread that makes frames and steps, and gets `part` of a core."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, part: float = 1.0) -> None:
        self.wall = self.thread = 0.0
        self.part = part
        for module in (flow_control, clock):
            monkeypatch.setattr(module, "time", self)

    def monotonic(self) -> float:
        return self.wall

    def thread_time(self) -> float:
        return self.thread

    def work(self, seconds: float) -> None:
        self.thread += seconds
        self.wall += seconds / self.part


def watched(machine: Machine, frame: float, step: float, seconds: float = 30.0) -> tuple[float, float]:
    """(frames a second, part of the thread's time that went into steps), for a viewer who always wants the next."""
    looking, frames, trained = flow_control.FlowControl(), 0, 0.0
    looking.receive = lambda frame: None
    while machine.wall < seconds:
        looking.wants = looking.news = True
        if looking.due(busy=True):
            looking.show(lambda: machine.work(frame))
            frames += 1
        with looking.contention.computing():
            machine.work(step)
        trained += step
    return frames / machine.wall, trained / machine.thread


@pytest.mark.parametrize(
    ("part", "frame", "step", "rate", "share"),
    [
        pytest.param(1.0, 0.004, 0.001, 25.0, 0.90, id="quick frames keep to the clock"),
        pytest.param(1.0, 0.020, 0.001, 12.4, 0.75, id="slower ones leave three quarters to training"),
        pytest.param(0.17, 0.008, 0.001, 10.0, 0.53, id="where many share the machine half of the time is left"),
        pytest.param(1.0, 0.080, 0.104, 2.55, 0.80, id="long steps and long frames"),
        pytest.param(0.1, 0.008, 0.001, 5.9, 0.52, id="the same where there are more of them"),
        pytest.param(0.4, 0.080, 0.104, 2.2, 0.57, id="the same, when other work takes half the core"),
    ],
)
def test_frames_and_training_share_the_time(monkeypatch, part, frame, step, rate, share):
    found = watched(Machine(monkeypatch, part), frame, step)
    assert found == pytest.approx((rate, share), rel=0.04)


@pytest.mark.parametrize(("part", "rests"), [(1.0, False), (0.6, False), (0.4, True), (0.1, True)])
def test_training_rests_for_a_frame_under_way_on_a_crowded_machine(monkeypatch, part, rests):
    machine, looking = Machine(monkeypatch, part), flow_control.FlowControl()
    looking.receive = lambda frame: None
    assert not looking.rest_helps, "there was no frame"
    for _ in range(101):
        with looking.contention.computing():
            machine.work(0.01)
    looking.wants = looking.news = True
    looking.show(lambda: machine.work(1.0))
    assert looking.rest_helps == rests
    machine.wall += flow_control.CARRIED / 2
    looking.wants = True
    assert not looking.rest_helps, "it has come"
    looking.wants = False
    machine.wall += flow_control.CARRIED
    assert not looking.rest_helps, "a slow network, or a viewer who does not draw, holds nothing up"


def test_a_crowd_is_noticed_and_forgotten(monkeypatch):
    machine, crowd = Machine(monkeypatch), clock.Contention()
    # In between, what was so before stays so: else training would rest, be alone for it, and go on, in turn.
    for part, dense in ((0.6, False), (0.2, True), (0.6, True), (1.0, False), (0.3, True)):
        machine.part = part
        for _ in range(202):
            with crowd.computing():
                machine.work(0.01)
            machine.wall += 1.0  # resting is not waiting
        assert crowd.high == dense
    crowd.forget()
    assert not crowd.high

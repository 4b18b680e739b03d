"""When frames are made, and what is left for training: by clocks that the test moves."""

from __future__ import annotations

import pytest

from ganviz.session import clock, viewer


class Machine:
    """One thread that makes frames and steps, and gets `part` of a core."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, part: float = 1.0) -> None:
        self.wall = self.thread = 0.0
        self._part = part
        for module in (viewer, clock):
            monkeypatch.setattr(module, "time", self)

    def monotonic(self) -> float:
        return self.wall

    def thread_time(self) -> float:
        return self.thread

    def work(self, seconds: float) -> None:
        self.thread += seconds
        self.wall += seconds / self._part


def watched(machine: Machine, frame: float, step: float, seconds: float = 30.0) -> tuple[float, float]:
    """(frames a second, part of the thread's time that went into steps), for a viewer who always wants the next."""
    looking, frames, trained = viewer.Viewer(), 0, 0.0
    looking.receive = lambda frame: None
    while machine.wall < seconds:
        looking.wants = looking.news = True
        if looking.due(busy=True):
            looking.show(lambda: machine.work(frame))
            frames += 1
        machine.work(step)
        trained += step
    return frames / machine.wall, trained / machine.thread


@pytest.mark.parametrize(
    ("part", "frame", "step", "rate", "share"),
    [
        pytest.param(1.0, 0.004, 0.001, 25.0, 0.90, id="quick frames keep to the clock"),
        pytest.param(1.0, 0.020, 0.001, 12.4, 0.75, id="slower ones leave three quarters to training"),
        pytest.param(0.17, 0.008, 0.001, 9.5, 0.53, id="where many share the machine half of the time is left"),
        pytest.param(1.0, 0.080, 0.104, 2.55, 0.80, id="long steps and long frames"),
        pytest.param(0.1, 0.008, 0.001, 5.9, 0.52, id="the same where there are more of them"),
        pytest.param(0.4, 0.080, 0.104, 2.2, 0.57, id="the same, when other work takes half the core"),
    ],
)
def test_frames_and_training_share_the_time(monkeypatch, part, frame, step, rate, share):
    found = watched(Machine(monkeypatch, part), frame, step)
    assert found == pytest.approx((rate, share), rel=0.04)

"""Looking closely at a run on pictures: clicks from the browser, the third place, what it costs and what is kept."""

from __future__ import annotations

import gc
import threading
import time
import weakref
from dataclasses import dataclass
from types import SimpleNamespace

import numpy as np
import pytest
from conftest import same, small

from ganviz import Session, Trainer, explore
from ganviz.engine.request import Request
from ganviz.figures import _tile_stage as stage
from ganviz.figures import image_closer as closer
from ganviz.figures._image_walk import MAP
from ganviz.figures.base import Focus
from ganviz.lab import answers, flow_control
from ganviz.lab.answers import Answers
from ganviz.lab.recorder import Recorder

IMAGES = small(data="mnist", latent={"name": "normal", "dim": 8})
SECOND_ROW = 238 - 30 * 1 - 5
"""A line of pixels in the second row of the grid."""


def until(condition, seconds=120):
    end = time.monotonic() + seconds
    while not condition() and time.monotonic() < end:
        time.sleep(0.02)
    assert condition()


class Page:
    """A browser that draws every frame of an explorer's figures and remembers what the newest holds."""

    def __init__(self, explorer):
        self.explorer, self.messages = explorer, {}
        for place in (explorer._stage, explorer._closer, explorer._curves):
            for name, screen in place._screens.items():
                self._attend(name, screen.widget)

    def _attend(self, name, widget):
        def receive(content, buffers=None):
            if content["kind"] == "frame":
                self.messages.setdefault(name, []).append((content, buffers[0]))
                answer = {"kind": "drawn", "sequence": content["sequence"]}
                threading.Timer(0.005, widget._receive, (widget, answer, [])).start()

        widget.send = receive
        widget._receive(widget, {"kind": "ready"}, [])

    def widget(self, name):
        places = (self.explorer._stage, self.explorer._closer, self.explorer._curves)
        return next(place._screens[name].widget for place in places if name in place._screens)

    def click(self, name, trace, row, column):
        widget = self.widget(name)
        widget._receive(widget, {"kind": "pick", "trace": trace, "point": [row, column]}, [])

    def array(self, name, trace, attribute):
        """An array of the newest frame of a figure."""
        content, buffer = self.messages[name][-1]
        values, start = np.frombuffer(buffer, np.float32), 0
        for entry in content["arrays"]:
            if (entry["trace"], entry["attribute"]) == (trace, attribute):
                return values[start : start + entry["length"]]
            start += entry["length"]
        raise AssertionError(f"no {attribute} of {trace}")


@pytest.fixture
def explorer():
    explorer = explore(IMAGES, path="eager")
    yield explorer
    explorer.close()


def shown(explorer) -> list[str]:
    places = (explorer._stage, explorer._closer, explorer._curves)
    screens = [screen for place in places if place.layout.display != "none" for screen in place._screens.values()]
    return [screen.figure.option_name() for screen in screens if screen.shown]


def test_only_pictures_are_seen_more_closely(explorer):
    assert shown(explorer) == ["image_stage", "image_closer", "image_curves"]
    for name, figures in (
        ("figure-1", ["figure_1", "curves"]),
        ("ring", ["plane_stage", "plane_curves"]),
        ("dirac-gan", ["phase_plane", "curves"]),
    ):
        other = explore(name, path="eager")
        assert shown(other) == figures
        assert other._closer.layout.display == "none"
        assert other._closer.children == ()
        other.close()
    explorer._presets.value = "ring"
    assert shown(explorer) == ["plane_stage", "plane_curves"]
    assert not explorer._closer.offer(SimpleNamespace(view=Recorder(IMAGES, "eager").view())), (
        "hidden, and sent nothing"
    )


def test_a_click_reaches_the_run_and_comes_back_as_a_picture(explorer):
    page = Page(explorer)
    until(lambda: page.messages.get("image_stage") and page.messages.get("image_closer"))
    assert explorer.session._worker.run.focus == Focus()
    page.click("image_stage", stage.GRID, SECOND_ROW, 30 * 4 + 3)
    until(lambda: explorer.session._worker.run.focus == Focus(first=11, second=12))
    sample = explorer.session._worker.run.view().snapshot.fake[12]
    until(lambda: np.allclose(page.array("image_closer", closer.SAMPLE, "z").reshape(28, 28)[::-1], sample, atol=1e-6))
    until(lambda: page.array("image_stage", stage.SECOND, "x").min() == 30 * 4 - 1)
    page.click("image_closer", closer.WALK + MAP, 207, 207)
    until(lambda: explorer.session._worker.run.focus.centre == pytest.approx((1, 1)))
    until(lambda: page.messages["image_closer"][-1][0]["layout"].get("xaxis3.ticktext") == ["0.50", "1.00", "1.50"])
    page.click("image_stage", stage.NEAREST, 100, 10)
    until(lambda: explorer.session._worker.run.focus.neighbours)
    explorer.session.new_seed()
    until(lambda: explorer.session._worker.run.trainer.experiment.seed == IMAGES.seed + 1)
    assert explorer.session._worker.run.focus == Focus(), "a new run begins anew"


@pytest.mark.parametrize(
    "forged",
    [
        {},
        {"trace": 0},
        {"trace": 0, "point": None},
        {"trace": 0, "point": 7},
        {"trace": 0, "point": [1]},
        {"trace": 0, "point": [1, 2, 3]},
        {"trace": 0, "point": [1.0, 2.0]},
        {"trace": 0, "point": [True, False]},
        {"trace": True, "point": [1, 1]},
        {"trace": "0", "point": ["1", "1"]},
        {"trace": -1, "point": [1, 1]},
        {"trace": 0, "point": [-1, 1]},
        {"trace": 0, "point": [10**30, 1]},
        {"trace": [0], "point": [[1], [1]]},
        {"trace": 0, "point": [238, 5]},
        {"trace": 99, "point": [5, 5]},
    ],
)
def test_forged_clicks_are_ignored(explorer, forged):
    for place, name in ((explorer._stage, "image_stage"), (explorer._closer, "image_closer")):
        widget = place._screens[name].widget
        widget._receive(widget, {"kind": "pick", **forged}, [])
    widget = explorer._stage._screens["image_stage"].widget
    widget._receive(widget, {"kind": "pick", "trace": stage.GRID, "point": [SECOND_ROW, 33]}, [])
    # Commands are carried out in order: what was forged came before.
    until(lambda: explorer.session._worker.run.focus == Focus(first=11, second=9))
    assert explorer.session.status.trouble == ""


def test_looking_closely_changes_no_number():
    session, alone = Session(IMAGES, path="eager"), Trainer(IMAGES, path="eager")
    frames = []
    session.watch(frames.append)
    for step in range(1, 4):
        session.look_at(lambda focus, step=step: Focus(step, step + 1, (step, step), neighbours=step == 2))
        session.step()
        session.want_frame()
        until(lambda step=step: frames and frames[-1].view.snapshot.step == step)
        assert frames[-1].view.focus.first == step
        closer.ImageCloser().update(frames[-1].view)
    session.close()
    alone.advance(3)
    assert same(session._worker.run.trainer.state, alone.state)


# -------------------------------------------------------------------------------------------------------- what it costs


class Clock:
    """Time that passes when something takes some."""

    def __init__(self) -> None:
        self.now = 0.0

    def monotonic(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


@pytest.fixture
def clock(monkeypatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(answers, "time", clock)
    return clock


@dataclass(frozen=True)
class Value(Request):
    """What a run is worth; `about` makes it another question."""

    about: str = ""


class Counted:
    """Runs that answer slowly, and are counted when they do."""

    def __init__(self, seconds: float) -> None:
        self.seconds, self.count = seconds, 0

    def at(self, run: float) -> SimpleNamespace:
        def answer(request):
            self.count += 1
            answers.time.sleep(self.seconds)
            return {"value": np.array(run)}

        return SimpleNamespace(run=run, answer=answer)


def test_an_answer_is_followed_by_a_rest(clock):
    counted, known = Counted(0.02), Answers()
    shown = []
    while clock.now < 10:
        shown.append(float(known.to([Value()], counted.at(clock.now), at_rest=False)[Value()]["value"]))
        clock.sleep(0.002)
    assert answers.SHARE <= 0.1
    assert counted.count * counted.seconds / clock.now == pytest.approx(answers.SHARE, rel=0.05), "no more, no less"
    assert len(set(shown)) == counted.count, "in between it is as it was a moment ago"
    assert len(shown) > 100 * counted.count


def test_at_rest_the_answers_are_those_of_the_run_that_is_shown(clock):
    counted, known = Counted(0.05), Answers()
    first, second, third = (counted.at(run) for run in (0.1, 0.2, 0.3))
    known.to([Value()], first, at_rest=False)
    known.to([Value()], second, at_rest=False)
    assert counted.count == 1
    found = known.to([Value()], second, at_rest=True)
    assert counted.count == 2
    assert found[Value()]["value"] == 0.2
    known.to([Value()], second, at_rest=True)
    assert counted.count == 2, "known already"
    both = known.to([Value(), Value("other")], third, at_rest=False)
    assert [float(both[value]["value"]) for value in (Value(), Value("other"))] == [0.2, 0.3], (
        "what the reader chose does not wait"
    )
    assert list(known.to([Value("other")], third, at_rest=True)) == [Value("other")], "what nobody asks is forgotten"


def test_a_click_does_not_wait_for_training(monkeypatch):
    monkeypatch.setattr(flow_control, "LONGEST", 60.0)
    monkeypatch.setattr(flow_control, "TRAINING", 1e4)
    monkeypatch.setattr(flow_control, "LESS_TRAINING", 1e4)
    session, frames = Session(IMAGES, path="eager"), []
    try:
        session.watch(frames.append)
        session.set_speed(None)
        session.play()
        session.want_frame()
        until(lambda: frames)
        session.want_frame()
        time.sleep(0.3)
        assert len(frames) == 1, "training first"
        session.look_at(lambda focus: Focus(3, 4))
        until(lambda: len(frames) == 2)
        assert frames[-1].view.focus == Focus(3, 4)
    finally:
        session.close()


# --------------------------------------------------------------------------------------------------------- what is kept


def test_a_closed_explorer_is_let_go():
    explorer = explore(small(data="mnist", latent={"name": "normal", "dim": 4}))
    session = weakref.ref(explorer.session)
    widgets = weakref.ref(explorer._toolbar)
    explorer.close()
    del explorer
    gc.collect()
    assert session() is None
    assert widgets() is None

"""The session: commands, frames on demand, live changes, lost numbers, absent viewers. No widget, no browser."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from itertools import pairwise

import numpy as np
import pytest
from conftest import same, small

from ganviz import Experiment, Invalid, Session, Trainer
from ganviz.engine.paths import PathName
from ganviz.lab import flow_control as module
from ganviz.lab import slow_metrics, worker
from ganviz.lab.status import Frame


class Viewer:
    """A browser that draws at once, as long as it is attentive."""

    def __init__(self, experiment: Experiment, path: PathName = "eager") -> None:
        self.session = Session(experiment, path=path)
        self.frames: list[Frame] = []
        self.attentive = True
        self._news = threading.Event()
        self.session.watch(self._draw)
        self.session.want_frame()
        self.until(lambda frame: True)

    def _draw(self, frame: Frame) -> None:
        self.frames.append(frame)
        self._news.set()
        if self.attentive:
            self.session.want_frame()

    @property
    def step(self) -> int:
        return self.frames[-1].view.snapshot.step

    def until(self, condition: Callable[[Frame], bool], seconds: float = 120) -> Frame:
        """Wait for a frame that fulfils the condition."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self._news.clear()
            if self.frames and condition(self.frames[-1]):
                return self.frames[-1]
            self._news.wait(0.2)
        raise AssertionError(f"it did not happen; the last frame was {self.frames[-1].status if self.frames else None}")


@pytest.fixture
def viewer() -> Iterator[Viewer]:
    viewer = Viewer(small(regularizers=["r1"]))
    yield viewer
    viewer.session.close()


def test_plays_pauses_and_rests(viewer):
    viewer.session.play()
    viewer.until(lambda frame: frame.view.snapshot.step > 30)
    viewer.session.pause()
    viewer.until(lambda frame: not frame.status.playing)
    step, count = viewer.step, len(viewer.frames)
    time.sleep(0.3)
    assert (viewer.step, len(viewer.frames)) == (step, count), "nothing is drawn while nothing happens"
    assert viewer.frames[-1].view.curves["loss_d"][0][-1] == step


def test_a_frame_that_could_not_be_shown_is_made_again(viewer):
    time.sleep(0.5)
    before = len(viewer.frames)
    viewer.session.want_frame()
    time.sleep(0.5)
    assert len(viewer.frames) == before, "nothing has happened"
    viewer.session.want_frame(anew=True)
    viewer.until(lambda frame: len(viewer.frames) == before + 1)


def test_drawing_changes_no_number(viewer):
    viewer.session.play()
    viewer.until(lambda frame: frame.view.snapshot.step > 50)
    viewer.session.pause()
    viewer.until(lambda frame: not frame.status.playing)
    alone = Trainer(viewer.session.experiment, path="eager")
    alone.advance(viewer.step)
    assert same(alone.state, viewer.session._worker.run.trainer.state)


def test_no_viewer_no_frames(viewer):
    viewer.attentive = False
    time.sleep(0.1)
    viewer.session.play()
    time.sleep(1.0)
    assert len(viewer.frames) <= 2, "one that was already wanted, then none"
    before = viewer.step
    viewer.attentive = True
    viewer.session.want_frame()
    viewer.until(lambda frame: frame.view.snapshot.step > before + 10)


def test_frames_keep_to_the_clock(viewer):
    viewer.session.set_speed(None)
    viewer.session.play()
    viewer.until(lambda frame: frame.view.snapshot.step > 5)
    count, start = len(viewer.frames), time.monotonic()
    viewer.until(lambda frame: len(viewer.frames) >= count + 30)
    # Two may lie close together, after one that came late; a busy machine makes fewer, never more.
    assert time.monotonic() - start >= 28 / module.FRAMES_PER_SECOND


def test_speed_is_steps_per_frame(viewer):
    viewer.session.set_speed(2)
    viewer.session.play()
    viewer.until(lambda frame: frame.view.snapshot.step >= 20)
    steps = [frame.view.snapshot.step for frame in viewer.frames]
    assert max(b - a for a, b in pairwise(steps)) <= 4


def test_half_steps_name_their_stage(viewer):
    viewer.session.step_discriminator()
    frame = viewer.until(lambda frame: frame.status.stage == "b")
    assert (frame.view.snapshot.step, frame.view.snapshot.d_updates) == (0, 1)
    viewer.session.step_generator()
    frame = viewer.until(lambda frame: frame.status.stage == "c")
    assert (frame.view.snapshot.step, frame.view.snapshot.d_updates) == (1, 1)
    viewer.session.step()
    frame = viewer.until(lambda frame: frame.view.snapshot.step == 2)
    assert not frame.status.playing


@pytest.mark.parametrize("speed", [7, None])
def test_so_many_steps_and_a_pause(viewer, speed):
    session = viewer.session
    session.set_speed(speed)
    session.slow_motion(True)
    for steps in (100, 200):
        session.advance(100)
        viewer.until(lambda frame, steps=steps: frame.view.snapshot.step == steps and not frame.status.playing)
    time.sleep(0.3)
    assert viewer.step == 200
    session.advance(10_000)
    viewer.until(lambda frame: frame.view.snapshot.step > 250)
    session.pause()
    paused = viewer.until(lambda frame: not frame.status.playing).view.snapshot.step
    session.play()
    viewer.until(lambda frame: frame.view.snapshot.step > paused + 20)


def test_slow_motion_takes_one_half_step_a_beat(viewer, monkeypatch):
    monkeypatch.setattr(viewer.session._worker._slow_motion.clock, "_period", 0.2)
    viewer.session.slow_motion(True)
    viewer.session.play()

    def turns() -> str:
        stages = [frame.status.stage for frame in viewer.frames if frame.status.stage]
        return "".join(stage for stage, before in zip(stages, [None, *stages], strict=False) if stage != before)

    # A frame may be missed on a busy machine, now and then.
    viewer.until(lambda frame: "bcabc" in turns(), seconds=60)


def test_live_changes_act_and_bad_ones_change_nothing(viewer):
    session = viewer.session
    session.play()
    viewer.until(lambda frame: frame.view.snapshot.step > 5)
    session.change(lr_d=0.02, loss="least_squares")
    frame = viewer.until(lambda frame: frame.status.changes == 1)
    assert frame.view.snapshot.experiment.lr_d == 0.02
    assert frame.view.snapshot.step > 5, "the run goes on"
    with pytest.raises(Invalid, match="lr_d must be"):
        session.change(lr_d=7)
    step = viewer.step
    frame = viewer.until(lambda frame: frame.view.snapshot.step > step + 5)
    assert frame.view.snapshot.experiment.lr_d == 0.02


def test_rebuild_starts_a_new_run(viewer):
    viewer.session.play()
    viewer.until(lambda frame: frame.view.snapshot.step > 50)
    viewer.session.change(data="uniform")
    frame = viewer.until(lambda frame: frame.view.snapshot.experiment.data.option_name() == "uniform")
    assert frame.view.snapshot.step < 50
    assert frame.status.playing


def test_reset_repeats_the_run_and_a_new_seed_does_not(viewer):
    def first_steps() -> float:
        viewer.session.step()
        return viewer.until(lambda frame: frame.view.snapshot.step == 1).view.measures["jsd"]

    once = first_steps()
    viewer.session.reset()
    viewer.until(lambda frame: frame.view.snapshot.step == 0)
    assert first_steps() == once
    viewer.session.new_seed()
    viewer.until(lambda frame: frame.view.snapshot.step == 0)
    assert first_steps() != once


def test_lost_numbers_pause_and_can_be_undone(viewer):
    wild = {"name": "sgd", "momentum": 0.99}
    viewer.session.set_speed(None)
    viewer.session.play()
    viewer.until(lambda frame: frame.view.snapshot.step > 250)
    viewer.session.change(loss="least_squares", optimizer_d=wild, optimizer_g=wild, lr_d=1.0, lr_g=1.0)
    frame = viewer.until(lambda frame: frame.status.trouble != "")
    assert not frame.status.playing
    assert "became infinite or NaN in step" in frame.status.trouble
    assert f"paused at step {frame.view.snapshot.step}, the last whose numbers are finite" in frame.status.trouble
    viewer.session.change(lr_d=1e-4, lr_g=1e-4)
    viewer.session.go_back(100)
    back = viewer.until(lambda frame: frame.status.trouble == "" and frame.status.changes >= 2)
    assert back.view.snapshot.step <= frame.view.snapshot.step - 100
    assert back.view.snapshot.experiment.lr_d == 1e-4, "the reader's settings stay"
    viewer.session.play()
    viewer.until(lambda frame: frame.view.snapshot.step > back.view.snapshot.step + 5)


def test_silence_suspends_the_run_until_the_next_sign_of_life(viewer, monkeypatch):
    monkeypatch.setattr(module, "PATIENCE", 0.4)
    viewer.session.play()
    viewer.until(lambda frame: frame.view.snapshot.step > 10)
    viewer.attentive = False
    time.sleep(1.0)
    trainer = viewer.session._worker.run.trainer
    assert viewer.session.status.waiting
    step = trainer.step_count
    time.sleep(0.4)
    assert trainer.step_count == step
    viewer.attentive = True
    viewer.session.want_frame()
    viewer.until(lambda frame: frame.view.snapshot.step > step + 10)
    assert not viewer.session.status.waiting
    monkeypatch.setattr(module, "ABANDONED", 0.6)
    viewer.attentive = False
    time.sleep(1.2)
    assert not viewer.session.status.playing, "a much longer silence stops the run"


def test_a_hidden_viewer_that_gives_signs_of_life_keeps_training(viewer, monkeypatch):
    monkeypatch.setattr(module, "PATIENCE", 0.5)
    viewer.session.play()
    viewer.until(lambda frame: frame.view.snapshot.step > 10)
    viewer.attentive = False
    trainer, start = viewer.session._worker.run.trainer, viewer.step
    for _ in range(8):
        time.sleep(0.2)
        viewer.session.sign_of_life()
    assert trainer.step_count > start + 20


def test_an_error_inside_pauses_with_a_sentence(viewer, monkeypatch, caplog):
    viewer.session.play()
    viewer.until(lambda frame: frame.view.snapshot.step > 5)
    monkeypatch.setattr(viewer.session._worker.run, "walk", lambda *limits: 1 / 0)
    frame = viewer.until(lambda frame: frame.status.trouble != "")
    assert frame.status.trouble == "Something went wrong inside ganviz; the run is paused."
    assert "ZeroDivisionError" in caplog.text
    monkeypatch.undo()
    viewer.session.play()
    step = viewer.step
    viewer.until(lambda frame: frame.view.snapshot.step > step)


def test_a_picture_that_cannot_be_made_is_told_too(viewer, monkeypatch, caplog):
    viewer.session.play()
    before = viewer.until(lambda frame: frame.view.snapshot.step > 5).view.snapshot.step
    monkeypatch.setattr(viewer.session._worker.run, "view", lambda at_rest: 1 / 0)
    frame = viewer.until(lambda frame: frame.status.trouble != "")
    assert frame.status.trouble == "Something went wrong inside ganviz; the run is paused."
    assert frame.view.snapshot.step >= before, "the last picture that could be made"
    viewer.session.want_frame()
    time.sleep(0.3)
    assert caplog.text.count("ZeroDivisionError") == 1, "told once, not with every frame that might be made"
    monkeypatch.undo()
    viewer.session.play()
    viewer.until(lambda frame: frame.view.snapshot.step > before + 5)


def test_what_a_reader_can_mend_pauses_with_its_own_sentence(viewer, monkeypatch, caplog):
    def refuse(*limits):
        raise Invalid("The file of the classifier is damaged.")

    viewer.session.play()
    viewer.until(lambda frame: frame.view.snapshot.step > 5)
    monkeypatch.setattr(viewer.session._worker.run, "walk", refuse)
    frame = viewer.until(lambda frame: frame.status.trouble != "")
    assert frame.status.trouble == "The file of the classifier is damaged."
    assert not caplog.records


def test_a_command_is_answered_while_training_at_full_speed(viewer):
    viewer.session.set_speed(None)
    viewer.session.play()
    viewer.until(lambda frame: frame.view.snapshot.step > 5)
    for i in range(1, 6):
        viewer.session.change(lr_d=0.001 * i + 0.01)
        frame = viewer.until(lambda frame, i=i: frame.status.changes >= i)
        assert frame.view.snapshot.experiment.lr_d == 0.001 * i + 0.01


@pytest.mark.parametrize("dense", [False, True])
def test_training_rests_while_a_frame_is_under_way_and_wakes_when_it_has_come(viewer, monkeypatch, dense):
    monkeypatch.setattr(worker, "REST", 60.0)
    monkeypatch.setattr(module.FlowControl, "rest_helps", property(lambda self: dense and not self.wants))
    trainer = viewer.session._worker.run.trainer
    viewer.session.set_speed(None)
    viewer.session.play()
    viewer.until(lambda frame: frame.view.snapshot.step > 5)
    viewer.attentive = False
    viewer.session.want_frame()

    def rests() -> bool:
        before = trainer.step_count
        time.sleep(0.3)
        return trainer.step_count == before

    # A busy machine may need a while until it rests, and look as if it rested while it does not.
    looks = (rests() for _ in range(100))
    assert any(looks) if dense else not all(looks)
    shown = len(viewer.frames)
    viewer.attentive = True
    viewer.session.want_frame()
    viewer.until(lambda frame: len(viewer.frames) > shown + 3)


# ------------------------------------------------------------------------------------------------------ slow metrics


def known(frame: Frame, metric: str) -> bool:
    return np.isfinite(frame.view.measures.get(metric, np.nan))


@pytest.fixture
def plane() -> Iterator[Viewer]:
    viewer = Viewer(small(data="ring", latent={"name": "uniform", "dim": 2}))
    yield viewer
    viewer.session.close()


def test_slow_metrics_arrive_beside_the_training_and_after_it(plane, monkeypatch):
    monkeypatch.setattr(slow_metrics, "PERIOD", 0.05)
    plane.session.play()
    frame = plane.until(lambda frame: known(frame, "w2"))
    assert {"modes", "w2", "mmd", "precision", "recall", "two_sample"} <= set(frame.view.measures)
    assert {"w2", "high_quality"} <= set(frame.view.equilibrium)
    plane.session.pause()
    run = plane.session._worker.run
    plane.until(lambda frame: run._slow_metrics.measurements.step == run.trainer.step_count)
    shown = plane.until(lambda frame: frame.view.measures["w2"] == run._slow_metrics.measurements.measures["w2"])
    assert shown.view.measures["w2"] == pytest.approx(run.trainer.measure("w2"))
    assert shown.view.measures["w2"] in shown.view.curves["w2"][1], "the history has them too"


def test_a_new_run_forgets_what_was_measured(plane, monkeypatch):
    monkeypatch.setattr(slow_metrics, "PERIOD", 0.05)
    plane.until(lambda frame: known(frame, "w2"))
    old = plane.session._worker.run._slow_metrics
    plane.session.adopt(small(data="two_moons", latent={"name": "uniform", "dim": 2}))
    plane.until(lambda frame: frame.view.snapshot.experiment.data.option_name() == "two_moons")
    old._thread.join(10)
    assert not old._thread.is_alive(), "its thread has ended"
    frame = plane.until(lambda frame: known(frame, "w2"))
    assert "modes" not in frame.view.measures
    plane.session.adopt(small())
    frame = plane.until(lambda frame: frame.view.snapshot.experiment.data.option_name() == "gaussian")
    assert set(frame.view.measures) == {"jsd", "w1", "cost", "value"}
    assert plane.session._worker.run._slow_metrics._thread is None, "nothing slow, no thread"


def test_slow_metrics_follow_the_data_while_paused(plane, monkeypatch):
    monkeypatch.setattr(slow_metrics, "PERIOD", 0.05)
    first = plane.until(lambda frame: known(frame, "w2")).view.measures["w2"]
    plane.session.change(data={"name": "ring", "radius": 4.0})
    frame = plane.until(lambda frame: frame.view.snapshot.experiment.data.radius == 4)
    assert not known(frame, "w2") or frame.view.measures["w2"] > first + 1, "never the number of other data"
    frame = plane.until(lambda frame: known(frame, "w2"))
    assert frame.view.snapshot.step == 0
    assert frame.view.measures["w2"] == pytest.approx(plane.session._worker.run.trainer.measure("w2"))


def test_a_future_that_was_taken_back_is_forgotten(plane, monkeypatch):
    monkeypatch.setattr(slow_metrics, "PERIOD", 0.05)
    plane.session.play()
    plane.until(lambda frame: frame.view.snapshot.step > 120 and known(frame, "w2"))
    plane.session.go_back(steps=10_000)
    frame = plane.until(lambda frame: frame.view.snapshot.step == 0)
    assert plane.session._worker.run._slow_metrics.measurements.step <= 0 or not known(frame, "w2")
    assert set(frame.view.curves.get("w2", [()])[0]) <= {0}


def test_a_view_s_history_does_not_grow(plane):
    plane.session.play()
    frame = plane.until(lambda frame: frame.view.snapshot.step > 5)
    length = len(frame.view.curves["loss_d"][0])
    plane.until(lambda later: later.view.snapshot.step > frame.view.snapshot.step + 20)
    assert len(frame.view.curves["loss_d"][0]) == length


def test_a_metric_that_fails_takes_nothing_with_it(plane, monkeypatch, caplog):
    monkeypatch.setattr(slow_metrics, "PERIOD", 0.05)
    monkeypatch.setattr("ganviz.metrics.w2.W2.in_plane", lambda self, snapshot: 1 / 0)
    plane.session.new_seed()
    frame = plane.until(lambda frame: known(frame, "recall") and "The metric w2 caught an error" in caplog.text)
    assert not known(frame, "w2")


def test_looking_closer_changes_no_number():
    experiment = small(data="ring", latent={"name": "uniform", "dim": 2})
    watched, alone = Viewer(experiment), Trainer(experiment, path="eager")
    watched.session.step()
    watched.until(lambda frame: frame.view.snapshot.step == 1)
    watched.until(lambda frame: known(frame, "w2"))
    watched.session.step()
    watched.until(lambda frame: frame.view.snapshot.step == 2)
    watched.session.close()
    alone.advance(2)
    assert same(watched.session._worker.run.trainer.state, alone.state)

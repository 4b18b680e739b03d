"""Numbers that run away while they are finite: noticed, said, and gone back from."""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import pairwise

import pytest
from conftest import same, small
from test_session import Viewer

from ganviz import Diverged, Trainer, preset
from ganviz.lab.alarm import BOUND, CALM, ROW, Alarm, returned
from ganviz.lab.recorder import Recorder
from ganviz.lab.status import Status
from ganviz.presets import preset_names
from ganviz.widgets.explorer import Explorer

SOUND = {"loss_d": 1.0, "loss_g": 0.5, "grad_d": 2.0, "grad_g": math.nan}


def moved(alarm: Alarm, steps: range, **scalars: float) -> Alarm:
    """The alarm after these steps."""
    for step in steps:
        alarm = alarm.after(step, SOUND | scalars)
    return alarm


@pytest.mark.parametrize("name", ["loss_d", "loss_g", "grad_d", "grad_g"])
def test_it_is_raised_after_some_moves_and_lowered_after_many_more(name):
    alarm = moved(Alarm(0), range(1, ROW), **{name: -2 * BOUND})
    assert alarm.sentence == ""
    alarm = moved(alarm, range(ROW, ROW + 1), **{name: -2 * BOUND})
    player = {"d": "discriminator", "g": "generator"}[name[-1]]
    what = {"l": "loss", "g": "gradient"}[name[0]]
    assert f"the {player}'s {what} is −20000. Training goes on" in alarm.sentence
    alarm = moved(alarm, range(10, 10 + CALM - 1))
    assert alarm.sentence
    assert alarm.before(10 + CALM) == 0
    alarm = moved(alarm, range(10 + CALM, 11 + CALM))
    assert alarm == Alarm(10 + CALM)


def test_single_steps_may_jump():
    alarm = Alarm(0)
    for step in range(1, 50):
        alarm = moved(alarm, range(step, step + 1), grad_d=1e9 if step % ROW else 1.0)
        assert alarm.sentence == ""
    assert moved(Alarm(0), range(1, 50), loss_d=0.99 * BOUND, grad_g=-0.99 * BOUND).sentence == ""


def test_it_knows_where_the_trouble_began():
    alarm = moved(Alarm(0), range(1, 2001))
    assert alarm.before(2000) == 2000, "all is well"
    alarm = moved(alarm, range(2001, 6000), loss_g=1e11)
    assert alarm.before(6000) == 2000
    assert "1.0e11" in alarm.sentence


def test_a_run_that_is_quiet_now_and_then_is_not_sound():
    """A critic whose loss runs away, comes back and runs away again: the way back leads before all of that."""
    alarm = moved(Alarm(0), range(1, 1001))
    for beginning in range(1001, 9001, CALM // 2):
        alarm = moved(alarm, range(beginning, beginning + ROW), loss_d=-1e6)
        assert alarm.sentence
        alarm = moved(alarm, range(beginning + ROW, beginning + CALM // 2))
        assert (alarm.sound, bool(alarm.sentence)) == (1000, True)


def test_what_was_done_is_said():
    settings = "The settings stayed as they are: if they broke the run, lower the learning rates before you play on."
    assert returned(2408, 1592, first=False) == f"Back from step 2,408 to step 1,592. {settings}"
    assert returned(2408, 2000, first=True) == f"Back from step 2,408 to step 2,000, where this run began. {settings}"
    assert returned(2000, 2000, first=True).startswith("This run began at step 2,000")


def test_going_back_goes_before_the_trouble_and_each_time_further(monkeypatch):
    monkeypatch.setattr("ganviz.lab.recorder.EVERY", 10)
    run = Recorder(small(), "eager")
    states = {0: run.trainer.state}
    for _ in range(200):
        run.step()
        states[run.trainer.step_count] = run.trainer.state
        run.view()
    monkeypatch.setattr("ganviz.lab.alarm.BOUND", 1e-9)
    for _ in range(40):
        run.step()
    monkeypatch.setattr("ganviz.lab.alarm.BOUND", BOUND)
    assert run.alarm.sentence
    assert run.alarm.before(240) == 200
    reached = []
    for _ in range(4):
        run.go_back(50)
        reached.append(run.trainer.step_count)
        assert same(run.trainer.state, states[reached[-1]])
        assert run.alarm.sentence == ""
    assert reached == sorted(reached, reverse=True)
    assert 200 - 50 - 30 < reached[0] <= 150
    assert all(later <= earlier - 50 or later == 0 for earlier, later in pairwise(reached))
    assert run.began == 0


def test_a_ruined_run_trains_on_says_so_and_is_taken_back(monkeypatch):
    monkeypatch.setattr("ganviz.lab.alarm.CALM", 5)
    viewer = Viewer(small())
    try:
        session = viewer.session
        session.set_speed(1)
        session.play()
        viewer.until(lambda frame: frame.view.snapshot.step > 30)
        monkeypatch.setattr("ganviz.lab.alarm.BOUND", 1e-9)
        frame = viewer.until(lambda frame: frame.status.runaway != "")
        assert "have run away: the " in frame.status.runaway
        assert (frame.status.playing, frame.status.trouble) == (True, ""), "nothing is halted"
        monkeypatch.setattr("ganviz.lab.alarm.BOUND", 1e9)
        viewer.until(lambda frame: frame.status.runaway == "")
        monkeypatch.setattr("ganviz.lab.alarm.BOUND", 1e-9)
        viewer.until(lambda frame: frame.status.runaway != "")
        session.go_back(10)
        frame = viewer.until(lambda frame: frame.status.returned != "")
        assert (frame.status.playing, frame.status.runaway) == (False, "")
        assert f"to step {frame.view.snapshot.step:,}" in frame.status.returned
        monkeypatch.setattr("ganviz.lab.alarm.BOUND", 1e9)
        session.play()
        frame = viewer.until(lambda frame: frame.status.playing)
        assert (frame.status.returned, frame.status.runaway) == ("", "")
    finally:
        viewer.session.close()


def test_the_page_says_it_and_offers_the_way_back(explorer):
    def tell(**said: str) -> tuple[str, bool]:
        explorer._notices.tell(Status(**said))
        return explorer._notices.message.value, explorer._notices._back.layout.display == ""

    assert tell(runaway="It ran away.") == ("It ran away.", True)
    assert tell(runaway="It ran away.", trouble="It is lost.") == ("It is lost.", True)
    assert tell(returned="Back from step 9 to step 2.") == ("Back from step 9 to step 2.", False)
    assert tell(returned="Back from step 9 to step 2.", runaway="Again.") == ("Again.", True)
    assert tell(returned="Back from step 9 to step 2.") == ("Back from step 9 to step 2.", False)
    assert tell() == ("", False)
    tell(runaway="It ran away.")
    explorer._notices.message.say("Something else.")
    assert tell() == ("Something else.", False), "what was said since stays"
    assert explorer._notices._back.description == "Go back", "no number that it may not keep"
    assert explorer._notices._back.layout.flex == "0 0 auto", "and not cut"


@pytest.fixture
def explorer() -> Iterator[Explorer]:
    explorer = Explorer(small(), path="eager")
    explorer.session.watch(lambda frame: None)
    yield explorer
    explorer.close()


@pytest.mark.parametrize("name", preset_names())
def test_no_preset_sets_it_off(name):
    """Wherever a run can be seen, after every step; ``too-fast`` loses its numbers at once."""
    trainer, alarm = Trainer(preset(name)), Alarm(0)
    try:
        for _ in range(3 if trainer.experiment.data.space == "images" else 25):
            trainer.step()
            alarm = alarm.after(trainer.step_count, trainer.scalars)
            assert max(map(abs, trainer.scalars.values())) < BOUND / 10 or name == "too-fast"
    except Diverged:
        assert name == "too-fast"
    assert alarm.sentence == ""

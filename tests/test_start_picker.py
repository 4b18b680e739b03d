"""Beginning at a start: in a session, in the explorer, on the command line."""

from __future__ import annotations

import html
import re
import threading
from dataclasses import replace
from functools import partial

import numpy as np
import pytest
from conftest import same, small
from test_cli import QUICK, refused
from test_session import Viewer, known
from test_widgets import control_of, until

import ganviz
from ganviz import Experiment, Invalid, Trainer, explore, preset
from ganviz.cli.main import main
from ganviz.engine.starts import read, starts, write
from ganviz.figures.curves import Curves
from ganviz.lab.csv_history import CsvHistory
from ganviz.lab.history import History
from ganviz.lab.recorder import Recorder
from ganviz.link import START
from ganviz.presets import describe


@pytest.fixture
def shelf(tmp_path, monkeypatch):
    """Starts of figure-1 at steps 20 and 40, in the place of those that come with ganviz."""
    folder, trainer = tmp_path / "starts", Trainer(preset("figure-1"))
    for _ in range(2):
        trainer.advance(20)
        write(trainer, "figure-1", 90.0, "an abacus", folder)
    there = partial(starts, folder=folder)
    for module in ("ganviz.widgets.start_picker", "ganviz.engine.starts"):
        monkeypatch.setattr(f"{module}.starts", there)
    return there("figure-1")


@pytest.fixture
def explorer(shelf):
    explorer = explore("figure-1", path="eager")
    yield explorer
    explorer.close()


# --------------------------------------------------------------------------------------------------------- the session


def test_a_session_begins_there_paused_and_goes_no_farther_back(shelf):
    viewer, start = Viewer(preset("figure-1")), shelf[1]
    session = viewer.session
    try:
        session.play()
        viewer.until(lambda frame: frame.view.snapshot.step > 3)
        session.start(start.experiment, start.state())
        frame = viewer.until(lambda frame: not frame.status.playing)
        assert (frame.view.snapshot.step, frame.view.snapshot.d_updates) == (40, start.d_updates)
        assert set(frame.view.curves["jsd"][0]) == {40}
        assert same(session._worker.run.trainer.state, start.state())
        session.play()
        viewer.until(lambda frame: frame.view.snapshot.step > 150)
        session.pause()
        step = viewer.until(lambda frame: not frame.status.playing).view.snapshot.step
        alone = start.trainer(path="eager")
        alone.advance(step - 40)
        assert same(session._worker.run.trainer.state, alone.state)
        assert [kept.run.g_updates for kept in session._worker.run.timeline.moments()] == [40, 140]
        session.go_back(500)
        frame = viewer.until(lambda frame: frame.view.snapshot.step == 40)
        assert set(frame.view.curves["jsd"][0]) == {40}
        session.reset()
        viewer.until(lambda frame: frame.view.snapshot.step == 0)
        assert same(session._worker.run.trainer.state, Trainer(preset("figure-1")).state)
    finally:
        session.close()


def test_curves_show_where_they_begin():
    view = Recorder(preset("figure-1"), "eager").view()
    history = History()
    history.add(2000, {"jsd": 0.25, "grad_g": np.nan, "loss_d": 1.5})
    number = {curve.column: index for index, curve in enumerate(Curves.curves)}
    update = Curves().update(replace(view, curves=history.curves()))
    for name, value in (("jsd", 0.25), ("loss_d", 1.5)):
        assert update.traces[number[name]]["x"].tolist() == [1960, 2000]
        assert update.traces[number[name]]["y"].tolist() == [value, value]
    assert len(update.traces[number["grad_g"]]["x"]) == 0
    history.add(2010, {"jsd": 0.5})
    update = Curves().update(replace(view, curves=history.curves()))
    assert update.traces[number["jsd"]]["x"].tolist() == [2000, 2010]
    assert update.layout["xaxis.range"] == [0, 3000]


def test_slow_metrics_are_measured_there(tmp_path):
    trainer = Trainer(small(data="ring", latent={"name": "uniform", "dim": 2}))
    trainer.advance(20)
    start = read(write(trainer, "mine", 1.0, "x", tmp_path))
    viewer = Viewer(trainer.experiment)
    try:
        viewer.until(lambda frame: known(frame, "w2"))
        viewer.session.start(start.experiment, start.state())
        frame = viewer.until(lambda frame: frame.view.snapshot.step == 20 and known(frame, "w2"))
        assert frame.view.measures["w2"] == pytest.approx(start.trainer().measure("w2"))
        assert viewer.session._worker.run._slow_metrics.measurements.steps["w2"] == 20
        assert np.allclose(frame.view.curves["w2"][1], frame.view.measures["w2"])
    finally:
        viewer.session.close()


# -------------------------------------------------------------------------------------------------------- the explorer


def run_of(explorer):
    return explorer.session._worker.run


def test_only_presets_with_starts_offer_them(explorer):
    picker = control_of(explorer, "from")
    assert picker.layout.display == ""
    assert picker.options == (("0", 0), ("20", 20), ("40", 40))
    control_of(explorer, "preset").value = "wasserstein"
    assert picker.layout.display == "none"
    assert picker.options == (("0", 0),)
    control_of(explorer, "preset").value = "figure-1"
    assert (picker.layout.display, picker.value) == ("", 0)
    control_of(explorer, "data").value = "uniform"
    assert picker.layout.display == "none", "they are of other data"


def test_a_start_is_chosen(explorer, shelf):
    frames = []
    explorer.session.watch(lambda frame: (frames.append(frame), explorer._show(frame)))
    picker = control_of(explorer, "from")
    for start in (*shelf, shelf[0]):
        picker.value = start.step
        until(lambda start=start: run_of(explorer).trainer.step_count == start.step)
        assert same(run_of(explorer).trainer.state, start.state())
        assert explorer._notices.message.value.startswith(start.about)
        assert explorer.session.experiment == preset("figure-1"), "which is what a link leads to"
        explorer.session.want_frame()
        until(lambda start=start: frames and frames[-1].view.snapshot.step == start.step)
    explorer.session.step()
    until(lambda: run_of(explorer).trainer.step_count == 21)
    assert picker.value == 20, "where it began"


def test_step_0_is_where_reset_goes(explorer):
    picker = control_of(explorer, "from")
    reset = next(button for button in explorer._toolbar.children if button.description == "Reset")
    picker.value = 40
    until(lambda: run_of(explorer).trainer.step_count == 40)
    reset.click()
    until(lambda: run_of(explorer).trainer.step_count == 0)
    assert picker.value == 0
    assert "To go on from step 40 again" in explorer._notices.message.value
    picker.value = 40
    until(lambda: run_of(explorer).trainer.step_count == 40)
    picker.value = 0
    until(lambda: run_of(explorer).trainer.step_count == 0)
    assert explorer._notices.message.value == ""
    reset.click()
    assert explorer._notices.message.value == ""


def test_what_was_changed_begins_anew_or_is_taken_back(explorer):
    picker, presets = control_of(explorer, "from"), control_of(explorer, "preset")
    picker.value = 20
    control_of(explorer, "loss").value = "least_squares"
    until(lambda: run_of(explorer).trainer.experiment.loss.option_name() == "least_squares")
    assert run_of(explorer).trainer.step_count == 20, "changed while it runs"
    assert (picker.layout.display, picker.value, presets.value) == ("", 20, "(your own)")
    picker.value = 40
    until(lambda: run_of(explorer).trainer.step_count == 40)
    assert presets.value == "figure-1"
    assert run_of(explorer).trainer.experiment == preset("figure-1")
    next(button for button in explorer._toolbar.children if button.description == "New seed").click()
    until(lambda: run_of(explorer).trainer.step_count == 0)
    assert (picker.layout.display, picker.value) == ("", 0)
    picker.value = 20
    until(lambda: run_of(explorer).trainer.step_count == 20)
    assert control_of(explorer, "seed ↻").value == 0
    control_of(explorer, "seed ↻").value = 5
    until(lambda: run_of(explorer).trainer.step_count == 0)
    assert picker.value == 0


def test_a_damaged_start_is_a_sentence_and_the_run_goes_on(explorer, shelf):
    picker, run = control_of(explorer, "from"), run_of(explorer)
    explorer.session.play()
    shelf[1].path.write_bytes(shelf[1].path.read_bytes()[:-50])
    picker.value = 40
    assert explorer._notices.message.value == "The start &#x27;figure-1@40.safetensors&#x27; is damaged."
    assert picker.value == 0
    step = run.trainer.step_count
    until(lambda: run.trainer.step_count > step)
    assert run_of(explorer) is run
    picker.value = 20
    until(lambda: run_of(explorer).trainer.step_count == 20)
    assert "damaged" not in explorer._notices.message.value


def test_a_trouble_that_is_over_does_not_take_other_words_with_it(explorer):
    explorer.session._worker.put(lambda: explorer.session._worker.halt("It is lost."))
    explorer.session.want_frame()
    until(lambda: explorer._notices.message.value == "It is lost.")
    control_of(explorer, "from").value = 20
    explorer.session.want_frame()
    until(lambda: explorer._notices._trouble == "")
    assert "trained for 20 steps" in explorer._notices.message.value


def test_explore_takes_a_start(shelf):
    by_start = explore(shelf[1], path="eager")
    assert run_of(by_start).trainer.step_count == 40
    assert control_of(by_start, "preset").value == "figure-1"
    assert control_of(by_start, "from").value == 40
    assert by_start._notices.message.value.startswith(shelf[1].about)
    by_start.close()
    threads = threading.active_count()
    with pytest.raises(Invalid, match="its own experiment: data"):
        ganviz.Explorer(preset("ring"), start=shelf[1])
    shelf[1].path.unlink()
    with pytest.raises(Invalid, match="damaged"):
        explore(shelf[1])
    assert threading.active_count() <= threads


# --------------------------------------------------------------------------------------------------------------- links


def copied(explorer):
    sent = []
    explorer._link.send = sent.append
    explorer._link._receive(None, {"kind": "copy"}, [])
    return sent[0]["link"]


def opened(explorer, link):
    explorer._link._receive(None, {"kind": "open", "link": link}, [])


def test_a_link_leads_to_the_start_where_the_run_began(explorer, shelf):
    assert START not in copied(explorer), "it began at step 0"
    control_of(explorer, "from").value = 40
    link = copied(explorer)
    assert link == f"{preset('figure-1').to_link()}&start=figure-1@40"
    assert Experiment.from_link(link) == preset("figure-1")
    control_of(explorer, "preset").value = "wasserstein"
    opened(explorer, f"https://example.org/lab{link}")
    until(lambda: run_of(explorer).trainer.step_count == 40)
    assert same(run_of(explorer).trainer.state, shelf[1].state())
    assert explorer._notices.message.value.startswith(shelf[1].about)
    assert (control_of(explorer, "preset").value, control_of(explorer, "from").value) == ("figure-1", 40)
    assert describe("figure-1").title in explorer._heading.value
    there = explore(link, path="eager")
    assert same(run_of(there).trainer.state, shelf[1].state())
    assert copied(there) == link
    there.close()


def test_a_link_with_other_live_settings_goes_on_from_the_start(explorer, shelf):
    control_of(explorer, "from").value = 20
    control_of(explorer, "loss").value = "least_squares"
    control_of(explorer, "optimizer g").value = "sgd"
    wanted, link = explorer.session.experiment, copied(explorer)
    there = explore(link, path="eager")
    assert there.session.experiment == wanted
    assert run_of(there).trainer.step_count == 20
    assert same(run_of(there).trainer.state["d"]["parameters"], shelf[0].state()["d"]["parameters"])
    assert "Changed: loss, optimizer_g." in there._heading.value
    assert control_of(there, "from").value == 20
    run_of(there).step()
    there.close()


def test_a_run_that_began_anew_leads_to_step_0(explorer):
    control_of(explorer, "from").value = 20
    control_of(explorer, "data").value = "uniform"
    assert START not in copied(explorer)
    control_of(explorer, "preset").value = "figure-1"
    control_of(explorer, "from").value = 20
    next(button for button in explorer._toolbar.children if button.description == "Reset").click()
    assert START not in copied(explorer)


def test_a_preset_is_recognised_by_its_link_and_its_fields(explorer):
    opened(explorer, preset("wasserstein").to_link())
    assert control_of(explorer, "preset").value == "wasserstein"
    assert describe("wasserstein").title in explorer._heading.value
    opened(explorer, preset("figure-1").to_link())
    assert control_of(explorer, "from").layout.display == "", "the preset's starts"
    opened(explorer, preset("figure-1").replace(lr_g=0.5).to_link())
    assert control_of(explorer, "preset").value == "(your own)"
    assert "Your own experiment" in explorer._heading.value
    assert control_of(explorer, "from").layout.display == "none"


FIGURE_1 = preset("figure-1").to_link()

FORGED = {
    f"{FIGURE_1}&start=": "start that this link names is damaged",
    f"{FIGURE_1}&start=figure-1": "start that this link names is damaged",
    f"{FIGURE_1}&start=figure-1@-1": "start that this link names is damaged",
    f"{FIGURE_1}&start=../figure-1@20": "start that this link names is damaged",
    f"{FIGURE_1}&start=figure-1@{'9' * 40}": "start that this link names is damaged",
    f"{FIGURE_1}&start=figure1@20": "did you mean 'figure-1'?",
    f"{FIGURE_1}&start=figure-1@30": "figure-1 can be started at steps 20, 40, not at step 30.",
    f"{preset('ring').to_link()}&start=figure-1@20": "A start of figure-1 has its own experiment: data",
    f"{FIGURE_1[:-20]}&start=figure-1@20": "This link is damaged",
}


@pytest.mark.parametrize("link", FORGED, ids=FORGED.values())
def test_a_forged_start_is_refused_in_a_sentence(link, explorer):
    control_of(explorer, "from").value = 40
    opened(explorer, link)
    said = html.unescape(explorer._notices.message.value)
    assert said.startswith("The link's experiment cannot be opened. ")
    assert FORGED[link] in said
    assert said.endswith(" Instead you see the preset figure-1.")
    assert explorer.session.experiment == preset("figure-1")
    with pytest.raises(Invalid, match=re.escape(FORGED[link])):
        explore(link)


def test_a_link_says_what_it_lacks_elsewhere(explorer, tmp_path, monkeypatch):
    copied(explorer)
    assert explorer._notices.message.value == ""
    there = preset("mnist-mlp").replace(data={"name": "images", "path": str(tmp_path / "gone")})
    opened(explorer, there.to_link())
    said = html.unescape(explorer._notices.message.value)
    assert "The link's experiment cannot be opened. There is no file or folder" in said
    monkeypatch.setattr(explorer.session, "experiment", there)
    assert Experiment.from_link(copied(explorer)) == there
    assert explorer._notices.message.value.startswith("The link names a path on this computer")


# ---------------------------------------------------------------------------------------------------- the command line


def test_train_begins_at_a_start(shelf, tmp_path):
    out = tmp_path / "run"
    assert main(["train", "figure-1", *QUICK, "--start", "40", "--set", "lr_g=0.002", "--out", str(out)]) == 0
    trainer = Trainer.load(out / "checkpoint.safetensors")
    alone = shelf[1].trainer(path="eager")
    alone.change(lr_g=0.002)
    alone.advance(20)
    assert trainer.step_count == 60
    assert same(trainer.state, alone.state)
    assert CsvHistory.read(out / "history.csv")[0].column("step").tolist() == [40, 50, 60]
    assert main(["train", "figure-1", *QUICK, "--set", "lr_g=0.002", "--resume", "--out", str(out)]) == 0
    alone.advance(20)
    assert same(Trainer.load(out / "checkpoint.safetensors").state, alone.state)


REFUSED = {
    ("figure-1", "--start", "30"): "figure-1 can be started at steps 20, 40, not at step 30.",
    ("ring", "--start", "20"): "ring can be started nowhere but at step 0, not at step 20.",
    ("figure-1", "--start", "20", "--set", "seed=1"): "its own experiment: seed differ",
    ("figure-1", "--start", "20", "--resume"): "give one of them",
    ("figure-1", "--start", "soon"): "invalid step value",
    ("figure-1", "--start", "2,00"): "invalid step value",
    ("figure-1", "--start", "2,000"): "not at step 2,000.",
}


@pytest.mark.parametrize("arguments", REFUSED, ids=" ".join)
def test_starts_that_are_not_there_are_refused(arguments, shelf, tmp_path, capsys):
    out = tmp_path / "run"
    assert REFUSED[arguments] in refused(capsys, "train", *arguments, *QUICK, "--out", str(out))
    assert not out.exists()

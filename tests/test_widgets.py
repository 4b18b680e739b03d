"""Widgets without a browser: controls generated from fields, and the live figure's protocol."""

from __future__ import annotations

import dataclasses
import gzip
import json
import math
import threading
import time

import ipywidgets as w
import numpy as np
import pytest
from conftest import ROOMS, every, small
from ipywidgets.widgets.widget import _instances
from plotly.offline import get_plotlyjs_version

from ganviz import Invalid, explore, preset
from ganviz.figures.base import Update
from ganviz.figures.figure_1 import Figure1
from ganviz.lab.recorder import Recorder
from ganviz.lab.status import Frame, Status
from ganviz.option import find, names
from ganviz.presets import preset_names
from ganviz.widgets.caption import caption
from ganviz.widgets.explore import app
from ganviz.widgets.fields import bounds, field_control
from ganviz.widgets.live_figure import LiveFigure
from ganviz.widgets.panel import GROUPS, Panel
from ganviz.widgets.plotly_js import compressed

NUMBERS = (w.FloatSlider, w.FloatLogSlider, w.IntSlider)


@pytest.mark.parametrize("option", every(*ROOMS))
def test_every_field_gets_a_control_of_its_own_range(option):
    for name, field in option.knobs().items():
        given = []

        def take(value: object, given: list = given) -> bool:
            given.append(value)
            return True

        control = field_control(name, field, field.default, take)
        assert control.tooltip == field.description
        if isinstance(control, w.Textarea):
            assert json.loads(control.value) == [list(point) for point in field.default]
        else:
            assert control.value == field.default, "the control shows the value exactly"
        if isinstance(control, w.FloatSlider | w.IntSlider):
            assert (control.min, control.max) == bounds(field)
            end = control.min if control.value == control.max else control.max
            control.value = end
            assert given == [end]


def test_the_panel_shows_every_field_of_an_experiment():
    shown = [name for fields in GROUPS.values() for name in fields]
    assert sorted(shown) == sorted(small().to_dict())


def walk(widget):
    yield widget
    for child in getattr(widget, "children", ()):
        yield from walk(child)


def control_of(explorer, label):
    return next(x for x in walk(explorer) if getattr(x, "description", None) == label)


@pytest.fixture
def explorer():
    explorer = explore(small(regularizers=["r1"]), path="eager")
    yield explorer
    explorer.close()


def until(condition, seconds=120):
    end = time.monotonic() + seconds
    while not condition() and time.monotonic() < end:
        time.sleep(0.02)
    assert condition()


def test_controls_act_on_the_running_training(explorer):
    trainer = explorer.session._worker.run.trainer
    control_of(explorer, "lr d").value = 0.1
    control_of(explorer, "gamma").value = 3.0
    control_of(explorer, "loss").value = "least_squares"
    control_of(explorer, "spectral norm").value = True
    until(lambda: "spectral_norm" in [option.option_name() for option in trainer.experiment.regularizers])
    assert trainer.experiment.lr_d == pytest.approx(0.1)
    assert trainer.experiment.regularizers[0].gamma == pytest.approx(3)
    assert trainer.experiment.loss.option_name() == "least_squares"
    control_of(explorer, "b").value = 0.5
    control_of(explorer, "r1").value = False
    until(lambda: len(trainer.experiment.regularizers) == 1)
    assert trainer.experiment.loss.b == 0.5
    assert explorer.session._worker.run.trainer is trainer, "none of this starts a new run"
    control_of(explorer, "width ↻").value = 16
    until(lambda: explorer.session._worker.run.trainer is not trainer)


def test_a_forged_value_is_refused_and_the_session_lives(explorer):
    slider = control_of(explorer, "d steps")
    slider.max = 10**9
    slider.value = 10**9
    assert "d_steps must be less than or equal to 50" in explorer._notices.message.value
    assert explorer.session.experiment.d_steps == 1
    control_of(explorer, "lr g").value = 0.01
    until(lambda: explorer.session._worker.run.trainer.experiment.lr_g == pytest.approx(0.01))
    assert explorer._notices.message.value == ""


@pytest.mark.parametrize(("label", "widest"), [("mean", 1e9), ("gamma", 9)])
def test_a_forged_bound_of_an_option_s_field_is_refused_too(explorer, label, widest):
    slider = control_of(explorer, label)
    before, slider.max = slider.value, widest
    slider.value = 1e9
    assert f"{label} must be less than or equal to" in explorer._notices.message.value.replace("regularizers.", "")
    assert slider.value == before
    control_of(explorer, "lr g").value = 0.01
    until(lambda: explorer.session._worker.run.trainer.experiment.lr_g == pytest.approx(0.01))


def test_presets_can_be_chosen(explorer):
    control_of(explorer, "preset").value = "wasserstein"
    until(lambda: explorer.session._worker.run.trainer.experiment.loss.option_name() == "wasserstein")
    assert control_of(explorer, "loss").value == "wasserstein"


def test_explore_and_app(monkeypatch, tmp_path):
    with pytest.raises(Invalid, match="did you mean 'figure-1'"):
        explore("figure1")
    path = tmp_path / "mine.json"
    path.write_text(small().to_json(), "utf-8")
    monkeypatch.setenv("GANVIZ_EXPERIMENT", str(path))
    page = app()
    assert page.session.experiment == small()
    page.close()
    for wanted, sentence in (
        ("nothing", "no preset"),
        ("gone.json", "There is no file"),
        (str(tmp_path), "is a folder"),
    ):
        monkeypatch.setenv("GANVIZ_EXPERIMENT", wanted)
        assert sentence in app().value


def shown_figures(explorer):
    return [
        screen.figure.option_name()
        for place in (explorer._stage, explorer._curves)
        for screen in place._screens.values()
        if screen.shown
    ]


def test_each_experiment_has_its_figures(explorer):
    assert shown_figures(explorer) == ["figure_1", "curves"]
    for preset_name, figures in (
        ("ring", ["plane_stage", "plane_curves"]),
        ("dirac-gan", ["phase_plane", "curves"]),
        ("figure-1", ["figure_1", "curves"]),
    ):
        control_of(explorer, "preset").value = preset_name
        assert shown_figures(explorer) == figures
    assert len(explorer._stage.children) == 3, "a figure that was shown before is shown again, not made anew"


def test_the_heading_says_when_the_experiment_is_no_longer_the_preset_s(explorer):
    control_of(explorer, "preset").value = "ring"
    title = "Eight modes on a ring"
    assert title in explorer._heading.value
    control_of(explorer, "lr g").value = 1e-4
    control_of(explorer, "loss").value = "hinge"
    assert title in explorer._heading.value, "what is changed while it runs is the preset's own game"
    assert "Changed: loss, lr_g." in explorer._heading.value
    control_of(explorer, "data").value = "two_moons"
    assert "Your own experiment" in explorer._heading.value
    assert "It began as ring. Changed: data, loss, lr_g." in explorer._heading.value
    control_of(explorer, "preset").value = "figure-1"
    assert "It began as" not in explorer._heading.value


def test_a_changed_preset_can_be_chosen_again(explorer):
    presets = control_of(explorer, "preset")
    control_of(explorer, "loss").value = "wasserstein"
    assert presets.value == "(your own)"
    presets.value = "figure-1"
    assert explorer.session.experiment == preset("figure-1")
    assert control_of(explorer, "loss").value == "nonsaturating"
    assert "Changed" not in explorer._heading.value
    control_of(explorer, "loss").value = "wasserstein"
    control_of(explorer, "loss").value = "nonsaturating"
    assert presets.value == "figure-1", "taken back"


def test_a_new_run_is_announced(explorer):
    control_of(explorer, "loss").value = "hinge"
    assert explorer._notices.message.value == ""
    control_of(explorer, "data").value = "mixture"
    assert "A new run has begun: data cannot change" in explorer._notices.message.value
    control_of(explorer, "loss").value = "minimax"
    assert explorer._notices.message.value == ""


def test_a_figure_that_comes_back_is_dimmed_until_its_first_frame(explorer):
    sent = []
    (first,) = [screen for screen in explorer._stage._screens.values() if screen.shown]
    first.widget.send = lambda message, buffers=None: sent.append(message["kind"])
    control_of(explorer, "preset").value = "ring"
    control_of(explorer, "preset").value = "figure-1"
    assert "stale" in sent


def test_changing_the_data_changes_the_stage(explorer):
    control_of(explorer, "data").value = "ring"
    assert shown_figures(explorer) == ["plane_stage", "plane_curves"]
    control_of(explorer, "loss").value = "hinge"
    until(lambda: explorer.session._worker.run.trainer.experiment.loss.option_name() == "hinge")
    assert explorer.session._worker.run.trainer.experiment.data.option_name() == "ring"


class Browser:
    """Draws every frame of an explorer's figures at once, and says so."""

    def __init__(self, explorer):
        self.explorer, self.frames = explorer, 0
        for widget in walk(explorer):
            self.attend(widget)

    def attend(self, widget):
        if isinstance(widget, LiveFigure) and not hasattr(widget, "_attended"):
            widget._attended = True
            widget.send = lambda content, buffers=None: self.receive(widget, content)
            widget._receive(widget, {"kind": "ready"}, [])

    def receive(self, widget, content):
        if content["kind"] == "frame" and widget.layout.display != "none":
            self.frames += 1
            answer = {"kind": "drawn", "sequence": content["sequence"]}
            threading.Timer(0.005, widget._receive, (widget, answer, [])).start()


def test_switching_to_and_fro_never_freezes_the_stage(explorer):
    browser = Browser(explorer)
    explorer.session.play()
    for preset_name in ("figure-1", "ring", "dirac-gan", "ring", "figure-1", "ring", "dirac-gan", "figure-1"):
        control_of(explorer, "preset").value = preset_name
        for widget in walk(explorer):
            browser.attend(widget)
        explorer.session.play()
        seen = browser.frames
        until(lambda seen=seen: browser.frames > seen + 5)
    assert "Something went wrong" not in explorer._notices.message.value


def test_what_is_shown_no_more_is_closed(explorer):
    def registered():
        return len(_instances)

    def round_trip():
        for preset_name in ("wasserstein", "ring", "figure-1"):
            control_of(explorer, "preset").value = preset_name
        control_of(explorer, "data").value = "mixture"
        control_of(explorer, "data").value = "gaussian"
        control_of(explorer, "r1").value = True
        control_of(explorer, "r1").value = False

    round_trip()
    before = registered()
    for _ in range(3):
        round_trip()
    assert registered() == before


def test_a_late_frame_of_the_last_experiment_is_dropped(explorer):
    frame = Frame(Recorder(small(data="ring", latent={"name": "uniform", "dim": 2}), "eager").view(), Status())
    explorer._show(frame)
    assert shown_figures(explorer) == ["figure_1", "curves"]


def test_options_of_one_kind_stand_together(explorer):
    labels = [label for label, _ in control_of(explorer, "data").options]
    kinds = [label.rpartition("(")[2] for label in labels]
    assert kinds == sorted(kinds)
    assert "ring (plane)" in labels
    assert [label for label, _ in control_of(explorer, "loss").options] == names("losses")


def test_a_link_leads_to_the_same_experiment(explorer):
    sent = []
    explorer._link.send = sent.append
    explorer._link._receive(None, {"kind": "copy"}, [])
    (message,) = sent
    assert message == {"kind": "link", "link": explorer.session.experiment.to_link()}
    there = small(data="ring", latent={"name": "uniform", "dim": 2}, seed=5)
    explorer._link._receive(None, {"kind": "open", "link": there.to_link()}, [])
    until(lambda: explorer.session._worker.run.trainer.experiment == there)
    assert shown_figures(explorer) == ["plane_stage", "plane_curves"]
    for forged in (None, 7, {}, {"kind": "open"}, {"kind": "open", "link": 7}):
        explorer._link._receive(None, forged, [])
    explorer._link._receive(None, {"kind": "open", "link": "#ganviz=nonsense"}, [])
    assert "This link is damaged" in explorer._notices.message.value
    assert explorer.session.experiment == there, "and nothing was lost"
    by_link = explore(there.to_link(), path="eager")
    assert by_link.session.experiment == there
    by_link.close()


# ------------------------------------------------------------------------------------------------- the live figure


class Recording(LiveFigure):
    """A live figure that keeps what it would send."""

    def __init__(self, **callbacks):
        self.sent = []
        super().__init__(Figure1().draw(Recorder(small(), "eager").view()), **callbacks)

    def send(self, content, buffers=None):
        self.sent.append((content, buffers))

    def browser(self, **message):
        self._receive(self, message, [])


def update(values, **layout):
    return Update({0: {"x": np.arange(3.0), "y": np.asarray(values)}}, layout)


def test_one_binary_message_a_frame():
    figure = Recording()
    figure.show(update([1, 2, np.nan]), "a caption", {"step": 4})
    ((message, buffers),) = figure.sent
    assert message["caption"] == "a caption"
    assert message["state"] == {"step": 4}
    assert [entry["length"] for entry in message["arrays"]] == [3, 3]
    values = np.frombuffer(buffers[0], dtype=np.float32)
    assert np.array_equal(values, [0, 1, 2, 1, 2, np.nan], equal_nan=True)


def test_the_browser_acknowledges_before_the_next_frame():
    freed = []
    figure = Recording(on_free=lambda: freed.append(1))
    assert figure.free
    figure.show(update([1, 2, 3]))
    assert not figure.free
    figure.browser(kind="drawn", sequence=99)
    figure.browser(kind="alive")
    assert not figure.free
    assert not freed
    figure.browser(kind="drawn", sequence=1)
    assert figure.free
    assert freed == [1]


def test_a_page_that_shows_the_figure_anew_is_served():
    figure = Recording()
    figure.show(update([1, 2, 3], **{"xaxis.range": [0, 1]}))
    figure.browser(kind="ready")
    assert figure.free
    figure.show(update([1, 2, 3], **{"xaxis.range": [0, 1]}))
    assert figure.sent[-1][0]["layout"] == {"xaxis.range": [0, 1]}, "a new page does not know the axes yet"


def test_a_refused_choice_goes_back_and_says_why():
    explorer = explore(small(regularizers=["r1"]), path="eager")
    try:
        batch = explorer._shown_panel.controls["batch_size"]
        batch.value = next(size for size in batch.options if size != batch.value)
        assert explorer.session.experiment.batch_size == batch.value
        loss = explorer._shown_panel.controls["loss"].children[0]
        before = loss.value
        loss.value = "mmd"
        assert loss.value == before == explorer.session.experiment.loss.option_name()
        assert "r1 acts on the discriminator" in explorer._notices.message.value
        explorer._shown_panel.controls["regularizers"]._switches["r1"].children[0].value = False
        loss.value = "mmd"
        assert explorer.session.experiment.loss.option_name() == "mmd"
        assert explorer._shown_panel.controls["lr_d"].layout.display == "none"
        switches = explorer._shown_panel.controls["regularizers"]
        shown = {name for name, box in switches._switches.items() if not box.layout.display}
        assert "ema" in shown
        assert "packing" not in shown, "it would be refused"
        loss.value = "minimax"
        assert explorer._shown_panel.controls["lr_d"].layout.display == ""
        assert not any(box.layout.display for box in switches.children)
    finally:
        explorer.close()


def test_the_line_of_numbers_has_no_nan():
    for loss, said in (("relativistic", "C(G)</abbr> <b>unknown</b>"), ("minimax", "C(G)</abbr> <b>−")):
        run = Recorder(small(loss=loss), "eager")
        assert said in caption(Figure1(), Frame(run.view(), Status()))
    view = Recorder(small(), "eager").view()
    endless = dataclasses.replace(view, measures={**view.measures, "cost": math.inf})
    assert "C(G)</abbr> <b>∞</b>" in caption(Figure1(), Frame(endless, Status()))


def test_a_preset_s_number_is_on_a_notch_of_its_slider():
    """The browser moves a value to the nearest notch; a preset must not change by being shown."""
    for name in preset_names():
        panel = Panel(preset(name), lambda **fields: True)
        for slider in (x for x in walk(panel) if isinstance(x, w.FloatLogSlider)):
            notch = (math.log10(slider.value) - slider.min) / slider.step
            assert notch == pytest.approx(round(notch), abs=1e-6), (name, slider.description)


def test_a_new_seed_shows_in_its_control():
    explorer = explore(small(seed=7), path="eager")
    try:
        next(button for button in explorer._toolbar.children if button.description == "New seed").click()
        assert explorer.session.experiment.seed == 8
        assert explorer._panel.children[0].controls["seed"].value == 8
    finally:
        explorer.close()


def test_axes_are_sent_only_when_they_change():
    figure = Recording()
    for layout in ({"xaxis.range": [0, 1]}, {"xaxis.range": [0, 1]}, {"xaxis.range": [0, 2]}):
        figure.show(update([1, 2, 3], **layout))
        figure.browser(kind="drawn", sequence=figure.sent[-1][0]["sequence"])
    assert [message["layout"] for message, _ in figure.sent] == [{"xaxis.range": [0, 1]}, {}, {"xaxis.range": [0, 2]}]


def test_plotly_is_sent_compressed_and_only_on_request():
    figure = Recording()
    assert figure.sent == []
    figure.browser(kind="plotly")
    (payload,) = figure.sent[0][1]
    assert payload == compressed()
    assert len(payload) < 500_000
    banner = gzip.decompress(payload)[:200].decode()
    major = get_plotlyjs_version().partition(".")[0]
    assert f"v{major}." in banner, "the bundle and plotly's Python package speak the same dialect"


def test_the_bundle_draws_every_figure():
    cartesian = {"scatter", "bar", "histogram", "box", "violin", "heatmap", "contour", "image", "histogram2dcontour"}
    images = small(data="mnist", latent={"name": "normal", "dim": 8})
    told = images.replace(data={"name": "mnist", "conditional": True})
    shown = (preset("figure-1"), preset("dirac-gan"), preset("ring"), images, told)
    views = [Recorder(experiment, "eager").view() for experiment in shown]
    for name in names("figures"):
        figure = find("figures", name)()
        view = next(view for view in views if figure.fits(view.snapshot.experiment))
        assert {trace.type for trace in figure.draw(view).data} <= cartesian, name


@pytest.mark.parametrize("forged", [None, 7, "x", [], {}, {"kind": None}, {"kind": "drawn"}, {"kind": ["ready"]}])
def test_forged_messages_are_ignored(forged):
    figure = Recording()
    figure.show(update([1, 2, 3]))
    figure._receive(figure, forged, [])
    assert not figure.free


def test_the_state_line():
    view = Recorder(small(), "eager").view()
    line = caption(Figure1(), Frame(view, Status(playing=True, rate=1234.4, path="native", stage="b")))
    pace = "<b>1,234</b> steps/s, native path on the CPU"
    for part in ("step <b>0</b>", pace, "JSD", "−1.3863", "(b) D was trained"):
        assert part in line
    assert "paused" in caption(Figure1(), Frame(view, Status()))
    assert "waiting for a viewer" in caption(Figure1(), Frame(view, Status(playing=True, waiting=True)))

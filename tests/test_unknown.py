"""A number that cannot be computed is NaN: never 0, never 1, and never the end of a session."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
import pytest
import torch
from conftest import every, small
from torch import Tensor

from ganviz import Trainer
from ganviz.figures.base import View
from ganviz.lab.alarm import CALM, ROW, Alarm
from ganviz.lab.recorder import Recorder
from ganviz.metrics.base import fitting, readings
from ganviz.option import names, resolve
from ganviz.spaces.images.requests import Draw, Nearest
from ganviz.spaces.line.cells import centers
from ganviz.spaces.line.pushforward import PushForward, kernel_estimate
from ganviz.spaces.plane.smooth import smoothed
from ganviz.theory.stages import at_equilibrium, distance_from_optimum

DIRAC = {"name": "dirac"}

EXPERIMENTS = {
    "line": small(),
    "line, estimated": small(latent={"name": "uniform", "dim": 2}),
    "line, critic": small(loss="wasserstein"),
    "line, no D": small(loss="mmd"),
    "line, two parameters": small(data="dirac", latent="constant", generator=DIRAC, discriminator=DIRAC),
    "plane": small(data="ring"),
    "plane, critic": small(data="swiss_roll", loss="wasserstein", latent={"name": "normal", "dim": 1}),
    "pictures": small(data="mnist", latent={"name": "normal", "dim": 2}),
    "pictures, critic": small(data="mnist", loss="wasserstein", latent={"name": "normal", "dim": 2}),
}
ON_LINE = [name for name in EXPERIMENTS if name.startswith("line")]
IN_PLANE = [name for name in EXPERIMENTS if name.startswith("plane")]


def last(value: float) -> Callable[[Tensor], Tensor]:
    """Only the last parameter is lost: a bias of the output."""
    return lambda flat: torch.cat([flat[:-1], flat.new_full((1,), value)])


def all_of_them(value: float) -> Callable[[Tensor], Tensor]:
    return lambda flat: torch.full_like(flat, value)


LOST: dict[str, Callable[[Tensor], Tensor]] = {
    "all NaN": all_of_them(math.nan),
    "one NaN": last(math.nan),
    "one infinite": last(math.inf),
    "overflow": all_of_them(3e38),
}


@cache
def view_of(name: str, player: str = "g", lost: str = "") -> View:
    """An untrained run of an experiment, seen after parameters of a player were lost; as it is where none is."""
    run = Recorder(EXPERIMENTS[name], "eager", state=trainer_of(name, player, lost).run_value.state)
    view = run.view()
    run.close()
    return view


def trainer_of(name: str, player: str = "g", lost: str = "") -> Trainer:
    trainer = Trainer(EXPERIMENTS[name], device="cpu")
    sound = trainer.run_value.state
    change = LOST[lost] if lost else (lambda flat: flat)
    trainer.begin(sound | {player: sound[player] | {"parameters": change(sound[player]["parameters"])}})
    return trainer


@cache
def measures_of(name: str, player: str = "g", lost: str = "") -> dict[str, float]:
    metrics = fitting(EXPERIMENTS[name])
    requests = {request for metric in metrics for request in metric.requests(EXPERIMENTS[name])}
    snapshot = trainer_of(name, player, lost).snapshot(*requests)
    return {metric.option_name(): metric.measure(snapshot) for metric in metrics}


# ------------------------------------------------------------------------------------------------------------ metrics


@pytest.mark.parametrize(
    ("name", "lost"), [*((name, "all NaN") for name in ON_LINE), ("plane", "one NaN"), ("pictures", "one NaN")]
)
def test_of_a_lost_generator_no_metric_knows_anything(name, lost):
    found = measures_of(name, "g", lost)
    assert found
    assert all(math.isnan(value) for value in found.values()), found


@pytest.mark.parametrize("name", ON_LINE)
def test_on_the_line_an_infinite_sample_has_no_law(name):
    found = measures_of(name, "g", "one infinite")
    assert all(math.isnan(value) for value in found.values()), found


def test_on_the_line_samples_that_are_far_away_are_not_lost():
    """Half of them at either end of the line: as far from p_data as can be. They were dropped once, with their mass."""
    snapshot, found = view_of("line", "g", "overflow").snapshot, measures_of("line", "g", "overflow")
    assert snapshot.q.sum() == pytest.approx(1, abs=1e-12)
    assert found["jsd"] == pytest.approx(math.log(2), abs=1e-9)
    assert found["cost"] == pytest.approx(0, abs=1e-9), "−log 4 + 2 log 2"
    assert found["value"] <= found["cost"]
    # By the convention that w1 states they lie in the last cells, which end a million window widths out.
    left, right = centers(snapshot.edges)[[0, -1]]
    assert found["w1"] == pytest.approx((right - left) / 2, rel=1e-6)
    assert measures_of("line, critic", "g", "overflow")["cost"] == pytest.approx(found["w1"], rel=1e-6)


@pytest.mark.parametrize(("name", "lost"), [("plane", "one infinite"), ("plane, critic", "overflow")])
def test_in_the_plane_a_fake_at_infinity_is_only_counted(name, lost):
    """It is near to nothing, and infinitely far from all that is real; what compares such fakes with each other knows
    nothing, because ∞ − ∞ is not known."""
    right = {"modes": 0, "high_quality": 0, "precision": 0, "w2": math.inf}
    found = measures_of(name, "g", lost)
    assert found == pytest.approx({metric: right.get(metric, math.nan) for metric in found}, nan_ok=True)


def test_a_lost_pixel_and_a_saturated_one_are_told_apart():
    saturated = view_of("pictures", "g", "one infinite").snapshot.fake
    assert (saturated[:, -1, -1] == 1).all(), "a sigmoid takes ∞ to white: such pictures can be measured"
    assert np.isfinite(saturated).all()


@pytest.mark.parametrize(
    ("name", "lost"), [*((name, lost) for name in ON_LINE for lost in LOST), ("plane, critic", "all NaN")]
)
def test_a_lost_discriminator_is_seen_by_those_who_ask_it_alone(name, lost):
    sound, found = measures_of(name), measures_of(name, "d", lost)
    assert any(math.isfinite(value) for value in sound.values())
    asks = {"value"} if name.startswith("line") and EXPERIMENTS[name].loss.outputs() else set()
    others = found.keys() - asks
    assert {metric: found[metric] for metric in others} == pytest.approx(
        {metric: sound[metric] for metric in others}, rel=0, abs=0, nan_ok=True
    )
    if asks and "NaN" in lost:
        assert math.isnan(found["value"])


def test_a_discriminator_that_is_infinitely_sure_loses_infinitely():
    """V = E_p[log σ(∞)] + E_q[log σ(−∞)] = 0 − ∞; for a critic ∞ − ∞."""
    assert measures_of("line", "d", "one infinite")["value"] == -math.inf
    assert math.isnan(measures_of("line, critic", "d", "one infinite")["value"])
    smooth = resolve("losses", {"name": "nonsaturating", "real_label": 0.9})
    p, q, sure = (torch.tensor(values, dtype=torch.float64) for values in ([0.0, 1.0], [1.0, 0.0], [-math.inf, 2.0]))
    expected = 0.9 * math.log(1 / (1 + math.exp(-2))) + 0.1 * math.log(1 / (1 + math.exp(2)))
    assert smooth.value(p, q, sure) == pytest.approx(expected, rel=1e-12), "0 · ∞ counts as 0"
    assert smooth.value(p.flip(0), q.flip(0), sure) == -math.inf


@pytest.mark.parametrize("player", ["g", "d"])
def test_pictures_are_measured_by_their_samples_alone(player):
    """The same latents, the same pictures, whatever became of D."""
    sound, broken = (trainer_of("pictures", player, lost).answer(Draw(8))["x"] for lost in ("", "all NaN"))
    assert np.array_equal(sound, broken) == (player == "d")
    assert np.isnan(broken).all() == (player == "g")


def test_what_was_measured_and_is_not_known_is_said():
    assert readings({"w2": math.nan}, {"w2": 0.1}) == [], "not measured yet"
    (said,) = readings({"w2": math.nan}, {"w2": 0.1}, {"w2": 7}, now=7)
    assert "<b>–</b> (floor 0.10)" in said


# ------------------------------------------------------------------------------------------------------------- theory


@pytest.mark.parametrize("name", [name for name in ON_LINE if name != "line, no D"])
@pytest.mark.parametrize("player", ["g", "d"])
def test_theory_claims_nothing_about_lost_players(name, player):
    snapshot = view_of(name, player, "all NaN").snapshot
    assert math.isnan(distance_from_optimum(snapshot))
    assert not at_equilibrium(snapshot)


def test_an_unknown_law_is_unknown_everywhere():
    x = torch.tensor([-9.0, 0.0, 9.0]).double()
    nodes = torch.linspace(-1, 1, 11).double()
    nodes[5] = math.nan
    for law in (PushForward(nodes, torch.full((10,), 0.1).double()), kernel_estimate(nodes)):
        assert law.density(x).isnan().all()
        assert law.cdf(x).isnan().all()


def test_a_point_far_out_has_a_law():
    """There the width that a point gets is less than the distance to the next number."""
    law = PushForward(torch.full((3,), 1e12).double(), torch.full((2,), 0.5).double())
    assert law.cdf(torch.tensor([0.9e12, 1.1e12]).double()).tolist() == pytest.approx([0, 1])


def test_an_estimate_with_a_lost_sample_is_unknown():
    samples, axis = torch.zeros(4, 2).double(), torch.linspace(-1, 1, 8).double()
    known = smoothed(samples, axis)
    assert known.max() > 0
    samples[2, 1] = math.nan
    assert smoothed(samples, axis).isnan().all()
    samples[2] = math.inf
    assert torch.allclose(smoothed(samples, axis), known * 3 / 4), "one of four is elsewhere"


# ------------------------------------------------------------------------------------------------------------ figures


DRAWN = [
    *((name, player, "all NaN") for name in EXPERIMENTS for player in "gd"),
    *((name, "d", "overflow") for name in EXPERIMENTS if "critic" in name),
    *((name, "g", "one infinite") for name in (*ON_LINE, *IN_PLANE)),
]


def numbers_in(value: Any) -> list[float]:
    if isinstance(value, dict):
        return [number for part in value.values() for number in numbers_in(part)]
    if isinstance(value, list | tuple):
        return [number for part in value for number in numbers_in(part)]
    return [float(value)] if isinstance(value, int | float | np.number) else []


@pytest.mark.parametrize(("name", "player", "lost"), DRAWN, ids=map(", ".join, DRAWN))
def test_every_figure_can_be_drawn_of_lost_players(name, player, lost):
    view = view_of(name, player, lost)
    figures = [resolve("figures", figure) for figure in names("figures")]
    fitting_ones = [figure for figure in figures if figure.fits(view.snapshot.experiment)]
    assert len(fitting_ones) >= 2
    for figure in fitting_ones:
        update = figure.update(view)
        assert all(math.isfinite(number) for number in numbers_in(update.layout)), "JSON has no NaN"
        said = " ".join([*figure.readings(view), *update.names.values()])
        assert not re.search(r"\b(nan|inf)\b", said), said
        assert len(figure.draw(view).data) == len(update.traces)


@pytest.mark.parametrize("figure", every("figures"))
def test_every_figure_is_tried(figure):
    shown = {**EXPERIMENTS, "told": small(data={"name": "mnist", "conditional": True})}
    assert any(figure.fits(experiment) for experiment in shown.values())


def test_unknown_numbers_are_drawn_as_gaps():
    line, plane, tiles = (resolve("figures", name) for name in ("figure_1", "plane_stage", "image_stage"))
    update = line.update(view_of("line", "g", "all NaN"))
    p_data, p_g, d, *_ = (update.traces[number]["y"] for number in sorted(update.traces))
    assert np.isnan(p_g).all()
    assert np.isfinite(p_data).all()
    assert np.isfinite(d).all()
    assert "p<sub>g</sub>: unknown" in update.names.values()
    said = " ".join(line.readings(view_of("line", "g", "all NaN")))
    assert said.count("<b>unknown</b>") == 3
    drawn = plane.draw(view_of("plane", "g", "all NaN"))
    bars = next(trace for trace in drawn.select_traces("scatter") if trace.xaxis == "x3" and trace.fill == "tozeroy")
    tops = np.asarray(bars.y, dtype=float).reshape(-1, 5)[:, 1:3]
    assert len(tops) == 8
    assert np.isnan(tops).all(), "a share of 0 would be a number"
    drawn = tiles.draw(view_of("pictures", "d", "all NaN"))
    histograms = [trace for trace in drawn.select_traces("scatter") if trace.fill == "tozeroy"]
    assert len(histograms) == 2
    assert all(np.isnan(np.asarray(trace.y, dtype=float)[1:-1]).all() for trace in histograms)


def test_to_a_lost_picture_no_training_picture_is_nearest():
    found = trainer_of("pictures").answer(Nearest(view_of("pictures", "g", "all NaN").snapshot.fake[:2]))
    assert np.isnan(found["x"]).all()
    assert np.isnan(found["distance"]).all()
    closer = " ".join(resolve("figures", "image_closer").readings(view_of("pictures", "g", "all NaN")))
    assert "read as –" in closer
    assert "nearest in training <b>–</b>" in closer


# -------------------------------------------------------------------------------------------------------------- alarm


def test_an_alarm_does_not_end_because_nothing_is_known():
    alarm = Alarm(0)
    for step in range(ROW):
        alarm = alarm.after(step, {"loss_d": 1e9, "grad_d": 1.0})
    assert alarm.sentence
    for step in range(2 * CALM):
        assert alarm.after(step, {"loss_d": math.nan}) == alarm
    for step in range(CALM):
        alarm = alarm.after(step, {"loss_d": 1.0, "grad_d": math.nan})
    assert not alarm.sentence

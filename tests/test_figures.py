"""Figures: arrays in, plotly figure out; the live picture and the static one are the same."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import plotly.graph_objects as go
import pytest
from conftest import every, small

from ganviz.figures._far import FARTHEST
from ganviz.figures._style import nice_ceiling
from ganviz.figures.curves import Curves
from ganviz.figures.figure_1 import ARROWS, D_STAR, P_DATA, P_G, D, Figure1
from ganviz.figures.plane_stage import ARROWS as DRAWN_ARROWS
from ganviz.figures.plane_stage import FAKES, PlaneStage
from ganviz.lab.history import History
from ganviz.lab.recorder import Recorder


@pytest.fixture(scope="module")
def view():
    run = Recorder(small(), "eager")
    for _ in range(3):
        for _ in range(20):
            run.step()
        view = run.view()
    return view


@pytest.fixture(scope="module")
def dirac_view():
    player = {"name": "dirac"}
    fields = {"generator": player, "discriminator": player, "optimizer_g": "sgd", "optimizer_d": "sgd"}
    run = Recorder(small(data="dirac", latent="constant", **fields), "eager")
    for _ in range(20):
        run.step()
    return run.view()


@pytest.fixture(scope="module", params=[("ring", 2), ("ring", 1), ("two_moons", 3)], ids=["grid", "curve", "slice"])
def plane_view(request):
    data, dim = request.param
    run = Recorder(small(data=data, latent={"name": "normal", "dim": dim}), "eager")
    for _ in range(20):
        run.step()
    return run.view()


@pytest.fixture(scope="module")
def image_view():
    run = Recorder(small(data="mnist", latent={"name": "normal", "dim": 8}), "eager")
    for _ in range(3):
        run.step()
    return run.view()


@pytest.fixture(scope="module")
def class_view():
    data = {"name": "mnist", "conditional": True}
    return Recorder(small(data=data, latent={"name": "normal", "dim": 8}), "eager").view()


@pytest.mark.parametrize("figure", every("figures"))
def test_draws_a_complete_figure(figure, view, dirac_view, plane_view, image_view, class_view):
    views = (view, dirac_view, plane_view, image_view, class_view)
    view = next(one for one in views if figure.fits(one.snapshot.experiment))
    drawn, update = figure().draw(view), figure().update(view)
    assert isinstance(drawn, go.Figure)
    assert set(update.traces) == set(range(len(drawn.data))), "every trace is filled"
    for index, arrays in update.traces.items():
        for name, values in arrays.items():
            assert np.array_equal(np.asarray(drawn.data[index][name]), values, equal_nan=True)
            assert not values.size or np.isfinite(values).any(), "a layer may be empty, but not full of gaps"
    for path, value in update.layout.items():
        shown = drawn.layout
        for key in path.split("."):
            shown = shown[int(key) if key.isdigit() else key]
        assert np.array_equal(shown, value)
    assert len(drawn.to_json()) > 1000


def test_figure_1_has_the_papers_elements(view):
    figure = Figure1().draw(view)
    dashes = [figure.data[i].line.dash for i in (P_DATA, P_G, D)]
    assert dashes == ["dot", "solid", "dash"]
    assert [figure.data[i].name for i in (P_DATA, D, D_STAR)] == ["p<sub>data</sub>", "D(x)", "D*(x)"]
    x, p = figure.data[P_DATA].x, figure.data[P_DATA].y
    assert np.allclose(p, np.exp(-(np.asarray(x) ** 2) / 2) / np.sqrt(2 * np.pi), atol=2e-3)
    ends = np.asarray(figure.data[ARROWS].x).reshape(-1, 3)[:, 1]
    assert np.allclose(ends, view.snapshot.arrows_x)
    assert np.asarray(figure.data[ARROWS].y).reshape(-1, 3)[0, :2].tolist() == [0, 1]


def test_an_estimate_is_labelled():
    run = Recorder(small(latent={"name": "normal", "dim": 2}), "eager")
    assert "estimate" in Figure1().draw(run.view()).data[P_G].name


def test_a_critic_is_drawn_in_its_own_scale():
    run = Recorder(small(loss="wasserstein"), "eager")
    low, high = Figure1().update(run.view()).layout["yaxis3.range"]
    assert low == -high
    assert high >= np.abs(run.view().snapshot.discriminator[60:572]).max()


@pytest.mark.parametrize(
    ("value", "ceiling"), [(0.9, 1), (1, 1), (1.2, 1.5), (3.4, 5), (0.031, 0.05), (71, 100), (0, 1), (float("inf"), 1)]
)
def test_nice_ceiling(value, ceiling):
    assert nice_ceiling(value) == pytest.approx(ceiling)


def test_logarithmic_panels_have_few_ticks_and_no_line_for_a_player_who_is_not_there():
    view = Recorder(small(loss="mmd"), "eager").view()
    history = History()
    for step in range(1, 30):
        history.add(step, {"grad_d": 0.0, "grad_g": 10.0 ** (step - 16), "w1": 1.0})
    update = Curves().update(replace(view, curves=history.curves()))
    columns = [curve.column for curve in Curves.curves]
    assert len(update.traces[columns.index("grad_d")]["x"]) == 0
    assert len(update.traces[columns.index("grad_g")]["x"]) == 29
    low, high = update.layout["yaxis4.range"]
    assert low <= -6
    assert high >= 13
    assert 2 <= (high - low) / update.layout["yaxis4.dtick"] <= 6
    assert update.layout["yaxis3.dtick"] == 1


def test_what_has_run_away_is_drawn_where_a_page_can_still_count(view, plane_view):
    """Pixels are float32: a point at 3e38 is an error on the page, and takes the picture with it."""
    far = np.resize([3e38, -1e300, np.inf, np.nan, 0.5], view.snapshot.arrows_x.shape)
    drawn = Figure1().update(replace(view, snapshot=replace(view.snapshot, arrows_x=far))).traces[ARROWS]["x"][1::3]
    wanted = np.resize([FARTHEST, -FARTHEST, np.inf, np.nan, 0.5], far.shape)
    np.testing.assert_array_equal(drawn, wanted)
    fake = plane_view.snapshot.fake.copy()
    fake[:2] = [[1e38, -1e38], [np.nan, 2.0]]
    update = PlaneStage().update(replace(plane_view, snapshot=replace(plane_view.snapshot, fake=fake)))
    points = np.stack([update.traces[FAKES][name][:2] for name in ("x", "y")], 1)
    np.testing.assert_array_equal(points, [[FARTHEST, -FARTHEST], [np.nan, 2.0]])
    assert all(
        np.abs(each[np.isfinite(each)]).max(initial=0) <= FARTHEST for each in update.traces[DRAWN_ARROWS].values()
    )

"""What is seen of a run in the plane, against closed forms and independent float64 computations."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
import torch
from conftest import every, small

from ganviz import Invalid, Trainer
from ganviz.figures._contours import SHARES, contours, levels
from ganviz.figures._latent_grid import SHADES, grid_lines, shades
from ganviz.figures.plane_stage import ARROWS, DRAWN, FAKES, HEAT, NODES, OUTSIDE, P_DATA, PlaneStage
from ganviz.lab.recorder import Recorder
from ganviz.spaces.plane.smooth import WIDTH, smoothed

AFFINE = {"name": "mlp", "depth": 0}


def trained(steps: int = 5, **fields) -> Trainer:
    trainer = Trainer(small(**{"data": "ring", "latent": {"name": "uniform", "dim": 2}, **fields}))
    trainer.advance(steps)
    return trainer


def affine(weight, bias, **fields) -> Trainer:
    """G(z) = W z + b in double precision."""
    trainer = Trainer(small(data="ring", generator=AFFINE, **fields), dtype=torch.float64)
    g = trainer.state["g"]
    parts = {"0.weight": torch.tensor(weight).double(), "0.bias": torch.tensor(bias).double()}
    flat = trainer._transitions.game.g_layout.flatten(parts)
    trainer.begin({**trainer.state, "g": {**g, "parameters": flat}})
    return trainer


def test_the_map_of_d_is_d():
    trainer = trained()
    snapshot = trainer.snapshot()
    x, y = np.meshgrid(snapshot.axis, snapshot.axis)
    points = np.stack([x.ravel(), y.ravel()], axis=1)
    assert np.allclose(trainer.discriminate(points), snapshot.discriminator.ravel(), atol=1e-6)
    assert np.allclose(trainer.discriminate(snapshot.fake[:400]), snapshot.on_fake, atol=1e-6)
    assert np.allclose(trainer.discriminate(snapshot.real[:400]), snapshot.on_real, atol=1e-6)
    low, high = trainer.experiment.data.window()
    cell = (high - low) / len(snapshot.axis)
    assert snapshot.axis[0] == pytest.approx(low + cell / 2)
    assert snapshot.axis[-1] == pytest.approx(high - cell / 2)


def test_p_data_is_drawn_from_its_formula():
    snapshot = trained(data={"name": "ring", "modes": 3, "radius": 1, "std": 0.2}).snapshot()
    cell = snapshot.fine_axis[1] - snapshot.fine_axis[0]
    assert snapshot.density.sum() * cell**2 == pytest.approx(1, abs=1e-3)
    x, y = 0.7, -0.3
    i, j = (int(np.abs(snapshot.fine_axis - value).argmin()) for value in (x, y))
    at = np.array([snapshot.fine_axis[i], snapshot.fine_axis[j]])
    centers = [(math.cos(a), math.sin(a)) for a in (0, 2 * math.pi / 3, 4 * math.pi / 3)]
    expected = np.mean([math.exp(-np.sum((at - c) ** 2) / 0.08) / (2 * math.pi * 0.04) for c in centers])
    assert snapshot.density[j, i] == pytest.approx(expected, rel=1e-4)


def test_the_estimate_is_the_blurred_law():
    """For G(z) = z, z normal, the estimate is a normal density whose variance is larger by the kernel's."""
    samples = torch.randn(200_000, 2, dtype=torch.float64, generator=torch.Generator().manual_seed(0)).numpy() * 0.5
    axis = -3 + (np.arange(64) + 0.5) * 6 / 64
    estimate = smoothed(torch.from_numpy(samples), torch.from_numpy(axis)).numpy()
    cell = axis[1] - axis[0]
    assert estimate.sum() * cell**2 == pytest.approx(1, abs=1e-6)
    x, y = np.meshgrid(axis, axis)
    # Counting in cells blurs too, by the variance of a cell.
    variance = 0.25 + (WIDTH * cell) ** 2 + cell**2 / 12
    expected = np.exp(-(x**2 + y**2) / (2 * variance)) / (2 * math.pi * variance)
    assert np.abs(estimate - expected).max() < 0.02 * expected.max()


def test_density_at_points_is_the_same_estimate():
    trainer = affine([[0.6, 0.0], [0.0, 0.6]], [0.0, 0.0], latent={"name": "normal", "dim": 2})
    snapshot = trainer.snapshot()
    at = np.array([[0.0, 0.0], [0.3, -0.5], [5.0, 5.0]])
    width = WIDTH * (snapshot.axis[1] - snapshot.axis[0])
    squared = ((at[:, None] - snapshot.fake) ** 2).sum(2) / width**2
    expected = np.exp(-squared / 2).mean(1) / (2 * math.pi * width**2)
    assert np.allclose(trainer.density(at), expected, rtol=1e-4, atol=1e-12)


def test_the_latent_grid_of_an_affine_map():
    """Every cell of the lattice has the same area |det W| · cell, and the uniform density 1/(4 |det W|) on [-1, 1]²."""
    weight, bias = [[0.8, 0.3], [-0.2, 0.5]], [0.1, -0.4]
    snapshot = affine(weight, bias, latent={"name": "uniform", "dim": 2}).snapshot()
    assert snapshot.grid_image.shape == (25, 25, 2)
    assert np.allclose(snapshot.grid_image, snapshot.latent_grid @ np.array(weight).T + bias, atol=1e-6)
    determinant = 0.8 * 0.5 + 0.3 * 0.2
    assert np.allclose(snapshot.grid_density, 1 / (4 * determinant), rtol=1e-5)


def test_the_latent_grid_of_a_latent_of_one_dimension_is_a_curve():
    snapshot = affine([[0.8], [-0.6]], [0.0, 0.5], latent={"name": "uniform", "dim": 1}).snapshot()
    assert snapshot.grid_image.shape == (1, 301, 2)
    assert np.allclose(snapshot.grid_density, 1 / 2, rtol=1e-5), "mass 1/2 a unit of z, stretched by 1"
    assert np.allclose(snapshot.grid_image[0, :, 1], 0.5 - 0.6 * snapshot.latent_grid[0, :, 0])


def test_a_larger_latent_is_cut_through_its_middle():
    weight = [[0.8, 0.3, 9.0], [-0.2, 0.5, 9.0]]
    snapshot = affine(weight, [0.0, 0.0], latent={"name": "normal", "dim": 3}).snapshot()
    assert np.allclose(snapshot.grid_image, snapshot.latent_grid @ np.array(weight)[:, :2].T, atol=1e-6)


def test_what_is_crushed_has_a_finite_density():
    snapshot = affine([[0.0, 0.0], [0.0, 0.0]], [0.2, 0.2], latent={"name": "uniform", "dim": 2}).snapshot()
    assert np.isfinite(snapshot.grid_density).all()
    for lines in shades(snapshot.grid_image, snapshot.grid_density):
        assert np.isfinite(lines["x"][~np.isnan(lines["x"])]).all()


@pytest.mark.parametrize("loss", ["minimax", "nonsaturating", "least_squares", "wasserstein", "hinge"])
def test_the_pull_is_the_slope_of_the_objective(loss):
    """Against central differences of G's loss on one fake, in float64."""
    trainer = Trainer(
        small(
            data="ring",
            latent={"name": "normal", "dim": 2},
            loss=loss,
            discriminator={"name": "mlp", "activation": "tanh"},
        ),
        dtype=torch.float64,
    )
    trainer.advance(3)
    snapshot = trainer.snapshot()
    option, width = trainer.experiment.loss, 1e-5

    def objective(x: np.ndarray) -> float:
        score = trainer.observer.features(trainer.state, trainer._transitions.settings, torch.from_numpy(x[None]))
        return float(option.g_loss(None, score))

    for fake, pull in zip(snapshot.fake[:5].astype(np.float64), snapshot.pull, strict=False):
        steps = width * np.eye(2)
        slope = [(objective(fake + step) - objective(fake - step)) / (2 * width) for step in steps]
        assert np.allclose(pull, -np.array(slope), rtol=1e-3, atol=1e-7)


@pytest.mark.parametrize("loss", every("losses"))
def test_every_loss_has_its_picture(loss):
    snapshot = trained(loss=loss()).snapshot()
    for array in (snapshot.discriminator, snapshot.pull, snapshot.on_real, snapshot.on_fake, snapshot.estimate):
        assert np.isfinite(array).all()
    assert np.abs(snapshot.pull).max() > 0
    if loss().scale() is not None:
        assert snapshot.undecided == loss().decision()
    else:
        assert snapshot.undecided == pytest.approx((snapshot.on_real.mean() + snapshot.on_fake.mean()) / 2)


def test_without_a_discriminator_the_witness_says_where_data_are_missing():
    for loss in ("mmd", "sliced_wasserstein"):
        trainer = affine([[0.2, 0.0], [0.0, 0.2]], [1.0, 0.0], latent={"name": "normal", "dim": 2}, loss=loss)
        there, here = trainer.discriminate(np.array([[-1.0, 0.0], [1.0, 0.0]]))
        assert there > here
        snapshot = trainer.snapshot()
        assert snapshot.pull[:, 0].mean() < 0, "fakes are on the right only: they are sent to the left"


def test_critics_are_drawn_around_their_middle():
    view = Recorder(small(data="ring", latent={"name": "uniform", "dim": 2}, loss="wasserstein"), "eager").view()
    update = PlaneStage().update(view)
    assert update.layout["coloraxis.cmin"] == -update.layout["coloraxis.cmax"]
    assert np.allclose(update.traces[HEAT]["z"], view.snapshot.discriminator - view.snapshot.undecided)


def test_smoothed_labels_move_the_neutral_colour():
    loss = {"name": "nonsaturating", "real_label": 0.8}
    view = Recorder(small(data="ring", latent={"name": "uniform", "dim": 2}, loss=loss), "eager").view()
    layout = PlaneStage().update(view).layout
    assert (layout["coloraxis.cmin"] + layout["coloraxis.cmax"]) / 2 == pytest.approx(0.4)
    assert layout["coloraxis.cmax"] == pytest.approx(1.0)


def test_contours_hold_their_share_of_the_mass():
    """Of a round normal density a circle of radius r holds 1 − exp(−r²/2)."""
    axis = -5 + (np.arange(200) + 0.5) / 20
    x, y = np.meshgrid(axis, axis)
    density = np.exp(-(x**2 + y**2) / 2) / (2 * math.pi)
    radii = [math.sqrt(-2 * math.log(1 - share)) for share in SHARES]
    found = levels(density)
    assert [math.sqrt(-2 * math.log(2 * math.pi * level)) for level in found] == pytest.approx(radii, abs=0.03)
    lines = contours(axis, density)
    radius = np.hypot(lines["x"], lines["y"])
    pieces = np.split(radius, np.flatnonzero(np.isnan(radius)))
    means = sorted((float(np.nanmean(piece)) for piece in pieces if np.isfinite(piece).any()), reverse=True)
    assert means == pytest.approx(radii, abs=0.03)


def test_a_plateau_has_its_edge_and_nothing_has_no_contour():
    axis = np.arange(20.0)
    density = np.zeros((20, 20))
    assert len(contours(axis, density)["x"]) == 0
    density[5:10, 5:10] = 1
    lines = contours(axis, density)
    known = ~np.isnan(lines["x"])
    assert lines["x"][known].min() == pytest.approx(4.5)
    assert lines["x"][known].max() == pytest.approx(9.5)


@pytest.mark.parametrize("balance", [0.3, 0.5, 0.7])
def test_unequal_plateaus_have_their_edges(balance):
    run = Recorder(small(data={"name": "disjoint", "balance": balance}, latent={"name": "uniform", "dim": 2}), "eager")
    lines = PlaneStage().update(run.view()).traces[P_DATA]
    for side in (-1, 1):
        assert (side * lines["x"] > 0.5).sum() > 20, "both squares"


def area(lines) -> float:
    """Signed area inside closed pieces that are separated by gaps."""
    total = 0.0
    for piece in np.split(np.stack([lines["x"], lines["y"]], axis=1), np.flatnonzero(np.isnan(lines["x"]))):
        x, y = piece[~np.isnan(piece[:, 0])].T
        total += float((x * np.roll(y, -1) - np.roll(x, -1) * y).sum()) / 2
    return total


def test_a_folded_grid_is_filled_on_both_layers():
    """|u| folds the image in two: all faces must turn the same way, or the layers would cancel."""
    u, v = np.meshgrid(np.linspace(-1, 1, 9), np.linspace(0, 1, 5))
    image = np.stack([np.abs(u), v], axis=2)
    groups = shades(image, np.ones((4, 8)))
    assert sum(area(group) for group in groups) == pytest.approx(2.0), "twice the folded square, with one sign"


def test_lines_and_shades_hold_the_whole_image():
    image = np.stack(np.meshgrid(np.arange(4.0), np.arange(3.0)), axis=2)
    lines = grid_lines(image)
    assert np.isnan(lines["x"]).sum() == 3 + 4
    density = np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])
    groups = shades(image, density)
    assert len(groups) == SHADES
    assert sum(np.isnan(group["x"]).sum() for group in groups) == 6, "one face a cell"
    assert np.nanmin(groups[-1]["y"]) == 1, "the densest faces lie above"


def test_arrows_start_at_the_fakes_and_point_along_the_pull():
    view = Recorder(small(data="ring", latent={"name": "uniform", "dim": 2}), "eager").view()
    update, snapshot = PlaneStage().update(view), view.snapshot
    ends = np.stack([update.traces[ARROWS]["x"], update.traces[ARROWS]["y"]], axis=1).reshape(-1, 3, 2)
    assert np.allclose(ends[:, 0], snapshot.fake[: len(ends)])
    way, pull = ends[:, 1] - ends[:, 0], snapshot.pull[: len(ends)]
    cosine = (way * pull).sum(1) / np.maximum(np.hypot(*way.T) * np.hypot(*pull.T), 1e-300)
    assert np.allclose(cosine, 1, atol=1e-4)
    low, high = snapshot.experiment.data.window()
    assert np.hypot(*way.T).max() <= (high - low) / 6 * 1.0001
    assert len(update.traces[FAKES]["x"]) == DRAWN
    assert len(update.traces[NODES]["x"]) == 625


def test_fakes_beyond_the_frame_are_rings_on_it():
    trainer = affine([[0.0], [0.0]], [30.0, -10.0])
    view = replace(Recorder(trainer.experiment, "eager").view(), snapshot=trainer.snapshot())
    update = PlaneStage().update(view)
    low, high = trainer.experiment.data.window()
    edge = 0.985 * high
    assert high == -low
    assert np.allclose(update.traces[OUTSIDE]["x"], edge)
    assert np.allclose(update.traces[OUTSIDE]["y"], -edge / 3)
    inside = affine([[0.0], [0.0]], [0.9 * high, 0.0])
    view = replace(view, snapshot=inside.snapshot())
    assert len(PlaneStage().update(view).traces[OUTSIDE]["x"]) == 0


def test_looking_is_reproducible_and_owned():
    one, two = trained(), trained()
    first = one.snapshot()
    kept = first.fake.copy(), first.discriminator.copy()
    one.advance(20)
    one.snapshot()
    assert np.array_equal(first.fake, kept[0])
    assert np.array_equal(first.discriminator, kept[1])
    again = two.snapshot()
    assert np.array_equal(first.fake, again.fake)
    assert np.array_equal(first.real, again.real)


def test_what_cannot_be_measured_is_refused_in_a_sentence():
    with pytest.raises(Invalid, match="'jsd' cannot be measured on 'ring'"):
        trained(0).measure("jsd")
    with pytest.raises(Invalid, match="'w2' cannot be measured on 'gaussian'"):
        Trainer(small()).measure("w2")


def test_the_live_numbers_of_the_data_act_on_the_picture():
    trainer = trained()
    before = trainer.snapshot().density.max()
    trainer.change(data={"name": "ring", "std": 0.2})
    assert trainer.snapshot().density.max() < before / 2


def test_the_state_line_of_the_plane():
    run = Recorder(small(data="ring", latent={"name": "uniform", "dim": 2}), "eager")
    view = run.view()
    line = " · ".join(PlaneStage().readings(view))
    assert f"modes</abbr> <b>{view.measures['modes']:.0f}</b> of 8" in line
    assert "(perfect: 0.989)" in line
    assert "W₂" not in line, "not measured yet"
    assert "modes" not in " ".join(PlaneStage().readings(Recorder(small(data="two_moons"), "eager").view()))


@pytest.mark.parametrize("regularizer", every("regularizers"))
def test_every_regularizer_works_in_the_plane(regularizer):
    fields = {"data": "ring", "latent": {"name": "uniform", "dim": 2}, "regularizers": [regularizer()]}
    eager, native = Trainer(small(**fields), path="eager"), Trainer(small(**fields))
    for trainer in (eager, native):
        trainer.advance(3)
        assert np.isfinite(trainer.snapshot().discriminator).all()
    for name, scalar in eager.scalars.items():
        assert native.scalars[name] == pytest.approx(scalar, rel=1e-3, abs=1e-5)

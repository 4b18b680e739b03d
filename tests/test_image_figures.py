"""What a reader sees of a run on pictures, against independent computations in float64."""

from __future__ import annotations

import re
from dataclasses import replace
from statistics import NormalDist

import numpy as np
import pytest
from conftest import every, small

from ganviz.contracts.counted import Counted
from ganviz.figures import _tile_stage as stage
from ganviz.figures import image_closer as closer
from ganviz.figures._image_tiles import mosaic, tile_at, tiles
from ganviz.figures._image_walk import CHORD, ENDS, HERE, MAP, STARTS, STRIPS
from ganviz.figures._scores import score_histograms
from ganviz.figures.base import Focus, View
from ganviz.figures.image_closer import ImageCloser
from ganviz.figures.image_curves import ImageCurves
from ganviz.figures.image_stage import ImageStage
from ganviz.figures.picture_curves import PictureCurves
from ganviz.lab.recorder import Recorder
from ganviz.lab.slow_metrics import Measurements
from ganviz.option import find, names
from ganviz.spaces.images.close_up import walk
from ganviz.spaces.images.normal_scores import from_scores, to_scores
from ganviz.spaces.images.paths import in_plane, lattice, spherical, straight
from ganviz.spaces.images.requests import CloseUp, Generate, Judge, Nearest, Neighbours, Saliency

CLOSER_MAP = closer.WALK + MAP
FIGURES = [ImageStage(), ImageCloser(), ImageCurves(), PictureCurves()]


def run_of(**fields) -> Recorder:
    run = Recorder(small(**{"data": "mnist", "latent": {"name": "normal", "dim": 16}, **fields}), "eager")
    for _ in range(3):
        run.step()
    return run


@pytest.fixture(scope="module")
def run():
    return run_of()


@pytest.fixture(scope="module")
def view(run):
    return run.view()


def seen_with(run: Recorder, view: View, focus: Focus) -> View:
    """The view as it is when the reader looks at something else."""
    run.focus = focus
    try:
        return replace(view, focus=focus, answers=run.view().answers)
    finally:
        run.focus = Focus()


def close_up(view: View) -> dict[str, np.ndarray]:
    focus = view.focus
    return view.answers[CloseUp(focus.first, focus.second, focus.centre, focus.condition)]


def at(heat, x: float, y: float) -> float:
    """What a heat map shows at a place, which must be the middle of a cell."""
    (column,), (row,) = np.flatnonzero(heat["x"] == x), np.flatnonzero(heat["y"] == y)
    return float(heat["z"][row, column])


def picture(heat, left: float, top: float) -> np.ndarray:
    """28 × 28 cells of a heat map, the first row on top."""
    return np.array([[at(heat, left + j + 0.5, top - i - 0.5) for j in range(28)] for i in range(28)])


# ---------------------------------------------------------------------------------------------------------- the stage


def test_each_cell_of_the_grid_is_a_sample(view):
    heat = ImageStage().update(view).traces[stage.GRID]
    assert heat["z"].shape == (8 * 28 + 7 * 2, 8 * 28 + 7 * 2)
    for number in (0, 7, 8, 37, 63):
        row, column = divmod(number, 8)
        assert np.array_equal(picture(heat, 30 * column, 238 - 30 * row), view.snapshot.fake[number])
    between = [at(heat, 28.5, 100.5), at(heat, 29.5, 3.5), at(heat, 3.5, 238 - 28.5)]
    assert np.isnan(between).all(), "the page between them"


def test_the_yellow_column_is_what_is_nearest_of_all(view):
    heat = ImageStage().update(view).traces[stage.NEAREST]
    trained = view.snapshot.experiment.data.training().numpy()
    for row in range(8):
        sample = view.snapshot.fake[8 * row + 7].astype(np.float64)
        # In float32 first: only the hundred that may be the nearest need all digits.
        rough = ((trained.astype(np.float32) / 255 - sample.astype(np.float32)) ** 2).sum((1, 2))
        some = np.argsort(rough)[:100]
        exact = np.sqrt(((trained[some] / 255 - sample) ** 2).sum((1, 2)))
        shown = picture(heat, ImageStage()._left(), 238 - 30 * row).astype(np.float64)
        assert np.sqrt(((shown - sample) ** 2).sum()) == pytest.approx(exact.min(), rel=1e-5)
        assert np.abs(trained[some[exact.argmin()]] / 255 - shown).max() < 1e-6
        distance = view.answers[Neighbours(tuple(range(7, 64, 8)))]["distance"][row]
        assert distance == pytest.approx(exact.min(), rel=1e-5)


def test_nearest_of_all_samples_on_demand(run):
    hints = [f"annotations.{number}.visible" for number in (0, 1)]
    before = ImageStage().update(run.view()).layout
    assert [before[hint] for hint in hints] == [True, False], "how to get there"
    run.focus = Focus(neighbours=True)
    view = run.view()
    run.focus = Focus()
    update = ImageStage().update(view)
    assert [update.layout[hint] for hint in hints] == [False, True], "how to get back"
    pictures = run.trainer.answer(Nearest(view.snapshot.fake))["x"]
    assert np.array_equal(view.answers[Neighbours(tuple(range(64)))]["x"], pictures)
    for number in (0, 20, 63):
        row, column = divmod(number, 8)
        shown = picture(update.traces[stage.GRID], 30 * column, 238 - 30 * row)
        assert np.allclose(shown, pictures[number], atol=1e-6)
    assert np.nanmin(update.traces[stage.FRAME]["x"]) < 0, "the frame stands around the whole grid"


def test_kept_samples_are_ringed(view):
    traces = ImageStage().update(replace(view, focus=Focus(first=9, second=62))).traces
    for trace, row, column in ((stage.FIRST, 1, 1), (stage.SECOND, 7, 6)):
        x, y = traces[trace]["x"], traces[trace]["y"]
        assert (x.min(), x.max()) == (30 * column - 1, 30 * column + 29)
        assert (y.min(), y.max()) == (238 - 30 * row - 29, 238 - 30 * row + 1)


def test_histograms_count_every_kind(view):
    snapshot, update = view.snapshot, ImageStage().update(view)
    for trace, values in (
        (stage.TRAINING, snapshot.on_real),
        (stage.HELD_OUT, snapshot.on_held_out),
        (stage.FAKES, snapshot.on_fake),
    ):
        x, y = update.traces[trace]["x"], update.traces[trace]["y"]
        assert (x[0], x[-1]) == (0, 1)
        heights = y[1:-1:2]
        assert heights.sum() == pytest.approx(1)
        for bin_, height in enumerate(heights):
            low, high = bin_ / 40, (bin_ + 1) / 40
            expected = np.mean((values >= low) & ((values < high) | (bin_ == 39)))
            assert height == pytest.approx(expected, abs=1.01 / len(values))
    assert np.all(update.traces[stage.UNDECIDED]["x"] == 0.5)


def test_a_critic_s_histograms_stand_around_its_middle():
    view = run_of(loss="wasserstein").view()
    update = ImageStage().update(view)
    low, high = update.layout["xaxis2.range"]
    assert low == -high
    assert update.layout["xaxis2.title.text"] == "D(x), middle 0"
    x, y = update.traces[stage.FAKES]["x"], update.traces[stage.FAKES]["y"]
    middles, heights = (x[1:-1:2] + x[2::2]) / 2, y[1:-1:2]
    mean = float((view.snapshot.on_fake - view.snapshot.undecided).mean())
    assert (middles * heights).sum() == pytest.approx(mean, abs=high / 40)


def test_scores_beyond_the_axis_are_told_of():
    """Least squares draws D on [-0.5, 1.5]."""
    for values, sides in (([0.0, 1.0], ""), ([-0.51, 0.0], "<"), ([0.0, 1.6], ">"), ([-9.0, 9.0], "<>")):
        scores = score_histograms([np.array(values), np.array([0.5])], (-0.5, 1.5), 0.5)
        x, y = scores.beyond["x"], scores.beyond["y"]
        assert ((x == -0.5).any(), (x == 1.5).any()) == ("<" in sides, ">" in sides)
        assert len(x) == len(y) == 4 * len(sides)
        assert np.all(y[np.isfinite(y)] < scores.up[1])
        assert sum(count["y"][1:-1:2].sum() for count in scores.outlines) == pytest.approx(2), "they are counted"


def test_every_tile_has_a_rim(view):
    """An all-white picture on paper is seen to be there."""
    grid, column = ImageStage().skeleton(view).layout.shapes
    lines = re.findall(r"M(-?\d+),(-?\d+)([HV])(\d+)", grid.path)
    across = [(int(x), int(y), int(end)) for x, y, way, end in lines if way == "H"]
    up = [(int(x), int(y), int(end)) for x, y, way, end in lines if way == "V"]
    assert across == [(-1, 30 * row - 1, 239) for row in range(9)]
    assert up == [(30 * number - 1, -1, 239) for number in range(9)]
    assert column.path.count("M") == 9 + 2
    assert column.path.startswith(f"M{ImageStage()._left() - 1},-1H{ImageStage()._left() + 29}")


# ------------------------------------------------------------------------------------------------------ what is picked


def test_every_pixel_belongs_to_its_tile():
    """Each picture painted with its own number; in a gap there is none."""
    rows, columns = 3, 4
    numbers = np.arange(float(rows * columns)).reshape(rows, columns, 1, 1)
    sheet = mosaic(np.broadcast_to(numbers, (rows, columns, 28, 28)))
    for line, column in np.ndindex(*sheet.shape):
        tile, shown = tile_at((line, column), rows, columns), sheet[line, column]
        assert tile == (None if np.isnan(shown) else divmod(int(shown), columns))
    for outside in ((238, 0), (0, 238), (10**6, 10**6), (10**6, 0), (0, 10**6)):
        assert tile_at(outside, 8, 8) is None


def test_a_click_keeps_a_sample_and_the_last_two_stay():
    figure, focus = ImageStage(), Focus()
    assert (focus.first, focus.second) == (0, 11), "the panel is never empty"
    focus = figure.pick(focus, stage.GRID, (238 - 30 * 2 - 5, 30 * 3 + 5))
    assert (focus.first, focus.second) == (11, 2 * 8 + 3)
    focus = figure.pick(replace(focus, centre=(3.0, 4.0)), stage.GRID, (0, 237))
    assert (focus.first, focus.second) == (19, 63)
    assert focus.centre == (0.5, 0.5), "another plane, from its middle"
    assert figure.pick(focus, stage.GRID, (0, 237)) == focus, "twice the same keeps nothing new"
    swapped = figure.pick(focus, stage.GRID, (238 - 30 * 2 - 5, 30 * 3 + 5))
    assert (swapped.first, swapped.second) == (63, 19)


def test_the_yellow_column_switches_the_grid():
    focus = ImageStage().pick(Focus(), stage.NEAREST, (100, 10))
    assert focus == Focus(neighbours=True)
    assert ImageStage().pick(focus, stage.NEAREST, (100, 10)) == Focus()
    kept = ImageStage().pick(focus, stage.GRID, (0, 0))
    assert kept.neighbours, "keeping a sample leaves the grid as it is"


@pytest.mark.parametrize("figure", FIGURES, ids=lambda figure: figure.option_name())
def test_forged_picks_choose_nothing(figure):
    # 209 is a line between two rows in both mosaics, 28 one between two columns.
    for point in ((10**6, 10**6), (238, 238), (0, 28), (0, 10**6), (10**6, 0)):
        for trace in (*range(40), 10**6):
            assert figure.pick(Focus(), trace, point) == Focus()
    picking = {stage.GRID, stage.NEAREST} if isinstance(figure, ImageStage) else {CLOSER_MAP}
    for trace in set(range(40)) - picking:
        assert figure.pick(Focus(), trace, (10, 10)) == Focus()


# ------------------------------------------------------------------------------------------------- between two samples


def test_normal_scores_of_a_uniform_latent():
    latent = small(latent={"name": "uniform", "dim": 3}).latent
    z = np.array([-0.999, -0.5, 0.0, 0.3, 0.97])
    expected = [NormalDist().inv_cdf((value + 1) / 2) for value in z]
    assert np.allclose(to_scores(latent, z), expected, atol=1e-5)
    assert np.allclose(from_scores(latent, np.array(expected)), z, atol=1e-6)
    far = from_scores(latent, np.array([-50.0, 50.0, 7.0]))
    assert np.abs(far).max() <= 1, "never outside the support"


@pytest.mark.parametrize("latent", [{"name": "normal", "dim": 100}, {"name": "uniform", "dim": 100}, "constant"])
def test_scores_there_and_back(latent):
    latent = small(latent=latent).latent
    z = latent.sample(50, Counted(0, "test")).numpy()
    assert np.allclose(from_scores(latent, to_scores(latent, z)), z, atol=1e-6)


def test_a_normal_latent_is_its_own_scores():
    latent = small(latent={"name": "normal", "dim": 2}).latent
    z = np.linspace(-5, 5, 101)
    assert np.allclose(to_scores(latent, z), z, atol=1e-6)


def test_the_sphere_keeps_the_length_and_the_straight_way_does_not():
    start, end = np.random.default_rng(0).standard_normal((2, 64))
    end *= np.linalg.norm(start) / np.linalg.norm(end)
    way = spherical(start, end, 10)
    lengths = np.linalg.norm(way, axis=1)
    assert np.allclose(lengths, np.linalg.norm(start))
    steps = np.arccos(np.clip((way[1:] * way[:-1]).sum(1) / lengths[0] ** 2, -1, 1))
    assert np.allclose(steps, steps[0]), "equal angles"
    total = np.arccos(start @ end / (start @ start))
    assert steps.sum() == pytest.approx(total), "the short way round"
    chord = np.linalg.norm(straight(start, end, 11), axis=1)
    assert chord[5] == pytest.approx(np.linalg.norm(start) * np.cos(total / 2))


def test_ways_of_unequal_lengths_and_without_a_circle():
    start, end = np.array([3.0, 0.0]), np.array([0.0, 1.0])
    way = spherical(start, end, 5)
    assert np.allclose(way[0], start)
    assert np.allclose(way[-1], end)
    assert np.allclose(np.linalg.norm(way, axis=1), [3, 2.5, 2, 1.5, 1])
    assert np.allclose(way[2], 2 * np.array([1, 1]) / np.sqrt(2))
    for other in (-start, 2 * start, 0 * start):
        assert np.allclose(spherical(start, other, 7), straight(start, other, 7))
        assert np.allclose(spherical(other, start, 7), straight(other, start, 7))


def test_coordinates_in_the_plane():
    spanning = np.random.default_rng(1).standard_normal((2, 20))
    places = lattice((0.5, -2.0), 3, 0.25)
    assert places.tolist() == [[a, b] for b in (-2.25, -2.0, -1.75) for a in (0.25, 0.5, 0.75)]
    assert np.allclose(in_plane(places @ spanning, spanning), places)


# ---------------------------------------------------------------------------------------------------- the closer panel


def uniform_run():
    return run_of(latent={"name": "uniform", "dim": 5})


def test_the_large_pictures(run, view):
    view = seen_with(run, view, Focus(first=3, second=15))
    traces, snapshot, ask = ImageCloser().update(view).traces, view.snapshot, run.trainer.answer
    assert np.allclose(picture(traces[closer.SAMPLE], 0, 28), snapshot.fake[15], atol=1e-6)
    near = ask(Nearest(snapshot.fake[[15]]))["x"][0]
    assert np.array_equal(picture(traces[closer.NEAREST], 2 * closer.APART, 28), near)
    slope = picture(traces[closer.SLOPE], closer.APART, 28)
    assert np.abs(slope).max() == pytest.approx(1)
    # Along the slope D's raw score rises: the loss's own scale rises with it.
    more, less = (
        ask(Judge(np.clip(snapshot.fake[[15]] + step * slope, 0, 1).astype(np.float32)))["score"]
        for step in (1e-3, -1e-3)
    )
    assert more[0] > snapshot.on_fake[15] > less[0]
    bars = traces[closer.LATENT]
    assert np.array_equal(bars["y"][1:-1:2], snapshot.z[15].astype(np.float64))


@pytest.mark.parametrize("latent", ["normal", "uniform"])
def test_both_ways_begin_and_end_at_the_kept_samples(run, latent):
    run = run if latent == "normal" else uniform_run()
    view = seen_with(run, run.view(), Focus(first=23, second=31))
    snapshot = view.snapshot
    traces = ImageCloser().update(view).traces
    strips = traces[closer.WALK + STRIPS]
    for top in (58, 28):
        assert np.allclose(picture(strips, 0, top), snapshot.fake[23], atol=1e-5)
        assert np.allclose(picture(strips, 270, top), snapshot.fake[31], atol=1e-5)
    z = snapshot.z[[23, 31]].astype(np.float64)
    third = run.trainer.answer(Generate(((2 * z[0] + z[1]) / 3)[None]))["x"][0]
    assert np.allclose(picture(strips, 90, 58), third, atol=1e-5), "above, the straight way"
    assert (np.nanmax(traces[closer.WALK + STARTS]["x"]), np.nanmin(traces[closer.WALK + ENDS]["x"])) == (29, 269)


def test_the_map_holds_both_kept_samples_and_the_reader_walks_on_it(run, view):
    figure, snapshot = ImageCloser(), view.snapshot
    first, second = snapshot.fake[0], snapshot.fake[11]
    heat = figure.update(view).traces[CLOSER_MAP]
    assert np.allclose(picture(heat, 180, 28), first, atol=1e-5), "(1, 0): below, right"
    assert np.allclose(picture(heat, 0, 208), second, atol=1e-5), "(0, 1): above, left"
    # From the tile above and to the right of the middle on.
    focus = figure.pick(view.focus, CLOSER_MAP, (4 * 30 + 9, 4 * 30 + 9))
    assert focus.centre == pytest.approx((4 / 6, 4 / 6))
    assert (focus.first, focus.second) == (view.focus.first, view.focus.second)
    after = figure.update(seen_with(run, view, focus)).traces
    assert np.allclose(picture(heat, 120, 148), picture(after[CLOSER_MAP], 90, 118), atol=1e-6), (
        "what was there is here"
    )
    assert np.array_equal(after[closer.WALK + HERE]["x"], figure.update(view).traces[closer.WALK + HERE]["x"])
    z = snapshot.z[[0, 11]].astype(np.float64)
    there = run.trainer.answer(Generate((4 / 6 * (z[0] + z[1]))[None]))["x"][0]
    assert np.allclose(picture(after[CLOSER_MAP], 90, 118), there, atol=1e-5)
    back = figure.pick(replace(focus, condition=4), CLOSER_MAP, (104, 104))
    assert back == replace(view.focus, condition=4), "a click on where the reader stands leads back to the middle"
    for _ in range(300):
        focus = figure.pick(focus, CLOSER_MAP, (207, 207))
    far = figure.update(seen_with(run, view, focus)).traces[CLOSER_MAP]["z"]
    assert np.isfinite(far).sum() == (7 * 28) ** 2, "on and on"


def test_the_map_of_a_uniform_latent_stays_inside_it():
    snapshot = uniform_run().view().snapshot
    z = walk(snapshot.experiment.latent, snapshot.z[[0, 11]].astype(np.float64), (9.0, -7.0))
    assert z.shape == (20 + 49, 5)
    assert np.abs(z).max() <= 1


@pytest.mark.parametrize("dim", [1, 2])
def test_small_latents_have_their_panel(dim):
    view = run_of(latent={"name": "normal", "dim": dim}).view()
    for arrays in ImageCloser().update(view).traces.values():
        assert all(np.isfinite(values).any() for values in arrays.values())


def test_the_line_below_says_what_d_and_the_classifier_make_of_it(view):
    line = " · ".join(ImageCloser().readings(view))
    assert "sample <b>12</b>" in line
    assert f"D(x) = <b>{view.snapshot.on_fake[11]:.3f}</b>" in line
    distance = close_up(view)["distance"]
    assert f"nearest in training <b>{distance:.2f}</b>" in line
    assert line.count("read as <b>") == 2
    assert "told" not in line, "G is told nothing"


def test_the_line_below_also_judges_where_the_reader_stands(run, view):
    z, ask = view.snapshot.z[[0, 11]].astype(np.float64), run.trainer.answer
    (score,) = ask(Judge(ask(Generate((0.25 * z[0] - 1.5 * z[1])[None].astype(np.float32)))["x"]))["score"]
    line = " · ".join(ImageCloser().readings(seen_with(run, view, Focus(centre=(0.25, -1.5)))))
    assert f"here on the map: D(x) = <b>{score:.3f}</b>" in line


@pytest.mark.parametrize("latent", ["normal", "uniform"])
def test_the_map_s_heading_says_whether_it_is_taken_in_normal_scores(view, latent):
    """In normal scores the straight way between two latents that are not normal is a curve."""
    view = view if latent == "normal" else uniform_run().view()
    drawn = ImageCloser().draw(view)
    (heading,) = (note.text for note in drawn.layout.annotations if "walk" in note.text and note.visible)
    assert ("normal scores" in heading) == (latent == "uniform")
    x, y = (drawn.data[closer.WALK + CHORD][side] for side in "xy")
    bend = np.abs((x[-1] - x[0]) * (y - y[0]) - (y[-1] - y[0]) * (x - x[0])).max()
    assert (bend > 100) == (latent == "uniform")


# ---------------------------------------------------------------------------------------------------------- the curves


def test_curves_of_d_s_mean(run):
    for _ in range(2):
        run.step()
    view = run.view()
    update, snapshot = ImageCurves().update(view), view.snapshot
    kinds = (snapshot.on_real, snapshot.on_held_out, snapshot.on_fake)
    for trace, values in zip((2, 3, 4), kinds, strict=True):
        assert update.traces[trace]["x"][-1] == snapshot.step
        assert update.traces[trace]["y"][-1] == pytest.approx(values.mean())
    ideal = len(ImageCurves.curves)
    assert update.traces[ideal]["y"].tolist() == [0.5, 0.5]


def test_pictures_of_anything_have_curves_that_are_measured(tmp_path):
    np.savez(tmp_path / "a.npz", np.random.default_rng(0).integers(0, 256, (120, 28, 28), dtype=np.uint8))
    run = run_of(data={"name": "images", "path": str(tmp_path / "a.npz")})
    run.view()
    measures = {"duplicates": 0.25, "memorised": 0.5, "parzen": -100.0}
    steps = dict.fromkeys(measures, run.trainer.step_count)
    run._slow_metrics.measurements = Measurements(3, run.trainer.experiment.data, measures, measures, steps)
    view = run.view()
    fitting = [figure for figure in all_figures() if figure.place == "curves" and figure.fits(run.trainer.experiment)]
    curves = max(fitting, key=lambda figure: figure.special)
    third = {i: curve for i, curve in enumerate(curves.curves) if curve.panel == 3}
    update = curves.update(view)
    assert {curve.column: update.traces[i]["y"][-1] for i, curve in third.items()} == {
        "duplicates": 0.25,
        "memorised": 0.5,
    }
    title = curves.skeleton(view).layout.annotations[2].text
    assert all(curve.name in title for curve in third.values())
    digits = [figure for figure in all_figures() if figure.place == "curves" and figure.fits(small(data="mnist"))]
    assert max(digits, key=lambda figure: figure.special) == ImageCurves()


def all_figures() -> list:
    return [find("figures", name)() for name in names("figures")]


def test_a_critic_s_mean_has_no_ideal():
    view = run_of(loss="wasserstein").view()
    assert len(ImageCurves().update(view).traces[len(ImageCurves.curves)]["y"]) == 0


@pytest.mark.parametrize("figure", FIGURES, ids=lambda figure: figure.option_name())
def test_static_and_live_are_the_same(figure, view):
    drawn, update = figure.draw(view), figure.update(view)
    assert set(update.traces) == set(range(len(drawn.data)))
    for index, arrays in update.traces.items():
        for name, values in arrays.items():
            assert np.array_equal(np.asarray(drawn.data[index][name]), values, equal_nan=True)
    for path, value in update.layout.items():
        shown = drawn.layout
        for key in path.split("."):
            shown = shown[int(key) if key.isdigit() else key]
        assert np.array_equal(shown, value)


def test_a_frame_is_small_enough(view):
    """Every frame crosses from the kernel to the browser: 4 bytes a number."""
    numbers = sum(np.size(values) for arrays in ImageStage().update(view).traces.values() for values in arrays.values())
    assert 64 * 784 < numbers < 66_000


def test_tiles_lie_where_they_are_told():
    heat = tiles(np.arange(784.0).reshape(1, 1, 28, 28), left=5, bottom=2)
    assert at(heat, 5.5, 29.5) == 0
    assert at(heat, 32.5, 2.5) == 783


@pytest.mark.parametrize("loss", ["wasserstein", "mmd", "mmd_gan"])
def test_the_slope_is_that_of_what_is_drawn_as_d(loss):
    """Along the slope itself D rises by its length; by differences of D where its scale is that of the raw score."""
    trainer = run_of(loss=loss).trainer
    sample = trainer.snapshot().fake[[5]]
    slope = trainer.answer(Saliency(sample))["slope"]
    length = np.linalg.norm(slope)
    step = (1e-3 * slope / length).astype(np.float32)
    more, less = (trainer.answer(Judge(sample + move))["score"][0] for move in (step, -step))
    rise = (more - less) / 2e-3
    assert length > 0
    assert rise == pytest.approx(length, rel=0.05)


@pytest.mark.parametrize("loss", every("losses"))
def test_every_loss_has_its_figures(loss):
    view = run_of(loss=loss()).view()
    for figure in FIGURES:
        for arrays in figure.update(view).traces.values():
            assert all(not values.size or np.isfinite(values).any() for values in arrays.values())
    assert np.abs(ImageCloser().update(view).traces[closer.SLOPE]["z"]).max() == pytest.approx(1)

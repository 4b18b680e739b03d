"""History: extremes that stay in bounded memory, against a brute force; what the recorder writes into it."""

from __future__ import annotations

import math
import random
from collections.abc import Iterable

import numpy as np
import pytest
from conftest import same_run, small
from hypothesis import given, settings
from hypothesis import strategies as st

from ganviz import preset
from ganviz.lab import history
from ganviz.lab.history import BUCKETS, History
from ganviz.lab.recorder import EVERY, Recorder
from ganviz.theory.linear import players

Points = list[tuple[int, float]]

SLOW = settings(derandomize=True, deadline=None, database=None, max_examples=200)

VALUES = st.one_of(st.floats(-1e6, 1e6), st.sampled_from([0.0, 1.0, math.inf, -math.inf, math.nan]))
RUNS = st.tuples(
    st.integers(0, 10**6),
    st.lists(st.tuples(st.integers(1, 50), VALUES), min_size=1, max_size=120),
)
"""Where a curve begins, and how far it is from each step to the next, with the value there."""


def points_of(run: tuple[int, Points]) -> Points:
    step, points = run[0], []
    for gap, value in run[1]:
        points.append((step, value))
        step += gap
    return points


def added(points: Iterable[tuple[int, float]]) -> History:
    result = History()
    for step, value in points:
        result.add(step, {"loss": value})
    return result


def brute_force(points: Points, buckets: int) -> set[tuple[int, float]]:
    """The points that are to be kept: the width is the least power of two for which all steps, known or not, lie in
    so many buckets at most; of each bucket its extremes, where they are first reached, and the last known value."""
    first, last = points[0][0], points[-1][0]
    width = 1
    while last // width - first // width + 1 > buckets:
        width *= 2
    known = [(step, value) for step, value in points if not math.isnan(value)]
    kept = set(known[-1:])
    for bucket in range(first // width, last // width + 1):
        its = [(step, value) for step, value in known if step // width == bucket]
        if its:
            kept.add(min(its, key=lambda point: (point[1], point[0])))
            kept.add(min(its, key=lambda point: (-point[1], point[0])))
    return kept


def curve(kept: History, name: str = "loss") -> Points:
    return [(int(step), float(value)) for step, value in zip(*kept.curve(name), strict=True)]


@pytest.mark.parametrize("buckets", [1, 4, 37])
@given(run=RUNS, seed=st.integers(0, 1000), cut=st.integers(0, 120))
@SLOW
def test_extremes_stay_in_whatever_order_they_come(buckets, run, seed, cut):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(history, "BUCKETS", buckets)
        points = points_of(run)
        kept = added(points)
        assert set(curve(kept)) == brute_force(points, buckets)
        assert len(curve(kept)) <= 2 * buckets + 1
        assert [step for step, _ in curve(kept)] == sorted(step for step, _ in curve(kept))
        shuffled = random.Random(seed).sample(points, len(points))
        assert curve(added(shuffled)) == curve(kept)
        part = added(points[:cut])
        before = curve(part)
        whole = part.copy()
        for step, value in points[cut:]:
            whole.add(step, {"loss": value})
        assert curve(whole) == curve(kept)
        assert curve(part) == before, "a copy changes nothing in what it was made of"


@given(run=RUNS, after=st.integers(0, 6000))
@SLOW
def test_a_shorter_history_invents_nothing(run, after):
    points = points_of(run)
    kept, end = added(points), run[0] + after
    assert set(curve(kept.until(end))) <= {point for point in curve(kept) if point[0] <= end}
    if end >= points[-1][0]:
        assert curve(kept.until(end)) == curve(kept)


def test_a_spike_of_one_step_stays():
    kept = History()
    spikes = {17: 9.0, 54_321: -7.0, 99_998: 8.0}
    for step in range(100_001):
        kept.add(step, {"loss": spikes.get(step, math.sin(step / 5000)), "grad": 1.0})
    found = curve(kept)
    assert set(spikes.items()) <= set(found)
    assert found[-1][0] == 100_000
    assert 2 * BUCKETS / 4 < len(found) <= 2 * BUCKETS + 1
    assert len(curve(kept, "grad")) <= 2 * BUCKETS + 1


def test_an_oscillation_keeps_its_height():
    kept = History()
    for step in range(50_000):
        kept.add(step, {"loss": (-1.0) ** step})
    steps, values = kept.curve("loss")
    for start in range(0, 50_000, 1000):
        assert set(values[(steps >= start) & (steps < start + 1000)]) == {-1.0, 1.0}


def test_both_moves_to_one_step_are_there():
    kept = added([(1, 2.0), (1, 1.0), (1, 3.0), (2, 5.0)])
    assert sorted(curve(kept)) == [(1, 1.0), (1, 3.0), (2, 5.0)]
    assert curve(added([(3, 4.0), (3, 4.0)])) == [(3, 4.0)]
    assert curve(History()) == []


# ---------------------------------------------------------------------------------------------- what is recorded


def test_half_steps_are_recorded_as_full_steps_are():
    """250 pairs of them, beside 500 full steps: as many moments, and a scalar of every move."""
    halves, full = Recorder(small(), "eager"), Recorder(small(), "eager")
    losses: dict[str, Points] = {"loss_d": [], "loss_g": []}
    for _ in range(250):
        for move in (halves.step_discriminator, halves.step_generator):
            move()
            for name, points in losses.items():
                points.append((halves.trainer.step_count, halves.trainer.scalars[name]))
        full.step()
        full.step()
    assert (halves.trainer.step_count, full.trainer.step_count) == (250, 500)
    kept = [moment.run.moves for moment in halves.timeline.moments()]
    assert kept == [moment.run.moves for moment in full.timeline.moments()] == [*range(0, 501, EVERY)]
    for name, points in losses.items():
        found = set(curve(halves._history, name))
        assert found == brute_force(points, BUCKETS)
        assert {step for step, _ in found} == {step for step, value in points if not math.isnan(value)}
    halves.go_back(150)
    assert (halves.trainer.step_count, halves.trainer.moves) == (100, 200)
    assert same_run(halves.at(60), Recorder.at(halves, 60, 0))


def test_the_orbit_ends_where_the_state_is():
    """With half-steps among the moves, and after going back."""
    recorder = Recorder(preset("dirac-gan"), "eager")
    visited = [players(recorder.trainer.state)]

    def moves(n: int) -> None:
        for i in range(n):
            (recorder.step, recorder.step_discriminator, recorder.step_generator)[i % 3]()
            visited.append(players(recorder.trainer.state))

    def check() -> None:
        path = recorder.view().plane.path
        assert len(path) == recorder.trainer.moves + 1
        assert np.array_equal(path, np.array([[float(x) for x in point] for point in visited]))

    moves(250)
    check()
    recorder.go_back(40)
    assert recorder.trainer.moves == EVERY
    del visited[EVERY + 1 :]
    check()
    moves(121)
    check()


def test_a_page_that_does_not_look_has_the_same_curves():
    """The metrics among them, over 3,000 steps that nobody looks at, beside a page with a frame every 9 steps."""
    shown, hidden = (Recorder(preset("oscillation").replace(batch_size=16), "eager") for _ in range(2))
    for step in range(3000):
        shown.step()
        hidden.step()
        if step % 9 == 0:
            shown.view(at_rest=False)
    one, two = shown.view().curves, hidden.view().curves
    assert {"loss_d", "loss_g", "grad_d", "grad_g", "jsd", "value"} <= one.keys() == two.keys()
    for name in one:
        assert np.array_equal(np.array(one[name]), np.array(two[name]))
        assert one[name][0][-1] >= 2950
        assert np.diff(one[name][0]).max() <= 64

"""The history of a run: every extreme is there, and nothing depends on when or whether anybody looked."""

from __future__ import annotations

import math

import numpy as np
import pytest
from conftest import small
from hypothesis import given, settings
from hypothesis import strategies as st

from ganviz import preset
from ganviz.lab import history as module
from ganviz.lab.history import BUCKETS, History
from ganviz.lab.recorder import Recorder, is_measured


def recorded(rows: list[tuple[int, float]]) -> History:
    history = History()
    for step, value in rows:
        history.add(step, {"a": value})
    return history


def expected(rows: list[tuple[int, float]], most: int) -> list[tuple[int, float]]:
    """What must be drawn, by definition: the buckets have the first width for which there are at most so many of them
    from the first step to the last; of each the first smallest and the first largest value in the order of steps, and
    the newest value."""
    first, last = min(step for step, _ in rows), max(step for step, _ in rows)
    width = 1
    while len(range(first // width, last // width + 1)) > most:
        width *= 2
    drawn = []
    for index in sorted({step // width for step, _ in rows}):
        inside = [(step, value) for step, value in rows if step // width == index]
        low = min(inside, key=lambda row: (row[1], row[0]))
        high = max(inside, key=lambda row: (row[1], -row[0]))
        drawn += sorted({low, high}, key=lambda row: row[0])
    newest = [row for row in rows if row[0] == last][-1]
    return drawn if drawn[-1] == newest else [*drawn, newest]


ROWS = st.dictionaries(st.integers(0, 3000), st.integers(-5, 5).map(float), min_size=1, max_size=300)


@settings(max_examples=60, deadline=None, derandomize=True, database=None)
@given(ROWS, st.randoms(use_true_random=False), st.sampled_from([3, 8, 600]))
def test_it_is_what_its_definition_says_in_whatever_order_numbers_come(rows, random, most):
    in_order = sorted(rows.items())
    shuffled = list(in_order)
    random.shuffle(shuffled)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "BUCKETS", most)
        drawn, other = (
            list(zip(*(side.tolist() for side in recorded(given).curve("a")), strict=True))
            for given in (in_order, shuffled)
        )
    assert drawn == expected(in_order, most)
    assert len(drawn) <= 2 * most + 1
    assert drawn == other


def test_a_spike_of_one_step_stays_and_memory_is_bounded():
    rows = [(step, 7.5 if step == 61_234 else math.sin(step)) for step in range(100_001)]
    steps, values = recorded(rows).curve("a")
    assert len(steps) <= 2 * BUCKETS + 1
    assert values.max() == 7.5
    assert steps[values.argmax()] == 61_234
    assert np.all(np.diff(steps) >= 0)
    # The oscillation is seen everywhere, from top to bottom: two buckets hold two extremes of either kind.
    windows = np.lib.stride_tricks.sliding_window_view(values[:-1], 4)
    assert windows.max(axis=1).min() > 0.99
    assert windows.min(axis=1).max() < -0.99


def test_what_is_not_known_leaves_no_trace():
    history = recorded([(0, math.nan), (1, 2.0), (2, math.nan)])
    assert [side.tolist() for side in history.curve("a")] == [[1], [2.0]]
    assert [len(side) for side in history.curve("b")] == [0, 0]


def test_a_copy_stays_as_it_is():
    history = recorded([(step, float(step % 7)) for step in range(2000)])
    copy, before = history.copy(), history.curve("a")[1].tolist()
    for step in range(2000, 9000):
        history.add(step, {"a": -float(step)})
    assert copy.curve("a")[1].tolist() == before
    assert len(history.until(100).curve("a")[0]) > 0
    assert history.until(100).curve("a")[0].max() <= 100


# ----------------------------------------------------------------------------------------------------- the recorder


def test_cheap_metrics_are_measured_at_steps_that_know_no_clock():
    measured = [step for step in range(20_000) if is_measured(step)]
    assert measured[:10] == [0, 1, 2, 3, 4, 5, 6, 7, 8, 10]
    for length in (100, 1000, 5000, 19_999):
        inside = [step for step in measured if step <= length]
        assert len(inside) < 500
        assert max(np.diff([*inside, length])) <= max(16, length / 32)


def test_half_steps_are_kept_as_steps_are():
    """250 pairs of half-steps: moments to go back to, an orbit of as many points as moves, which ends at the state."""
    run = Recorder(preset("dirac-gan"), "eager")
    for _ in range(250):
        run.step_discriminator()
        run.step_generator()
    assert [moment.run.moves for moment in run.timeline.moments()] == [0, 100, 200, 300, 400, 500]
    assert len(run.view().plane.path) == 501
    run.go_back(80)
    assert run.trainer.moves == 300
    path, state = run.view().plane.path, run.trainer.state
    assert len(path) == 301
    assert path[-1].tolist() == [float(state[player]["parameters"]) for player in "gd"]
    assert run.view().curves["loss_d"][0][-1] == run.trainer.step_count == 150


def test_a_page_that_does_not_look_loses_nothing():
    watched, scrolled_away = (Recorder(small(), "eager") for _ in range(2))
    for step in range(700):
        watched.step()
        scrolled_away.step()
        if step % 50 == 0:
            watched.view()
    one, other = watched.view().curves, scrolled_away.view().curves
    assert one.keys() == other.keys()
    for name in one:
        assert np.array_equal(one[name], other[name]), name
    assert len(one["loss_d"][0]) > 350
    assert len(one["jsd"][0]) > 40

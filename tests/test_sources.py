"""Random numbers: what options ask for, what they make of it, and that it can be a program."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from typing import Any

import mpmath
import numpy as np
import pytest
import torch
from conftest import every, same, small
from sources import Given, Recorded
from torch import Tensor

from ganviz import preset
from ganviz.contracts.counted import Counted
from ganviz.contracts.regularizer import Shapes
from ganviz.contracts.source import Source
from ganviz.distributions._alias import Alias
from ganviz.distributions._broken_line import BrokenLine
from ganviz.engine.noise import Noise, draws_of
from ganviz.engine.tree import leaves, named_leaves
from ganviz.machine.draws import Counter, stream_key
from ganviz.machine.library import Library
from ganviz.machine.native_draws import NativeDraws
from ganviz.machine.numpy_draws import NumpyDraws
from ganviz.option import resolve
from ganviz.programs import reference
from ganviz.programs.capture import capture
from ganviz.programs.lowering import lowered
from ganviz.programs.validation import check

Drawn = dict[str, Tensor]
Draw = Callable[[int, Source], Drawn]

SHAPES = Shapes((2,), ((5,), (4,)))

ENDS = [
    {"name": "beta", "alpha": 0.2, "beta": 0.2},
    {"name": "beta", "alpha": 10, "beta": 0.3},
    {"name": "student_t", "df": 1},
    {"name": "picture", "pixels": ["0f0", "300"]},
    {"name": "curve", "points": [[-1, 0], [0, 0], [1, 3], [2, 3]]},
    {"name": "table", "columns": [["x", [0, 1, 5, 2]]]},
]


def draw_of(option: Any) -> Draw:
    """What an option draws, by name."""

    def pairs(n: int, source: Source) -> Drawn:
        found = option.draw(n, source)
        return {"x": found.x, "condition": found.condition}

    draws: dict[str, Draw] = {
        "distributions": pairs,
        "latents": lambda n, source: {"z": option.sample(n, source)},
        "regularizers": lambda n, source: option.noise(n, SHAPES, source),
    }
    return draws[option.room]


def drawing() -> list[Any]:
    """Every option that draws, and some at the ends of their ranges; not those whose data lie in files of the
    reader's."""
    options = [case.values[0]() for case in every("distributions", "latents", "regularizers")]
    options += [resolve("distributions", fields) for fields in ENDS]
    options.append(resolve("distributions", {"name": "mnist", "digits": "17", "conditional": True}))
    options.append(resolve("regularizers", {"name": "dropout", "input_rate": 0.2}))
    options.append(resolve("latents", {"name": "normal", "dim": 3}))
    return [pytest.param(one, id=f"{one.option_name()}-{i}") for i, one in enumerate(options) if not one.lacking()]


def reads_files(option: Any) -> bool:
    """Pictures are made of bytes that are read from files, and stay where they are."""
    return getattr(option, "space", "") == "images"


@pytest.mark.parametrize("option", drawing())
def test_the_same_source_gives_the_same_numbers(option):
    draw = draw_of(option)
    assert same(draw(50, Counted(3, "test", 7)), draw(50, Counted(3, "test", 7)))
    asked = Recorded(Counted(3, "test", 7))
    draw(50, asked)
    if asked.asked:
        others = [Counted(4, "test", 7), Counted(3, "another", 7), Counted(3, "test", 8)]
        assert not any(same(draw(50, other), draw(50, Counted(3, "test", 7))) for other in others)


@pytest.mark.parametrize("option", drawing())
def test_what_is_asked_depends_on_the_number_of_samples_alone(option):
    draw = draw_of(option)
    kinds = []
    for seed in range(5):
        source = Recorded(Counted(seed, "test"))
        shapes = [(name, leaf.shape, leaf.dtype) for name, leaf in named_leaves(draw(64, source))]
        kinds.append((source.asked, shapes))
    assert all(kind == kinds[0] for kind in kinds)
    assert all(leaf.dtype == torch.float32 for leaf in draw(64, Counted(0, "test")).values())
    # Other numbers than any that are drawn, the smallest and the largest, ask for no more.
    for asked in (source.given, [torch.zeros_like(leaf) for leaf in source.given]):
        assert draw(64, Recorded(Given(asked))).keys() == draw(64, Counted(0, "test")).keys()


@pytest.mark.parametrize("option", drawing())
def test_numpy_and_the_kernels_draw_the_same(option, widest: Library):
    draw = draw_of(option)
    one, two = (draw(37, Counted(3, "test", 2**40, draws)) for draws in (NumpyDraws(), NativeDraws(widest)))
    assert same(one, two)


@pytest.mark.parametrize("option", [case for case in drawing() if not reads_files(case.values[0])])
def test_what_is_drawn_is_a_program_of_raw_numbers(option):
    draw, source = draw_of(option), Recorded(Counted(0, "test"))
    wanted = draw(24, source)
    raw = {str(i): given for i, given in enumerate(source.given)}
    program = lowered(capture(lambda named: draw(24, Given([*named.values()])), raw))
    check(program)
    again = Recorded(Counted(1, "test"))
    for recorded, expected in ((source, wanted), (again, draw(24, again))):
        found = reference.run(program, {str(i): given.numpy() for i, given in enumerate(recorded.given)})
        assert found.keys() == expected.keys()
        for name, leaf in expected.items():
            scale = float(leaf.abs().max()) if leaf.numel() else 0.0
            np.testing.assert_allclose(found[name], leaf.numpy(), rtol=1e-6, atol=1e-6 * min(scale, 1.0))


@pytest.mark.parametrize("option", [case for case in drawing() if not reads_files(case.values[0])])
def test_it_can_be_captured_before_anything_was_drawn(option):
    """What an option remembers is of no graph."""
    source = Recorded(Counted(0, "test"))
    wanted = draw_of(option)(24, source)
    fresh = resolve(option.room, option.to_dict())
    capture(
        lambda named: draw_of(fresh)(24, Given([*named.values()])),
        {str(i): given for i, given in enumerate(source.given)},
    )
    assert same(draw_of(fresh)(24, Counted(0, "test")), wanted)


GAMES = {
    "figure-1": preset("figure-1").replace(batch_size=16),
    "ring": preset("ring").replace(batch_size=16, d_steps=2),
    "what all see": small(
        data="spiral",
        latent={"name": "normal", "dim": 2},
        loss="relativistic",
        regularizers=["dropout", "instance_noise", "gradient_penalty"],
    ),
}


@pytest.mark.parametrize("player", ["d", "g"])
@pytest.mark.parametrize("name", GAMES)
def test_what_a_player_sees_in_an_update_is_a_program_of_raw_numbers(name, player):
    experiment, update = GAMES[name], 5
    recorded: dict[str, Recorded] = {}

    def source_of(stream: str) -> Source:
        recorded[stream] = Recorded(Counted(experiment.seed, stream, update))
        return recorded[stream]

    wanted = draws_of(experiment, player, source_of)
    assert same(wanted, Noise(experiment, torch.float32).draw(player, update))
    raw = {f"{stream}/{i}": given for stream, source in recorded.items() for i, given in enumerate(source.given)}

    def drawn(named: Drawn) -> Drawn:
        streams = {
            stream: Given([named[f"{stream}/{i}"] for i in range(len(source.given))])
            for stream, source in recorded.items()
        }
        return dict(named_leaves(draws_of(experiment, player, streams.__getitem__)))

    found = reference.run(lowered(capture(drawn, raw)), {key: given.numpy() for key, given in raw.items()})
    for key, leaf in named_leaves(wanted):
        np.testing.assert_allclose(found.pop(key), leaf.numpy(), rtol=1e-6, atol=1e-6)
    assert not found


def test_asking_again_for_a_step_draws_nothing():
    experiment = GAMES["ring"]
    noise = Noise(experiment, torch.float32)
    first = [*leaves(noise.step(4, 2))]
    assert all(one is other for one, other in zip(first, leaves(noise.step(4, 2)), strict=True))
    assert same(noise.step(6, 3), Noise(experiment, torch.float32).step(6, 3))


# ------------------------------------------------------------------------------------------------------------- counting


def test_every_call_is_the_next_draw_of_its_update():
    source, draws = Counted(5, "d/z", 9), NumpyDraws()

    def at(draw: int) -> Counter:
        return Counter(stream_key(5, "d/z"), 9, draw)

    assert source.uniform(3, 2).tolist() == draws.uniform(at(0), 6).reshape(3, 2).tolist()
    assert source.normal(5, dtype=torch.float64).tolist() == draws.normal(at(1), 5, np.float64).tolist()
    assert source.integers(10, 2, 2).flatten().tolist() == draws.integers(at(2), 4, 10).tolist()
    assert source.order(7).tolist() == draws.permutation(at(3), 7).tolist()
    assert source.uniform_open(2).tolist() == draws.uniform_open(at(4), 2).tolist()
    assert source.rows(4, 30).tolist() == draws.minibatch(at(5), 4, 30).tolist()


def test_two_choices_of_rows_in_an_update_go_their_own_ways():
    sources = [Counted(0, "rows", update) for update in range(6)]
    one, two = (torch.cat([source.rows(5, 30) for source in sources]).tolist() for _ in range(2))
    assert sorted(one) == sorted(two) == list(range(30))
    assert one != two


def test_numbers_begin_where_torch_s_own_do():
    """Sums are taken in another order elsewhere."""
    source = Counted(0, "test")
    for n in (1, 3, 100, 5000):
        assert source.normal(n).data_ptr() % 64 == 0


def test_within_a_bound():
    drawn = Counted(0, "test").within(0.25, 100_000, 2)
    assert drawn.shape == (100_000, 2)
    assert -0.25 <= float(drawn.min()) < -0.2499
    assert 0.2499 < float(drawn.max()) < 0.25
    assert abs(float(drawn.double().mean())) < 4 * 0.25 / np.sqrt(3 * 200_000)


# ---------------------------------------------------------------------------------------------------------------- laws

WEIGHTS = {
    "one": [2.0],
    "equal": [1.0] * 7,
    "nothing here": [0.0, 3.0, 0.0, 1.0],
    "one of many": [0.0] * 999 + [1e-3],
    "rising": np.arange(1, 4097) / 3,
    "far apart": np.geomspace(1e-12, 1, 300),
}


@pytest.mark.parametrize("name", WEIGHTS)
def test_the_alias_table_means_its_weights(name):
    weights = np.asarray(WEIGHTS[name], dtype=np.float64)
    table = Alias(weights)
    implied = table.kept.copy()
    np.add.at(implied, table.other, 1 - table.kept)
    np.testing.assert_allclose(implied / len(weights), weights / weights.sum(), rtol=1e-10, atol=1e-15)
    assert ((table.kept >= 0) & (table.kept <= 1)).all()
    assert (implied[weights == 0] == 0).all()


def test_choices_follow_the_weights():
    weights = np.array([0.0, 1, 2, 3, 10, 0.5])
    n = 200_000
    found = np.bincount(Alias(weights).sample(n, Counted(0, "alias")).numpy(), minlength=6)
    assert found[0] == 0
    assert abs(chi_square(found[1:], n * weights[1:] / weights.sum())) < 5
    assert abs(chi_square(found[1:], n * np.array([1.06, 2, 3, 10, 0.5]) / 16.56)) > 5, "one weight 6 % off is noticed"


def chi_square(found: np.ndarray, expected: np.ndarray) -> float:
    """In deviations from its mean."""
    k = len(found) - 1
    return float((((found - expected) ** 2 / expected).sum() - k) / np.sqrt(2 * k))


def test_samples_of_a_broken_line_follow_it():
    line = BrokenLine(np.array([0.0, 1, 3, 4]), np.array([0.0, 2, 0, 4]))
    x = line.sample(200_000, Counted(0, "line")).numpy()
    edges = np.linspace(0, 4, 41)
    height = np.interp(edges, [0, 1, 3, 4], [0, 2, 0, 4])
    mass = (height[1:] + height[:-1]) / 2 * 0.1 / 5
    assert abs(chi_square(np.histogram(x, edges)[0], len(x) * mass)) < 5
    u = np.array([2.0**-53, 1 - 2.0**-53])
    ends = line.sample(2, Given([torch.zeros(2, dtype=torch.int64), torch.zeros(2).double(), torch.from_numpy(u)]))
    assert ends.isfinite().all()
    assert ((ends >= 0) & (ends <= 4)).all()


BETAS = [(0.2, 0.2), (0.2, 10), (10, 0.2), (0.5, 0.5), (1, 1), (1.1, 0.9), (2, 5), (2, 10), (1.5, 3), (10, 10)]


@pytest.mark.parametrize(("alpha", "beta"), BETAS)
def test_the_law_of_beta_is_exact_to_a_millionth(alpha, beta):
    """Its distribution function, of the broken line that is sampled, against the incomplete beta function."""
    data = resolve("distributions", {"name": "beta", "alpha": alpha, "beta": beta})
    left, width, low, high = data._sampler._pieces.T
    area = width * (low + high) / 2
    below = np.concatenate([[0], np.cumsum(area)[:-1]])
    p, q = data._powers()
    for i in [0, 1, 7, *np.linspace(0, len(left) - 1, 60).astype(int), len(left) - 2]:
        for part in (0.0, 0.5):
            mine = (below[i] + width[i] * (low[i] * part + (high[i] - low[i]) * part**2 / 2)) / area.sum()
            with mpmath.workdps(60):
                s = mpmath.mpf(left[i] + part * width[i])
                t = s**p / (s**p + (1 - s) ** q)
                exact = float(mpmath.betainc(alpha, beta, 0, t, regularized=True))
            assert abs(mine - exact) < 1e-6


@pytest.mark.parametrize(("alpha", "beta"), [(0.2, 0.2), (10, 0.3), (2, 5), (1.1, 0.9)])
def test_samples_of_beta_follow_it(alpha, beta):
    """Kolmogorov-Smirnov, between the ends; 1 % more or less of α is noticed."""
    n = 400_000
    data = resolve("distributions", {"name": "beta", "alpha": alpha, "beta": beta})
    t = (data.sample(n, Counted(0, "beta")).double().squeeze(1).numpy() + 2) / 4
    at = np.concatenate([np.geomspace(1e-5, 0.5, 60), 1 - np.geomspace(1e-5, 0.5, 60)])
    found = np.searchsorted(np.sort(t), at) / n

    def distance(a: float) -> float:
        cdf = [float(mpmath.betainc(a, beta, 0, each, regularized=True)) for each in at]
        return float(np.abs(found - cdf).max())

    assert distance(alpha) < 2.7 / np.sqrt(n)
    assert min(distance(alpha * 1.02), distance(alpha / 1.02)) > distance(alpha)


def test_laplace_reaches_far_and_never_infinity():
    """Its tail as far as a float32 goes: twice 2^−24 of its mass lies beyond 16 scales."""
    data = resolve("distributions", {"name": "laplace"})
    ends = torch.tensor([[2.0**-24], [1 - 2.0**-24], [0.5]])
    assert data.sample(3, Given([ends])).flatten().tolist() == pytest.approx([-23 * np.log(2), 23 * np.log(2), 0])
    n = 2_000_000
    x = data.sample(n, Counted(0, "tail"))
    for reach in (5, 8, 11):
        expected = n * np.exp(-reach)
        assert abs(int((x.abs() > reach).sum()) - expected) < 5 * np.sqrt(expected)


def test_student_t_has_its_tails():
    data = resolve("distributions", {"name": "student_t", "df": 1})
    n = 2_000_000
    x = data.sample(n, Counted(0, "tail"))
    assert x.isfinite().all()
    for reach in (10, 1e3, 1e5):
        expected = n * 2 * np.arctan(1 / reach) / np.pi
        assert abs(int((x.abs() > reach).sum()) - expected) < 5 * np.sqrt(expected)


@pytest.mark.parametrize("option", drawing())
def test_an_option_that_has_drawn_equals_one_that_has_not(option):
    used, fresh = (resolve(option.room, option.to_dict()) for _ in range(2))
    draw_of(used)(5, Counted(0, "test"))
    assert used == fresh
    assert hash(used) == hash(fresh)
    draw_of(fresh)(5, Counted(0, "test"))
    assert used == fresh
    assert pickle.loads(pickle.dumps(used)) == fresh

"""The elementary functions against longer arithmetic, at their edges, and in every variant."""

from __future__ import annotations

import itertools

import mpmath
import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from samples import BOUNDS, EXACT, PRECISIONS, REFERENCES, exactly, extended, same_bits, samples, ulps

from ganviz.machine.elementary import FUNCTIONS, elementary, power
from ganviz.machine.library import Library

INF, NAN = np.inf, np.nan

EDGES = {
    "exp": [(0.0, 1), (-0.0, 1), (INF, INF), (-INF, 0.0), (1e4, INF), (-1e4, 0.0)],
    "expm1": [(0.0, 0.0), (-0.0, -0.0), (INF, INF), (-INF, -1), (1e4, INF), (-1e4, -1)],
    "log": [(0.0, -INF), (-0.0, -INF), (1, 0.0), (INF, INF), (-1, NAN), (-INF, NAN), (-1e-40, NAN)],
    "log1p": [(0.0, 0.0), (-0.0, -0.0), (-1, -INF), (INF, INF), (-2, NAN), (-INF, NAN)],
    "tanh": [(0.0, 0.0), (-0.0, -0.0), (INF, 1), (-INF, -1), (1e4, 1), (-1e4, -1)],
    "sigmoid": [(0.0, 0.5), (-0.0, 0.5), (INF, 1), (-INF, 0.0), (1e4, 1), (-1e4, 0.0)],
    "softplus": [(INF, INF), (-INF, 0.0), (1e4, 1e4), (-1e4, 0.0)],
    "logsigmoid": [(INF, 0.0), (-INF, -INF), (-1e4, -1e4), (1e4, 0.0)],
    "sin": [(0.0, 0.0), (-0.0, -0.0), (INF, NAN), (-INF, NAN), (2.0**31, NAN)],
    "cos": [(0.0, 1), (-0.0, 1), (INF, NAN), (-INF, NAN), (2.0**31, NAN)],
    "sqrt": [(0.0, 0.0), (-0.0, -0.0), (INF, INF), (-1, NAN), (4, 2)],
    "rsqrt": [(0.0, INF), (-0.0, -INF), (INF, 0.0), (-1, NAN), (4, 0.5)],
}

SPECIAL = [
    0.0,
    -0.0,
    1,
    -1,
    2,
    -2,
    0.5,
    -0.5,
    3,
    -3,
    1e-30,
    -1e-30,
    1e30,
    -1e30,
    2.0**53,
    INF,
    -INF,
    NAN,
    -1.5,
    2**24 + 2,
]


@pytest.mark.parametrize("dtype", PRECISIONS)
@pytest.mark.parametrize("name", FUNCTIONS)
@extended
def test_dense_samples_are_right_to_the_last_place(library: Library, name: str, dtype: type) -> None:
    x = samples(name, dtype, 20_000)
    longer = np.float64 if dtype is np.float32 and name not in ("sqrt", "rsqrt") else np.longdouble
    with np.errstate(over="ignore", under="ignore"):
        exact = REFERENCES[name](x.astype(longer))
    assert ulps(elementary(library, name, x), exact).max() <= BOUNDS[name]


@pytest.mark.parametrize("dtype", PRECISIONS)
@pytest.mark.parametrize("name", FUNCTIONS)
@extended
def test_samples_agree_with_mpmath(widest: Library, name: str, dtype: type) -> None:
    x = samples(name, dtype, 60, seed=1)
    assert ulps(elementary(widest, name, x), exactly(EXACT[name], x)).max() <= BOUNDS[name]


@pytest.mark.parametrize("dtype", PRECISIONS)
@pytest.mark.parametrize("name", FUNCTIONS)
def test_edges(library: Library, name: str, dtype: type) -> None:
    x, expected = (np.array(column, dtype) for column in zip(*EDGES[name], (NAN, NAN), strict=True))
    assert same_bits(elementary(library, name, x), expected)


@pytest.mark.parametrize("dtype", PRECISIONS)
def test_the_last_finite_and_the_first_infinite_exponential(library: Library, dtype: type) -> None:
    with mpmath.workdps(50):
        edge = dtype(mpmath.log(mpmath.mpf(float(np.finfo(dtype).max))))
    below, beyond = (np.nextafter(edge, dtype(to)) for to in (0, 1000))
    for name in ("exp", "expm1"):
        ends = elementary(library, name, np.array([below, np.nextafter(beyond, dtype(1000))]))
        assert np.isfinite(ends[0])
        assert ends[1] == np.inf


@pytest.mark.parametrize("name", ["tanh", "sigmoid", "exp", "softplus"])
@pytest.mark.parametrize("dtype", PRECISIONS)
def test_rising_functions_rise(widest: Library, name: str, dtype: type) -> None:
    y = elementary(widest, name, np.linspace(-30, 30, 50_001).astype(dtype))
    assert (np.diff(y) >= 0).all()


@pytest.mark.long
@pytest.mark.parametrize("name", FUNCTIONS)
def test_floats_all_over_agree_with_double_precision(widest: Library, name: str) -> None:
    """Every 257th of all floats there are, negative, subnormal, infinite and not a number among them."""
    bounds = {"sqrt": 0.501, "rsqrt": 1.5}
    for part in range(8):
        x = np.arange(part * 257, 2**32, 8 * 257, dtype=np.uint32).view(np.float32)
        with np.errstate(invalid="ignore"):
            found, exact = elementary(widest, name, x), elementary(widest, name, x.astype(np.float64))
        finite = np.isfinite(exact)
        assert same_bits(found[~finite].astype(np.float64), exact[~finite])
        assert ulps(found[finite], exact[finite]).max() <= bounds.get(name, 1.1)


# ------------------------------------------------------------------------------------------------------ powers


def bases_and_exponents(dtype: type, n: int) -> tuple[np.ndarray, np.ndarray]:
    """Pairs whose power is a normal number, with bases near and far from 1."""
    rng, (low, high) = np.random.default_rng(2), (-86, 88) if dtype is np.float32 else (-707, 709)
    spread = rng.choice([2.0**-12, 2.0**-4, 1, 60], n)
    x = np.exp(rng.uniform(-spread, spread)).astype(dtype)
    x[x == 1] = 2
    return x, (rng.uniform(low, high, n) / np.log(x.astype(float))).astype(dtype)


@pytest.mark.parametrize("dtype", PRECISIONS)
@extended
def test_powers_are_right_to_the_last_place(library: Library, dtype: type) -> None:
    x, y = bases_and_exponents(dtype, 40_000)
    assert ulps(power(library, x, y), np.power(x.astype(np.longdouble), y.astype(np.longdouble))).max() <= 0.8
    x, y = x[:200], y[:200]
    assert ulps(power(library, x, y), exactly(lambda a, b: a**b, x, y)).max() <= 0.8


@extended
def test_powers_that_adam_needs(widest: Library) -> None:
    betas, steps = np.meshgrid([0.0, 0.5, 0.9, 0.99, 0.999, 0.9999], np.arange(1.0, 5001))
    exact = np.power(betas.astype(np.longdouble), steps.astype(np.longdouble))
    assert ulps(power(widest, betas, steps), exact).max() <= 0.8
    bases, squares = np.arange(-50.0, 51), np.full(101, 2.0)
    assert same_bits(power(widest, bases, squares), bases**2)


@pytest.mark.parametrize("dtype", PRECISIONS)
def test_powers_of_special_numbers_are_those_of_c(library: Library, dtype: type) -> None:
    x, y = (np.array(column, dtype) for column in zip(*itertools.product(SPECIAL, SPECIAL), strict=True))
    with np.errstate(all="ignore"):
        expected = np.power(x, y)
    found = power(library, x, y)
    close = np.isclose(found, expected, rtol=2 * np.finfo(dtype).eps, atol=0, equal_nan=True)
    assert close.all(), np.stack([x, y, found, expected], 1)[~close]
    assert (np.signbit(found) == np.signbit(expected))[~np.isnan(expected)].all()


# --------------------------------------------------------------------------------------------------- equal bits


def everything(name: str, dtype: type) -> np.ndarray:
    return np.concatenate([samples(name, dtype, 5000, seed=3), np.array(SPECIAL, dtype)])


@pytest.mark.parametrize("dtype", PRECISIONS)
@pytest.mark.parametrize("name", FUNCTIONS)
def test_every_variant_gives_the_same_bits(library: Library, widest: Library, name: str, dtype: type) -> None:
    x = everything(name, dtype)
    assert same_bits(elementary(library, name, x), elementary(widest, name, x))


@pytest.mark.parametrize("dtype", PRECISIONS)
def test_every_variant_gives_the_same_powers(library: Library, widest: Library, dtype: type) -> None:
    x, y = bases_and_exponents(dtype, 5000)
    assert same_bits(power(library, x, y), power(widest, x, y))


@given(st.integers(0, 70), st.integers(0, 16), st.sampled_from(FUNCTIONS), st.sampled_from(PRECISIONS))
def test_a_number_does_not_depend_on_its_place(widest: Library, n: int, start: int, name: str, dtype: type) -> None:
    x = samples(name, dtype, 40, seed=4)
    whole = elementary(widest, name, x)
    assert same_bits(elementary(widest, name, x[start : start + n]), whole[start : start + n])


def test_what_a_process_sets_up_is_put_aside(library: Library) -> None:
    x = np.array([-90.0, -100.0], np.float32)
    expected = elementary(library, "exp", x)
    assert (expected > 0).all()
    torch.set_flush_denormal(True)
    try:
        assert same_bits(elementary(library, "exp", x), expected)
        assert not (torch.tensor(1e-40) * torch.ones(1)).any(), "afterwards it is as it was"
    finally:
        torch.set_flush_denormal(False)

"""Random numbers: known answers, the same from C and NumPy, and as uniform, normal and shuffled as they claim to be."""

from __future__ import annotations

import math
from itertools import permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from samples import PRECISIONS, extended, same_bits, ulps

from ganviz.machine.draws import Counter, Draws, stream_key
from ganviz.machine.library import Library
from ganviz.machine.native_draws import NativeDraws
from ganviz.machine.numpy_draws import NumpyDraws

NUMPY = NumpyDraws()

AT = Counter(stream_key(0, "d/z"), 5, 1)

counters = st.builds(Counter, st.integers(0, 2**64 - 1), st.integers(0, 2**64 - 1), st.integers(0, 2**32 - 1))


@pytest.fixture
def native(library: Library) -> NativeDraws:
    return NativeDraws(library)


@pytest.fixture(scope="module")
def best(widest: Library) -> NativeDraws:
    return NativeDraws(widest)


@pytest.fixture(params=["native", "numpy"])
def draws(request: pytest.FixtureRequest, best: NativeDraws) -> Draws:
    return best if request.param == "native" else NUMPY


# ------------------------------------------------------------------------------------------------------- words

KNOWN = [
    ("00000000 00000000 00000000 00000000", "00000000 00000000", "6627e8d5 e169c58d bc57ac4c 9b00dbd8"),
    ("ffffffff ffffffff ffffffff ffffffff", "ffffffff ffffffff", "408f276d 41c83b0e a20bc7c6 6d5451fd"),
    ("243f6a88 85a308d3 13198a2e 03707344", "a4093822 299f31d0", "d16cfe09 94fdcceb 5001e420 24126ea1"),
]
"""Random123's answers for Philox 4x32-10: counter, key, block."""


@pytest.mark.parametrize(("counter", "key", "block"), KNOWN)
def test_known_answers_of_random123(draws: Draws, counter: str, key: str, block: str) -> None:
    a, b, c, d = (int(word, 16) for word in counter.split())
    first, second = (int(word, 16) for word in key.split())
    found = draws.bits(Counter(first | second << 32, c | d << 32, b), 2, block=a)
    assert [f"{word:08x}" for word in found.view(np.uint32)] == block.split()


def test_keys_depend_on_seed_and_name() -> None:
    keys = {stream_key(seed, name) for seed in range(100) for name in ("d/z", "g/z", "d/real")}
    assert len(keys) == 300


@pytest.mark.parametrize("other", [Counter(AT.key + 1, 5, 1), Counter(AT.key, 6, 1), Counter(AT.key, 5, 2)])
def test_key_update_and_draw_all_count(draws: Draws, other: Counter) -> None:
    assert not np.isin(draws.bits(AT, 1000), draws.bits(other, 1000)).any()


# --------------------------------------------------------------------------------------------- C as well as NumPy


@pytest.mark.parametrize("dtype", PRECISIONS)
@given(at=counters, count=st.integers(0, 400))
def test_uniform_and_normal_numbers_are_those_of_numpy(best: NativeDraws, dtype: type, at: Counter, count: int) -> None:
    for law in ("uniform", "uniform_open", "normal"):
        assert same_bits(getattr(best, law)(at, count, dtype), getattr(NUMPY, law)(at, count, dtype))


@given(at=counters, count=st.integers(0, 400), below=st.integers(1, 2**31))
def test_integers_are_those_of_numpy(best: NativeDraws, at: Counter, count: int, below: int) -> None:
    assert (best.integers(at, count, below) == NUMPY.integers(at, count, below)).all()


@given(at=counters, n=st.integers(0, 400) | st.integers(1000, 2100), ends=st.tuples(st.floats(0, 1), st.floats(0, 1)))
def test_permutations_are_those_of_numpy(best: NativeDraws, at: Counter, n: int, ends: tuple[float, float]) -> None:
    first, last = sorted(round(end * n) for end in ends)
    whole = NUMPY.permutation(at, n)
    assert sorted(whole) == list(range(n))
    assert (best.permutation(at, n) == whole).all()
    assert (best.permutation(at, n, first, last - first) == whole[first:last]).all()
    assert (NUMPY.permutation(at, n, first, last - first) == whole[first:last]).all()


@pytest.mark.parametrize("dtype", PRECISIONS)
def test_every_variant_draws_the_same(native: NativeDraws, dtype: type) -> None:
    for law in ("uniform", "uniform_open", "normal"):
        assert same_bits(getattr(native, law)(AT, 20_001, dtype), getattr(NUMPY, law)(AT, 20_001, dtype))
    assert (native.integers(AT, 1001, 60_000) == NUMPY.integers(AT, 1001, 60_000)).all()
    for n in (1024, 1025, 5000):
        assert (native.permutation(AT, n) == NUMPY.permutation(AT, n)).all()


@pytest.mark.parametrize("dtype", PRECISIONS)
@pytest.mark.parametrize("law", ["uniform", "uniform_open", "normal"])
def test_a_shorter_draw_is_the_beginning_of_a_longer_one(draws: Draws, law: str, dtype: type) -> None:
    longer = getattr(draws, law)(AT, 517, dtype)
    for count in (0, 1, 2, 3, 4, 5, 63, 64, 65, 127, 128, 129, 516):
        assert same_bits(getattr(draws, law)(AT, count, dtype), longer[:count])


# ------------------------------------------------------------------------------------------------------- the laws


def near(found: float, expected: float, deviation: float) -> bool:
    """Within four standard deviations, on either side: the numbers are fixed, so that this holds always or never."""
    return abs(found - expected) <= 4 * deviation


def evenly(counts: np.ndarray, expected: np.ndarray | float) -> bool:
    """Pearson's statistic is neither too large nor suspiciously small."""
    free = counts.size - 1
    return near(float(((counts - expected) ** 2 / expected).sum()), free, math.sqrt(2 * free))


@pytest.mark.parametrize("dtype", PRECISIONS)
def test_bits_become_uniform_numbers_as_stated(draws: Draws, dtype: type) -> None:
    m, size = (23, 32) if dtype is np.float32 else (52, 64)
    words = draws.bits(AT, 500).view(f"u{size // 8}")[:500]
    k = words >> words.dtype.type(size - m)
    assert (draws.uniform(AT, 500, dtype) == k.astype(np.float64) / 2**m).all()
    assert (draws.uniform_open(AT, 500, dtype).astype(np.longdouble) == (k.astype(np.longdouble) + 0.5) / 2**m).all()


@pytest.mark.parametrize("dtype", PRECISIONS)
def test_uniform_numbers_are_uniform(best: NativeDraws, dtype: type) -> None:
    n = 200_000
    u = best.uniform_open(AT, n, dtype).astype(np.float64)
    assert 0 < u.min() < u.max() < 1
    assert near(u.mean(), 1 / 2, 1 / math.sqrt(12 * n))
    assert near((u**2).mean(), 1 / 3, math.sqrt(4 / 45 / n))
    assert evenly(np.bincount((u * 1000).astype(int), minlength=1000), n / 1000)
    assert evenly(np.bincount((u[::2] * 30).astype(int) * 30 + (u[1::2] * 30).astype(int), minlength=900), n / 1800)


@pytest.mark.parametrize("dtype", PRECISIONS)
def test_normal_numbers_are_normal(best: NativeDraws, dtype: type) -> None:
    n = 200_000
    z = best.normal(AT, n, dtype).astype(np.float64)
    for power, moment, variance in ((1, 0, 1), (2, 1, 2), (3, 0, 15), (4, 3, 96)):
        assert near((z**power).mean(), moment, math.sqrt(variance / n))
    share = np.vectorize(lambda x: (1 + math.erf(x / math.sqrt(2))) / 2)(z)
    assert evenly(np.bincount((share * 500).astype(int), minlength=500), n / 500)
    a, b = z[::2], z[1::2]
    assert near((a * b).mean(), 0, math.sqrt(2 / n))
    assert near((a**2 * b**2).mean(), 1, math.sqrt(8 * 2 / n))


@pytest.mark.parametrize("dtype", PRECISIONS)
@extended
def test_normal_numbers_are_box_and_muller_s(best: NativeDraws, dtype: type) -> None:
    u = best.uniform_open(AT, 100_000, dtype).astype(np.longdouble)
    quarters = np.rint(4 * u[1::2])
    rest = 2 * np.longdouble("3.14159265358979323846264338") * (u[1::2] - quarters / 4)
    points = np.exp(1j * rest) * np.array([1, 1j, -1, -1j], np.clongdouble)[quarters.astype(int) % 4]
    points *= np.sqrt(-2 * np.log(u[::2]))
    exact = np.stack([points.real, points.imag], 1).reshape(-1)
    assert ulps(best.normal(AT, 100_000, dtype), exact).max() <= 3


@pytest.mark.parametrize("below", [1, 2, 7, 1000])
def test_integers_are_even(best: NativeDraws, below: int) -> None:
    whole = best.integers(AT, 100_000, below)
    assert (whole.min(), whole.max()) == (0, below - 1)
    assert below == 1 or evenly(np.bincount(whole), 100_000 / below)


def test_all_orders_of_four_are_equally_likely(best: NativeDraws) -> None:
    names = {order: i for i, order in enumerate(permutations(range(4)))}
    orders = [names[tuple(best.permutation(Counter(AT.key, update), 4).tolist())] for update in range(24_000)]
    assert evenly(np.bincount(orders), 1000)


@pytest.mark.parametrize("n", [100, 1500])
def test_places_and_neighbours_are_independent(best: NativeDraws, n: int) -> None:
    orders = np.stack([best.permutation(Counter(AT.key, update), n, 0, 8) for update in range(20_000)])
    for place in (0, 1, 7):
        assert evenly(np.bincount(orders[:, place], minlength=n), 20_000 / n)
    for place in (1, 7):
        steps = (orders[:, place] - orders[:, 0]) % n
        assert evenly(np.bincount(steps, minlength=n)[1:], 20_000 / (n - 1))
    ranks = np.argsort(orders[:, :3], axis=1) @ [9, 3, 1]
    assert evenly(np.unique(ranks, return_counts=True)[1], 20_000 / 6)


@pytest.mark.parametrize(("size", "n"), [(7, 100), (100, 100), (250, 100), (64, 1500)])
def test_minibatches_see_every_sample_once_an_epoch(draws: Draws, size: int, n: int) -> None:
    seen = np.concatenate([draws.minibatch(Counter(AT.key, update), size, n) for update in range(3 * n // size + 1)])
    epochs = seen[: 3 * n].reshape(3, n)
    assert (np.sort(epochs, axis=1) == np.arange(n)).all()
    assert not (epochs[0] == epochs[1]).all()

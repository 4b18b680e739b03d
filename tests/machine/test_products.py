"""Products of matrices: the defined sums, bit for bit, whatever the shape and the strides, and nothing else touched."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matrices import BIASES, LAYOUTS, SIZES, bias_of, chain, laid_out, numbers
from samples import PRECISIONS, same_bits

from ganviz.machine.library import Library
from ganviz.machine.products import ALIGNMENT, prepared, product, scratch_of, workspace

sizes, layouts = st.sampled_from(SIZES), st.sampled_from(LAYOUTS)


@given(sizes, sizes, sizes, layouts, layouts, st.sampled_from(BIASES), st.sampled_from(PRECISIONS), st.integers(0, 99))
def test_a_product_is_its_chain_of_sums(
    library: Library, m: int, n: int, k: int, of_a: str, of_b: str, kind: str, dtype: type, seed: int
) -> None:
    rng = np.random.default_rng(seed)
    a, b, bias = numbers(rng, (m, k), dtype), numbers(rng, (k, n), dtype), bias_of(rng, kind, m, n, dtype)
    assert same_bits(product(library, laid_out(a, of_a), laid_out(b, of_b), bias), chain(a, b, bias))


@pytest.mark.parametrize("dtype", PRECISIONS)
@pytest.mark.parametrize(
    ("m", "n", "k"),
    [(7, 18, 257), (13, 33, 520), (1, 70, 300), (70, 1, 300), (2, 37, 140), (37, 2, 140), (5, 6, 600), (60, 3, 260)],
)
def test_long_chains_go_on_where_a_block_ends(library: Library, m: int, n: int, k: int, dtype: type) -> None:
    rng = np.random.default_rng(0)
    a, b, bias = numbers(rng, (m, k), dtype), numbers(rng, (k, n), dtype), numbers(rng, (n,), dtype)
    expected = chain(a, b, bias)
    for of_a, of_b in itertools.product(("rows", "columns"), repeat=2):
        assert same_bits(product(library, laid_out(a, of_a), laid_out(b, of_b), bias), expected)


@given(sizes, sizes, st.sampled_from(PRECISIONS))
def test_operands_may_be_one_row_or_column_again_and_again(library: Library, m: int, n: int, dtype: type) -> None:
    rng = np.random.default_rng(1)
    row, column = numbers(rng, (1, 9), dtype), numbers(rng, (9, 1), dtype)
    same_rows, same_columns = np.broadcast_to(row, (m, 9)), np.broadcast_to(column, (9, n))
    expected = np.broadcast_to(chain(row, column), (m, n))
    assert same_bits(product(library, same_rows, same_columns), expected)
    one = np.broadcast_to(row[:, :1], (m, 9))
    assert same_bits(product(library, one, same_columns), chain(one, same_columns))


@given(sizes, sizes, st.sampled_from((0, 1, 5, 16, 70)), layouts, st.sampled_from(BIASES), st.sampled_from(PRECISIONS))
def test_it_writes_its_result_and_nothing_beside(
    library: Library, m: int, n: int, k: int, layout: str, kind: str, dtype: type
) -> None:
    rng, guard = np.random.default_rng(2), ALIGNMENT // np.dtype(dtype).itemsize
    a, b, bias = numbers(rng, (m, k), dtype), numbers(rng, (k, n), dtype), bias_of(rng, kind, m, n, dtype)
    room = scratch_of(m, n, k)
    scratch = workspace(room + 2 * guard, dtype)
    scratch[...] = 7
    out = laid_out(np.full((m, n), 5, dtype), layout)
    whole = out if out.base is None else out.base
    untouched = np.isnan(whole)
    prepared(library, out, scratch[guard : guard + room], a, b, bias)()
    assert same_bits(out, chain(a, b, bias))
    assert (np.isnan(whole) == untouched).all()
    assert (np.delete(scratch, slice(guard, guard + room)) == 7).all()


@pytest.mark.parametrize("dtype", PRECISIONS)
@pytest.mark.parametrize(("m", "n", "k"), [(256, 64, 64), (64, 2, 512), (1, 64, 512), (100, 100, 300)])
def test_every_variant_gives_the_same_bits(
    library: Library, widest: Library, m: int, n: int, k: int, dtype: type
) -> None:
    rng = np.random.default_rng(3)
    a, b, bias = numbers(rng, (m, k), dtype), numbers(rng, (k, n), dtype), numbers(rng, (n,), dtype)
    assert same_bits(product(library, a, b, bias), product(widest, a, b, bias))


@pytest.mark.parametrize("layout", ["rows", "columns"])
def test_floats_are_as_close_as_their_sums_allow(widest: Library, layout: str) -> None:
    rng = np.random.default_rng(4)
    a, b = rng.normal(size=(300, 500)).astype(np.float32), rng.normal(size=(500, 90)).astype(np.float32)
    exact, size = a.astype(float) @ b.astype(float), abs(a.astype(float)) @ abs(b.astype(float))
    error = abs(product(widest, laid_out(a, layout), laid_out(b, layout)) - exact) / size
    assert error.max() < 500 * 2.0**-24 / 20, "a sum's errors mostly cancel"


@pytest.mark.parametrize("dtype", PRECISIONS)
@pytest.mark.parametrize(("m", "n"), [(20, 40), (20, 2), (1, 40)])
def test_what_is_not_finite_reaches_its_row_and_column(library: Library, m: int, n: int, dtype: type) -> None:
    for at, special in itertools.product((0, 8), (np.inf, -np.inf, np.nan)):
        a, b = np.ones((m, 9), dtype), np.ones((9, n), dtype)
        a[m - 1, at] = special
        expected = np.full((m, n), 9, dtype)
        expected[m - 1] = special
        assert same_bits(product(library, a, b), expected)
        b[at] = 0
        expected[...] = 8
        expected[m - 1] = np.nan
        assert same_bits(product(library, a, b), expected), "infinity times zero: no zero is passed over"


def test_minus_zero_stays(library: Library) -> None:
    zero = np.full((7, 1), -0.0, np.float32)
    one, bias = np.ones((1, 17), np.float32), np.full(17, -0.0, np.float32)
    assert same_bits(product(library, zero, one, bias), np.full((7, 17), -0.0, np.float32))
    assert same_bits(product(library, zero, one), np.zeros((7, 17), np.float32))


@pytest.mark.long
@pytest.mark.parametrize("dtype", PRECISIONS)
def test_all_shapes_around_the_tiles(widest: Library, dtype: type) -> None:
    rng = np.random.default_rng(5)
    for m, n, k in itertools.product(range(1, 20), range(1, 40), (1, 2, 4, 7, 8, 19)):
        a, b, bias = numbers(rng, (m, k), dtype), numbers(rng, (k, n), dtype), numbers(rng, (n,), dtype)
        expected = chain(a, b, bias)
        for of_a, of_b in itertools.product(("rows", "columns"), repeat=2):
            assert same_bits(product(widest, laid_out(a, of_a), laid_out(b, of_b), bias), expected), (m, n, k)

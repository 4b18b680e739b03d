"""Every kernel of programs: what NumPy, torch and longer arithmetic compute, whatever the layout, in every variant."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from instructions import KERNELS, SPECIAL, STORAGES, Case, Writer, case_of, native, operands, result
from samples import EXTENDED, same_bits, ulps

from ganviz.machine.fused import fused
from ganviz.machine.library import Library
from ganviz.programs import reference
from ganviz.programs.families.draws import WHOLE
from ganviz.programs.families.maps import FARTHEST_ANGLE, MAPS, operands_of
from ganviz.programs.families.products import FUSED
from ganviz.programs.families.reductions import REDUCTIONS
from ganviz.programs.program import Instruction
from ganviz.programs.view import View, dense_strides
from ganviz.programs.words import SUFFIX

ELEMENTARY = {
    "exp", "expm1", "log", "log1p", "sin", "cos", "tanh", "sigmoid", "softplus", "elu", "power", "power_of",
    "softplus_slope", "elu_slope",
}  # fmt: skip
"""Kernels whose last bits are the machine's own. All others but products are exactly what NumPy computes."""


@pytest.fixture(scope="session")
def variants(kernels: Any, widest: Library) -> list[Library]:
    return [Library(kernels, name) for name in widest.runnable]


def test_machine_and_numpy_have_the_same_kernels(variants: list[Library]) -> None:
    conversions = {"move_f32_f64", "move_f64_f32"}
    named = {f"{kernel}_{suffix}" for kernel in KERNELS for suffix in SUFFIX.values()}
    named -= {f"{kernel}_f32" for kernel in WHOLE}
    for library in variants:
        assert set(library.kernels) == named | conversions


# --------------------------------------------------------------------------------------------- against NumPy and itself


def tried(kernel: str, seed: int, variants: list[Library]) -> None:
    """A random case in both storages: equal bits in every variant, NumPy's meaning, and what longer arithmetic says."""
    for storage in STORAGES:
        case = case_of(kernel, storage, np.random.default_rng(seed), tame=seed % 3 == 0)
        found, *others = (native(case, library) for library in variants)
        meant = reference.run(case.program, case.inputs)
        for name, array in found.items():
            assert all(same_bits(array, other[name]) for other in others), "variants differ"
            if kernel not in ELEMENTARY and not kernel.startswith("product"):
                assert same_bits(array, meant[name]), "not what NumPy computes"
        if kernel in ELEMENTARY:
            as_in_longer_numbers(kernel, case, result(case, found))
        elif kernel in FUSED:
            as_one_after_another(case, result(case, found), variants[0])
        elif kernel == "product":
            as_a_chain(case, result(case, found))
            close_to_numpy(case, result(case, found), result(case, meant))
        elif kernel in REDUCTIONS:
            as_without_order(kernel, case, result(case, found))
        elif kernel == "running_sum":
            as_added_up(case, result(case, found))


@pytest.mark.parametrize("kernel", KERNELS)
@given(seed=st.integers(0, 2**32))
@settings(max_examples=8, deadline=None)
def test_a_kernel_is_right(kernel: str, seed: int, variants: list[Library]) -> None:
    tried(kernel, seed, variants)


@pytest.mark.long
@pytest.mark.parametrize("kernel", KERNELS)
@given(seed=st.integers(0, 2**32))
@settings(max_examples=300, deadline=None)
def test_a_kernel_is_right_hundreds_of_times(kernel: str, seed: int, variants: list[Library]) -> None:
    tried(kernel, seed, variants)


def as_in_longer_numbers(kernel: str, case: Case, found: np.ndarray) -> None:
    """Within a few units in the last place of what NumPy computes in the next longer numbers."""
    inputs, further = operands(case)
    longer = np.float64 if found.dtype == np.float32 else np.longdouble
    if longer is np.longdouble and not EXTENDED:
        return
    rounded = [found.dtype.type(number) for number in further]
    with np.errstate(all="ignore"):
        exact = MAPS[kernel](*(each.astype(longer) for each in inputs), *map(longer, rounded))
        expected = exact.astype(found.dtype)
    # What a slope is multiplied by may be too small for its last bits, or for any.
    slope = np.abs(inputs[0]).astype(np.longdouble) if kernel.endswith("_slope") else np.zeros(1)
    with np.errstate(all="ignore"):
        lost = slope * np.finfo(found.dtype).smallest_subnormal
        near = (ulps(found, exact) <= 2.5) | (np.abs(found - exact) <= lost)
    alike = np.isfinite(expected) & np.isfinite(found) & near
    assert (
        alike | np.isinf(slope) | (found == expected) | (np.isnan(found) & np.isnan(expected)) | edge(found, exact)
    ).all()


def edge(found: np.ndarray, exact: np.ndarray) -> np.ndarray:
    """Where the largest number and infinity are a few units apart."""
    largest = np.longdouble(np.finfo(found.dtype).max)
    with np.errstate(all="ignore"):
        return (np.abs(np.abs(exact.astype(np.longdouble)) / largest - 1) < 4 * np.finfo(found.dtype).eps) & ~np.isnan(
            found
        )


def as_a_chain(case: Case, found: np.ndarray) -> None:
    """Bit for bit: from the bias, or 0, one product after another is fused to what there is."""
    (a, b, *bias), _ = operands(case)
    total = bias[0] if bias else np.zeros(found.shape, found.dtype)
    with np.errstate(all="ignore"):
        for k in range(a.shape[1]):
            total = fused(a[:, k, None], b[None, k], total)
    assert same_bits(found, np.ascontiguousarray(total))


def as_one_after_another(case: Case, found: np.ndarray, library: Library) -> None:
    """Bit for bit: the product, and then the map."""
    (a, b, *fourth), further = operands(case)
    after = FUSED[case.program.instructions[-1].kernel]
    writer, (m, n), storage = Writer(np.random.default_rng(), False), found.shape, found.dtype.name

    def given(array: np.ndarray) -> View:
        return writer.filled(array.shape, dense_strides(array.shape), storage, np.resize(array, max(1, array.size)))

    views, product, out = (
        [given(each) for each in (a, b, *fourth)],
        writer.dense((m, n), storage),
        writer.dense((m, n), storage),
    )
    backwards = after.endswith("_slope")
    first = Instruction("product", (product,), tuple(views[:2] if backwards else views))
    then = Instruction(after, (out,), (product, *(views[2:] if backwards else ())), tuple(further))
    apart = writer.case(first, then)
    assert same_bits(found, result(apart, native(apart, library)))


def close_to_numpy(case: Case, found: np.ndarray, meant: np.ndarray) -> None:
    """As close as any order of summation allows, to NumPy's product and to that in longer numbers."""
    (a, b, *bias), _ = operands(case)
    with np.errstate(all="ignore"):
        long = [each.astype(np.longdouble) for each in (a, b, *bias)]
        exact = long[0] @ long[1] + sum(long[2:])
        size = np.abs(long[0]) @ np.abs(long[1]) + sum(map(np.abs, long[2:]))
        info = np.finfo(found.dtype)
        finite = size < float(info.max) / 4
        bound = (a.shape[1] + 2) * (info.eps * size + info.smallest_subnormal)
        assert (np.abs(found - exact) <= bound)[finite].all()
        assert (np.abs(meant - exact) <= bound)[finite].all()
    assert np.isnan(found)[np.isnan(exact)].all()


def as_without_order(kernel: str, case: Case, found: np.ndarray) -> None:
    """Close to what torch says in double precision, whose order is another."""
    ((x,), _), n = operands(case), case.program.instructions[-1].inputs[0].shape[1]
    wide = torch.from_numpy(x.astype(np.float64))
    if kernel in ("any", "all"):
        assert (found == getattr(torch, kernel)(wide != 0, 1).numpy()).all()
    elif kernel in ("largest", "smallest"):
        if n:
            expected = (torch.amax if kernel == "largest" else torch.amin)(wide, 1).numpy()
            np.testing.assert_array_equal(found, expected)
    else:
        functions = {"sum": torch.sum, "mean": torch.mean, "norm": torch.linalg.vector_norm}
        expected = functions[kernel](wide, dim=1).numpy()
        with np.errstate(all="ignore"):
            info, size = np.finfo(found.dtype), np.abs(x.astype(np.float64)).sum(1)
            small = size < np.sqrt(float(info.max)) / 4 if kernel == "norm" else size < float(info.max) / 4
            lost = np.sqrt(n * float(info.smallest_subnormal)) if kernel == "norm" else float(info.smallest_subnormal)
            close = np.abs(found - expected) <= (n + 2) * float(info.eps) * size + lost
        assert (close | np.isnan(expected))[small].all()
        assert np.isnan(found)[np.isnan(expected)].all()


def as_added_up(case: Case, found: np.ndarray) -> None:
    (x,), _ = operands(case)
    for i in range(1, x.shape[1]):
        with np.errstate(all="ignore"):
            assert same_bits(found[:, i], found[:, i - 1] + x[:, i])
    assert same_bits(found[:, :1], np.ascontiguousarray(x[:, :1]))


# ------------------------------------------------------------------------------------------------------ against torch

ATEN = torch.ops.aten

TORCH: dict[str, Callable[..., torch.Tensor]] = {
    "negative": torch.neg,
    "truncate": torch.trunc,
    "elu": torch.nn.functional.elu,
    "softplus": torch.nn.functional.softplus,
    "is_nan": torch.isnan,
    "not": torch.logical_not,
    "leaky": torch.nn.functional.leaky_relu,
    "scale": torch.mul,
    "divide_by": torch.div,
    "shift": torch.add,
    "from": lambda x, number: number - x,
    "power_of": lambda x, exponent: torch.pow(x, torch.full_like(x, exponent)),  # a number alone is taken otherwise
    "remainder_by": torch.remainder,
    "at_least": torch.clamp_min,
    "at_most": torch.clamp_max,
    "equals": torch.eq,
    "differs_from": torch.ne,
    "is_below": torch.lt,
    "is_above": torch.gt,
    "is_at_most": torch.le,
    "is_at_least": torch.ge,
    "power": torch.pow,
    "equal": torch.eq,
    "different": torch.ne,
    "less": torch.lt,
    "greater": torch.gt,
    "both": torch.logical_and,
    "either": torch.logical_or,
    "sigmoid_slope": ATEN.sigmoid_backward,
    "tanh_slope": ATEN.tanh_backward,
    "softplus_slope": lambda slope, x: ATEN.softplus_backward(slope, x, 1, 20),
    # What torch makes of NaN here depends on where in the array it stands.
    "elu_slope": lambda slope, x: torch.where(x.isnan(), x, ATEN.elu_backward(slope, 1, 1, 1, False, x)),
    "leaky_slope": lambda slope, x, down: ATEN.leaky_relu_backward(slope, x, down, False),
    "threshold_slope": ATEN.threshold_backward,
    "where": lambda condition, x, y: torch.where(condition != 0, x, y),
}
"""Torch's operation, where its name is not the kernel's."""


def on_special_numbers(kernel: str, storage: Any, number: tuple[float, ...]) -> tuple[Case, list[np.ndarray]]:
    """A kernel of `MAPS` on all combinations of special numbers."""
    inputs, _ = operands_of(kernel)
    columns = [np.ascontiguousarray(each.ravel()) for each in np.meshgrid(*[np.array(SPECIAL, storage)] * inputs)]
    shape, writer = (1, columns[0].size), Writer(np.random.default_rng(), False)
    views = tuple(writer.filled(shape, dense_strides(shape), storage, column) for column in columns)
    return writer.case(Instruction(kernel, (writer.dense(shape, storage),), views, number)), columns


@pytest.mark.parametrize("storage", STORAGES)
@pytest.mark.parametrize("kernel", MAPS)
def test_special_numbers_become_what_torch_makes_of_them(kernel: str, storage: Any, variants: list[Library]) -> None:
    """NaN, infinity and zero with its sign, each as a number of the instruction too; others are close."""
    operation = TORCH.get(kernel) or getattr(torch, kernel)
    relative, absolute = (1e-6, 1e-10) if storage == "float32" else (1e-14, 1e-18)
    for number in [(number,) for number in SPECIAL] if operands_of(kernel)[1] else [()]:
        case, columns = on_special_numbers(kernel, storage, number)
        wanted = operation(*map(torch.from_numpy, columns), *number).numpy().astype(storage)
        for found in (*(native(case, library) for library in variants), reference.run(case.program, case.inputs)):
            y = result(case, found).ravel()
            np.testing.assert_allclose(y, wanted, rtol=relative, atol=absolute)
            zero = (y == 0) & (wanted == 0)
            assert same_bits(y[zero], wanted[zero])


@pytest.mark.parametrize("storage", STORAGES)
def test_what_is_beyond_torch(storage: Any, variants: list[Library]) -> None:
    """A remainder is exact however often the divisor goes in, angles end somewhere, and lerp ends where it shall."""
    for kernel, x, number, wanted in [
        ("remainder_by", -1e30, 7.0, float(-int(np.array(1e30, storage)) % 7)),
        ("remainder_by", 2.0**100, -3.0, -2.0),
        ("remainder_by", -1e-30, 7.0, 7.0),
        ("sin", 2 * FARTHEST_ANGLE, None, np.nan),
        ("cos", -2 * FARTHEST_ANGLE, None, np.nan),
        ("floor", 2.0**23 + 0.5, None, np.floor(np.array(2.0**23 + 0.5, storage))),
        ("floor", -(2.0**62), None, -(2.0**62)),
        ("truncate", -(2.0**62), None, -(2.0**62)),
        ("power_of", -0.0, 0.5, 0.0),
        ("power_of", -np.inf, -0.5, 0.0),
    ]:
        writer = Writer(np.random.default_rng(), False)
        view = writer.filled((1, 1), (1, 1), storage, np.array([x], storage))
        numbers = () if number is None else (number,)
        case = writer.case(Instruction(kernel, (writer.dense((1, 1), storage),), (view,), numbers))
        for found in (*(native(case, library) for library in variants), reference.run(case.program, case.inputs)):
            assert same_bits(result(case, found), np.array([[wanted]], storage)), (kernel, x, number)


NONE = {"sum": 0.0, "mean": np.nan, "norm": 0.0, "largest": -np.inf, "smallest": np.inf, "any": 0.0, "all": 1.0}
"""What there is of no numbers: of which two parts together are what they are apart."""


@pytest.mark.parametrize("storage", STORAGES)
@pytest.mark.parametrize("kernel", REDUCTIONS)
def test_reductions_of_nothing(kernel: str, storage: Any, variants: list[Library]) -> None:
    writer = Writer(np.random.default_rng(), False)
    x, out = writer.filled((2, 0, 35), (0, 35, 1), storage), writer.dense((2, 35), storage)
    case = writer.case(Instruction(kernel, (out,), (x,)))
    for found in (*(native(case, library) for library in variants), reference.run(case.program, case.inputs)):
        assert same_bits(result(case, found), np.full((2, 35), NONE[kernel], storage))


@pytest.mark.parametrize("storage", STORAGES)
def test_orders_are_torchs(storage: Any, variants: list[Library]) -> None:
    """Stable, NaN last; the sorted numbers are those at the places."""
    x = np.random.default_rng(0).choice(SPECIAL, (3, 70, 2)).astype(storage)
    writer = Writer(np.random.default_rng(), False)
    view = writer.filled(x.shape, dense_strides(x.shape), storage, x.ravel())
    outputs = writer.dense(x.shape, storage), writer.dense(x.shape, "float64")
    case = writer.case(Instruction("sort", outputs, (view,)))
    values, places = torch.sort(torch.from_numpy(x), dim=1, stable=True)
    for library in variants:
        found = native(case, library)
        assert same_bits(result(case, found), values.numpy())
        assert (result(case, found, 1) == places.numpy()).all()

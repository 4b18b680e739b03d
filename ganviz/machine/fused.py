"""a b + c with a single rounding, in NumPy, which has no such operation.

The same steps as in kernels/emulated.h (Boldo and Melquiond 2008): all but the last addition round to odd.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

Doubles = npt.NDArray[np.float64]


def fused(a: npt.NDArray[Any], b: npt.NDArray[Any], c: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Of float32 or of float64, with broadcasting; all three of one precision."""
    if a.dtype == np.float32:
        # In double precision the product of floats is exact, and so is its sum but for one rounding.
        product = a.astype(np.float64) * b.astype(np.float64)
        return _odd_sum(product, c.astype(np.float64)).astype(np.float32)
    product, error = _exact_product(a, b)
    small, smallest = _exact_sum(c, error)
    large, rest = _exact_sum(product, small)
    found = large + _odd_sum(smallest, rest)
    found = np.where(found == 0, product + c, found)  # zero with its sign
    return np.where(np.isnan(found), a * b + c, found)  # the halves of a huge factor, or of infinity, are not numbers


def _exact_sum(a: Doubles, b: Doubles) -> tuple[Doubles, Doubles]:
    """The rounded sum, and what it lacks (Knuth)."""
    total = a + b
    of_b = total - a
    return total, (a - (total - of_b)) + (b - of_b)


def _exact_product(a: Doubles, b: Doubles) -> tuple[Doubles, Doubles]:
    """The rounded product, and what it lacks (Dekker)."""
    (a_head, a_tail), (b_head, b_tail) = _halves(a), _halves(b)
    product = a * b
    return product, a_tail * b_tail - (((product - a_head * b_head) - a_tail * b_head) - a_head * b_tail)


def _halves(a: Doubles) -> tuple[Doubles, Doubles]:
    """Upper and lower 26 bits (Veltkamp)."""
    big = a * float(2**27 + 1)
    head = big - (big - a)
    return head, a - head


def _odd_sum(a: Doubles, b: Doubles) -> Doubles:
    """Of the two numbers around an exact sum the one whose last bit is set; the sum itself where it is a number."""
    total, error = _exact_sum(a, b)
    bits = np.ascontiguousarray(total).view(np.int64)
    outwards = (bits < 0) == (np.signbit(error))
    step = np.where(outwards, 1, -1) * (((error < 0) | (error > 0)) & (bits & 1 == 0))
    moved: Doubles = (bits + step).view(np.float64)
    return moved

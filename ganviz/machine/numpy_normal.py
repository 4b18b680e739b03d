"""Normal numbers in NumPy: the steps of the kernels' `normal` in the same order, so that every bit is the same."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from ganviz.machine.coefficients import coefficients
from ganviz.machine.fused import fused

Reals = npt.NDArray[Any]


@dataclass(frozen=True)
class Precision:
    """What kernels/as_f32.h and as_f64.h say."""

    suffix: str
    real: Any
    signed: Any
    mantissa_bits: int
    bias: int
    sqrt_half: int
    one: int

    def constant(self, name: str) -> Reals:
        return coefficients()[f"{name}_{self.suffix}"]


PRECISIONS = {
    np.dtype(np.float32): Precision("f32", np.float32, np.int32, 23, 127, 0x3F3504F3, 0x3F800000),
    np.dtype(np.float64): Precision("f64", np.float64, np.int64, 52, 1023, 0x3FE6A09E667F3BCD, 0x3FF0000000000000),
}


def box_muller(u: Reals, v: Reals) -> tuple[Reals, Reals]:
    """Two independent normal numbers of two uniform ones: the first gives the radius, the second the angle in turns."""
    precision = PRECISIONS[u.dtype]
    radius = np.sqrt(u.dtype.type(-2) * _log(u, precision))
    sine, cosine = _after_turn(v, precision)
    return radius * cosine, radius * sine


def _polynomial(x: Reals, coefficients: Reals) -> Reals:
    """Horner's rule."""
    total = np.full_like(x, coefficients[-1])
    for coefficient in coefficients[-2::-1]:
        total = fused(total, x, np.full_like(x, coefficient))
    return total


def _log(x: Reals, precision: Precision) -> Reals:
    """kernels/logarithm.h, of positive normal numbers."""
    shifted = x.view(precision.signed) + precision.signed(precision.one - precision.sqrt_half)
    n = ((shifted >> precision.mantissa_bits) - precision.bias).astype(precision.real)
    mask = precision.signed((1 << precision.mantissa_bits) - 1)
    m = ((shifted & mask) + precision.signed(precision.sqrt_half)).view(precision.real)
    f, half, (high, low) = m - 1, precision.real(0.5), precision.constant("LN2")
    s = f / (2 + f)
    z, square = s * s, half * f * f
    inner = square + z * _polynomial(z, precision.constant("LOG"))
    small = square - fused(s, inner, fused(n, np.full_like(n, low), np.zeros_like(n)))
    head = n * high + f
    tail = f - (head - n * high)
    logarithm: Reals = head + (tail - small)
    return logarithm


def _after_turn(u: Reals, precision: Precision) -> tuple[Reals, Reals]:
    """kernels/turn.h: sine and cosine of a part of a turn."""
    quarter = np.rint(4 * u)
    t = u - precision.real(0.25) * quarter  # exact
    z, (high, low) = t * t, precision.constant("TWO_PI")
    small = fused(z, _polynomial(z, precision.constant("TURN_SINE")), np.full_like(z, low))
    sine = fused(t, np.full_like(t, high), t * small)
    cosine = fused(z, _polynomial(z, precision.constant("TURN_COSINE")), np.ones_like(z))
    turned = [(sine, cosine), (cosine, -sine), (-sine, -cosine), (-cosine, sine)]
    which = quarter.astype(np.int64) % 4
    return np.choose(which, [pair[0] for pair in turned]), np.choose(which, [pair[1] for pair in turned])

"""Operations on each number by itself."""

from __future__ import annotations

import math
from typing import Any

import torch

from ganviz.programs.builder import STORED, Builder
from ganviz.programs.cannot_lower import CannotLower
from ganviz.programs.rules.rule import RULES, Kind, Rule, lowers
from ganviz.programs.view import Storage, View

Operand = View | float

ONE = {
    "neg": "negative",
    "abs": "abs",
    "sgn": "sign",
    "sign": "sign",
    "sqrt": "sqrt",
    "exp": "exp",
    "expm1": "expm1",
    "log": "log",
    "log1p": "log1p",
    "sin": "sin",
    "cos": "cos",
    "tanh": "tanh",
    "floor": "floor",
    "reciprocal": "reciprocal",
    "square": "square",
    "sigmoid": "sigmoid",
    "relu": "relu",
    "isnan": "is_nan",
    "logical_not": "not",
    "bitwise_not": "not",
}
"""Torch's operation, and the kernel that is the same."""

TWO = {
    "add": ("add", "shift"),
    "sub": ("subtract", ""),
    "mul": ("multiply", "scale"),
    "div": ("divide", "divide_by"),
    "pow": ("power", "power_of"),
    "maximum": ("maximum", "at_least"),
    "minimum": ("minimum", "at_most"),
    "eq": ("equal", "equals"),
    "ne": ("different", "differs_from"),
    "lt": ("less", "is_below"),
    "gt": ("greater", "is_above"),
    "le": ("less_equal", "is_at_most"),
    "ge": ("greater_equal", "is_at_least"),
    "logical_and": ("both", ""),
    "bitwise_and": ("both", ""),
    "logical_or": ("either", ""),
    "bitwise_or": ("either", ""),
    "remainder": ("", "remainder_by"),
}
"""Torch's operation, and the kernels for two tensors and for a tensor and a number."""


POWERS = {2.0: ["square"], 0.5: ["sqrt"], -0.5: ["sqrt", "reciprocal"], -1.0: ["reciprocal"]}
"""What torch computes in place of these powers. A root of −∞ is not a number, while its power ½ is ∞."""


def stored(builder: Builder, kind: torch.dtype, x: View) -> View:
    """The view in the storage of a kind of numbers."""
    return x if x.storage == STORED[kind] else builder.copied(x, STORED[kind])


def _one(kernel: str) -> Rule:
    def rule(builder: Builder, kind: Kind, x: View) -> View:
        return builder.mapped(kernel, x.shape, [x if kind.dtype == torch.bool else stored(builder, kind.dtype, x)])

    return rule


def _two(kernel: str, with_number: str) -> Rule:
    def rule(builder: Builder, kind: Kind, x: Operand, y: Operand, *, alpha: float = 1, **how: str | None) -> View:
        if how.get("rounding_mode"):
            raise CannotLower(f"with {how['rounding_mode']!r} rounding")
        shape = tuple(kind.shape)
        if isinstance(x, View) and isinstance(y, View) and kernel:
            storage = _common(x, y, kind)
            x, y = (each if each.storage == storage else builder.copied(each, storage) for each in (x, y))
            if alpha != 1:
                y = builder.mapped("scale", y.shape, [y], float(alpha))
            return builder.mapped(kernel, shape, [x, y])
        if isinstance(x, View) and not isinstance(y, View):
            x = stored(builder, kind.dtype, x) if kind.dtype != torch.bool else x
            number = float(y) * alpha
            if kernel == "subtract":
                return builder.mapped("shift", shape, [x], -number)
            if with_number:
                return builder.mapped(with_number, shape, [x], number)
        raise CannotLower("of these operands")

    return rule


def _among(truth_values: bool, rule: Rule) -> Rule:
    """The rule where what comes out are truth values, or where they are numbers."""

    def checked(builder: Builder, kind: Kind, *args: Any, **how: Any) -> View:
        if (kind.dtype == torch.bool) != truth_values:
            raise CannotLower("of truth values" if not truth_values else "of the bits of numbers")
        found: View = rule(builder, kind, *args, **how)
        return found

    return checked


RULES.update({name: _one(kernel) for name, kernel in ONE.items()})
RULES.update({name: _two(*kernels) for name, kernels in TWO.items()})
RULES.update({name: _among(True, RULES[name]) for name in ("bitwise_not", "bitwise_and", "bitwise_or")})
RULES.update({name: _among(False, RULES[name]) for name in ("add", "sub")})  # torch's 1 + 1 is 1 there


@lowers("rsub")
def fromnumber_of(builder: Builder, kind: Kind, x: View, number: Operand, alpha: float = 1) -> View:
    x = stored(builder, kind.dtype, x)
    if alpha != 1:
        x = builder.mapped("scale", x.shape, [x], float(alpha))
    if isinstance(number, View):
        return builder.mapped("subtract", tuple(kind.shape), [stored(builder, kind.dtype, number), x])
    return builder.mapped("from", x.shape, [x], float(number))


@lowers("pow.Tensor_Scalar")
def power(builder: Builder, kind: Kind, x: View, exponent: float) -> View:
    x = stored(builder, kind.dtype, x)
    if exponent == 1:
        return x
    if float(exponent) not in POWERS:
        return builder.mapped("power_of", x.shape, [x], float(exponent))
    for kernel in POWERS[float(exponent)]:
        x = builder.mapped(kernel, x.shape, [x])
    return x


@lowers("pow.Scalar")
def power_ofnumber_of(builder: Builder, kind: Kind, base: float, exponent: View) -> View:
    exponent = stored(builder, kind.dtype, exponent)
    base_view = builder.constant(torch.tensor(base, dtype=kind.dtype))
    return builder.mapped("power", exponent.shape, [base_view, exponent])


@lowers("clamp")
def clamp(builder: Builder, kind: Kind, x: View, min: Operand | None = None, max: Operand | None = None) -> View:
    return _bounded(builder, kind, x, min, max)


@lowers("clamp_min")
def at_least(builder: Builder, kind: Kind, x: View, low: Operand) -> View:
    return _bounded(builder, kind, x, low, None)


@lowers("clamp_max")
def at_most(builder: Builder, kind: Kind, x: View, high: Operand) -> View:
    return _bounded(builder, kind, x, None, high)


def _bounded(builder: Builder, kind: Kind, x: View, low: Operand | None, high: Operand | None) -> View:
    x = stored(builder, kind.dtype, x)
    for bound, kernels in ((low, TWO["maximum"]), (high, TWO["minimum"])):
        if isinstance(bound, View):
            x = builder.mapped(kernels[0], tuple(kind.shape), [x, stored(builder, kind.dtype, bound)])
        elif bound is not None and math.isfinite(bound):
            x = builder.mapped(kernels[1], x.shape, [x], float(bound))
    return x


@lowers("where.self", "where.ScalarOther", "where.ScalarSelf", "where.Scalar")
def where(builder: Builder, kind: Kind, condition: View, x: Operand, y: Operand) -> View:
    parts = [
        stored(builder, kind.dtype, each if isinstance(each, View) else number_of(builder, kind, each))
        for each in (condition, x, y)
    ]
    return builder.mapped("where", tuple(kind.shape), parts)


@lowers("masked_fill")
def masked_fill(builder: Builder, kind: Kind, x: View, mask: View, value: Operand) -> View:
    return where(builder, kind, mask, value, x)


@lowers("lerp")
def lerp(builder: Builder, kind: Kind, x: View, y: View, weight: Operand) -> View:
    weight = weight if isinstance(weight, View) else number_of(builder, kind, weight)
    return builder.mapped("lerp", tuple(kind.shape), [stored(builder, kind.dtype, each) for each in (x, y, weight)])


@lowers("_to_copy", "to")
def converted(builder: Builder, kind: Kind, x: View, **how: object) -> View:
    """To another kind: to whole numbers towards 0, to truth values by whether it is not 0."""
    if kind.dtype == torch.bool:
        return builder.mapped("differs_from", x.shape, [x], 0.0)
    x = stored(builder, kind.dtype, x)
    return builder.mapped("truncate", x.shape, [x]) if kind.dtype == torch.int64 else x


def number_of(builder: Builder, kind: Kind, value: float) -> View:
    """A number as a tensor of that kind."""
    return builder.constant(torch.tensor(value, dtype=kind.dtype))


def _common(x: View, y: View, kind: Kind) -> Storage:
    """In which storage two operands meet: that of the result, or for truth values the wider."""
    if kind.dtype != torch.bool:
        return STORED[kind.dtype]
    if x.storage == y.storage:
        return x.storage
    return "float64"

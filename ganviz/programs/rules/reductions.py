"""Operations that make one number of many."""

from __future__ import annotations

import math
from collections.abc import Sequence

import torch

from ganviz.programs.builder import STORED, Builder
from ganviz.programs.cannot_lower import CannotLower
from ganviz.programs.rules.numbers import stored
from ganviz.programs.rules.rule import RULES, Kind, Rule, lowers
from ganviz.programs.rules.shapes import as_list
from ganviz.programs.view import View

Dimensions = int | Sequence[int] | None

ALIKE = {
    "sum": "sum",
    "mean": "mean",
    "amax": "largest",
    "amin": "smallest",
    "any": "any",
    "all": "all",
}
"""Torch's operation, and the kernel that is the same."""


def _dimensions(x: View, dimensions: Dimensions) -> list[int]:
    """Which are meant: all where none is named."""
    named = [] if dimensions is None else as_list(dimensions)
    return [each % len(x.shape) for each in named] if named else list(range(len(x.shape)))


def _reduced(builder: Builder, kind: Kind, kernel: str, x: View, dimensions: Dimensions) -> View:
    x = stored(builder, kind.dtype, x) if kind.dtype != torch.bool else x
    return builder.reduced(kernel, x, _dimensions(x, dimensions), tuple(kind.shape))


def _rule(kernel: str) -> Rule:
    def rule(
        builder: Builder, kind: Kind, x: View, dimensions: Dimensions = None, keep: bool = False, **how: object
    ) -> View:
        return _reduced(builder, kind, kernel, x, dimensions)

    return rule


RULES.update({name: _rule(kernel) for name, kernel in ALIKE.items()})


@lowers("linalg_vector_norm")
def norm(
    builder: Builder,
    kind: Kind,
    x: View,
    order: float = 2,
    dimensions: Dimensions = None,
    keep: bool = False,
    **how: object,
) -> View:
    if order != 2:
        raise CannotLower(f"of order {order:g}")
    return _reduced(builder, kind, "norm", x, dimensions)


@lowers("var.correction")
def variance(
    builder: Builder,
    kind: Kind,
    x: View,
    dimensions: Dimensions = None,
    *,
    correction: float | None = None,
    keepdim: bool = False,
) -> View:
    gone = _dimensions(x, dimensions)
    kept = tuple(1 if i in gone else n for i, n in enumerate(x.shape))
    centred = builder.mapped("subtract", x.shape, [x, builder.reduced("mean", x, gone, kept)])
    squared = builder.mapped("square", x.shape, [centred])
    many = math.prod(x.shape[i] for i in gone) - (1.0 if correction is None else correction)
    summed = builder.reduced("sum", squared, gone, tuple(kind.shape))
    return builder.mapped("divide_by", tuple(kind.shape), [summed], max(many, 0.0))


@lowers("std.correction")
def deviation(builder: Builder, kind: Kind, x: View, dimensions: Dimensions = None, **how: float | None) -> View:
    found = variance(builder, kind, x, dimensions, correction=how.get("correction"))
    return builder.mapped("sqrt", found.shape, [found])


def _folded(builder: Builder, x: View, dimension: int) -> View:
    """As (outer, n, inner), the dimension in the middle."""
    dimension %= max(len(x.shape), 1)
    return builder.folded(x, dimension, dimension + 1)


@lowers("cumsum")
def running_sum(builder: Builder, kind: Kind, x: View, dimension: int, **how: object) -> View:
    x = stored(builder, kind.dtype, x)
    out = builder.new(tuple(kind.shape), x.storage)
    folded = _folded(builder, x, dimension)
    builder.emit("running_sum", [out.reshaped(folded.shape)], [folded])
    return out


@lowers("sort", "sort.stable")
def sort(
    builder: Builder,
    kind: Sequence[Kind],
    x: View,
    dimension: int = -1,
    descending: bool = False,
    *,
    stable: bool | None = None,
    dim: int | None = None,
) -> list[View]:
    if descending:
        raise CannotLower("in falling order")
    values, places = (builder.new(tuple(each.shape), STORED[each.dtype]) for each in kind)
    folded = _folded(builder, x, dimension if dim is None else dim)
    builder.emit("sort", [values.reshaped(folded.shape), places.reshaped(folded.shape)], [folded])
    return [values, places]


@lowers("scatter.src")
def scatter(builder: Builder, kind: Kind, x: View, dimension: int, places: View, source: View) -> View:
    if places.shape != source.shape or places.shape != x.shape:
        raise CannotLower("at a part of the places")
    out = builder.copied(x)
    folded = [_folded(builder, each, dimension) for each in (places, source)]
    builder.emit("scatter", [out.reshaped(folded[0].shape)], folded)
    return out

"""Matrix products."""

from __future__ import annotations

from ganviz.programs.builder import Builder
from ganviz.programs.cannot_lower import CannotLower
from ganviz.programs.rules.rule import Kind, lowers
from ganviz.programs.view import View


@lowers("mm")
def product(builder: Builder, kind: Kind, a: View, b: View) -> View:
    return builder.product(a, b)


@lowers("addmm")
def product_and_bias(builder: Builder, kind: Kind, bias: View, a: View, b: View, **scales: float) -> View:
    if any(scale != 1 for scale in scales.values()):
        raise CannotLower("with scales other than 1")
    return builder.product(a, b, bias)


@lowers("mv")
def matrix_and_vector(builder: Builder, kind: Kind, a: View, x: View) -> View:
    return builder.product(a, x.with_dimension(1)).without([1])


@lowers("dot")
def inner(builder: Builder, kind: Kind, x: View, y: View) -> View:
    return builder.product(x.with_dimension(0), y.with_dimension(1)).without([0, 1])


@lowers("bmm")
def products(builder: Builder, kind: Kind, a: View, b: View) -> View:
    """One product after another: those of a game are few."""
    out = builder.new(tuple(kind.shape), a.storage)
    for i in range(kind.shape[0]):
        builder.emit("product", [out.selected(0, i)], [a.selected(0, i), b.selected(0, i)])
    return out

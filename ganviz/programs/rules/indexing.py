"""Operations that take numbers from places, or put them there, that are numbers themselves, or find such places."""

from __future__ import annotations

import math
from collections.abc import Sequence

import torch

from ganviz.programs.builder import STORED, Builder
from ganviz.programs.cannot_lower import CannotLower
from ganviz.programs.rules.numbers import stored
from ganviz.programs.rules.rule import Kind, lowers
from ganviz.programs.view import View


@lowers("index.Tensor")
def index(builder: Builder, kind: Kind, x: View, places: Sequence[View | None]) -> View:
    if len(places) != 1 or places[0] is None:
        raise CannotLower("along several dimensions")
    return rows(builder, kind, x, places[0])


@lowers("index_select")
def index_select(builder: Builder, kind: Kind, x: View, dimension: int, places: View) -> View:
    if dimension % len(x.shape):
        raise CannotLower("along a later dimension")
    return rows(builder, kind, x, places)


@lowers("scatter_add")
def scatter_add(builder: Builder, kind: Kind, x: View, dimension: int, places: View, source: View) -> View:
    if len(x.shape) != 1 or places.shape != source.shape:
        raise CannotLower("along several dimensions")
    out = builder.copied(x)
    column = out.size, 1
    added = builder.dense(source).reshaped((source.size, 1))
    builder.emit("scatter_add", [out.reshaped(column)], [builder.dense(places), added])
    return out


@lowers("searchsorted.Tensor")
def search(
    builder: Builder, kind: Kind, row: View, x: View, *, right: bool = False, side: str | None = None, **how: object
) -> View:
    """Counted among doubles: of those there is every float, in the same order."""
    if len(row.shape) != 1 or how.get("sorter") is not None:
        raise CannotLower("in several rows, or in another order")
    out = builder.new(tuple(kind.shape), "float64")
    row, flat = (builder.dense(stored(builder, torch.float64, each)).reshaped((each.size,)) for each in (row, x))
    kernel = "count_up_to" if right or side == "right" else "count_below"
    builder.emit(kernel, [out.reshaped((out.size,))], [row, flat])
    return out


@lowers("embedding")
def rows(builder: Builder, kind: Kind, table: View, places: View, *how: object) -> View:
    """The rows of a table, by their numbers."""
    out = builder.new(tuple(kind.shape), STORED[kind.dtype])
    width = math.prod(table.shape[1:])
    flat = builder.dense(places).reshaped((places.size,))
    builder.emit(
        "gather",
        [out.reshaped((places.size, width))],
        [builder.dense(table).reshaped((table.shape[0], width)), flat],
    )
    return out

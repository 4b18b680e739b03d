"""Operations that take numbers from places that are numbers themselves."""

from __future__ import annotations

import math
from collections.abc import Sequence

from torch import Tensor

from ganviz.programs.builder import STORED, Builder
from ganviz.programs.cannot_lower import CannotLower
from ganviz.programs.rules.rule import lowers
from ganviz.programs.view import View


@lowers("index.Tensor")
def index(builder: Builder, kind: Tensor, x: View, places: Sequence[View | None]) -> View:
    if len(places) != 1 or places[0] is None:
        raise CannotLower("along several dimensions")
    return rows(builder, kind, x, places[0])


@lowers("index_select")
def index_select(builder: Builder, kind: Tensor, x: View, dimension: int, places: View) -> View:
    if dimension % len(x.shape):
        raise CannotLower("along a later dimension")
    return rows(builder, kind, x, places)


@lowers("embedding")
def rows(builder: Builder, kind: Tensor, table: View, places: View, *how: object) -> View:
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

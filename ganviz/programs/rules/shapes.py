"""Operations that move nothing, or move numbers and leave them as they are."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import torch

from ganviz.programs.builder import STORED, Builder
from ganviz.programs.rules.rule import Kind, lowers
from ganviz.programs.view import View


@lowers("alias", "detach", "clone", "lift_fresh_copy", "contiguous", "positive")
def same(builder: Builder, kind: Kind, x: View) -> View:
    return x


@lowers("view", "_unsafe_view", "reshape")
def view(builder: Builder, kind: Kind, x: View, shape: Sequence[int]) -> View:
    x = x if x.is_uniform else builder.dense(x)
    return x.reshaped(tuple(kind.shape))


@lowers("t")
def matrix_transpose(builder: Builder, kind: Kind, x: View) -> View:
    return x.permuted(range(len(x.shape))[::-1])


@lowers("transpose")
def transpose(builder: Builder, kind: Kind, x: View, first: int, second: int) -> View:
    order = list(range(len(x.shape)))
    order[first], order[second] = order[second], order[first]
    return x.permuted(order)


@lowers("permute")
def permute(builder: Builder, kind: Kind, x: View, order: Sequence[int]) -> View:
    return x.permuted([each % len(x.shape) for each in order])


@lowers("expand")
def expand(builder: Builder, kind: Kind, x: View, shape: Sequence[int], **how: bool) -> View:
    return x.expanded(tuple(kind.shape))


@lowers("unsqueeze")
def unsqueeze(builder: Builder, kind: Kind, x: View, dimension: int) -> View:
    return x.with_dimension(dimension % len(kind.shape))


@lowers("squeeze")
def squeeze(builder: Builder, kind: Kind, x: View, dimensions: int | Sequence[int] | None = None) -> View:
    wanted = range(len(x.shape)) if dimensions is None else as_list(dimensions)
    return x.without([each % len(x.shape) for each in wanted if x.shape[each] == 1])


@lowers("select.int")
def select(builder: Builder, kind: Kind, x: View, dimension: int, index: int) -> View:
    dimension %= len(x.shape)
    return x.selected(dimension, index % x.shape[dimension])


@lowers("slice.Tensor")
def part(
    builder: Builder,
    kind: Kind,
    x: View,
    dimension: int = 0,
    start: int | None = None,
    end: int | None = None,
    step: int = 1,
) -> View:
    dimension %= len(x.shape)
    first = slice(start, end, step).indices(x.shape[dimension])[0]
    return x.sliced(dimension, first, kind.shape[dimension], step)


@lowers("unfold")
def windows(builder: Builder, kind: Kind, x: View, dimension: int, size: int, step: int) -> View:
    """Windows along a dimension, that may overlap; what is in each lies along a new last one."""
    along = x.strides[dimension]
    strides = list(x.strides)
    strides[dimension] = along * step
    return x.shaped(tuple(kind.shape), (*strides, along))


@lowers("split.Tensor", "split_with_sizes")
def split(
    builder: Builder, kind: Sequence[Kind], x: View, sizes: int | Sequence[int], dimension: int = 0
) -> list[View]:
    dimension %= len(x.shape)
    found, start = [], 0
    for each in kind:
        found.append(x.sliced(dimension, start, each.shape[dimension]))
        start += each.shape[dimension]
    return found


@lowers("unbind.int")
def unbind(builder: Builder, kind: Sequence[Kind], x: View, dimension: int = 0) -> list[View]:
    return [x.selected(dimension % len(x.shape), index) for index in range(len(kind))]


@lowers("cat")
def cat(builder: Builder, kind: Kind, parts: Sequence[View], dimension: int = 0) -> View:
    out = builder.new(tuple(kind.shape), STORED[kind.dtype])
    dimension, start = dimension % len(out.shape), 0
    for each in parts:
        if each.size:
            builder.move(out.sliced(dimension, start, each.shape[dimension]), each)
            start += each.shape[dimension]
    return out


@lowers("stack")
def stack(builder: Builder, kind: Kind, parts: Sequence[View], dimension: int = 0) -> View:
    return cat(builder, kind, [each.with_dimension(dimension % len(kind.shape)) for each in parts], dimension)


@lowers("flip")
def flip(builder: Builder, kind: Kind, x: View, dimensions: Sequence[int]) -> View:
    """Copied from its last place backwards: views may step back, and their offset is their last number."""
    for dimension in dimensions:
        at = dimension % len(x.shape)
        if x.shape[at]:
            x = x.sliced(at, x.shape[at] - 1, x.shape[at], -1)
    return builder.copied(x)


@lowers("repeat")
def repeat(builder: Builder, kind: Kind, x: View, times: Sequence[int]) -> View:
    """Each dimension n times over: n places of one dimension in front of it, broadcast and then taken as one."""
    x = x.reshaped((1,) * (len(times) - len(x.shape)) + x.shape) if len(times) > len(x.shape) and x.is_dense else x
    while len(x.shape) < len(times):
        x = x.with_dimension(0)
    wide, shape = x, []
    for at, (often, n) in enumerate(zip(times, x.shape, strict=True)):
        wide = wide.with_dimension(2 * at)
        shape += [often, n]
    return builder.dense(wide.expanded(tuple(shape))).reshaped(tuple(kind.shape))


@lowers("constant_pad_nd")
def pad(builder: Builder, kind: Kind, x: View, margins: Sequence[int], value: float = 0.0) -> View:
    out = builder.new(tuple(kind.shape), x.storage)
    builder.move(out, _filled(builder, kind, value))
    inner = out
    for i in range(len(margins) // 2):
        before, after = margins[2 * i : 2 * i + 2]
        at = len(x.shape) - 1 - i
        if before < 0 or after < 0:
            x = x.sliced(at, max(0, -before), x.shape[at] + min(0, before) + min(0, after))
        inner = inner.sliced(at, max(0, before), x.shape[at])
    if x.size:
        builder.move(inner, x)
    return out


@lowers("slice_backward")
def slice_backward(
    builder: Builder, kind: Kind, slope: View, shape: Sequence[int], dimension: int, start: int, end: int, step: int
) -> View:
    """The slope by all of a tensor of which a part was taken: 0 elsewhere."""
    dimension %= len(shape)
    first = slice(start, end, step).indices(shape[dimension])[0]
    return _placed(builder, kind, lambda out: out.sliced(dimension, first, slope.shape[dimension], step), slope)


@lowers("select_backward")
def select_backward(
    builder: Builder, kind: Kind, slope: View, shape: Sequence[int], dimension: int, index: int
) -> View:
    dimension %= len(shape)
    return _placed(builder, kind, lambda out: out.selected(dimension, index % shape[dimension]), slope)


def _placed(builder: Builder, kind: Kind, part: Callable[[View], View], x: View) -> View:
    """0, but for a part."""
    out = builder.new(tuple(kind.shape), STORED[kind.dtype])
    builder.move(out, _filled(builder, kind, 0.0))
    if x.size:
        builder.move(part(out), x)
    return out


def _filled(builder: Builder, kind: Kind, value: float) -> View:
    return builder.constant(torch.full(tuple(kind.shape), value, dtype=kind.dtype))


def as_list(dimensions: int | Sequence[int]) -> list[int]:
    """One dimension, or several, as several."""
    return [dimensions] if isinstance(dimensions, int) else list(dimensions)

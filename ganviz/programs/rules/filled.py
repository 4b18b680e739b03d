"""Tensors that are filled with one number."""

from __future__ import annotations

import torch

from ganviz.programs.builder import Builder
from ganviz.programs.rules.numbers import number_of
from ganviz.programs.rules.rule import Kind, lowers
from ganviz.programs.view import View


@lowers("zeros_like", "new_zeros", "empty_like", "new_empty")
def zeros(builder: Builder, kind: Kind, x: View, *shape: object, **how: object) -> View:
    return builder.constant(torch.zeros(tuple(kind.shape), dtype=kind.dtype))


@lowers("ones_like", "new_ones")
def ones(builder: Builder, kind: Kind, x: View, *shape: object, **how: object) -> View:
    return builder.constant(torch.ones(tuple(kind.shape), dtype=kind.dtype))


@lowers("full_like")
def full_like(builder: Builder, kind: Kind, x: View, value: float, **how: object) -> View:
    return number_of(builder, kind, value).expanded(tuple(kind.shape))


@lowers("new_full")
def new_full(builder: Builder, kind: Kind, x: View, shape: object, value: float, **how: object) -> View:
    return full_like(builder, kind, x, value)

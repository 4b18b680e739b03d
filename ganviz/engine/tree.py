"""Trees of tensors: nested dicts and lists whose leaves are tensors. The state of a run is one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import torch
from torch import Tensor

Tree = Any
"""A tensor, or a dict or list of trees."""

ALIGNMENT = 64
"""Bytes of which the address of a tensor in memory of its own is a multiple."""


def named_leaves(tree: Tree, prefix: str = "") -> Iterator[tuple[str, Tensor]]:
    """(path, tensor) of every leaf, in a fixed order; path parts are joined by ``/``."""
    if isinstance(tree, Tensor):
        yield prefix, tree
        return
    items = tree.items() if isinstance(tree, dict) else enumerate(tree)
    for key, branch in items:
        yield from named_leaves(branch, f"{prefix}/{key}" if prefix else str(key))


def leaves(tree: Tree) -> list[Tensor]:
    """The tensors alone, in the order of `named_leaves`."""
    # Not built on `named_leaves`: fast paths flatten their inputs in every step, and names cost more than leaves.
    if isinstance(tree, Tensor):
        return [tree]
    branches = tree.values() if isinstance(tree, dict) else tree
    return [leaf for branch in branches for leaf in leaves(branch)]


def refill(tree: Tree, values: Iterator[Tensor]) -> Tree:
    """A tree of the same shape with other leaves, taken from `values` in the order of `leaves`."""
    if isinstance(tree, Tensor):
        return next(values)
    if isinstance(tree, dict):
        return {key: refill(branch, values) for key, branch in tree.items()}
    return [refill(branch, values) for branch in tree]


def transform(function: Callable[[Tensor], Tensor], tree: Tree) -> Tree:
    """A tree of the same shape with `function` applied to every leaf."""
    return refill(tree, iter([function(leaf) for leaf in leaves(tree)]))


def aligned(tree: Tree) -> Tree:
    """The same numbers, each leaf where torch itself would have put it: at the beginning of memory of its own. A sum
    over numbers that lie elsewhere, as those of a mapped file do, is taken in another order and ends in other bits."""

    def moved(leaf: Tensor) -> Tensor:
        at_home = leaf.is_contiguous() and leaf.data_ptr() % ALIGNMENT == 0
        return leaf if at_home or not leaf.numel() else leaf.clone(memory_format=torch.contiguous_format)

    return transform(moved, tree)

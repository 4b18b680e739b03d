"""Gradients of functions of tensors, of which gradients can be taken again.

There are two ways in torch. ``torch.autograd.grad`` is a third faster on the small networks of toys, but needs a leaf
that is marked, which no transform of ``torch.func`` allows; ``torch.func.grad`` is made for those. Which one runs is
decided here alone, so that everything written with these functions can be mapped over by ``torch.func.vmap``, and both
give the same numbers.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import torch
from torch import Tensor

Aux = TypeVar("Aux")


def gradient(
    function: Callable[[Tensor], tuple[Tensor, Aux]], at: Tensor, *, again: bool = False
) -> tuple[Tensor, Tensor, Aux]:
    """The gradient of a function at a point: (gradient, of the shape of `at`; the value; what else it gave).

    `function` gives a scalar and anything else that comes out on the way, made of tensors. With `again` gradient and
    value can be differentiated in their turn, by `at` too where that depends on what is differentiated; without,
    both are constants.
    """
    if in_transform():
        slope, (value, aux) = torch.func.grad_and_value(function, has_aux=True)(at)
        return slope, value, aux
    point = at if at.requires_grad and again else at.detach().requires_grad_()
    value, aux = function(point)
    (slope,) = torch.autograd.grad(value, point, create_graph=again)
    return slope, value if again else value.detach(), aux


def slopes(function: Callable[[Tensor], Tensor], x: Tensor) -> Tensor:
    """The gradient of each row's value by the row itself, of the shape of `x` (n, …), which counts as constant;
    `function` gives values (n,) or (n, 1), each of which depends on its own row. Can be differentiated again."""
    return gradient(lambda points: (function(points).sum(), ()), x.detach(), again=True)[0]


def derivatives(function: Callable[[Tensor], Tensor], x: Tensor, order: int) -> list[Tensor]:
    """All partial derivatives of values (n,), each by the coordinates of its own row of `x` (n, …), which counts as
    constant: for each order k from 0 to `order` a tensor (dᵏ, n), d the numbers in a row. Can be differentiated again.
    """
    if in_transform():
        return _by_transforms(function, x.detach(), order)
    points = x.detach().requires_grad_()
    partials = [function(points)]
    found = [torch.stack(partials)]
    for _ in range(order):
        partials = [column for partial in partials for column in _by_autograd(partial, points)]
        found.append(torch.stack(partials))
    return found


def in_transform() -> bool:
    """Whether this is called within a transform of ``torch.func``, such as vmap."""
    try:
        torch.empty(0, dtype=torch.float32).requires_grad_()
    except RuntimeError:
        return True
    return False


def _by_autograd(values: Tensor, points: Tensor) -> tuple[Tensor, ...]:
    """The partial derivatives of values (n,) by each coordinate of their own points, each (n,)."""
    if not values.requires_grad:  # they depend on nothing any more
        return tuple(torch.zeros_like(values) for _ in range(points[0].numel()))
    (slope,) = torch.autograd.grad(values.sum(), points, create_graph=True, allow_unused=True)
    return (torch.zeros_like(points) if slope is None else slope).flatten(1).unbind(1)


def _by_transforms(function: Callable[[Tensor], Tensor], x: Tensor, order: int) -> list[Tensor]:
    """The same by nested transforms, which evaluate the function anew for every partial derivative."""

    def partials(k: int) -> Callable[[Tensor], Tensor]:
        """All of order k, (dᵏ, n), as a function of the points."""
        if k == 0:
            return lambda points: function(points)[None]
        lower, count = partials(k - 1), x[0].numel() ** (k - 1)

        def higher(points: Tensor) -> Tensor:
            rows = [torch.func.grad(lambda p, i=i: lower(p)[i].sum())(points).flatten(1).t() for i in range(count)]
            return torch.cat(rows)

        return higher

    return [partials(k)(x) for k in range(order + 1)]

"""Capture: what is recorded is the function, or the function is refused."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from ganviz.programs import reference
from ganviz.programs.cannot_lower import CannotLower
from ganviz.programs.capture import capture
from ganviz.programs.lowering import lowered

OUTSIDE = torch.linspace(1, 2, 4)

Function = Callable[[Tensor], Tensor]


def of_program(function: Function, x: Tensor) -> Tensor:
    """What the function's program makes of an input that it was not captured with."""
    program = lowered(capture(lambda given: {"y": function(given["x"])}, {"x": torch.full_like(x, 0.25)}))
    return torch.from_numpy(reference.run(program, {"x": x.numpy()})["y"])


def changed_afterwards(x: Tensor) -> Tensor:
    c = torch.zeros(4)
    y = x + c
    c.add_(1)
    return y


def changed_by_its_view(x: Tensor) -> Tensor:
    c = torch.zeros(4)
    y = x[:2] + c[:2]
    c[0] = 7
    return y


def changed_in_turn(x: Tensor) -> Tensor:
    c, total = torch.ones(4), torch.zeros(4)
    for _ in range(3):
        total = total + x * c
        c += 1
    return total


def written_over(x: Tensor) -> Tensor:
    c = torch.ones(4)
    y = x * c
    torch.add(c, 1, out=c)
    return y + c


def a_gradient_that_is_cleared(x: Tensor) -> Tensor:
    p = torch.ones(4).requires_grad_()
    (p * 3).sum().backward()
    y = x * p.grad
    p.grad.zero_()
    return y


RIGHT = [
    changed_afterwards,
    changed_by_its_view,
    changed_in_turn,
    written_over,
    a_gradient_that_is_cleared,
    lambda x: x,
    lambda x: torch.stack([x, x]),
    lambda x: x + torch.tensor(2.0) * torch.arange(4),
    lambda x: torch.func.grad(lambda v: (v**3).sum())(x),
    lambda x: torch.func.vmap(lambda v: v * 2)(x),
    lambda x: torch.where(x > 0, 1.0, x),
    lambda x: x.double().sum().float().expand(4),
    lambda x: x.sort().values,
]


@pytest.mark.parametrize("function", RIGHT)
def test_a_program_is_the_function(function: Function) -> None:
    x = torch.tensor([-1.5, 0.5, 3.0, -0.25])
    wanted = function(x)
    torch.testing.assert_close(of_program(function, x), wanted)


def swallowed(x: Tensor) -> Tensor:
    try:
        return x * float(x[0])
    except Exception:
        return x * 3


def kept_running_averages(x: Tensor) -> Tensor:
    mean = torch.zeros(4)
    F.batch_norm(x.reshape(1, 4).repeat(3, 1), mean, torch.ones(4), training=True)
    return x * mean


def a_parameter_that_is_given_numbers(x: Tensor) -> Tensor:
    p = torch.ones(4)
    p.data = x * 2
    return p * 3


REFUSED = {
    "a number that is looked at": lambda x: x * x[0].item(),
    "a branch": lambda x: x if x.sum() > 0 else -x,
    "a list": lambda x: x * x.tolist()[0],
    "an array": lambda x: torch.from_numpy(np.asarray(x)) + x,
    "a refusal that is swallowed": swallowed,
    "equality": lambda x: x * torch.equal(x, x),
    "a shape that depends on numbers": lambda x: x[x > 0],
    "places": lambda x: x.nonzero(),
    "a new tensor of it": lambda x: torch.tensor([x[0], x[1]]),
    "a draw": lambda x: x + torch.rand(4),
    "a draw that is looked at": lambda x: x * torch.rand(()).item(),
    "an order that is drawn": lambda x: x[torch.randperm(4)],
    "noise in place": lambda x: torch.empty(4).normal_() + x,
    "a tensor from outside": lambda x: x + OUTSIDE,
    "what is made of one": lambda x: x + OUTSIDE * 2,
    "a view of one": lambda x: x + OUTSIDE.detach(),
    "its number": lambda x: x * OUTSIDE[0].item(),
    "one that is changed": lambda x: OUTSIDE.add_(1) + x,
    "the same as an output": lambda x: OUTSIDE,
    "a change in place": lambda x: (x * 1).add_(1),
    "averages that are kept": kept_running_averages,
    "numbers put elsewhere": a_parameter_that_is_given_numbers,
    "a parameter of a module": lambda x: nn.Linear(4, 1)(x),
    "bits of whole numbers": lambda x: ~x.long(),
    "a sum of truth values": lambda x: (x > 0) + (x > 1),
    "another library": lambda x: torch.from_dlpack(x) * 2,
}


@pytest.mark.parametrize("function", REFUSED.values(), ids=REFUSED.keys())
def test_what_would_stay_what_it_was_is_refused(function: Function) -> None:
    before = OUTSIDE.clone()
    with pytest.raises(CannotLower):
        of_program(function, torch.tensor([-1.5, 0.5, 3.0, -0.25]))
    assert torch.equal(OUTSIDE, before)


def test_tensors_that_may_be_read_become_constants() -> None:
    graph = capture(lambda given: {"y": given["x"] + OUTSIDE * 2}, {"x": torch.zeros(4)}, reads_others=True)
    assert np.allclose(reference.run(lowered(graph), {"x": np.ones(4, np.float32)})["y"], 1 + 2 * OUTSIDE.numpy())
    with pytest.raises(CannotLower, match="no input"):
        capture(lambda given: {"y": OUTSIDE.add_(1) + given["x"]}, {"x": torch.zeros(4)}, reads_others=True)


def test_tensors_that_are_gone_are_not_taken_for_others() -> None:
    def function(given: dict[str, Tensor]) -> dict[str, Tensor]:
        total = given["x"]
        for i in range(8):
            total = total + torch.from_numpy(np.full(4, 2.0**i, np.float32))
        return {"y": total}

    program = lowered(capture(function, {"x": torch.zeros(4)}, reads_others=True))
    assert reference.run(program, {"x": np.zeros(4, np.float32)})["y"].tolist() == [255.0] * 4


def test_the_layout_of_the_example_does_not_matter() -> None:
    example = torch.zeros(4, 3).T
    program = lowered(
        capture(lambda given: {"y": given["x"] * (2 if given["x"].is_contiguous() else 3)}, {"x": example})
    )
    assert reference.run(program, {"x": np.ones((3, 4), np.float32)})["y"].tolist() == [[2.0] * 4] * 3

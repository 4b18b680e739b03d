"""The ways of running a step. All of them run the same function, `Game.step`.

* eager: PyTorch as it is, ready at once.
* captured: the step traced once into a graph of plain tensor operations, autograd unrolled into it, and run by
  PyTorch's own interpreter. Ready in a fraction of a second, needs no compiler, same numbers bit for bit.
* compiled: that graph compiled to machine code by AOTInductor in a process of its own, kept on disk. Needs a C++
  compiler and 10-60 s the first time; agrees to float tolerance.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from typing import Protocol

import torch
from torch import Tensor
from torch.fx import GraphModule
from torch.jit._trace import _get_trace_graph

from ganviz.engine.branching import NoBranching
from ganviz.engine.game import Game
from ganviz.engine.players import State
from ganviz.engine.settings import Numbers, Settings, bind
from ganviz.engine.tree import Tree, leaves, refill
from ganviz.programs.capture import traced


class Path(Protocol):
    """A way of running the step."""

    name: str

    def __call__(self, state: State, values: Numbers, noise: Tree) -> tuple[State, Tensor]:
        """`Game.step` with the live numbers given as tensors."""
        ...


class Eager:
    """The step as written."""

    name = "eager"

    def __init__(self, game: Game) -> None:
        self._game = game
        self._bound: tuple[Numbers, Settings] | None = None
        self._is_checked = False

    def __call__(self, state: State, values: Numbers, noise: Tree) -> tuple[State, Tensor]:
        if self._bound is None or self._bound[0] is not values:
            self._bound = values, bind(self._game.experiment, values)
        if self._is_checked:
            return self._game.step(state, self._bound[1], noise)
        with NoBranching(leaves(values)):
            result = self._game.step(state, self._bound[1], noise)
        self._is_checked = True
        return result


class Flat:
    """A function from a flat list of tensors to another, dressed as a path: what a captured graph needs."""

    def __init__(self, name: str, function: Callable[[list[Tensor]], Iterable[Tensor]], state: State) -> None:
        self.name = name
        self._function = function
        self._template = state

    def __call__(self, state: State, values: Numbers, noise: Tree) -> tuple[State, Tensor]:
        with torch.no_grad():
            outputs = iter(self._function(leaves([state, values, noise])))
        return refill(self._template, outputs), next(outputs)


# What torch.jit exports by name alone, so that mypy does not see it.
OPTIMIZED: Callable[[bool], AbstractContextManager[None]] = vars(torch.jit)["optimized_execution"]


def capture(game: Game, state: State, values: Numbers, noise: Tree) -> GraphModule:
    """The step as one graph of tensor operations, from example inputs: flat inputs to flat outputs."""
    example = [state, values, noise]

    def flat_step(*inputs: Tensor) -> list[Tensor]:
        old, numbers, draw = refill(example, iter(inputs))
        new, scalars = game.step(old, bind(game.experiment, numbers), draw)
        return [*leaves(new), scalars]

    return tidy(traced(flat_step, leaves(example)))


def tidy(graph: GraphModule) -> GraphModule:
    """Drop what only autograd needed: detaching, and transposing twice."""
    aten = torch.ops.aten
    for node in list(graph.graph.nodes):
        if node.target is aten.detach.default:
            node.replace_all_uses_with(node.args[0])
        elif node.target is aten.t.default and node.args[0].target is aten.t.default:
            node.replace_all_uses_with(node.args[0].args[0])
    graph.graph.eliminate_dead_code()
    graph.recompile()
    return graph


def interpret(graph: GraphModule, state: State, values: Numbers, noise: Tree) -> Flat:
    """The captured path: the graph handed to PyTorch's interpreter, so that Python has one call a step."""
    if any(_is_mask(value) for node in graph.graph.nodes for value in node.args):
        # Its tracer refuses arguments such as convolution_backward's, which say what gradients are wanted. Beside a
        # convolution Python's calls weigh little, so it runs the graph itself.
        return Flat("captured", lambda inputs: graph(*inputs), state)
    # What torch.jit.trace does too; but that also enters the function in a register that nothing ever leaves, some
    # megabytes for every option that is changed in a long session.
    with torch.no_grad(), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        traced, _ = _get_trace_graph(graph, tuple(leaves([state, values, noise])))  # type: ignore[no-untyped-call]
    function = torch._C._create_function_from_graph("step", traced)

    def run(inputs: list[Tensor]) -> Iterable[Tensor]:
        # Its optimizer merges matrix products, which changes the last bit.
        with OPTIMIZED(False):
            outputs: Iterable[Tensor] = function(*inputs)
        return outputs

    return Flat("captured", run, state)


def _is_mask(value: object) -> bool:
    return isinstance(value, list | tuple) and any(isinstance(item, bool) for item in value)


def agree(first: Path, second: Path, state: State, values: Numbers, noise: list[Tree], tolerance: float) -> bool:
    """Whether two paths take the same trajectory over the given draws, to a relative tolerance on every tensor."""
    one = two = state
    for draw in noise:
        one, scalars_one = first(one, values, draw)
        two, scalars_two = second(two, values, draw)
        pairs = zip([*leaves(one), scalars_one], [*leaves(two), scalars_two], strict=True)
        if not all(_close(a, b, tolerance) for a, b in pairs):
            return False
    return True


def _close(a: Tensor, b: Tensor, tolerance: float) -> bool:
    if tolerance == 0:
        return torch.equal(a, b)
    scale = float(a.double().abs().max()) if a.numel() else 0.0
    return float((a.double() - b.double()).abs().max() if a.numel() else 0.0) <= tolerance * (1 + scale)

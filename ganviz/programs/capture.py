"""Capture: a pure function of tensors as a graph of torch's operations."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.fx import GraphModule
from torch.fx.experimental.proxy_tensor import make_fx

Named = dict[str, Tensor]
"""Tensors by name, in a fixed order."""

TRACING = threading.Lock()
"""Tracing patches torch for the whole process: one thread at a time."""


@dataclass(frozen=True)
class Graph:
    """Operations, from inputs by name to outputs by name."""

    module: GraphModule
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]


def capture(function: Callable[[Named], Named], example: Mapping[str, Tensor]) -> Graph:
    """The graph of a function, from inputs of the shapes and kinds that it will have. Nothing is computed."""
    inputs, outputs = tuple(example), list[str]()

    def flat(*given: Tensor) -> list[Tensor]:
        found = function(dict(zip(inputs, given, strict=True)))
        outputs[:] = found
        return list(found.values())

    module = traced(flat, example.values())
    module.graph.eliminate_dead_code()
    module.recompile()
    return Graph(module, inputs, tuple(outputs))


def traced(function: Callable[..., list[Tensor]], example: Iterable[Tensor]) -> GraphModule:
    """The operations of a function of tensors. On fake tensors: the graph is the same, sooner, and no number of the
    example is kept with it."""
    with TRACING:
        return make_fx(function, tracing_mode="fake")(*example)


def place_of(node: torch.fx.Node) -> str:
    """Where in the source an operation comes from, as far as torch has kept it."""
    trace = [line.strip() for line in (node.stack_trace or "").splitlines() if "ganviz" in line]
    return trace[-1] if trace else ""

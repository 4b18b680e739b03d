"""Capture: a pure function of tensors as a graph of torch's operations."""

from __future__ import annotations

import threading
import traceback
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import torch
from torch import Tensor
from torch.fx import GraphModule
from torch.fx.experimental.proxy_tensor import make_fx
from torch.utils._python_dispatch import TorchDispatchMode

from ganviz.programs.cannot_lower import CannotLower
from ganviz.programs.rules.rule import REFUSED

Mode = Literal["fake", "real"]

Named = dict[str, Tensor]
"""Tensors by name, in a fixed order."""

MOST = 30_000
"""Operations of a step that is captured; one with more would take a minute to capture."""

TRACING = threading.Lock()
"""Tracing patches torch for the whole process: one thread at a time."""


@dataclass(frozen=True)
class Graph:
    """Operations, from inputs by name to outputs by name."""

    module: GraphModule
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]


def capture(function: Callable[[Named], Named], example: Mapping[str, Tensor], mode: Mode = "fake") -> Graph:
    """The graph of a function, from inputs of the shapes and kinds that it will have.

    On fake tensors nothing is computed, and no number of the example is kept with the graph. On real ones the function
    may also read tensors that it does not make itself; they become constants. Raises `CannotLower`.
    """
    inputs, outputs = tuple(example), list[str]()

    def flat(*given: Tensor) -> list[Tensor]:
        found = function(dict(zip(inputs, given, strict=True)))
        outputs[:] = found
        return list(found.values())

    try:
        module = _traced(flat, example.values(), mode)
    except (RuntimeError, AssertionError, AttributeError, TypeError) as error:
        # Whatever torch has against it; what is wrong with the function itself shows when it is called.
        reason = (str(error).splitlines() or [type(error).__name__])[0]
        raise CannotLower(f"it cannot be captured ({reason})") from error
    module.graph.eliminate_dead_code()
    module.recompile()
    return Graph(module, inputs, tuple(outputs))


def _traced(function: Callable[..., list[Tensor]], example: Iterable[Tensor], mode: Mode) -> GraphModule:
    def watched(*given: Tensor) -> list[Tensor]:
        with Watch():
            return function(*given)

    with TRACING:
        return make_fx(watched, tracing_mode=mode)(*example)


class Watch(TorchDispatchMode):  # type: ignore[no-untyped-call]
    """Ends a capture that is in vain, where that shows: seconds before its end."""

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._operations = 0

    def __torch_dispatch__(
        self, func: Any, types: Any, args: tuple[Any, ...] = (), kwargs: Mapping[str, Any] | None = None
    ) -> Any:
        self._operations += 1
        if (name := func._schema.name.removeprefix("aten::")) in REFUSED:
            raise CannotLower(f"aten.{name}: no instruction stands for it ({_place_here()})")
        if self._operations > MOST:
            raise CannotLower(f"its step has more than {MOST:,} operations")
        return func(*args, **(kwargs or {}))


def _place_here() -> str:
    """The line of ganviz's options that is being run."""
    frames = [frame for frame in traceback.extract_stack() if "ganviz" in frame.filename]
    options = [frame for frame in frames if not {"engine", "programs"} & set(Path(frame.filename).parts)]
    frame = (options or frames)[-1]
    return f"{Path(frame.filename).name}, line {frame.lineno}"


def place_of(node: torch.fx.Node) -> str:
    """Where in the source an operation comes from, as far as torch has kept it."""
    trace = [line.strip() for line in (node.stack_trace or "").splitlines() if "ganviz" in line]
    return trace[-1] if trace else ""

"""Lowering: a captured graph as a program."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from ganviz.programs.builder import STORED, Builder
from ganviz.programs.cannot_lower import CannotLower
from ganviz.programs.capture import Call, Graph, Value
from ganviz.programs.program import Program
from ganviz.programs.rules import RULES
from ganviz.programs.rules.rule import Kind
from ganviz.programs.view import View

MADE = ("device", "pin_memory", "layout", "memory_format")
"""Arguments that do not matter to what is computed."""


class Lowering:
    """One graph on its way."""

    def __init__(self, graph: Graph) -> None:
        self.builder = Builder()
        self._graph = graph
        self._views: dict[Value, Any] = {}

    def program(self) -> Program:
        """The whole. Raises `CannotLower`."""
        inputs: list[tuple[str, View]] = []
        for name, (value, kind) in self._graph.inputs.items():
            view = self.builder.new(tuple(kind.shape), _storage(name, kind.dtype))
            inputs.append((name, view))
            self._views[value] = view
        for call in self._graph.calls:
            self._keep(call.found, self._lowered(call))
        found = [(name, self.builder.dense(self._view(each))) for name, each in self._graph.outputs.items()]
        return self.builder.program(inputs, found)

    def _keep(self, found: Any, views: Any) -> None:
        if isinstance(found, Value):
            self._views[found] = views
        else:
            self._views.update(zip(found, views, strict=False))

    def _lowered(self, call: Call) -> Any:
        name = str(call.operation).removeprefix("aten.")
        rule = RULES.get(name) or RULES.get(name.partition(".")[0])
        try:
            if rule is None:
                raise CannotLower("no instruction stands for it")
            args = self._argument(call.args)
            named = {name: self._argument(value) for name, value in call.named.items() if name not in MADE}
            return self._stored(call, rule(self.builder, call.kind, *args, **named))
        except (CannotLower, TypeError, KeyError) as error:
            raise CannotLower(f"aten.{name}: {error}{f' ({call.place})' if call.place else ''}") from error

    def _stored(self, call: Call, found: Any) -> Any:
        """What a rule has found, in the storage of its kind: a comparison of doubles is a truth value."""
        kind = call.kind
        if isinstance(found, View) and isinstance(kind, Kind):
            storage = _storage(str(call.operation), kind.dtype)
            return found if found.storage == storage else self.builder.copied(found, storage)
        return found

    def _argument(self, tree: Any) -> Any:
        if isinstance(tree, (Value, Tensor)):
            return self._view(tree)
        return [*map(self._argument, tree)] if isinstance(tree, (tuple, list)) else tree

    def _view(self, value: Value | Tensor) -> Any:
        return self._views[value] if isinstance(value, Value) else self.builder.constant(value)


def lowered(graph: Graph) -> Program:
    """The program of a graph. Raises `CannotLower`, naming the operation and where it comes from."""
    return Lowering(graph).program()


def _storage(name: str, kind: torch.dtype) -> Any:
    if kind not in STORED:
        raise CannotLower(f"{name}: numbers of the kind {kind} are not stored")
    return STORED[kind]

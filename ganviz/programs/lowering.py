"""Lowering: a captured graph as a program."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor
from torch.fx import Node
from torch.fx.node import map_arg

from ganviz.programs.builder import STORED, Builder
from ganviz.programs.cannot_lower import CannotLower
from ganviz.programs.capture import Graph, place_of
from ganviz.programs.program import Program
from ganviz.programs.rules import RULES
from ganviz.programs.view import View

MADE = ("device", "pin_memory", "layout", "memory_format")
"""Arguments that do not matter to what is computed."""


class Lowering:
    """One graph on its way. What depends on constants alone is computed by torch, here and once."""

    def __init__(self, graph: Graph) -> None:
        self.builder = Builder()
        self._graph = graph
        self._views: dict[Node, Any] = {}
        self._constants: dict[Node, Any] = {}

    def program(self) -> Program:
        """The whole. Raises `CannotLower`."""
        names = iter(self._graph.inputs)
        inputs: list[tuple[str, View]] = []
        for node in self._graph.module.graph.nodes:
            if node.op == "placeholder":
                view = self.builder.new(tuple(node.meta["val"].shape), _storage(node, node.meta["val"].dtype))
                inputs.append((next(names), view))
                self._views[node] = view
            elif node.op == "get_attr":
                self._constants[node] = getattr(self._graph.module, node.target).detach()
            elif node.op == "call_function":
                self._call(node)
            elif node.op == "output":
                found = [self.builder.dense(self._view(each)) for each in node.args[0]]
                return self.builder.program(inputs, list(zip(self._graph.outputs, found, strict=True)))
        raise AssertionError("a graph ends with its output")

    def _call(self, node: Node) -> None:
        if node.target is operator.getitem:
            (source,) = node.all_input_nodes
            kept = self._constants if source in self._constants else self._views
            kept[node] = kept[source][node.args[1]]
        elif all(each in self._constants for each in node.all_input_nodes):
            self._constants[node] = self._computed(node)
        else:
            self._views[node] = self._lowered(node)

    def _computed(self, node: Node) -> Any:
        args, named = _arguments(node, self._constants.__getitem__)
        operation: Any = node.target
        return operation(*args, **named)

    def _lowered(self, node: Node) -> Any:
        name = str(node.target).removeprefix("aten.")
        rule = RULES.get(name) or RULES.get(name.partition(".")[0])
        try:
            if rule is None:
                raise CannotLower("no instruction stands for it")
            args, named = _arguments(node, self._view)
            return self._stored(node, rule(self.builder, node.meta["val"], *args, **named))
        except (CannotLower, TypeError, KeyError) as error:
            where = place_of(node)
            raise CannotLower(f"aten.{name}: {error}{f' ({where})' if where else ''}") from error

    def _stored(self, node: Node, found: Any) -> Any:
        """What a rule has found, in the storage of its kind: a comparison of doubles is a truth value."""
        kind = node.meta["val"]
        if isinstance(found, View) and isinstance(kind, Tensor) and found.storage != _storage(node, kind.dtype):
            return self.builder.copied(found, _storage(node, kind.dtype))
        return found

    def _view(self, node: Node) -> Any:
        if node not in self._constants:
            return self._views[node]
        known = self._constants[node]
        return self.builder.constant(known) if isinstance(known, Tensor) else [*map(self.builder.constant, known)]


def lowered(graph: Graph) -> Program:
    """The program of a graph. Raises `CannotLower`, naming the operation and where it comes from."""
    return Lowering(graph).program()


def _storage(node: Node, kind: torch.dtype) -> Any:
    if kind not in STORED:
        raise CannotLower(f"{node.name}: numbers of the kind {kind} are not stored")
    return STORED[kind]


def _arguments(node: Node, value_of: Callable[[Node], Any]) -> tuple[Any, dict[str, Any]]:
    """The arguments of a call that matter, with what their nodes stand for."""
    named = {name: value for name, value in node.kwargs.items() if name not in MADE}
    return map_arg(node.args, value_of), map_arg(named, value_of)

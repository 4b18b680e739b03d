"""Capture: a pure function of tensors as a list of torch's operations.

torch's own `make_fx` finds the same ones, but it takes a millisecond for each, and first imports torch's compiler for a
second and more. Here it is some twenty microseconds.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn, TypeVar

import torch
from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode

from ganviz.invalid import Invalid
from ganviz.programs.cannot_lower import CannotLower
from ganviz.programs.rules.rule import REFUSED, Kind

Named = dict[str, Tensor]
"""Tensors by name, in a fixed order."""

Leaf = TypeVar("Leaf")

TORCH = str(Path(torch.__file__).parent)

MOST = 30_000
"""Operations of a turn that is captured; one with more would take seconds, and gain little."""


@dataclass(frozen=True)
class Value:
    """A tensor that depends on the inputs: which of all, in the order in which they came to be."""

    number: int

    def __repr__(self) -> str:
        return f"%{self.number}"


@dataclass(frozen=True)
class Call:
    """An operation of torch's. Among its arguments stand values, and tensors that depend on no input as they were."""

    operation: Any
    args: tuple[Any, ...]
    named: Mapping[str, Any]
    found: Any
    """The value that it has found, or a list of those."""
    kind: Any
    """Its kind, or theirs."""
    place: str
    """Where in the source it comes from."""

    def __str__(self) -> str:
        named = "".join(f", {name}={value}" for name, value in self.named.items())
        return f"{self.found} = {self.operation}({', '.join(map(str, self.args))}{named})"


@dataclass(frozen=True)
class Graph:
    """Operations in their order, from inputs by name to outputs by name."""

    inputs: Mapping[str, tuple[Value, Kind]]
    calls: tuple[Call, ...]
    outputs: Mapping[str, Value | Tensor]
    """An output may be a tensor that depends on no input."""


def capture(function: Callable[[Named], Named], example: Mapping[str, Tensor], *, reads_others: bool = False) -> Graph:
    """The graph of a function, which is called once, on an example: inputs of the shapes and kinds that it will have.
    No number of the example is in the graph.

    `reads_others`: it may also read tensors that are not among its inputs and that it does not make itself; they become
    constants. Raises `CannotLower`.
    """
    recorder = Recorder(reads_others)
    given = {name: recorder.traced(tensor.detach().contiguous()) for name, tensor in example.items()}
    try:
        with recorder:
            found = function(dict(given))
    except Invalid:
        raise
    except (RuntimeError, AssertionError, AttributeError, LookupError, TypeError, ValueError) as error:
        # Whatever torch has against it; what is wrong with the function itself shows when it is called.
        reason = (str(error).splitlines() or [type(error).__name__])[0]
        raise CannotLower(f"it cannot be captured ({reason})") from error
    if recorder.refusal is not None:  # the function has gone on all the same
        raise recorder.refusal
    inputs = {name: (tensor.value, _kind(tensor)) for name, tensor in given.items()}
    outputs = {name: recorder.written(tensor) for name, tensor in found.items()}
    return Graph(inputs, _needed(recorder.calls, outputs), outputs)


def _needed(calls: list[Call], outputs: Mapping[str, Value | Tensor]) -> tuple[Call, ...]:
    """Those that the outputs depend on."""
    needed = {value for value in outputs.values() if isinstance(value, Value)}
    kept = []
    for call in reversed(calls):
        if needed.intersection(_among(call.found, Value)):
            kept.append(call)
            needed.update(_among((call.args, tuple(call.named.values())), Value))
    return tuple(reversed(kept))


def _among(tree: Any, kind: type[Leaf]) -> Iterator[Leaf]:
    """Those of a kind in tuples and lists."""
    if isinstance(tree, kind):
        yield tree
    elif isinstance(tree, (tuple, list)):
        for part in tree:
            yield from _among(part, kind)


class Traced(Tensor):
    """A tensor that depends on the inputs. No number can be had from it: once looked at, the example's would stay what
    it was for ever."""

    value: Value
    numbers: Tensor
    """Those of the example."""

    @staticmethod
    def __new__(cls, value: Value, numbers: Tensor) -> Traced:
        # As in torch's "Extending PyTorch", wrapper subclasses.
        made: Traced = Tensor._make_wrapper_subclass(
            cls, numbers.shape, strides=numbers.stride(), dtype=numbers.dtype, device=numbers.device
        )
        made.value, made.numbers = value, numbers
        return made

    __torch_function__ = torch._C._disabled_torch_function_impl  # type: ignore[assignment]

    def __dlpack__(self, *args: Any, **kwargs: Any) -> Any:
        raise CannotLower("a tensor of the function is handed to others")

    @classmethod
    def __torch_dispatch__(  # type: ignore[override]
        cls, func: Any, types: Any, args: tuple[Any, ...] = (), kwargs: Any = None
    ) -> Any:
        raise CannotLower(f"{func}: a tensor of the function is used outside of it")


class Recorder(TorchDispatchMode):  # type: ignore[no-untyped-call]
    """Within it, every operation on a traced tensor is written down. What depends on no input is only computed."""

    def __init__(self, reads_others: bool) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.calls: list[Call] = []
        self.refusal: CannotLower | None = None
        """The first one."""
        self._reads_others = reads_others
        self._count = 0
        self._own: dict[int, Tensor] = {}
        self._copies: dict[tuple[int, int], tuple[Tensor, Tensor]] = {}
        """By identity and version: the tensor, kept so that no other one gets its identity, and its copy."""

    @classmethod
    def _should_skip_dynamo(cls) -> bool:
        # Asked by torch, which would import its compiler (1.2 s) to keep that away from here; it is never near.
        return False

    def traced(self, numbers: Tensor) -> Traced:
        """A tensor that depends on the inputs from here on."""
        self._count += 1
        return Traced(Value(self._count - 1), numbers)

    def written(self, tensor: Tensor) -> Value | Tensor:
        """What stands for it in the graph: a tensor that depends on no input is copied, since it may be changed."""
        if isinstance(tensor, Traced):
            return tensor.value
        self._check_plain(tensor, may_be_foreign=self._reads_others)
        key = id(tensor), tensor._version
        if key not in self._copies:
            self._copies[key] = tensor, tensor.detach().clone()
        return self._copies[key][1]

    def __torch_dispatch__(
        self, func: Any, types: Any, args: tuple[Any, ...] = (), kwargs: Mapping[str, Any] | None = None
    ) -> Any:
        named = kwargs or {}
        given = [*_among((args, tuple(named.values())), Tensor)]
        is_traced = any(isinstance(tensor, Traced) for tensor in given)
        self._check(func, args, given, is_traced)
        if not is_traced:
            return self._kept(func(*args, **named))
        written, further = self._each_written(args), {name: self._each_written(one) for name, one in named.items()}
        numbers = func(*_each(_numbers, args), **{name: _each(_numbers, value) for name, value in named.items()})
        found = _each(self.traced, numbers)
        kind, place = _each(_kind, numbers), _place_here()
        self.calls.append(Call(func, written, further, _each(_value, found), kind, place))
        return found

    def _check(self, func: Any, args: tuple[Any, ...], given: list[Tensor], is_traced: bool) -> None:
        """End a capture that is in vain where that shows: seconds before its end."""
        name = func._schema.name.removeprefix("aten::")
        # A number that is drawn here would be the same in every step.
        refused = torch.Tag.nondeterministic_seeded in func.tags
        if is_traced:
            refused |= name in REFUSED or func._schema.is_mutable or _depends_on_numbers(func, args)
        if refused:
            self._refuse(f"aten.{name}: no instruction stands for it ({_place_here()})")
        if len(self.calls) >= MOST:
            self._refuse(f"its step has more than {MOST:,} operations")
        if name != "lift_fresh" and not is_traced:  # by which `torch.tensor(2.0)` hands over what it has made
            for tensor in given:
                self._check_plain(tensor, may_be_foreign=self._reads_others and not func._schema.is_mutable)

    def _check_plain(self, tensor: Tensor, may_be_foreign: bool) -> None:
        """Refuse a tensor that was there before, where it must not be, and one that has lost its numbers."""
        is_foreign = id(tensor) not in self._own
        if (is_foreign and not may_be_foreign) or (tensor.numel() and not tensor.untyped_storage().data_ptr()):
            self._refuse(f"it reads a tensor that is no input of it ({_place_here()})")

    def _refuse(self, reason: str) -> NoReturn:
        error = CannotLower(reason)
        self.refusal = self.refusal or error
        raise error

    def _kept(self, found: Any) -> Any:
        """Tensors that the function has made of no input: kept, so that no other one gets their identity."""
        self._own.update((id(tensor), tensor) for tensor in _among(found, Tensor))
        return found

    def _each_written(self, tree: Any) -> Any:
        return _each(self.written, tree)


def _depends_on_numbers(func: Any, args: tuple[Any, ...]) -> bool:
    """Whether the result's shape, or a number of Python's, depends on the numbers in a tensor."""
    if func.overloadpacket is torch.ops.aten.index:
        return any(one.dtype in (torch.bool, torch.uint8) for one in _among(args[1], Tensor))
    return bool({torch.Tag.data_dependent_output, torch.Tag.dynamic_output_shape} & set(func.tags))


def _each(function: Callable[[Any], Any], tree: Any) -> Any:
    """The tuples and lists with what the function makes of their tensors."""
    if isinstance(tree, Tensor):
        return function(tree)
    if isinstance(tree, (tuple, list)):
        parts = [_each(function, part) for part in tree]
        return parts if isinstance(tree, list) else tuple(parts)
    return tree


def _numbers(tensor: Tensor) -> Tensor:
    return tensor.numbers if isinstance(tensor, Traced) else tensor


def _value(tensor: Traced) -> Value:
    return tensor.value


def _kind(tensor: Tensor) -> Kind:
    return Kind(tensor.shape, tensor.dtype)


def _place_here() -> str:
    """The line of ganviz that asks for it, outside the engine as a rule; nothing for a function from elsewhere."""
    nearest, frame = "", sys._getframe(2)
    while frame is not None:
        path = frame.f_code.co_filename
        if "ganviz" in path and path != __file__ and not path.startswith(TORCH):
            nearest = nearest or f"{Path(path).name}, line {frame.f_lineno}"
            if not {"engine", "programs"} & set(Path(path).parts):
                return f"{Path(path).name}, line {frame.f_lineno}"
        frame = frame.f_back  # type: ignore[assignment]
    return nearest

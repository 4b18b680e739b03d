"""Refuses options that branch on a live number: within a step it is a tensor, and no `if` sees it change."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from torch import Tensor
from torch.overrides import TorchFunctionMode

from ganviz.option import Invalid, Option

LOOKS = {Tensor.__bool__, Tensor.__float__, Tensor.__int__, Tensor.__index__, Tensor.item, Tensor.tolist}
"""What turns a tensor into a number of Python's, which a branch is decided by."""


class NoBranching(TorchFunctionMode):
    """Within it, looking at a live number, or at what was worked out of live numbers alone, raises `Invalid`. For the
    first step of an experiment: what branches does so in every step."""

    def __init__(self, live: Iterable[Tensor]) -> None:
        super().__init__()
        self._live = {id(number): number for number in live}

    def __torch_function__(
        self, func: Callable[..., Any], types: Any, args: tuple[Any, ...] = (), kwargs: Mapping[str, Any] | None = None
    ) -> Any:
        tensors = [arg for arg in args if isinstance(arg, Tensor)]
        from_live = bool(tensors) and all(id(tensor) in self._live for tensor in tensors)
        if from_live and func in LOOKS:
            raise Invalid(
                f"{_option_in_use()} branches on a live number: compute with it instead, such as by torch.where, or "
                "make its field one that rebuilds."
            )
        result = func(*args, **(kwargs or {}))
        if from_live and isinstance(result, Tensor):
            self._live[id(result)] = result
        return result


def _option_in_use() -> str:
    """The option whose method looks."""
    frame = sys._getframe(2)
    while frame is not None:
        if isinstance(owner := frame.f_locals.get("self"), Option):
            return f"{owner.option_name()} in {owner.room}"
        frame = frame.f_back  # type: ignore[assignment]
    return "An option"

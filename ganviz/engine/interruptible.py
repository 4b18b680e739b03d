"""Long work in torch that can be broken off."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from typing import Any

from torch.overrides import TorchFunctionMode


class Cancelled(Exception):
    """What is being worked out is not wanted any more."""


class Interruptible(TorchFunctionMode):
    """Within it every call into torch, on this thread, first asks whether to go on."""

    def __init__(self, cancelled: threading.Event) -> None:
        """Once `cancelled` is set, the next call raises `Cancelled`."""
        super().__init__()
        self._cancelled = cancelled

    def __torch_function__(
        self, func: Callable[..., Any], types: Any, args: tuple[Any, ...] = (), kwargs: Mapping[str, Any] | None = None
    ) -> Any:
        if self._cancelled.is_set():
            raise Cancelled
        return func(*args, **(kwargs or {}))

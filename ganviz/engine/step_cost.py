"""Whether a faster path is worth looking for: it saves what Python spends on each operation, not the operation."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable
from typing import Any

from ganviz.engine.interruptible import Interruptible
from ganviz.engine.paths import Path
from ganviz.engine.players import State
from ganviz.engine.settings import Numbers
from ganviz.engine.tree import Tree

LONG_CALL = 200e-6
"""Seconds of computing for each call into torch, beyond which a step is arithmetic. Players of toys take 20 to 40 µs
and gain much; an MLP for pictures takes 95 and gains a quarter; DCGANs take 270 to 680 and gain nothing by any path."""


class Counted(Interruptible):
    """Counts the calls into torch."""

    def __init__(self, cancelled: threading.Event) -> None:
        super().__init__(cancelled)
        self.calls = 0

    def __torch_function__(self, *call: Any, **more: Any) -> Any:
        self.calls += 1
        return super().__torch_function__(*call, **more)


def is_arithmetic(
    eager: Path, state: State, values: Numbers, draws: Iterable[Tree], cancelled: threading.Event
) -> bool:
    """Whether a step from `state` takes `LONG_CALL` for each call, backward passes included. It is tried once for each
    of `draws`, and the last try counts: the first also sets things up. Raises `Cancelled` once `cancelled` is set."""
    each = 0.0
    for draw in draws:
        with Counted(cancelled) as counted:
            began = time.thread_time()
            eager(state, values, draw)
            each = (time.thread_time() - began) / max(counted.calls, 1)
    return each > LONG_CALL

"""Computing under torch's own settings, whatever the thread that calls has set."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from functools import wraps
from typing import Any, ParamSpec, TypeVar

import torch

Given = ParamSpec("Given")
Result = TypeVar("Result")

CPU = torch.device("cpu")
KINDS = ("cpu", "cuda", "mps")
"""Kinds of device that have an autocast of their own."""
TINY = 2.0**-1074
"""The smallest float64 above 0, which a processor that flushes denormal numbers takes for 0."""


def isolated(function: Callable[Given, Result]) -> Callable[Given, Result]:
    """The same function, whose numbers do not depend on what its caller has set up.

    While it runs, gradients are recorded, nothing is inference, autocast is off, tensors are made on the CPU, denormal
    numbers are kept, and one thread computes: sums over several are taken in another order. These settings belong to
    the thread, so that no other one notices. torch's default dtype belongs to the whole process and is left as it is:
    ganviz never makes a tensor of it.
    """

    @wraps(function)
    def called(*args: Given.args, **named: Given.kwargs) -> Result:
        settings = [*_settings()]
        if not settings:
            return function(*args, **named)
        with ExitStack() as stack:
            for setting in settings:
                stack.enter_context(setting)
            return function(*args, **named)

    return called


def _settings() -> Iterator[AbstractContextManager[object]]:
    """What has to be set otherwise: nothing as a rule, and asking takes a few microseconds."""
    if torch.is_inference_mode_enabled():
        yield torch.inference_mode(False)
    if not torch.is_grad_enabled():
        yield torch.enable_grad()
    for kind in KINDS:
        if torch.is_autocast_enabled(kind):
            yield torch.autocast(kind, enabled=False)
    if torch.empty(0, dtype=torch.float32).device != CPU:
        yield CPU
    if (threads := torch.get_num_threads()) != 1:
        yield _set(torch.set_num_threads, 1, threads)
    if TINY * 1.0 == 0:
        yield _set(torch.set_flush_denormal, False, True)


@contextmanager
def _set(setting: Callable[[Any], object], value: object, before: object) -> Iterator[None]:
    """A setting of torch's that is no context of its own."""
    setting(value)
    try:
        yield
    finally:
        setting(before)

"""What of a program's memory nobody may touch, as a sanitizer is told."""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from contextlib import contextmanager

from ganviz.programs.native import Native


@contextmanager
def poisoned(machine: Native) -> Iterator[None]:
    """Nothing but the program's blocks and what lies behind them, its kernels' working memory, may be touched: a
    sanitizer sees to it, if there is one."""
    try:
        poison, free = (getattr(ctypes.CDLL(None), f"__asan_{name}_memory_region") for name in ("poison", "unpoison"))
    except AttributeError:
        yield
        return
    program, memory = machine.program, machine._memory
    whole = memory.base
    assert whole is not None
    start, end = whole.ctypes.data, whole.ctypes.data + whole.size
    arguments = ctypes.c_void_p, ctypes.c_size_t
    poison.argtypes = free.argtypes = arguments
    poison(start, end - start)
    own = program.memory
    for at, size in [(block.at, block.bytes) for block in program.blocks] + [(own, memory.size - own)]:
        free(memory.ctypes.data + at, size)
    try:
        yield
    finally:
        free(start, end - start)

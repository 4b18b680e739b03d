"""Kernels behind pages: which is a page's own, and the end of those that no page came back to."""

from __future__ import annotations

import re
from typing import Any

ARRIVAL = 60.0
"""Seconds that a whole page has to connect to its kernel before that is ended."""

KERNEL = re.compile(r'"kernelId": "([\w-]+)"')


def kernel_of(piece: str) -> str:
    """The name of its kernel that a piece of a page tells; empty where it tells none."""
    found = KERNEL.search(piece)
    return found[1] if found else ""


async def end_unless_visited(kernels: Any, kernel: str, connections: int) -> None:
    """End a kernel to which no page has connected, of `connections` in all: the reader went before it was there.

    `kernels`: Voilà's kernel manager.
    """
    if not connections and kernel in kernels:
        await kernels.shutdown_kernel(kernel, now=True)

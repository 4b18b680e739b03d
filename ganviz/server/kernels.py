"""Kernels behind pages: which is a page's own, those kept ready, and the end of those that no page came back to."""

from __future__ import annotations

import re
from typing import Any

ARRIVAL = 60.0
"""Seconds that a whole page has to connect to its kernel before that is ended."""

KERNEL = re.compile(r'"kernelId": "([\w-]+)"')


def kept_ready(kernels: Any, notebook: str) -> str:
    """The name of the kernel that was made ready first for a notebook; empty where there is none yet.

    Those that have ended in the meantime are given up, and others started in their place.
    """
    pool = getattr(kernels, "_pools", {}).get(notebook) or []
    given_up = 0
    while pool and pool[0].done() and not _works(pool[0].result(), kernels):
        del pool[0]
        given_up += 1
    if given_up:
        kernels.fill_if_needed(notebook_name=notebook)
    return str(pool[0].result()["kernel_id"]) if pool and pool[0].done() else ""


def _works(kept: dict[str, Any], kernels: Any) -> bool:
    page = kept.get("task")
    return kept["kernel_id"] in kernels and not (page and page.done() and page.exception())


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

"""The launch of a page's kernel, and what is known of it when it ends before the page is there."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import tempfile
from collections.abc import AsyncIterator
from contextvars import ContextVar
from typing import Any

from jupyter_server.services.kernels.kernelmanager import AsyncMappingKernelManager

from ganviz.server.last_lines import last_lines

log = logging.getLogger("ganviz.kernels")

AGAIN = 30.0
"""Seconds until a kernel that was to be kept ready, and could not be launched, is tried again."""

GLANCE = 0.25
"""Seconds between two looks at a kernel while its page waits for it."""

LAUNCHED: ContextVar[list[Any] | None] = ContextVar("LAUNCHED", default=None)
"""Where a page finds the kernel that was launched for it, as soon as there is its process."""


class Ended(Exception):
    """A kernel ended before its page was whole. The message is the reason."""


class Kernels(AsyncMappingKernelManager):
    """Jupyter's kernels, with what each wrote to the error stream before it spoke Jupyter's protocol: that says why
    one could not start."""

    async def start_kernel(self, **how: Any) -> str:  # type: ignore[override]
        """Called by Voilà; the kernel's name. One that is to be kept ready is tried until it can be launched: a failure
        of its own would be in the way of every other kernel's end."""
        while True:
            try:
                return await self._launch(**how)
            except Exception:
                if how.get("env", {}).get("VOILA_PREHEAT") != "True":
                    raise
                await asyncio.sleep(AGAIN)

    async def _launch(self, **how: Any) -> str:
        errors = tempfile.TemporaryFile()  # noqa: SIM115  the kernel's manager has it, and closes it when it goes
        name: str = await super().start_kernel(stderr=errors, **how)
        kernel: Any = self.get_kernel(name)
        kernel.error_output = errors
        launched = LAUNCHED.get()
        if launched is not None:
            launched.append(kernel)
        return name


async def while_running(pieces: AsyncIterator[str], launched: list[Any]) -> AsyncIterator[str]:
    """The pieces of a page as they come. Raises `Ended` when the page's kernel, the last of `launched`, ends before
    that: Voilà would wait for it for ever."""
    while True:
        coming = asyncio.ensure_future(_next(pieces))
        while not (await asyncio.wait({coming}, timeout=GLANCE))[0]:
            if launched and not await launched[-1].is_alive():
                coming.cancel()
                raise Ended(why_ended(launched[-1]))
        piece = coming.result()
        if piece is None:
            return
        yield piece


async def _next(pieces: AsyncIterator[str]) -> str | None:
    return await anext(pieces, None)


def why_ended(kernel: Any) -> str:
    """Why a kernel has ended: that the server ended it, the last line that it wrote, or what the system says of its
    process. All that it wrote is logged."""
    text = last_lines(getattr(kernel, "error_output", None))
    log.error("The kernel of a page has ended; it wrote:\n%s", text or "(nothing)")
    if kernel.shutting_down:
        return "It did not answer in time, and was ended."
    return text.splitlines()[-1] if text else _status(getattr(kernel.provisioner, "process", None))


def _status(process: Any) -> str:
    """The exit status of a process that has ended, in words."""
    status = getattr(process, "returncode", None)
    if status is None:
        return "It ended before it answered."
    if os.name == "posix" and status == -signal.SIGKILL:
        return "The system ended it, as it does when memory runs out."
    return f"It was ended by signal {-status}." if status < 0 else f"It ended with status {status}."

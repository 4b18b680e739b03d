"""The websocket between a page and its kernel."""

from __future__ import annotations

from collections import Counter
from typing import ClassVar

from tornado.ioloop import IOLoop
from voila.tornado.kernel_websocket_handler import VoilaKernelWebsocketHandler

GRACE = 8.0
"""Seconds after a page's last sign before its kernel is ended: enough for a reconnection."""


class PageSocket(VoilaKernelWebsocketHandler):  # type: ignore[misc]
    """A kernel's websocket that sends small messages at once, and ends the kernel when the page is gone.

    Without the first, TCP holds a frame back until the browser has acknowledged the little status message before it,
    which the browser's system does only after 40 ms: half of the frame rate. Without the second, the kernel of a closed
    tab lives for ever, training or not.
    """

    connections: ClassVar[Counter[str]] = Counter()
    """How often a page has connected to each kernel."""

    def get_compression_options(self) -> dict[str, int]:
        """Messages are compressed, lightly: the controls arrive as 300 kB of JSON that say much the same."""
        return {"compression_level": 1, "mem_level": 8}

    async def get(self, kernel_id: str) -> None:
        """Called when the browser connects."""
        if kernel_id in self.kernel_manager:
            self.connections[kernel_id] += 1
        await super().get(kernel_id)

    async def open(self, kernel_id: str) -> None:
        """Called when the browser has connected."""
        self.set_nodelay(True)
        await super().open(kernel_id)

    def on_close(self) -> None:
        """Called when the page was closed, or the network lost."""
        super().on_close()
        IOLoop.current().call_later(GRACE, self._end_kernel, self.connections[self.kernel_id])

    async def _end_kernel(self, connections: int) -> None:
        """End the kernel unless somebody has connected since there were so many connections, or still is."""
        kernels, kernel = self.kernel_manager, self.kernel_id
        if self.connections[kernel] > connections or (
            kernel in kernels and kernels.kernel_model(kernel)["connections"] > 0
        ):
            return
        del self.connections[kernel]
        if kernel in kernels:
            await kernels.shutdown_kernel(kernel)

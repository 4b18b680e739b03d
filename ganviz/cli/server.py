"""Voilà, with compressed pages and websockets that do not wait."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tornado.ioloop import IOLoop
from tornado.web import GZipContentEncoding
from voila.app import Voila
from voila.tornado.kernel_websocket_handler import VoilaKernelWebsocketHandler

from ganviz.cli.compression import Brotli

GRACE = 8.0
"""Seconds after a page's last sign before its kernel is ended: enough for a reconnection."""


class PageSocket(VoilaKernelWebsocketHandler):  # type: ignore[misc]
    """A kernel's websocket that sends small messages at once, and ends the kernel when the page is gone.

    Without the first, TCP holds a frame back until the browser has acknowledged the little status message before it,
    which the browser's system does only after 40 ms: half of the frame rate. Without the second, the kernel of a closed
    tab lives for ever, training or not.
    """

    def get_compression_options(self) -> dict[str, int]:
        """Messages are compressed, lightly: the controls arrive as 300 kB of JSON that say much the same."""
        return {"compression_level": 1, "mem_level": 8}

    async def open(self, kernel_id: str) -> None:
        """Called when the browser has connected."""
        self.set_nodelay(True)
        await super().open(kernel_id)

    def on_close(self) -> None:
        """Called when the page was closed, or the network lost."""
        super().on_close()
        IOLoop.current().call_later(GRACE, self._end_kernel)

    async def _end_kernel(self) -> None:
        kernels = self.kernel_manager
        if self.kernel_id in kernels and kernels.kernel_model(self.kernel_id)["connections"] == 0:
            await kernels.shutdown_kernel(self.kernel_id)


class Server(Voila):  # type: ignore[misc]
    """Standalone Voilà: it never runs code sent by a visitor."""

    ready: Callable[[], None]
    """Called when the server listens."""

    def launch_browser(self) -> None:
        """What Voilà does when it listens, unless told not to: here it only says so."""
        self.ready()

    def init_settings(self) -> dict[str, Any]:
        """Voilà's settings, with compressed answers: a third of the bytes of a page."""
        return {**super().init_settings(), "transforms": [Brotli, GZipContentEncoding]}

    def init_handlers(self) -> list[Any]:
        """Voilà's handlers, its websocket replaced."""
        return [
            (route[0], PageSocket, *route[2:]) if route[1] is VoilaKernelWebsocketHandler else route
            for route in super().init_handlers()
        ]

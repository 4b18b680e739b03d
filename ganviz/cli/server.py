"""Voilà, with compressed pages and websockets that do not wait."""

from __future__ import annotations

import logging
import os
from collections import Counter
from collections.abc import Callable
from typing import Any, ClassVar

from tornado.ioloop import IOLoop
from tornado.web import GZipContentEncoding
from traitlets.config import Config
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

    _connections: ClassVar[Counter[str]] = Counter()
    """How often a page has connected to each kernel."""

    def get_compression_options(self) -> dict[str, int]:
        """Messages are compressed, lightly: the controls arrive as 300 kB of JSON that say much the same."""
        return {"compression_level": 1, "mem_level": 8}

    async def get(self, kernel_id: str) -> None:
        """Called when the browser connects."""
        if kernel_id in self.kernel_manager:
            self._connections[kernel_id] += 1
        await super().get(kernel_id)

    async def open(self, kernel_id: str) -> None:
        """Called when the browser has connected."""
        self.set_nodelay(True)
        await super().open(kernel_id)

    def on_close(self) -> None:
        """Called when the page was closed, or the network lost."""
        super().on_close()
        IOLoop.current().call_later(GRACE, self._end_kernel, self._connections[self.kernel_id])

    async def _end_kernel(self, connections: int) -> None:
        """End the kernel unless somebody has connected since there were so many connections, or still is."""
        kernels, kernel = self.kernel_manager, self.kernel_id
        if self._connections[kernel] > connections or (
            kernel in kernels and kernels.kernel_model(kernel)["connections"] > 0
        ):
            return
        del self._connections[kernel]
        if kernel in kernels:
            await kernels.shutdown_kernel(kernel)


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


def configuration(host: str, port: int) -> Config:
    """What every ganviz server asks of Voilà."""
    settings = Config()
    settings.Server.ip, settings.Server.port, settings.Server.port_retries = host, port, 0
    settings.Server.log_level = logging.ERROR
    settings.VoilaConfiguration.allow_template_override = "NO"
    settings.VoilaConfiguration.allow_theme_override = "NO"
    settings.VoilaConfiguration.show_tracebacks = False
    settings.VoilaConfiguration.file_allowlist = []
    # The page uses these; whatever else is installed beside JupyterLab would only make it longer to load.
    settings.VoilaConfiguration.extension_allowlist = [
        "@jupyter-widgets/jupyterlab-manager",
        "@voila-dashboards/widgets-manager8",
        "anywidget",
    ]
    # A kernel that died is not replaced by a blank one: the page could not tell them apart.
    settings.KernelRestarter.restart_limit = 0
    settings.KernelRestarter.time_to_dead = 1.0
    if os.name == "posix":
        # Sockets in the file system, which other users of this computer cannot listen to.
        settings.KernelManager.transport = "ipc"
    return settings

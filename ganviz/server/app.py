"""Voilà, with compressed pages and websockets that do not wait."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any, ClassVar

from jupyter_server.utils import url_path_join
from tornado.ioloop import IOLoop
from tornado.web import GZipContentEncoding, RequestHandler
from voila.app import Voila
from voila.request_info_handler import RequestInfoSocketHandler
from voila.shutdown_kernel_handler import VoilaShutdownKernelHandler
from voila.tornado.handler import TornadoVoilaHandler
from voila.tornado.kernel_websocket_handler import VoilaKernelWebsocketHandler

from ganviz.server.compression import Brotli
from ganviz.server.front.handlers import Front, Picture
from ganviz.server.front.shelf import Shelf
from ganviz.server.kernels import ARRIVAL, end_unless_visited, kernel_of

PAGE = Path(__file__).parent / "page"
"""The template of the page."""

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


class Goodbye(RequestHandler):
    """What a page says when it is left. Nothing is done: `PageSocket` ends the kernel when the page has been away for
    a while. Voilà's own answer is an error, as its page sends no token."""

    def check_xsrf_cookie(self) -> None:
        """Nothing is done that would need a token."""

    def post(self, kernel_id: str) -> None:
        """Called when a page is left."""
        self.set_status(204)


class Page(TornadoVoilaHandler):  # type: ignore[misc]
    """A notebook as a page, and with it a kernel."""

    _kernel = ""

    async def get_generator(self, path: str | None = None) -> AsyncIterator[str]:
        """The page, piece by piece."""
        async for piece in super().get_generator(path=path):
            self._kernel = kernel_of(piece) or self._kernel
            yield piece

    def on_finish(self) -> None:
        """Called by tornado when the page is out, or nobody waits for it any more."""
        super().on_finish()
        if self._kernel:
            IOLoop.current().call_later(ARRIVAL, self._end_unless_visited)

    async def _end_unless_visited(self) -> None:
        await end_unless_visited(self.kernel_manager, self._kernel, PageSocket.connections[self._kernel])

    def should_use_rendered_notebook(self, *about: Any) -> bool:
        """Called by Voilà: whether the visitor gets a preheated kernel. Only one that is ready: where there is none yet
        Voilà would wait for its turn to be heated, which is longer than to start another."""
        pool = getattr(self.kernel_manager, "_pools", {}).get(self.notebook_path) or []
        return any(one.done() for one in pool[:1]) and bool(super().should_use_rendered_notebook(*about))


class Server(Voila):  # type: ignore[misc]
    """Standalone Voilà: it never runs code sent by a visitor."""

    ready: Callable[[], None]
    """Called when the server listens."""
    front = False
    """Whether there is a front page, and the course."""
    template_paths: list[str]
    """Where Voilà looks for templates."""

    def launch_browser(self) -> None:
        """What Voilà does when it listens, unless told not to: here it only says so."""
        self.ready()

    def setup_template_dirs(self) -> None:
        """Voilà's templates, with our page in place of its own."""
        super().setup_template_dirs()
        self.template_paths = [str(PAGE), *self.template_paths]

    def init_settings(self) -> dict[str, Any]:
        """Voilà's settings, with notebooks that become pages, and compressed answers: a third of the bytes."""
        settings = super().init_settings()
        self.contents_manager = Shelf(parent=self)
        self._pages = self.contents_manager.stock(Path(self.notebook_path), self.base_url, self.front)
        return {**settings, "contents_manager": self.contents_manager, "transforms": [Brotli, GZipContentEncoding]}

    def init_handlers(self) -> list[Any]:
        """Voilà's handlers, its websocket and its page replaced, and the front page."""
        routes = []
        for pattern, handler, *more in super().init_handlers():
            if handler is VoilaKernelWebsocketHandler:
                routes.append((pattern, PageSocket, *more))
            elif handler is TornadoVoilaHandler:
                routes.extend(self._routes(pattern, *more))
            elif handler is VoilaShutdownKernelHandler:
                routes.append((pattern, Goodbye))
            elif handler is not RequestInfoSocketHandler:
                routes.append((pattern, handler, *more))
        return routes

    def _routes(self, everything: str, settings: dict[str, Any]) -> list[Any]:
        """The pages: the only one, at every address that is left, or each at its own, and the front page's parts."""
        routes: list[Any] = []
        for address, path in self._pages.items():
            pattern = url_path_join(self.server_url, address) if address else everything
            routes.append((pattern, Page, {**settings, "notebook_path": path}))
        if self.front:
            routes.append((url_path_join(self.server_url, "/"), Front))
            routes.append((url_path_join(self.server_url, r"cards/([\w-]+)\.webp"), Picture))
        return routes

    def stop(self) -> None:
        """What Voilà does when it ends; a kernel that it would heat half a minute from now, it need not await."""
        for pool in getattr(self.kernel_manager, "_pools", {}).values():
            for task in [task for task in pool if not task.done()]:
                task.cancel()
                pool.remove(task)
        super().stop()

"""Voilà, with compressed pages and websockets that do not wait."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from jupyter_server.utils import url_path_join
from tornado.web import GZipContentEncoding, RequestHandler
from voila.app import Voila
from voila.request_info_handler import RequestInfoSocketHandler
from voila.shutdown_kernel_handler import VoilaShutdownKernelHandler
from voila.tornado.handler import TornadoVoilaHandler
from voila.tornado.kernel_websocket_handler import VoilaKernelWebsocketHandler

from ganviz.server.compression import Brotli
from ganviz.server.front.handlers import Front, Picture
from ganviz.server.front.shelf import Shelf
from ganviz.server.notebook_page import Page
from ganviz.server.page_socket import PageSocket

PAGE = Path(__file__).parent / "page"
"""The template of the page."""


class Goodbye(RequestHandler):
    """What a page says when it is left. Nothing is done: `PageSocket` ends the kernel when the page has been away for
    a while. Voilà's own answer is an error, as its page sends no token."""

    def check_xsrf_cookie(self) -> None:
        """Nothing is done that would need a token."""

    def post(self, kernel_id: str) -> None:
        """Called when a page is left."""
        self.set_status(204)


class Server(Voila):  # type: ignore[misc]
    """Standalone Voilà: it never runs code sent by a visitor."""

    ready: Callable[[], None]
    """Called when the server listens."""
    front = False
    """Whether there is a front page, and the course."""
    connection_dir: str
    """Where the kernels' sockets are."""
    template_paths: list[str]
    """Where Voilà looks for templates."""

    def load_config_file(self, *how: Any, **more: Any) -> None:
        """Called by Voilà: no configuration is read, be it the user's or the folder's."""

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

"""The public server: Voilà with its doors reduced to those that a page of ours uses."""

from __future__ import annotations

from functools import partial
from typing import Any

from jupyter_server.base.handlers import FileFindHandler
from jupyter_server.services.kernels.handlers import KernelHandler
from jupyterlab_server.themes_handler import ThemesHandler
from tornado.ioloop import PeriodicCallback
from voila.static_file_handler import MultiStaticFileHandler, TemplateStaticFileHandler

from ganviz.server.app import Server
from ganviz.server.front.handlers import Front, Picture
from ganviz.server.notebook_page import Page
from ganviz.server.page_socket import PageSocket
from ganviz.server.public.discreet import Nothing, read_only
from ganviz.server.public.page import PublicPage
from ganviz.server.public.policy import Policy
from ganviz.server.public.socket import PublicSocket
from ganviz.server.public.visits import PERIOD, Visits

READ = (
    *(Front, Picture, KernelHandler, ThemesHandler),
    *(TemplateStaticFileHandler, MultiStaticFileHandler, FileFindHandler),
)
"""Handlers that stay, for reading: the front page, is the kernel there, scripts and styles. Whatever else Voilà
offers (files beside the notebook, shutting kernels down, logging in) is not there."""

HEADERS = {
    "Content-Security-Policy": "frame-ancestors 'self'; object-src 'none'; base-uri 'self'; "
    "script-src 'self' 'unsafe-inline' blob:",
    "Referrer-Policy": "no-referrer",
}
"""Widgets come as blobs; nothing is evaluated from strings."""

LARGEST_FRAME = 10 << 20
"""Bytes of one message of a page; a table of 8 MB is refused in a sentence, not by a lost connection."""

LARGEST_BODY = 64 << 10
"""Bytes of a request's body: no page of ours sends one at all."""

PING, LOST = 10_000, 25_000
"""Milliseconds between two pings, and without an answer after which a page counts as closed: a machine that was
switched off closes nothing by itself."""


class PublicServer(Server):
    """`Server` for visitors whom nobody knows."""

    policy: Policy

    def init_settings(self) -> dict[str, Any]:
        """Called by Voilà when it starts."""
        settings = super().init_settings()
        self._visits = Visits(self.kernel_manager, self.policy)
        return {
            **settings,
            "headers": HEADERS,
            "default_handler_class": Nothing,
            "websocket_max_message_size": LARGEST_FRAME,
            "ws_ping_interval": PING,
            "ws_ping_timeout": LOST,
        }

    def init_handlers(self) -> list[Any]:
        """The routes that stay, by their handlers."""
        visits = {"visits": self._visits}
        routes = []
        for pattern, handler, *more in super().init_handlers():
            if handler is PageSocket:
                routes.append((pattern, PublicSocket, visits))
            elif handler is Page:
                routes.append((pattern, PublicPage, {**more[0], **visits}))
            elif handler in READ:
                routes.append((pattern, read_only(handler), *more))
        return routes

    def listen(self) -> None:
        """Called by Voilà last; returns when the server has ended."""
        PeriodicCallback(self._visits.round, 1000 * PERIOD).start()
        self.app.listen = partial(self.app.listen, max_body_size=LARGEST_BODY, idle_connection_timeout=120)
        super().listen()

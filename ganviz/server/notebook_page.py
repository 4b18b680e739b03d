"""A notebook as a page, and with it a kernel; or a page that says why there is none."""

from __future__ import annotations

import logging
import os
from collections.abc import AsyncIterator
from typing import Any

from tornado.ioloop import IOLoop
from tornado.web import HTTPError
from voila.tornado.handler import TornadoVoilaHandler

from ganviz.server.kernels import ARRIVAL, end_unless_visited, kept_ready, kernel_of
from ganviz.server.launch import LAUNCHED, Ended, while_running
from ganviz.server.no_kernel import no_kernel
from ganviz.server.page_socket import PageSocket

log = logging.getLogger("ganviz.kernels")


class Page(TornadoVoilaHandler):  # type: ignore[misc]
    """A notebook as a page, and with it a kernel."""

    _kernel = ""

    async def get_generator(self, path: str | None = None) -> AsyncIterator[str]:
        """The page, piece by piece; the last one says so when its kernel could not be started."""
        self._launched: list[Any] = []
        LAUNCHED.set(self._launched)
        try:
            async for piece in while_running(super().get_generator(path=path), self._launched):
                self._kernel = kernel_of(piece) or self._kernel
                yield piece
        except HTTPError:
            raise
        except Ended as reason:
            yield self._no_kernel(str(reason))
        except Exception as error:
            log.exception("The kernel of a page could not be started.")
            yield self._no_kernel(f"{type(error).__name__}: {error}")

    def _no_kernel(self, reason: str) -> str:
        """What a page without a kernel says; to others than those at this computer, nothing of its insides."""
        if not self._headers_written:
            self.set_status(500)
        told = "" if os.environ.get("GANVIZ_NO_PATHS") else reason
        return no_kernel(told, begun=bool(self._headers_written))

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
        kernel = kept_ready(self.kernel_manager, self.notebook_path)
        if not (kernel and super().should_use_rendered_notebook(*about)):
            return False
        self._launched.append(self.kernel_manager.get_kernel(kernel))
        return True

"""Voilà, with compressed pages and websockets that do not wait."""

from __future__ import annotations

from typing import Any

from voila.app import Voila
from voila.tornado.kernel_websocket_handler import VoilaKernelWebsocketHandler


class PromptSocket(VoilaKernelWebsocketHandler):  # type: ignore[misc]
    """A kernel's websocket that sends small messages at once.

    Without this, TCP holds a frame back until the browser has acknowledged the little status message before it, which
    the browser's system does only after 40 ms: half of the frame rate.
    """

    async def open(self, kernel_id: str) -> None:
        """Called when the browser has connected."""
        self.set_nodelay(True)
        await super().open(kernel_id)


class Server(Voila):  # type: ignore[misc]
    """Standalone Voilà: it never runs code sent by a visitor."""

    def init_settings(self) -> dict[str, Any]:
        """Voilà's settings, with compressed answers: a third of the bytes of a page."""
        return {**super().init_settings(), "compress_response": True}

    def init_handlers(self) -> list[Any]:
        """Voilà's handlers, its websocket replaced."""
        return [
            (route[0], PromptSocket, *route[2:]) if route[1] is VoilaKernelWebsocketHandler else route
            for route in super().init_handlers()
        ]

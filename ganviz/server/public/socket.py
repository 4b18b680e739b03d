"""The websocket between a visitor's page and its kernel: a gate in both directions."""

from __future__ import annotations

import contextlib
import logging
from typing import Any

from tornado.web import HTTPError
from tornado.websocket import WebSocketClosedError
from voila.tornado.kernel_websocket_handler import read_header_from_binary_message

from ganviz.server.page_socket import PageSocket
from ganviz.server.public.budget import Budget
from ganviz.server.public.discreet import Discreet
from ganviz.server.public.messages import PROTOCOL, TOLD, Malformed, printed, read
from ganviz.server.public.visits import Visits

log = logging.getLogger("ganviz.public")

SOCKETS = 3
"""Connections to one kernel at a time: its page, and that page again while the lost connection is not noticed yet."""

LEAVING = "No such comm"
"""How a kernel's complaint begins when a page that is just leaving speaks of a widget that is closed."""

TOO_MUCH, NOT_UNDERSTOOD = 1008, 1002
"""Why a connection is closed, as RFC 6455 numbers it."""


class PublicSocket(Discreet, PageSocket):
    """Passes on what a page of ours sends, and nothing else, to a kernel that may do anything it is told.

    What is not allowed is dropped, as Voilà does; a frame that no front end sends, or too many of them, end the
    connection, and with it the session.
    """

    def initialize(self, visits: Visits) -> None:
        """Called by tornado, for each connection."""
        self._visits = visits
        self._messages = Budget(rate=300, most=1000)
        self._bytes = Budget(rate=1e6, most=32e6)
        self._lines = Budget(rate=0.2, most=10)

    async def get(self, kernel_id: str) -> None:
        """The handshake."""
        if PROTOCOL not in self.request.headers.get("Sec-WebSocket-Protocol", ""):
            # The older protocol is not read here, and its reader in the server can be made to take gigabytes.
            raise HTTPError(400)
        if self.kernel_manager.kernel_model(kernel_id)["connections"] >= SOCKETS:
            raise HTTPError(429)
        await super().get(kernel_id)  # type: ignore[misc]

    def on_message(self, frame: bytes | str) -> None:
        """Called for each message of the page."""
        if not (self._messages.spend(1) and self._bytes.spend(len(frame))):
            self.close(TOO_MUCH, "too much at once")
            return
        try:
            message = read(frame)
            allowed, is_act = message.allowed(), message.is_act()
        except Malformed as error:
            log.warning("A visitor sent a malformed frame (%s).", error)
            self.close(NOT_UNDERSTOOD, "not understood")
            return
        if not allowed:
            if self._lines.spend(1):
                log.warning("A visitor's %.40r on %.40r was dropped.", message.kind, message.channel)
            return
        if is_act:
            self._visits.act(self.kernel_id)
        super().on_message(frame)

    def write_message(self, message: bytes | str | dict[str, Any], binary: bool = False) -> Any:
        """Called for each message to the page."""
        header = read_header_from_binary_message(message) if isinstance(message, bytes) else None
        kind = (header or {}).get("msg_type")
        if kind in TOLD:
            # The page may have gone a moment ago; an exception would end what is left of the connection halfway.
            with contextlib.suppress(WebSocketClosedError):
                return super().write_message(message, binary)
        if kind in ("stream", "error") and isinstance(message, bytes):
            text = printed(message).strip()
            if not text.startswith(LEAVING) and self._lines.spend(1):
                log.warning("A visitor's kernel wrote: %.2000s", text)
        return None

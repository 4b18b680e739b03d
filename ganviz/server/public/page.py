"""The page of a public server, or one that says to wait."""

from __future__ import annotations

from http import HTTPStatus
from pathlib import Path
from typing import Any

from tornado.web import HTTPError, authenticated

from ganviz.server.notebook_page import Page
from ganviz.server.public.discreet import Discreet
from ganviz.server.public.visits import Arrival, Visits

WAIT = (Path(__file__).parent / "wait.html").read_text("utf-8")

WHY: dict[int, str] = {
    HTTPStatus.SERVICE_UNAVAILABLE: "this machine has no room for another pair just now",
    HTTPStatus.TOO_MANY_REQUESTS: "from your network as many pages are open as one network may have here",
}
"""Why there is no place, by the status that says so."""

RETRY = 10
"""Seconds after which the waiting page asks again."""


class PublicPage(Discreet, Page):
    """A page, and with it a kernel, for as many visitors as there are places."""

    SUPPORTED_METHODS = ("GET",)

    def initialize(self, visits: Visits, **settings: Any) -> None:
        """Called by tornado, for each request."""
        self._visits = visits
        self._arrival = Arrival()
        super().initialize(**settings)

    @authenticated
    async def get(self, path: str | None = None) -> None:
        """The page, piece by piece."""
        if path:  # Voilà would look for a file of that name
            raise HTTPError(HTTPStatus.NOT_FOUND)
        visitor = self.request.remote_ip or ""
        if self._visits.many_from(visitor):
            raise HTTPError(HTTPStatus.TOO_MANY_REQUESTS)
        if self._visits.full:
            raise HTTPError(HTTPStatus.SERVICE_UNAVAILABLE)
        with self._visits.arrival(visitor) as self._arrival:
            async for piece in self.get_generator(path=path):
                self._arrival.told(piece)
                self.write(piece)
                await self.flush()

    def on_connection_close(self) -> None:
        """Called by tornado when the visitor has gone before the page was whole."""
        super().on_connection_close()
        self._arrival.gave_up = True

    def write_error(self, status_code: int, **about: Any) -> None:
        if status_code not in WHY:
            return super().write_error(status_code, **about)
        self.set_header("Content-Type", "text/html; charset=utf-8")
        self.set_header("Cache-Control", "no-store")
        self.set_header("Retry-After", str(RETRY))
        self.finish(WAIT.replace("{retry}", str(RETRY)).replace("{why}", WHY[status_code]))

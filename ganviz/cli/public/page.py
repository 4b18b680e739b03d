"""The page of a public server, or one that says to wait."""

from __future__ import annotations

from http import HTTPStatus
from pathlib import Path
from typing import Any

from tornado.web import HTTPError, authenticated
from voila.tornado.handler import TornadoVoilaHandler

from ganviz.cli.public.discreet import Discreet
from ganviz.cli.public.visits import Arrival, Visits

WAIT = (Path(__file__).parent / "wait.html").read_text("utf-8")

RETRY = 10
"""Seconds after which the waiting page asks again."""


class PublicPage(Discreet, TornadoVoilaHandler):  # type: ignore[misc]
    """Voilà's page, and with it a kernel, for as many visitors as there are places."""

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
        if self._visits.full:
            raise HTTPError(HTTPStatus.SERVICE_UNAVAILABLE)
        with self._visits.arrival() as self._arrival:
            async for piece in self.get_generator(path=path):
                self._arrival.told(piece)
                self.write(piece)
                await self.flush()

    def should_use_rendered_notebook(self, *about: Any) -> bool:
        """Called by Voilà: whether the visitor gets a preheated kernel. Only one that is ready: where there is none yet
        Voilà would wait for its turn to be heated, which is longer than to start another."""
        return self._visits.warm and bool(super().should_use_rendered_notebook(*about))

    def on_connection_close(self) -> None:
        """Called by tornado when the visitor has gone before the page was whole."""
        super().on_connection_close()
        self._arrival.gave_up = True

    def write_error(self, status_code: int, **about: Any) -> None:
        if status_code != HTTPStatus.SERVICE_UNAVAILABLE:
            return super().write_error(status_code, **about)
        self.set_header("Content-Type", "text/html; charset=utf-8")
        self.set_header("Cache-Control", "no-store")
        self.set_header("Retry-After", str(RETRY))
        self.finish(WAIT.replace("{retry}", str(RETRY)))

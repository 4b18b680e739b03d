"""Handlers that tell a visitor nothing of the server's insides."""

from __future__ import annotations

from functools import cache
from http.client import responses
from typing import Any

from tornado.web import RequestHandler


class Discreet(RequestHandler):
    """Says of an error its number and that number's name: no message, no exception, no path."""

    def write_error(self, status_code: int, **about: Any) -> None:
        """Called by tornado when something was raised."""
        self.set_header("Content-Type", "text/plain; charset=utf-8")
        self.finish(f"{status_code} {responses.get(status_code, 'Error')}")


class Nothing(Discreet):
    """What is at every address where there is nothing."""

    def prepare(self) -> None:
        """Called by tornado before anything else."""
        self.send_error(404)


@cache
def read_only(handler: type[RequestHandler]) -> type[RequestHandler]:
    """The handler, discreet, without the methods that change anything."""
    return type(handler.__name__, (Discreet, handler), {"SUPPORTED_METHODS": ("GET", "HEAD")})

"""The front page and its pictures, as answers; neither starts a kernel."""

from __future__ import annotations

from functools import cache

from tornado.web import HTTPError, RequestHandler

from ganviz.server.front.gallery import card_pictures, gallery

page = cache(gallery)

POLICY = "default-src 'none'; img-src 'self' data:; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
"""What the front page may do: show itself. It has no script."""


class Front(RequestHandler):
    """The front page."""

    def get(self) -> None:
        """Called by tornado."""
        self.set_header("Content-Security-Policy", f"{POLICY}; frame-ancestors 'self'")
        self.set_header("Referrer-Policy", "no-referrer")
        self.set_header("Cache-Control", "no-cache")
        self.write(page())


class Picture(RequestHandler):
    """The picture of a card: one of those that there are, by its name."""

    def get(self, name: str) -> None:
        """Called by tornado."""
        path = card_pictures().get(name)
        if path is None:
            raise HTTPError(404)
        self.set_header("Content-Type", "image/webp")
        self.set_header("Cache-Control", "max-age=3600")
        self.write(path.read_bytes())

"""Search: the nearest training pictures, looked for seldom enough not to be felt."""

from __future__ import annotations

import time

import numpy as np

from ganviz.engine.snapshot import ImageSnapshot, Pictures
from ganviz.figures._tile_stage import looked_up
from ganviz.figures.base import Focus, Neighbours

SHARE = 0.06
"""Part of the time that may be spent on searching while training goes on."""


class Search:
    """Exact searches, each followed by a rest in proportion to the time it took."""

    def __init__(self) -> None:
        self._found: Neighbours | None = None
        self._samples: Pictures = np.empty(0, dtype=np.float32)
        self._rested = 0.0

    def near(self, snapshot: ImageSnapshot, focus: Focus, at_rest: bool) -> Neighbours:
        """The neighbours of all samples that are shown with theirs: of the samples as they are now when training is
        `at_rest`, the rest is over, or others are asked for; else as they were at the last search."""
        of, found = looked_up(focus, len(snapshot.fake)), self._found
        samples = snapshot.fake[list(of)]
        if found is not None and found.of == of:
            resting = not at_rest and time.monotonic() < self._rested
            if resting or np.array_equal(samples, self._samples):
                return found
        began = time.monotonic()
        found = Neighbours(of, *snapshot.nearest(samples))
        now = time.monotonic()
        self._found, self._samples, self._rested = found, samples, now + (now - began) * (1 / SHARE - 1)
        return found

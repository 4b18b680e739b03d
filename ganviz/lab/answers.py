"""Answers: what figures ask of a run, worked out seldom enough not to be felt."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence

from ganviz.engine.observer import Probe
from ganviz.engine.request import Answer, Request

SHARE = 0.06
"""Part of the time that may be spent on answers while training goes on."""


class Answers:
    """The newest answer to each request, followed by a rest in proportion to the time that all of them took."""

    def __init__(self) -> None:
        self._known: dict[Request, Answer] = {}
        self._asked: Probe | None = None
        self._rested = 0.0

    def to(self, requests: Sequence[Request], probe: Probe, at_rest: bool) -> Mapping[Request, Answer]:
        """The answers to these requests, as the run is now when training is `at_rest` or the rest is over; those that
        were asked before else as they were then."""
        resting = not at_rest and time.monotonic() < self._rested
        same = self._asked is not None and self._asked.run is probe.run
        kept = {request: self._known[request] for request in requests if request in self._known and (resting or same)}
        if len(kept) < len(set(requests)):
            began = time.monotonic()
            kept |= {request: probe.answer(request) for request in requests if request not in kept}
            now = time.monotonic()
            self._asked, self._rested = probe, now + (now - began) * (1 / SHARE - 1)
        self._known = kept
        return kept

"""Answers: what figures ask of a run, worked out seldom enough not to be felt."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from ganviz.engine.observer import Probe
from ganviz.engine.request import Answer, Request
from ganviz.engine.run import Run

SHARE = 0.06
"""Part of the time that may be spent on one request while training goes on."""


@dataclass(frozen=True)
class Known:
    """An answer, and how long it may stand."""

    answer: Answer
    run: Run
    """What was asked."""
    until: float
    """When it may be worked out anew, on the clock of `time.monotonic`."""


class Answers:
    """The newest answer to each request, followed by a rest in proportion to the time that it took."""

    def __init__(self) -> None:
        self._known: dict[Request, Known] = {}

    def to(self, requests: Iterable[Request], probe: Probe, at_rest: bool) -> Mapping[Request, Answer]:
        """The answers to these requests: as the run is now when training is `at_rest`, the rest is over, or they were
        not asked before; else as it was then."""
        # What nobody asks any more is forgotten.
        self._known = {request: self._newest(request, probe, at_rest) for request in requests}
        return {request: known.answer for request, known in self._known.items()}

    def _newest(self, request: Request, probe: Probe, at_rest: bool) -> Known:
        known, began = self._known.get(request), time.monotonic()
        if known is not None and (known.run is probe.run or (not at_rest and began < known.until)):
            return known
        answer, now = probe.answer(request), time.monotonic()
        return Known(answer, probe.run, now + (now - began) * (1 / SHARE - 1))

"""Seen: what a run looks like, together with what can still be asked of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ganviz.engine.observer import Probe
from ganviz.engine.request import Request
from ganviz.engine.snapshot import Snapshot
from ganviz.experiment import Experiment


class Seen:
    """A run that was looked at, and can still be asked for more: what was asked once is not worked out again."""

    def __init__(self, probe: Probe) -> None:
        self.probe = probe
        self.snapshot = probe.snapshot()

    @property
    def step(self) -> int:
        """Updates of G so far."""
        return self.snapshot.step

    @property
    def experiment(self) -> Experiment:
        """What ran."""
        return self.snapshot.experiment

    def answered(self, requests: Sequence[Request]) -> Snapshot:
        """The snapshot with the answers to these requests; the same one where it has them already."""
        known = self.snapshot.answers
        if missing := [request for request in requests if request not in known]:
            answers = {**known, **{request: self.probe.answer(request) for request in missing}}
            self.snapshot = replace(self.snapshot, answers=answers)
        return self.snapshot

"""Replay: a moment of a run's past, computed again from an earlier one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ganviz.engine.events import Change, Event, HalfStep, path_after
from ganviz.engine.run import Run
from ganviz.engine.transitions import Transitions


def replay(transitions: Transitions, run: Run, log: Sequence[Event], moves: int) -> Run:
    """The run as it was when it had made so many moves, from an earlier moment of it and the log of a later one. Bit
    for bit, where the same path runs the steps. A change that was made just then is not in it yet."""
    past = tuple(event for event in log if event.at < moves)
    for event in past[len(run.log) :]:
        while run.moves < event.at:
            run = transitions.step(run)
        if isinstance(event, HalfStep):
            run = transitions.half_step(run, event.player)
        elif isinstance(event, Change):
            run = transitions.change(run, event.experiment)
    while run.moves < moves:
        run = transitions.step(run)
    return replace(run, log=past, path=path_after(past))


def moves_at(origin_step: int, log: Sequence[Event], step: int) -> int:
    """How many moves a run had made when it first came to that step, from the step at which it began and its log."""
    moves = step - origin_step
    for event in log:
        # An update of D alone is a move, but no step.
        if isinstance(event, HalfStep) and event.player == "d" and event.at < moves:
            moves += 1
    return moves

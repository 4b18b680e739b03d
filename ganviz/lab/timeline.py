"""Timeline: the kept moments of a run and of its branches, a tree in bounded memory."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field

import torch

from ganviz.engine.events import Event
from ganviz.engine.noise import CPU
from ganviz.engine.paths import PathName
from ganviz.engine.players import State
from ganviz.engine.replay import moves_at, replay
from ganviz.engine.run import Run
from ganviz.engine.transitions import Transitions
from ganviz.engine.tree import leaves
from ganviz.lab.moment import Moment
from ganviz.option import Invalid

KEEP = 120
"""Moments that are kept at most, over all branches. A run is a value that nothing overwrites, so keeping one costs its
memory only."""

MEMORY = 256 << 20
"""Bytes that their states may take together."""

FEW = 4
"""Moments that are kept however large they are."""


@dataclass
class Branch:
    """What a run did from where it left another one, or from its beginning."""

    parent: Branch | None
    fork: int
    """How many moves it shares with its parent."""
    moments: list[Moment] = field(default_factory=list)
    """The kept moments of its own, in order."""
    log: tuple[Event, ...] = ()
    """What was done on the way from the very beginning, as far as it is known."""
    moves: int = 0
    """How far it is known."""


class Timeline:
    """Keeps moments of a run. Going back begins a branch: nothing that was kept is overwritten.

    When there are too many moments, the first and the newest stay, and of the others one goes that is close to its
    neighbours for its distance from now: what is near stays dense, what is far becomes sparse. What went can be
    computed again.
    """

    def __init__(self, first: Moment, device: torch.device = CPU, path: PathName = "native") -> None:
        """`first`: the beginning of the run; `device` and `path`: where and how it is trained, and computed again."""
        self._first, self._device, self._path = first, device, path
        self._branch = Branch(None, 0, [first])
        self._branches = [self._branch]
        self.reached(first.run)

    # ------------------------------------------------------------------------------------------------------ writing

    def reached(self, run: Run) -> None:
        """The run of the current branch came as far as this; it need not be kept for that."""
        self._branch.log, self._branch.moves = run.log, run.moves

    def keep(self, moment: Moment) -> None:
        """Keep a moment of the current branch, later than all others on it."""
        self.reached(moment.run)
        self._branch.moments.append(moment)
        most = max(FEW, min(KEEP, MEMORY // max(1, size(moment.run.state))))
        while len(kept := list(self._kept())) > most and (least := self._dispensable(kept)):
            branch, number = least
            del branch.moments[number]

    def back_to(self, step: int) -> Moment:
        """The last kept moment of the current branch that is not after that step, or the first; the run goes on from
        there as a branch of its own."""
        line = self._line(self._branch)
        branch, moment = next(((b, m) for b, m in reversed(line) if m.run.g_updates <= step), line[0])
        self._branch = Branch(branch, moment.run.moves, [], moment.run.log, moment.run.moves)
        self._branches.append(self._branch)
        return moment

    # ------------------------------------------------------------------------------------------------------ reading

    @property
    def current(self) -> int:
        """The number of the branch on which the run goes on."""
        return self._branches.index(self._branch)

    def __len__(self) -> int:
        """Branches so far."""
        return len(self._branches)

    def moments(self, branch: int | None = None) -> list[Moment]:
        """What is kept of a branch from the beginning of the run on: of the current one, or of that number."""
        return [moment for _, moment in self._line(self._chosen(branch))]

    @property
    def began(self) -> int:
        """The step at which the run began."""
        return self._first.run.g_updates

    def at(self, step: int, branch: int | None = None) -> Run:
        """The run as it was when it first came to a step, on the current branch or on that of a number, computed again
        from the nearest kept moment: bit for bit, where the same path runs the steps. Raises `Invalid` for a step
        where it never was."""
        chosen = self._chosen(branch)
        if not self.reaches(step, branch):
            raise Invalid(f"This run never came to step {step:,}.")
        moves = moves_at(self.began, chosen.log, step)
        # What was changed just when a moment was kept belongs to what came next.
        run = [m.run for m in self.moments(branch) if m.run.moves <= moves and _precedes(m.run, moves)][-1]
        transitions = Transitions(run.experiment, run.precision, self._device, self._path)
        return transitions.fetched(replay(transitions, transitions.placed(run), chosen.log, moves))

    def reaches(self, step: int, branch: int | None = None) -> bool:
        """Whether the run came to that step, on the current branch or on that of a number."""
        chosen = self._chosen(branch)
        return step >= self.began and moves_at(self.began, chosen.log, step) <= chosen.moves

    def _chosen(self, number: int | None) -> Branch:
        return self._branch if number is None else self._branches[number]

    def _line(self, branch: Branch) -> list[tuple[Branch, Moment]]:
        """The kept moments on the way from the beginning, each with the branch that it is of."""
        way = reversed(list(_ancestry(branch, math.inf)))
        return [(at, moment) for at, end in way for moment in at.moments if moment.run.moves <= end]

    # --------------------------------------------------------------------------------------------------- forgetting

    def _kept(self) -> Iterator[tuple[Branch, int]]:
        return ((branch, number) for branch in self._branches for number in range(len(branch.moments)))

    def _dispensable(self, kept: list[tuple[Branch, int]]) -> tuple[Branch, int] | None:
        """The moment without which the least is missing: where the gap it would leave is smallest beside its distance
        from now."""
        newest = self._branch.moments[-1]
        free = [one for one in kept if one[0].moments[one[1]] not in (self._first, newest)]
        return min(free, key=lambda one: self._loss(*one), default=None)

    def _loss(self, branch: Branch, number: int) -> float:
        moments = branch.moments
        here = moments[number].run.moves
        before = moments[number - 1].run.moves if number else branch.fork
        after = moments[number + 1].run.moves if number + 1 < len(moments) else branch.moves
        return (after - before) / max(1, self._distance(branch, here))

    def _distance(self, branch: Branch, moves: int) -> int:
        """Moves between a moment and now, along the tree."""
        now = self._branch.moves
        ends = {id(at): end for at, end in _ancestry(self._branch, now)}
        meeting = next(min(ends[id(at)], end) for at, end in _ancestry(branch, moves) if id(at) in ends)
        return int(now - meeting + moves - meeting)


def _ancestry(branch: Branch, moves: float) -> Iterator[tuple[Branch, float]]:
    """The way from a branch, of which it takes so many moves, back to the beginning: each branch on it, and how many
    moves it takes of that one."""
    at: Branch | None = branch
    while at is not None:
        yield at, moves
        moves, at = min(moves, at.fork), at.parent


def _precedes(run: Run, moves: int) -> bool:
    """Whether nothing was changed in the run after it had made so many moves."""
    return all(event.at < moves for event in run.log)


def size(state: State) -> int:
    """Bytes that the tensors of a state take."""
    return sum(leaf.numel() * leaf.element_size() for leaf in leaves(state))

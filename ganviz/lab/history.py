"""History: the numbers of a run over its steps, in bounded memory."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from math import isnan

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

Row = tuple[int, Mapping[str, float]]
"""A step, and numbers by name."""

BUCKETS = 600
"""Buckets that a curve has at most: two points each are more than a panel of the screen has pixels."""

BLOCK = 64
"""Buckets in a block: copies of a history share all full ones."""

FRESH = 256
"""Steps whose numbers wait for being put into buckets: for many together that takes little longer than for one."""

NOTHING = np.empty((0, 4))


@dataclass(frozen=True, eq=False)
class Curve:
    """One number over the steps: rows (low step, low, high step, high), the extremes within each bucket of steps, each
    where it was first reached, in the order of the buckets. No array in it is ever written to."""

    blocks: tuple[Array, ...] = ()
    """The earlier rows, (BLOCK, 4) each."""
    rest: Array = field(default_factory=lambda: NOTHING)
    """The last rows, (k, 4); those of the last bucket are among them."""
    newest: tuple[float, float] = (-1.0, np.nan)
    """(step, value) of the latest step; of several values there the last one given."""

    @property
    def rows(self) -> Array:
        """All rows, (k, 4)."""
        return np.concatenate([*self.blocks, self.rest])

    def with_points(self, points: Array, width: int) -> Curve:
        """With further points (n, 2), each (step, value), in any order of steps, in buckets of so many steps."""
        latest = points[len(points) - 1 - points[::-1, 0].argmax()]
        newest = (float(latest[0]), float(latest[1])) if latest[0] >= self.newest[0] else self.newest
        fresh = np.concatenate([points, points], axis=1)
        if self.blocks and points[:, 0].min() // width <= self.blocks[-1][-1, 0] // width:
            return Curve(newest=newest)._with_rows(np.concatenate([self.rows, fresh]), width)
        return Curve(self.blocks, NOTHING, newest)._with_rows(np.concatenate([self.rest, fresh]), width)

    def in_buckets(self, width: int) -> Curve:
        """In wider buckets."""
        return Curve(newest=self.newest)._with_rows(self.rows, width)

    def _with_rows(self, rows: Array, width: int) -> Curve:
        """With extremes (n, 4) beyond those of the blocks, which may share buckets."""
        index = rows[:, 0] // width
        lowest = rows[np.lexsort((rows[:, 0], rows[:, 1], index))]
        highest = rows[np.lexsort((rows[:, 2], -rows[:, 3], index))]
        first = np.flatnonzero(np.diff(lowest[:, 0] // width, prepend=-1))
        rest = np.concatenate([lowest[first, :2], highest[first, 2:]], axis=1)
        full = max(0, len(rest) - 1) // BLOCK * BLOCK
        blocks = tuple(rest[start : start + BLOCK].copy() for start in range(0, full, BLOCK))
        return Curve(self.blocks + blocks, rest[full:], self.newest)

    @cached_property
    def points(self) -> tuple[Array, Array]:
        """(steps, values), (n,) each, in the order of steps: the extremes of each bucket, and the newest value."""
        points = self.rows.reshape(-1, 2)
        lows, highs = points[::2], points[1::2]
        late = highs[:, 0] < lows[:, 0]
        lows[late], highs[late] = highs[late], lows[late]
        # One point where a bucket holds one number.
        kept = np.ones(len(points), dtype=np.bool_)
        kept[1::2] = (lows[:, 0] != highs[:, 0]) | (lows[:, 1] != highs[:, 1])
        points = points[kept]
        if len(points) and tuple(points[-1]) != self.newest:
            points = np.concatenate([points, [self.newest]])
        return points[:, 0], points[:, 1]


@dataclass(frozen=True)
class Bucketed:
    """Curves by name, all in buckets of the same width, a power of two that depends on the first and the last step."""

    first: int = -1
    last: int = -1
    width: int = 1
    curves: Mapping[str, Curve] = field(default_factory=dict)

    def with_rows(self, rows: Sequence[Row]) -> Bucketed:
        """With the numbers of further steps."""
        if not rows:
            return self
        steps = [step for step, _ in rows]
        first = min(steps) if self.first < 0 else min(self.first, *steps)
        last, width = max(self.last, *steps), self.width
        while last // width - first // width >= BUCKETS:
            width *= 2
        curves = dict(self.curves)
        if width != self.width:
            curves = {name: curve.in_buckets(width) for name, curve in curves.items()}
        for name, points in _by_name(rows).items():
            curves[name] = curves.get(name, Curve()).with_points(np.array(points, dtype=np.float64), width)
        return Bucketed(first, last, width, curves)


def _by_name(rows: Sequence[Row]) -> dict[str, list[tuple[int, float]]]:
    """What is known, not NaN, as (step, value), in the order of rows."""
    points: dict[str, list[tuple[int, float]]] = defaultdict(list)
    for step, numbers in rows:
        for name, value in numbers.items():
            if not isnan(value):
                points[name].append((step, value))
    return points


class Curves(Mapping[str, tuple[Array, Array]]):
    """The curves of histories as they were at one moment: (steps, values) by name, (n,) each, in the order of steps,
    the extremes of each bucket and the newest value. Worked out when the first of them is asked for: most frames of a
    run show none."""

    def __init__(self, *histories: tuple[Bucketed, Sequence[Row]]) -> None:
        """`histories`: what is in buckets, and the rows that are not yet."""
        self._histories = histories

    def __or__(self, other: Curves) -> Curves:
        return Curves(*self._histories, *other._histories)

    @cached_property
    def _curves(self) -> Mapping[str, Curve]:
        all_of_them = [known.with_rows(fresh).curves for known, fresh in self._histories]
        return {name: curve for curves in all_of_them for name, curve in curves.items()}

    def __getitem__(self, name: str) -> tuple[Array, Array]:
        return self._curves[name].points

    def __iter__(self) -> Iterator[str]:
        return iter(self._curves)

    def __len__(self) -> int:
        return len(self._curves)


class History:
    """Numbers by step. All steps are cut into buckets of equal width, a power of two that depends on the first and the
    last step alone, and of each bucket the smallest and the largest value are kept: neither a spike nor an oscillation
    gets lost, and it does not matter in what portions the numbers came."""

    def __init__(self, known: Bucketed | None = None) -> None:
        self._known = known or Bucketed()
        self._fresh: list[Row] = []

    def add(self, step: int, numbers: Mapping[str, float]) -> None:
        """Numbers of a step, which must not change any more, in any order of steps; NaN is not known, and leaves no
        trace."""
        self._fresh.append((step, numbers))
        if len(self._fresh) >= FRESH:
            self._sort()

    def _sort(self) -> None:
        self._known, self._fresh = self._known.with_rows(self._fresh), []

    def copy(self) -> History:
        """The history as it is now, which nothing that comes later changes."""
        self._sort()
        return History(self._known)

    def until(self, step: int) -> History:
        """The extremes that were reached by that step."""
        shorter = History()
        for name, (steps, values) in self.curves().items():
            for at, value in zip(steps.tolist(), values.tolist(), strict=True):
                if at <= step:
                    shorter.add(int(at), {name: value})
        return shorter

    def curves(self) -> Curves:
        """All curves as they are now."""
        return Curves((self._known, tuple(self._fresh)))

    def curve(self, name: str) -> tuple[Array, Array]:
        """(steps, values) of a curve, (n,) each, in the order of steps. Empty for one that is not known."""
        return self.curves().get(name, Curve().points)

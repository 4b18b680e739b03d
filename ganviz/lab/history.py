"""History: the numbers of a run over its steps, in bounded memory."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from math import isnan

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

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


class History:
    """Curves by name. All steps are cut into buckets of equal width, a power of two that depends on the first and the
    last step alone, and of each bucket the smallest and the largest value are kept: neither a spike nor an oscillation
    gets lost, and it does not matter in what portions the numbers came."""

    def __init__(self) -> None:
        self._first = self._last = -1
        self._width = 1
        self._curves: dict[str, Curve] = {}
        self._fresh: list[tuple[int, Mapping[str, float]]] = []

    def add(self, step: int, numbers: Mapping[str, float]) -> None:
        """Numbers of a step, which must not change any more, in any order of steps; NaN is not known, and leaves no
        trace."""
        self._fresh.append((step, numbers))
        if len(self._fresh) >= FRESH:
            self._put_away()

    def _put_away(self) -> None:
        """Put what was added into buckets."""
        fresh, self._fresh = self._fresh, []
        if not fresh:
            return
        points: dict[str, list[tuple[int, float]]] = defaultdict(list)
        for step, numbers in fresh:
            for name, value in numbers.items():
                if not isnan(value):
                    points[name].append((step, value))
        steps = [step for step, _ in fresh]
        self._first = min(steps) if self._first < 0 else min(self._first, *steps)
        self._last = max(self._last, *steps)
        self._widen()
        for name, new in points.items():
            curve = self._curves.get(name, Curve())
            self._curves[name] = curve.with_points(np.array(new, dtype=np.float64), self._width)

    def _widen(self) -> None:
        """Join buckets two by two until there are few enough."""
        before = self._width
        while self._last // self._width - self._first // self._width >= BUCKETS:
            self._width *= 2
        if self._width != before:
            self._curves = {name: curve.in_buckets(self._width) for name, curve in self._curves.items()}

    def copy(self) -> History:
        """The history as it is now, which nothing that comes later changes."""
        self._put_away()
        copy = History()
        copy._first, copy._last, copy._width = self._first, self._last, self._width
        copy._curves = dict(self._curves)
        return copy

    def until(self, step: int) -> History:
        """The extremes that were reached by that step."""
        shorter = History()
        for name, (steps, values) in self.curves().items():
            for at, value in zip(steps.tolist(), values.tolist(), strict=True):
                if at <= step:
                    shorter.add(int(at), {name: value})
        return shorter

    def curve(self, name: str) -> tuple[Array, Array]:
        """(steps, values) of a curve, (n,) each, in the order of steps: the extremes of each bucket, and the newest
        value. Empty for one that is not known."""
        self._put_away()
        return self._curves.get(name, Curve()).points

    def curves(self) -> dict[str, tuple[Array, Array]]:
        """Every curve by its name."""
        self._put_away()
        return {name: curve.points for name, curve in self._curves.items()}

"""History: the numbers of a run over its steps, in bounded memory."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

BUCKETS = 600
"""Buckets that a curve has at most: two points each are more than a panel of the screen has pixels."""


class Bucket(NamedTuple):
    """The extremes of a curve within one bucket, each where it was first reached."""

    low_step: int
    low: float
    high_step: int
    high: float

    def joined(self, other: Bucket) -> Bucket:
        """Of both together."""
        if self.low < other.low and other.high < self.high:
            return self
        low, low_step = min((self.low, self.low_step), (other.low, other.low_step))
        high, before = max((self.high, -self.high_step), (other.high, -other.high_step))
        return Bucket(low_step, low, -before, high)


class History:
    """Curves by name. All steps are cut into buckets of equal width, a power of two that depends on the first and the
    last step alone, and of each bucket the smallest and the largest value are kept: neither a spike nor an oscillation
    gets lost, and it does not matter in what portions the numbers came."""

    def __init__(self) -> None:
        self._first = self._last = -1
        self._width = 1
        self._curves: dict[str, list[Bucket]] = {}
        self._newest: dict[str, tuple[int, float]] = {}

    def add(self, step: int, numbers: Mapping[str, float]) -> None:
        """Numbers of a step, in any order of steps; NaN is not known, and leaves no trace."""
        if not self._first <= step <= self._last:
            self._first = step if self._first < 0 else min(step, self._first)
            self._last = max(step, self._last)
            self._widen()
        for name, value in numbers.items():
            if math.isnan(value):
                continue
            self._put(name, Bucket(step, value, step, value))
            if step >= self._newest.get(name, (-1, 0.0))[0]:
                self._newest[name] = step, value

    def _put(self, name: str, bucket: Bucket) -> None:
        """Add to a curve what belongs into one bucket; nearly always it is the last."""
        curve, index = self._curves.setdefault(name, []), self._index(bucket)
        if not curve or index > self._index(curve[-1]):
            curve.append(bucket)
            return
        place = bisect_left(curve, index, key=self._index) if index < self._index(curve[-1]) else len(curve) - 1
        if self._index(curve[place]) == index:
            curve[place] = curve[place].joined(bucket)
        else:
            curve.insert(place, bucket)

    def _index(self, bucket: Bucket) -> int:
        return bucket.low_step // self._width

    def _widen(self) -> None:
        """Join buckets two by two until there are few enough."""
        while self._last // self._width - self._first // self._width >= BUCKETS:
            self._width *= 2
            narrow, self._curves = self._curves, {}
            for name, curve in narrow.items():
                for bucket in curve:
                    self._put(name, bucket)

    def copy(self) -> History:
        """The history as it is now, which nothing that comes later changes; the buckets are shared."""
        copy = History()
        copy._first, copy._last, copy._width = self._first, self._last, self._width
        copy._curves = {name: list(curve) for name, curve in self._curves.items()}
        copy._newest = dict(self._newest)
        return copy

    def until(self, step: int) -> History:
        """The extremes that were reached by that step."""
        shorter = History()
        for name in self._curves:
            for at, value in zip(*self.curve(name), strict=True):
                if at <= step:
                    shorter.add(int(at), {name: float(value)})
        return shorter

    def curve(self, name: str) -> tuple[Array, Array]:
        """(steps, values) of a curve, (n,) each, in the order of steps: the extremes of each bucket, and the newest
        value. Empty for one that is not known."""
        table = np.array(self._curves.get(name, []), dtype=np.float64).reshape(-1, 2, 2)
        order = np.argsort(table[:, :, 0], axis=1, kind="stable")
        points = np.take_along_axis(table, order[:, :, None], axis=1)
        # One point where a bucket holds one number.
        kept = np.ones(points.shape[:2], dtype=np.bool_)
        kept[:, 1] = (points[:, 0] != points[:, 1]).any(axis=1)
        steps, values = points[kept].T
        if name in self._newest and (steps[-1], values[-1]) != self._newest[name]:
            steps, values = (np.append(one, new) for one, new in zip((steps, values), self._newest[name], strict=True))
        return steps, values

    def curves(self) -> dict[str, tuple[Array, Array]]:
        """Every curve by its name."""
        return {name: self.curve(name) for name in self._curves}

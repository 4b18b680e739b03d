"""History: the numbers of a run over its steps, in bounded memory."""

from __future__ import annotations

import math
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
        self._curves: dict[str, dict[int, Bucket]] = {}
        self._newest: dict[str, tuple[int, float]] = {}

    def add(self, step: int, numbers: Mapping[str, float]) -> None:
        """Numbers of a step, in any order of steps; NaN is not known, and leaves no trace."""
        if self._first < 0:
            self._first = self._last = step
        if step > self._last:
            self._last = step
            self._widen()
        index = step // self._width
        for name, value in numbers.items():
            if math.isnan(value):
                continue
            known = self._curves.get(name, {}).get(index)
            if known is None or not known.low < value < known.high:
                self._put(name, index, Bucket(step, value, step, value))
            if step >= self._newest.get(name, (-1, 0.0))[0]:
                self._newest[name] = step, value

    def _put(self, name: str, index: int, bucket: Bucket) -> None:
        curve = self._curves.setdefault(name, {})
        known = curve.get(index)
        curve[index] = bucket if known is None else known.joined(bucket)

    def _widen(self) -> None:
        """Join buckets two by two until there are few enough."""
        while (self._last - self._first) // self._width >= BUCKETS:
            self._width *= 2
            narrow, self._curves = self._curves, {}
            for name, curve in narrow.items():
                for index, bucket in curve.items():
                    self._put(name, index // 2, bucket)

    def copy(self) -> History:
        """The history as it is now, which nothing that comes later changes."""
        copy = History()
        copy._first, copy._last, copy._width = self._first, self._last, self._width
        copy._curves = {name: dict(curve) for name, curve in self._curves.items()}
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
        points: dict[int, list[float]] = {}
        buckets = self._curves.get(name, {})
        for index in sorted(buckets):
            bucket = buckets[index]
            for step, value in sorted(((bucket.low_step, bucket.low), (bucket.high_step, bucket.high))):
                values = points.setdefault(step, [])
                if value not in values:
                    values.append(value)
        if name in self._newest:
            step, value = self._newest[name]
            if points.get(step, [])[-1:] != [value]:
                points.setdefault(step, []).append(value)
        pairs = [(step, value) for step, values in points.items() for value in values]
        table = np.array(pairs, dtype=np.float64).reshape(-1, 2)
        return table[:, 0], table[:, 1]

    def curves(self) -> dict[str, tuple[Array, Array]]:
        """Every curve by its name."""
        return {name: self.curve(name) for name in self._curves}

"""Budget: so much a second, and some at once."""

from __future__ import annotations

import time


class Budget:
    """Fills steadily up to `most`; what is spent is gone from it (a token bucket)."""

    def __init__(self, rate: float, most: float) -> None:
        """`rate`: units a second."""
        self._rate, self._most = rate, most
        self._left, self._since = most, time.monotonic()

    def spend(self, units: float) -> bool:
        """Spend so many units; False, and nothing is spent, where there are not as many."""
        now = time.monotonic()
        self._left = min(self._most, self._left + self._rate * (now - self._since))
        self._since = now
        if units > self._left:
            return False
        self._left -= units
        return True

"""What a perfect sampler gets, where there is no closed form: real samples compared with other real samples."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from ganviz.contracts.counted import Counted
from ganviz.contracts.distribution import Distribution
from ganviz.contracts.remembered import remembered

Array = NDArray[np.float64]

PAIRS = 16
"""Comparisons whose mean is taken."""


@remembered(64)
def real_against_real(data: Distribution, compare: Callable[[Array, Array], float], n: int) -> float:
    """Mean of `compare(x, y)` over independent samples x and y, (n, 2) each, of the same distribution.

    The samples come from streams of their own: the number depends on the data alone, and is worked out once.
    """
    draws = (data.sample(2 * n, Counted(0, "perfect/pairs", i)).double().numpy() for i in range(PAIRS))
    return float(np.mean([compare(draw[:n], draw[n:]) for draw in draws]))

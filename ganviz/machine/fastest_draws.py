"""Who draws the random numbers of this process."""

from __future__ import annotations

from functools import lru_cache

from ganviz.machine.compilers import NoLibrary
from ganviz.machine.draws import Draws
from ganviz.machine.library import library
from ganviz.machine.native_draws import NativeDraws
from ganviz.machine.numpy_draws import NumpyDraws


@lru_cache(maxsize=1)
def fastest_draws() -> Draws:
    """The kernels where there are any, else NumPy, which draws the same more slowly."""
    try:
        return NativeDraws(library())
    except NoLibrary:
        return NumpyDraws()

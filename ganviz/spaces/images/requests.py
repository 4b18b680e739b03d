"""What can be asked of a run on pictures now and then. Pictures are (m, 28, 28), conditions (m, condition_dim)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ganviz.engine.request import Request
from ganviz.spaces.images.snapshot import Pictures

Latents = NDArray[np.floating[Any]]


@dataclass(frozen=True)
class Draw(Request):
    """G of so many latents, always the same ones, of which those that are followed are the first: their pictures ``x``,
    and the ``condition`` of each."""

    n: int
    """How many."""


@dataclass(frozen=True)
class Neighbours(Request):
    """For the followed samples of these numbers what `Nearest` finds."""

    of: tuple[int, ...]
    """Their numbers."""


@dataclass(frozen=True)
class CloseUp(Request):
    """Two followed samples seen more closely (`ganviz.spaces.images.close_up`).

    Of the second: the ``sample``, D's ``score`` of it and its ``slope``, what is ``near`` and at what ``distance``. Of
    both: the latents ``kept`` (2, dim + condition_dim), the ``strips`` of pictures on the two ways from the first to
    the second, the ``map`` of the plane of latents that holds both, and what is ``here`` in its middle, with its
    ``here_score``.
    """

    first: int
    """The number of the one."""
    second: int
    """The number of the other."""
    centre: tuple[float, float]
    """The middle of the map is the point a·first + b·second of the plane: (a, b)."""
    condition: int | None
    """Where conditions have names: the number of that with which both are drawn; None: each with its own."""


@dataclass(frozen=True, eq=False)
class Generate(Request):
    """The pictures ``x`` that G makes of any latents (m, dim + condition_dim)."""

    z: Latents
    """With their conditions."""


@dataclass(frozen=True, eq=False)
class Judge(Request):
    """D's ``score``, (m,), of any pictures in the loss's own scale, and of their condition where there is one."""

    x: Pictures
    """(m, 28, 28)."""
    condition: Latents | None = None
    """(m, condition_dim); None where there is none."""


@dataclass(frozen=True, eq=False)
class Saliency(Request):
    """The ``slope`` of D's raw score by each pixel, (m, 28, 28): where a little more ink makes D believe more."""

    x: Pictures
    """(m, 28, 28)."""
    condition: Latents | None = None
    """(m, condition_dim); None where there is none."""


@dataclass(frozen=True, eq=False)
class Nearest(Request):
    """For each picture the one ``x`` nearest to it among all that are trained on, found by exact search, and its
    ``distance``: the root of the sum of squared differences of the pixels, (m,)."""

    x: Pictures
    """(m, 28, 28)."""

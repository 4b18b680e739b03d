"""Requests: what is asked of a run only now and then, as values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from numpy.typing import NDArray

Answer = dict[str, NDArray[Any]]
"""Arrays by name; which ones, each request says."""


@dataclass(frozen=True)
class Request:
    """A question to a moment of a run, such as its next thousand samples. Equal ones have equal answers; those that
    hold arrays are equal to themselves only."""

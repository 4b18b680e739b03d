"""DrawingPad: an editor on which one draws."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from typing import Any

from pydantic.fields import FieldInfo

from ganviz.option import Invalid
from ganviz.widgets.editors.base import Editor
from ganviz.widgets.fields import Change

PAD = ("theme.js", "pad_axes.js", "pad_hand.js", "drawing_pad.js")
"""The pad's scripts; a subclass puts one in front that says what a stroke does and what it looks like."""

Points = tuple[tuple[float, float], ...]

FARTHEST = 1e6
"""A coordinate beyond this was not drawn by a hand."""


class DrawingPad(Editor):
    """A pad for mouse, pen, finger and keyboard; a finished stroke proposes all points at once."""

    most: int
    """More points than this are no drawing."""

    def __init__(self, name: str, field: FieldInfo, value: Points, on_change: Change) -> None:
        # Once for all: axes that moved after each stroke would pull the drawing away under the hand.
        x, y = self.window(value)
        self._window = {"x": x, "y": y}
        super().__init__(name, field, value, on_change)

    @staticmethod
    @abstractmethod
    def window(value: Points) -> tuple[tuple[float, float], tuple[float, float]]:
        """The parts of both axes that the pad shows."""

    def show(self, value: Points) -> dict[str, Any]:
        return {"points": value, **self._window}

    def read(self, content: dict[str, Any], buffers: list[memoryview]) -> Points:
        return _points(content.get("points"), self.most)


def _points(sent: Any, most: int) -> Points:
    """Points (x, y) from what a browser says they are. Raises `Invalid` for anything else."""
    if not isinstance(sent, list) or not all(map(_is_point, sent[: most + 1])):
        raise Invalid("That is no drawing: a list of points (x, y) was expected.")
    if len(sent) > most:
        raise Invalid(f"A drawing has at most {most:,} points, not {len(sent):,}.")
    return tuple((float(x), float(y)) for x, y in sent)


def _is_point(sent: Any) -> bool:
    # The comparison is False for nan, and a whole number too large for a float does not overflow in it.
    return (
        isinstance(sent, list) and len(sent) == 2 and all(type(c) in (int, float) and abs(c) <= FARTHEST for c in sent)
    )


def reach(numbers: Sequence[float], low: float, high: float) -> tuple[float, float]:
    """The interval from `low` to `high` where it holds all the numbers; otherwise their own range with some air."""
    first, last = min(numbers, default=low), max(numbers, default=high)
    if low <= first and last <= high:
        return low, high
    air = 0.1 * (last - first) or 1.0
    return first - air, last + air

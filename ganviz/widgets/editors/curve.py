"""The editor of a density on the line: draw its graph."""

from __future__ import annotations

from typing import Any

from pydantic.fields import FieldInfo

from ganviz.widgets.editors.base import script
from ganviz.widgets.editors.drawing_pad import PAD, DrawingPad, Points, reach
from ganviz.widgets.fields import Change

TOP = 1.1
"""Where the pad ends above, unless the heights are of another size. They count only relative to each other."""


class CurvePad(DrawingPad):
    """Dragging sets the height of the curve over x. What comes back has at most 65 corners, x increasing."""

    _esm = script("curve_pad.js", *PAD)
    most = 512

    @staticmethod
    def window(value: Points) -> tuple[tuple[float, float], tuple[float, float]]:
        highest = max(height for _, height in value)
        top = TOP if TOP / 10 <= highest <= TOP else TOP * highest
        return reach([x for x, _ in value], -4.0, 4.0), (0.0, top)


def control(name: str, field: FieldInfo, value: Any, on_change: Change) -> CurvePad:
    """A pad that shows the curve (x, height) and proposes what is drawn."""
    return CurvePad(name, field, value, on_change)

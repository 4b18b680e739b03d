"""The editor of a cloud of points in the plane: spray it."""

from __future__ import annotations

from typing import Any

from pydantic.fields import FieldInfo

from ganviz.widgets.editors.base import script
from ganviz.widgets.editors.drawing_pad import PAD, DrawingPad, Points, reach
from ganviz.widgets.fields import Change


class CloudPad(DrawingPad):
    """Dragging sprays points along the way, or takes them away."""

    _esm = script("cloud_pad.js", *PAD)
    most = 4096

    @staticmethod
    def window(value: Points) -> tuple[tuple[float, float], tuple[float, float]]:
        square = reach([coordinate for point in value for coordinate in point], -2.5, 2.5)
        return square, square


def control(name: str, field: FieldInfo, value: Any, on_change: Change) -> CloudPad:
    """A pad that shows the points (x₁, x₂) and proposes what is sprayed."""
    return CloudPad(name, field, value, on_change)

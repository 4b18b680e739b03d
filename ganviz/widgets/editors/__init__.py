"""Editors: controls for fields whose type and range do not say enough, a file each.

A field names its editor, ``rebuild(..., control="curve")``; nothing else lists it. To add one is to add a module with a
function ``control(name, field, value, on_change)`` that returns a widget with a label, ``value`` and ``tooltip``.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from ganviz.option import hint

if TYPE_CHECKING:
    import ipywidgets as w
    from pydantic.fields import FieldInfo

    from ganviz.widgets.fields import Change

    Control = Callable[[str, FieldInfo, Any, Change], w.Widget]


def editor(field: FieldInfo) -> Control | None:
    """What builds the control that the field asks for; None for a field that gets one by its type."""
    name = hint(field, "control")
    if not name:
        return None
    found: Control = importlib.import_module(f"{__name__}.{name}").control
    return found

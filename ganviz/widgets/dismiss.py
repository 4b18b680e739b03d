"""Widgets that are shown no more."""

from __future__ import annotations

import ipywidgets as w


def dismiss(*widgets: w.Widget) -> None:
    """Close widgets and everything inside them. ipywidgets keeps every widget that was not closed, for ever."""
    for widget in widgets:
        dismiss(*getattr(widget, "children", ()))
        for part in (getattr(widget, "layout", None), getattr(widget, "style", None)):
            if part is not None:
                part.close()
        widget.close()

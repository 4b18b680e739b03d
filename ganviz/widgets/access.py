"""Access: the explorer for a reader without a mouse, or one who listens to it."""

from __future__ import annotations

from pathlib import Path

import anywidget

STATIC = Path(__file__).parent / "static"


class Access(anywidget.AnyWidget):
    """A small "?" that tells the keys. On the page it also makes them work, by clicking the toolbar's buttons, and
    gives every control of the explorer that it stands in a name; the kernel hears of nothing but clicks."""

    _esm = "".join((STATIC / name).read_text("utf-8") for name in ("keys.js", "names.js", "access.js"))

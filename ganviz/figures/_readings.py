"""Numbers as they are written on the screen."""

from __future__ import annotations

import math


def signed(value: float) -> str:
    """Four digits behind the point, short where numbers run away, with a real minus sign."""
    if math.isnan(value):
        return "unknown"
    if math.isinf(value):
        return "∞" if value > 0 else "−∞"
    text = f"{value:.4f}" if abs(value) < 1000 else f"{value:.3g}"
    # Without the sign of a zero.
    return text.replace("-", "−") if float(text) else "0.0000"

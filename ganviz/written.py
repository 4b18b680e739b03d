"""Numbers as they are written on the screen."""

from __future__ import annotations

import math

HUGE = 1e6
"""Numbers from here on are written with a power of ten."""


def written(value: float, digits: int) -> str:
    """So many digits behind the point, with a real minus sign; a dash for what is not known yet (NaN), −4.3e11 for
    what has run away."""
    if math.isnan(value):
        return "–"
    if math.isinf(value):
        return "∞" if value > 0 else "−∞"
    if abs(value) >= HUGE:
        return f"{value:.1e}".replace("e+", "e").replace("e0", "e").replace("-", "−")
    text = f"{value:.{digits}f}"
    return text.replace("-", "−") if float(text) else text.removeprefix("-")


def percent(share: float) -> str:
    """A share between 0 and 1 in percent."""
    return written(share, 1) if math.isnan(share) else f"{written(100 * share, 1)} %"


def signed(value: float) -> str:
    """Four digits behind the point, short where numbers run away, with a real minus sign."""
    if math.isnan(value):
        return "unknown"
    if math.isinf(value):
        return "∞" if value > 0 else "−∞"
    text = f"{value:.4f}" if abs(value) < 1000 else f"{value:.3g}"
    # Without the sign of a zero.
    return text.replace("-", "−") if float(text) else "0.0000"

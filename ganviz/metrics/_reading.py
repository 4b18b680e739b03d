"""Numbers as they are written in the state line."""

from __future__ import annotations

import math


def written(value: float, digits: int) -> str:
    """So many digits behind the point; a dash for what is not known yet (NaN)."""
    if math.isnan(value):
        return "–"
    text = f"{value:.{digits}f}"
    return text.replace("-", "−") if float(text) else text.removeprefix("-")


def percent(share: float) -> str:
    """A share between 0 and 1 in percent."""
    return written(share, 1) if math.isnan(share) else f"{written(100 * share, 1)} %"

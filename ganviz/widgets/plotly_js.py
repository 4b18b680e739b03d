"""plotly.js for the page: its cartesian bundle, a third of the whole library, compressed."""

from __future__ import annotations

from functools import cache
from pathlib import Path

BUNDLE = Path(__file__).parent / "static" / "plotly-cartesian-4.1.1.min.js.gz"
"""The npm package plotly.js-cartesian-dist-min (MIT): scatter, bar, histogram, box, violin, heatmap, contour, image."""


@cache
def compressed() -> bytes:
    """The bundle, gzipped."""
    return BUNDLE.read_bytes()

"""plotly.js for the page, compressed once."""

from __future__ import annotations

import gzip
from functools import cache

from plotly.offline import get_plotlyjs


@cache
def compressed() -> bytes:
    """plotly.js as the plotly package ships it, gzipped: a third of its size."""
    return gzip.compress(get_plotlyjs().encode(), compresslevel=6, mtime=0)

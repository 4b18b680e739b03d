"""Where things are kept that can be made again."""

from __future__ import annotations

import os
from pathlib import Path


def cache_folder() -> Path:
    """The folder of kernels built later than ganviz: ``$GANVIZ_CACHE``, or ganviz in the user's cache folder."""
    base = os.environ.get("GANVIZ_CACHE")
    return Path(base) if base else Path(os.environ.get("XDG_CACHE_HOME", "~/.cache")).expanduser() / "ganviz"

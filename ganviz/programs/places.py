"""Places: the numbers of rows, or of what lies along the middle, that a kernel is given to read from or to write to.

They are numbers like others. Where one is no place, the first is meant, and memory beyond is never touched.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ganviz.programs.family import Array


def places(numbers: Array, many: int) -> Any:
    """Places among so many; the first where there is no such place."""
    return np.where((numbers >= 0) & (numbers < many), numbers, 0).astype(np.int64)

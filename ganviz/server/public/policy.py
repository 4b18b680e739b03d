"""The policy of a public server: how many visitors, how long, how much each."""

from __future__ import annotations

import os
from dataclasses import dataclass

from ganviz.lab.limits import Limits
from ganviz.server.kernels import ARRIVAL
from ganviz.server.public.memory import available

SESSION = 400 << 20
"""Bytes of memory that one session takes, torch included: 300 to 330 MB measured, and some air."""

RESERVE = 600 << 20
"""Bytes left for the server itself and for the rest of the machine."""

SCARCE = RESERVE // 2
"""Bytes left on the machine below which the largest session is ended: one on pictures can grow to three times
`SESSION`."""

PER_CORE = 8
"""Sessions for each core; more only when asked for by number. Visitors read more than they train: where four for each
core all play at full speed, each gets some eight frames a second (tests/benchmarks/visitors.py)."""


@dataclass(frozen=True)
class Policy:
    """What `Visits` and the handlers go by."""

    sessions: int
    """Visitors at a time; further ones wait."""
    preheated: int
    """Kernels that are kept ready for the next visitors, beside those sessions."""
    idle: float
    """Seconds without an act of the visitor after which a session is ended."""
    limits: Limits
    """What a visitor may ask for."""
    per_address: int = 0
    """Sessions of one address; 0: no limit."""
    memory: int = 1500 << 20
    """Bytes of a kernel beyond which it is ended, for the others' sake."""
    arrival: float = ARRIVAL
    """Seconds that a whole page has to connect to its kernel before that is ended."""


def fitting(preheated: int) -> int:
    """As many sessions as fit into the memory that is free now, and are not too many for the cores."""
    return max(1, min(PER_CORE * (os.cpu_count() or 1), (available() - RESERVE) // SESSION - preheated))

"""Eight visitors for hours, only on demand: pytest -m soak tests/browser/test_soak.py, SOAK_MINUTES=120."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "benchmarks"))
import visitors

pytestmark = [pytest.mark.browser, pytest.mark.soak]

MINUTES = max(6.0, float(os.environ.get("SOAK_MINUTES", "120")))
"""Before the third minute sessions still grow."""

GROWTH = 10.0
"""MB that a session, or the server, may have more at the end than at half of the time: what allocators round up."""


def test_visitors_share_a_server_for_hours_and_its_memory_stays():
    with visitors.served(8, []) as url:
        _, *rounds, rest = visitors.soak(url, 8, MINUTES)
    rates = visitors.rates_of(rounds)
    assert 0 < max(rates) <= visitors.FAIR * min(rates)
    assert visitors.growth(rounds) < GROWTH
    assert rounds[-1].server - rounds[(len(rounds) - 1) // 2].server < GROWTH
    assert rest.worst > 0, "the others go on when one is killed"

"""Every script that needs a server, or Chromium, runs."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from conftest import chromium

sys.path.insert(0, str(Path(__file__).parents[1]))
from scripts import IN_BROWSER, run

pytestmark = [pytest.mark.browser, pytest.mark.long]


@pytest.mark.parametrize("script", IN_BROWSER)
def test_it_runs(script, tmp_path, monkeypatch):
    monkeypatch.setenv("CHROMIUM", chromium())
    settings, expected = IN_BROWSER[script]
    assert expected in run(script, settings, tmp_path)

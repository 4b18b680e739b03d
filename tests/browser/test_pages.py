"""Pages that are files: what `ganviz export` writes, and the documentation."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path

import pytest
from conftest import Watched

from ganviz.cli.main import main

pytestmark = pytest.mark.browser


def test_an_exported_page_draws_itself(watched: Watched, tmp_path: Path) -> None:
    out = tmp_path / "page.html"
    assert main(["export", "figure-1", "--steps", "200", "--out", str(out)]) == 0
    page = watched.page
    page.goto(out.as_uri(), wait_until="commit", timeout=90_000)
    page.wait_for_function("document.querySelectorAll('.main-svg .trace').length > 8", timeout=90_000)
    boxes = [box.bounding_box() for box in page.locator("#figure-0, #figure-1").all()]
    assert len(boxes) == 2
    assert all(box["width"] > 800 and box["height"] > 150 for box in boxes)
    assert "step 200" in page.inner_text("p")
    watched.shot("exported")
    page.set_viewport_size({"width": 390, "height": 800})
    page.wait_for_function("document.querySelector('#figure-0 .main-svg').getBoundingClientRect().width <= 390")
    assert watched.errors == []


def test_an_option_s_page_fits_a_phone(watched: Watched, tmp_path: Path) -> None:
    sys.path.insert(0, str(Path(__file__).parents[2] / "tools"))
    site = importlib.import_module("make_docs").Site(tmp_path)
    sys.path.pop(0)
    site.options()
    watched.page.set_viewport_size({"width": 390, "height": 800})
    address = (tmp_path / "options" / "regularizers" / "gradient_penalty.html").as_uri()
    watched.page.goto(address, wait_until="commit", timeout=90_000)
    watched.page.wait_for_selector("h2")
    assert watched.page.evaluate("document.documentElement.scrollWidth") <= 390
    watched.shot("option")
    assert watched.errors == []

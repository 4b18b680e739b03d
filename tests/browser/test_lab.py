"""The explorer in a JupyterLab notebook: run all cells, play, and go on working beside it."""

from __future__ import annotations

import pytest
from driver import PATIENCE, button, drag_slider, frames, picture, readout, step

pytestmark = pytest.mark.browser

RUN_ALL = "window.jupyterapp.commands.execute('notebook:run-all-cells')"


def test_explorer_in_jupyterlab(lab, watched):
    page = watched.page
    page.goto(f"{lab}/tree/01-figure-1.ipynb", wait_until="commit", timeout=PATIENCE)
    page.wait_for_selector(".jp-Notebook .jp-Cell", timeout=PATIENCE)
    page.wait_for_function("window.jupyterapp !== undefined", timeout=PATIENCE)
    page.wait_for_selector(".jp-Notebook-ExecutionIndicator[data-status=idle]", timeout=PATIENCE)
    page.locator("button:text-is('No')").click()  # JupyterLab's offer of news covers the lower right corner
    page.evaluate(RUN_ALL)
    page.wait_for_selector(".ganviz-figure .main-svg", timeout=PATIENCE)
    page.locator(".ganviz-toolbar").first.scroll_into_view_if_needed()
    page.wait_for_function("document.querySelector('.ganviz-figure').dataset.frames > 0", timeout=PATIENCE)
    start = picture(page)
    button(page, "Play").click()
    page.wait_for_function("document.querySelector('.ganviz-figure').dataset.frames > 15", timeout=PATIENCE)
    assert picture(page) != start
    watched.shot("lab-1-playing")

    before = step(page)
    drag_slider(page, "lr g", 0.7)
    page.wait_for_timeout(700)
    assert readout(page, "lr g") != "0.0010"
    assert step(page) > before

    page.locator(".ganviz-toolbar").first.scroll_into_view_if_needed()
    button(page, "Pause").click()
    page.wait_for_timeout(700)
    resting = frames(page)
    page.wait_for_timeout(700)
    assert frames(page) == resting
    watched.shot("lab-2-paused")
    assert watched.errors == []

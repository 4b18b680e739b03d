"""The explorer in a notebook of JupyterLab and of Notebook 7: run all cells, play, and go on working beside it."""

from __future__ import annotations

import pytest
from driver import PATIENCE, button, drag_slider, frames, picture, readout, step

pytestmark = pytest.mark.browser

RUN_ALL = "window.jupyterapp.commands.execute('notebook:run-all-cells')"


def test_explorer_in_a_notebook(jupyter, watched):
    page = watched.page
    door = "lab" if "/lab/" in jupyter else "notebook"
    page.goto(f"{jupyter}01-figure-1.ipynb", wait_until="commit", timeout=PATIENCE)
    page.wait_for_selector(".jp-Notebook .jp-Cell", timeout=PATIENCE)
    page.wait_for_function("window.jupyterapp !== undefined", timeout=PATIENCE)
    page.wait_for_selector(".jp-Notebook-ExecutionIndicator[data-status=idle]", timeout=PATIENCE)
    news = page.locator("button:text-is('No')")  # JupyterLab's offer of news covers the lower right corner
    if door == "lab":
        news.click()
    page.wait_for_timeout(3000)  # a command that comes before the notebook has settled is lost without a word
    page.evaluate(RUN_ALL)
    page.wait_for_selector(".ganviz-figure .main-svg", timeout=PATIENCE)
    page.locator(".ganviz-toolbar").first.scroll_into_view_if_needed()
    page.wait_for_function("document.querySelector('.ganviz-figure').dataset.frames > 0", timeout=PATIENCE)
    start = picture(page)
    button(page, "Play").click()
    page.wait_for_function("document.querySelector('.ganviz-figure').dataset.frames > 15", timeout=PATIENCE)
    assert picture(page) != start
    watched.shot(f"{door}-1-playing")

    before, rate = step(page), readout(page, "lr g")
    drag_slider(page, "lr g", 0.7)
    page.wait_for_timeout(700)
    assert readout(page, "lr g") != rate
    assert step(page) > before

    page.locator(".ganviz-toolbar").first.scroll_into_view_if_needed()
    button(page, "Pause").click()
    page.wait_for_timeout(700)
    resting = frames(page)
    page.wait_for_timeout(700)
    assert frames(page) == resting
    watched.shot(f"{door}-2-paused")
    assert watched.errors == []

"""The explorer in a notebook of JupyterLab and of Notebook 7: run all cells, play, and go on working beside it."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import free_port, serve
from driver import PATIENCE, button, drag_slider, frames, picture, readout, settle, step

pytestmark = pytest.mark.browser

RUN_ALL = "window.jupyterapp.commands.execute('notebook:run-all-cells')"

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"


@pytest.fixture(scope="module")
def course_app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A notebook of the course as plain Voilà serves it."""
    port = free_port()
    notebook = str(NOTEBOOKS / "07-dirac-gan.ipynb")
    command = [sys.executable, "-m", "voila", notebook, "--no-browser", f"--port={port}"]
    yield from serve(command, f"http://127.0.0.1:{port}/", tmp_path_factory.mktemp("course"))


def test_explorer_in_a_notebook(jupyter, watched):
    page = watched.page
    door = "lab" if "/lab/" in jupyter else "notebook"
    page.goto(f"{jupyter}01-figure-1.ipynb", wait_until="commit", timeout=PATIENCE)
    page.wait_for_selector(".jp-Notebook .jp-Cell", timeout=PATIENCE)
    page.wait_for_function("window.jupyterapp !== undefined", timeout=PATIENCE)
    page.wait_for_selector(".jp-Notebook-ExecutionIndicator[data-status=idle]", timeout=PATIENCE)
    settle(page)
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


def test_a_notebook_shows_its_pictures_before_it_runs(jupyter, watched):
    page = watched.page
    page.goto(f"{jupyter}02-minimax-game.ipynb", wait_until="commit", timeout=PATIENCE)
    page.wait_for_selector(".jp-OutputArea-output img", timeout=PATIENCE)
    wide = (
        "[...document.querySelectorAll('.jp-OutputArea-output img')].filter(image => image.naturalWidth === 860).length"
    )
    page.wait_for_function(f"{wide} === 2", timeout=PATIENCE)
    door = "lab" if "/lab/" in jupyter else "notebook"
    # JupyterLab takes cells that are out of sight off the page, so that Playwright would wait for ever.
    page.evaluate("document.querySelector('.jp-OutputArea-output img').scrollIntoView()")
    page.wait_for_timeout(500)
    watched.shot(f"{door}-3-picture")


def test_a_notebook_is_an_app_of_voila(course_app, watched):
    page = watched.page
    page.goto(course_app, wait_until="commit", timeout=3 * PATIENCE)
    page.wait_for_selector(".ganviz-figure .main-svg", timeout=3 * PATIENCE)
    assert page.locator(".ganviz").count() == 2
    shown = page.locator(".ganviz").first.locator(".ganviz-side label").all_inner_texts()
    assert "lr d" in shown
    assert "optimizer d" not in shown
    assert page.locator(".ganviz-link").count() == 0
    button(page, "Play").click()
    page.wait_for_function("document.querySelector('.ganviz-figure').dataset.frames > 15", timeout=PATIENCE)
    assert page.locator("summary:has-text('The answers')").is_visible()
    assert not page.get_by_text("Away, slowly").is_visible()
    watched.shot("voila-course")
    assert watched.errors == []

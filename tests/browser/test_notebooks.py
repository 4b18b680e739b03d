"""The explorer in a notebook of JupyterLab and of Notebook 7: run all cells, play, and go on working beside it, in its
theme and with its keyboard shared."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import WINDOW, Watched, free_port, serve
from driver import PATIENCE, button, drag_slider, frames, picture, readout, settle, state_line, step, wait_until, watch
from playwright.sync_api import Browser, Page
from test_keyboard import CONTRAST, rests, wait_for
from test_theme import LIGHT, SEEN, seen_with, wait_for_theme

from ganviz.figures._dark import DARK

pytestmark = [pytest.mark.browser, pytest.mark.long]

RUN_ALL = "window.jupyterapp.commands.execute('notebook:run-all-cells')"

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"


@pytest.fixture(scope="module")
def course_app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A notebook of the course as plain Voilà serves it."""
    port = free_port()
    notebook = str(NOTEBOOKS / "07-dirac-gan.ipynb")
    command = [sys.executable, "-m", "voila", notebook, "--no-browser", f"--port={port}"]
    yield from serve(command, f"http://127.0.0.1:{port}/", tmp_path_factory.mktemp("course"))


@pytest.fixture(scope="module")
def notebook(jupyter: str, browser: Browser) -> Iterator[Watched]:
    """The first notebook: one page for the tests here, in their order, as reading it takes twenty seconds of a core."""
    page = browser.new_page(viewport=WINDOW)
    page.set_default_timeout(PATIENCE)
    watched = Watched(page)
    page.goto(f"{jupyter}01-figure-1.ipynb", wait_until="commit")
    page.wait_for_selector(".jp-Notebook .jp-Cell")
    page.wait_for_function("window.jupyterapp !== undefined")
    page.wait_for_selector(".jp-Notebook-ExecutionIndicator[data-status=idle]")
    settle(page)
    yield watched
    page.close()


def door_of(jupyter: str) -> str:
    return "lab" if "/lab/" in jupyter else "notebook"


def test_a_notebook_shows_its_pictures_before_it_runs(jupyter, notebook):
    page = notebook.page
    pictures = "[...document.querySelectorAll('.jp-OutputArea-output img')]"
    page.wait_for_function(f"{pictures}.filter(image => image.naturalWidth === 860).length === 2")
    # JupyterLab takes cells that are out of sight off the page, so that Playwright would wait for ever.
    page.evaluate(f"{pictures}[0].scrollIntoView()")
    page.wait_for_timeout(500)
    notebook.shot(f"{door_of(jupyter)}-3-picture")


def test_explorer_in_a_notebook(jupyter, notebook):
    page, door = notebook.page, door_of(jupyter)
    run_all(page)
    start = picture(page)
    button(page, "Play").click()
    watch(page, 15)
    assert picture(page) != start
    notebook.shot(f"{door}-1-playing")

    before, rate = step(page), readout(page, "lr g")
    drag_slider(page, "lr g", 0.7)
    wait_until(page, lambda: readout(page, "lr g") != rate and step(page) > before)

    page.locator(".ganviz-toolbar").first.scroll_into_view_if_needed()
    button(page, "Pause").click()
    wait_for(page, "paused")
    page.wait_for_timeout(300)
    resting = frames(page)
    page.wait_for_timeout(700)
    assert frames(page) == resting
    notebook.shot(f"{door}-2-paused")
    assert notebook.errors == []


def run_all(page: Page) -> None:
    """All cells, until the first explorer is on screen and has its keys; once a page."""
    if not page.locator(".ganviz-figure").count():
        page.evaluate(RUN_ALL)
    page.wait_for_selector(".ganviz-figure .main-svg")
    page.locator(".ganviz-toolbar").first.scroll_into_view_if_needed()
    page.wait_for_selector(".ganviz[role=group]", state="attached")
    page.wait_for_function("document.querySelector('.ganviz-figure').dataset.frames > 0")


def choose_theme(page: Page, name: str) -> None:
    page.evaluate("name => window.jupyterapp.commands.execute('apputils:change-theme', { theme: name })", name)


CELLS = "document.querySelectorAll('.jp-Notebook .jp-Cell').length"


def test_theme_and_keys_in_a_notebook(jupyter, notebook):
    page = notebook.page
    run_all(page)
    button(page, "Reset").click()
    wait_for(page, "step 0 ")
    cells = page.evaluate(CELLS)

    # With the focus in the explorer, the notebook must not hear d, d: it would delete a cell.
    page.locator(".ganviz-plot").first.click(position={"x": 300, "y": 150})
    page.keyboard.press("d")
    page.keyboard.press("d")
    wait_for(page, "(b)")
    page.keyboard.press("ArrowRight")
    wait_for(page, "step 1 ")
    where = page.locator(".ganviz-plot").first.bounding_box()
    page.keyboard.press("Space")
    page.wait_for_function("Number(document.querySelector('.ganviz-figure').dataset.step) > 30")
    assert page.locator(".ganviz-plot").first.bounding_box() == where, "space does not scroll"

    # The theme changes while it plays.
    for name, table in (("JupyterLab Dark", DARK), ("JupyterLab Light", LIGHT)):
        before = step(page)
        choose_theme(page, name)
        wait_for_theme(page, table)
        found = page.evaluate(SEEN)
        assert {**found, "around": found["page"]} == seen_with(table)
        assert step(page) > before, "the run goes on"
        if table is DARK:
            assert page.evaluate(CONTRAST)["weak"] == []
            notebook.shot(f"theme-2-{door_of(jupyter)}")
    page.keyboard.press("Space")
    wait_for(page, "paused")
    page.keyboard.press("r")
    wait_for(page, "step 0 ")
    assert page.evaluate(CELLS) == cells

    # With the focus on a cell, the explorer must not hear anything.
    page.locator(".jp-MarkdownCell:visible").first.click()
    page.keyboard.press("Escape")
    for key in ("ArrowRight", "g", "Space"):
        page.keyboard.press(key)
    assert rests(page)
    assert "step 0 " in state_line(page)
    page.keyboard.press("d")
    page.keyboard.press("d")
    page.wait_for_function(f"{CELLS} === {cells - 1}")
    assert notebook.errors == []


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

"""The explorer is as light or as dark as what is around it, live; and in a notebook it shares the keyboard."""

from __future__ import annotations

import pytest
from conftest import Watched
from driver import PATIENCE, button, open_page, settle, state_line, step
from playwright.sync_api import Browser, Page
from test_keyboard import CONTRAST, rests, wait_for

from ganviz.figures._dark import DARK
from ganviz.figures._style import FAKE, GROUND, INK, REAL

pytestmark = pytest.mark.browser

LIGHT = {color: color for color in DARK}

SEEN = """() => {
  const of = (element, name) => getComputedStyle(element)[name];
  const plot = document.querySelector(".ganviz-plot");
  return {
    page: of(document.querySelector(".ganviz"), "backgroundColor"),
    around: of(document.body, "backgroundColor"),
    paper: of(plot.querySelector(".main-svg"), "backgroundColor"),
    axis: of(plot.querySelector(".xtick text"), "fill"),
    select: of(document.querySelector(".ganviz select"), "backgroundColor"),
    data: plot._fullData[0].line.color,
    fake: plot._fullData[1].line.color,
  };
}"""


def rgb(color: str) -> str:
    return f"rgb({', '.join(str(int(color[i : i + 2], 16)) for i in (1, 3, 5))})"


def seen_with(table: dict[str, str]) -> dict[str, str]:
    """What `SEEN` finds on a page with these colours."""
    ground = rgb(table[GROUND])
    return {
        **dict.fromkeys(("page", "around", "paper", "select"), ground),
        "axis": rgb(table[INK]),
        "data": table[REAL],
        "fake": table[FAKE],
    }


def wait_for_theme(page: Page, table: dict[str, str]) -> None:
    page.wait_for_function(f"document.querySelector('.ganviz-plot')._fullData[0].line.color === '{table[REAL]}'")
    page.wait_for_timeout(500)


PAINTED = """() => {
  const canvas = document.querySelector(".ganviz-streaming .ganviz-canvas");
  if (!canvas) return [];
  const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  const colors = new Set();
  for (let i = 0; i < data.length; i += 4)
    if (data[i + 3] === 255) colors.add(`rgb(${data[i]}, ${data[i + 1]}, ${data[i + 2]})`);
  return [...colors];
}"""
"""The opaque colours that are on the canvas while frames stream in."""


def test_our_page_follows_the_reader_s_system(voila: str, browser: Browser) -> None:
    page = browser.new_page(viewport={"width": 1280, "height": 800}, color_scheme="dark")
    page.set_default_timeout(PATIENCE)
    watched = Watched(page)
    page.goto(voila, wait_until="commit", timeout=PATIENCE)
    page.wait_for_selector("body", state="attached")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == rgb(DARK[GROUND]), "no flash of white"
    open_page(page, voila)
    assert page.evaluate(SEEN) == seen_with(DARK)
    found = page.evaluate(CONTRAST)
    assert found["weak"] == []
    assert found["seen"] > 60

    button(page, "Play").click()
    page.wait_for_function("document.querySelector('.ganviz-figure').dataset.frames > 10")
    for scheme, table, other in (("light", LIGHT, DARK), ("dark", DARK, LIGHT)):
        before = step(page)
        page.emulate_media(color_scheme=scheme)
        wait_for_theme(page, table)
        assert page.evaluate(SEEN) == seen_with(table)
        page.wait_for_function(f"({PAINTED})().includes('{rgb(table[REAL])}')")
        assert rgb(other[REAL]) not in page.evaluate(PAINTED)
        assert step(page) > before, "the run goes on"
    watched.shot("theme-1-dark")
    assert watched.errors == []
    page.close()


def open_notebook(page: Page, url: str) -> None:
    """The explorer of the first notebook, on screen."""
    page.set_default_timeout(PATIENCE)
    page.goto(f"{url}01-figure-1.ipynb", wait_until="commit", timeout=PATIENCE)
    page.wait_for_function("window.jupyterapp !== undefined", timeout=PATIENCE)
    page.wait_for_selector(".jp-Notebook-ExecutionIndicator[data-status=idle]", timeout=PATIENCE)
    settle(page)
    page.evaluate("window.jupyterapp.commands.execute('notebook:run-all-cells')")
    page.wait_for_selector(".ganviz-figure .main-svg", timeout=PATIENCE)
    page.locator(".ganviz-toolbar").first.scroll_into_view_if_needed()
    page.wait_for_selector(".ganviz[role=group]", state="attached")  # its keys work by now
    page.wait_for_function("document.querySelector('.ganviz-figure').dataset.frames > 0", timeout=PATIENCE)


def choose_theme(page: Page, name: str) -> None:
    page.evaluate("name => window.jupyterapp.commands.execute('apputils:change-theme', { theme: name })", name)


CELLS = "document.querySelectorAll('.jp-Notebook .jp-Cell').length"


def test_theme_and_keys_in_a_notebook(jupyter: str, watched: Watched) -> None:
    page = watched.page
    door = "lab" if "/lab/" in jupyter else "notebook"
    open_notebook(page, jupyter)
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
    for name, table in (("JupyterLab Dark", DARK), ("JupyterLab Light", LIGHT), ("JupyterLab Dark", DARK)):
        before = step(page)
        choose_theme(page, name)
        wait_for_theme(page, table)
        found = page.evaluate(SEEN)
        assert {**found, "around": found["page"]} == seen_with(table)
        assert step(page) > before, "the run goes on"
    assert page.evaluate(CONTRAST)["weak"] == []
    watched.shot(f"theme-2-{door}")
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
    choose_theme(page, "JupyterLab Light")  # other tests find it as it was
    wait_for_theme(page, LIGHT)
    assert watched.errors == []

"""The explorer is as light or as dark as what is around it, live. In a notebook: test_notebooks.py."""

from __future__ import annotations

import pytest
from conftest import Watched
from driver import PATIENCE, await_frame, button, step
from playwright.sync_api import Browser, Page
from test_keyboard import CONTRAST

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


@pytest.mark.long
def test_our_page_follows_the_reader_s_system(voila: str, browser: Browser) -> None:
    page = browser.new_page(viewport={"width": 1280, "height": 800}, color_scheme="dark")
    page.set_default_timeout(PATIENCE)
    watched = Watched(page)
    page.goto(voila, wait_until="commit", timeout=PATIENCE)
    page.wait_for_selector("body", state="attached")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == rgb(DARK[GROUND]), "no flash of white"
    await_frame(page)
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

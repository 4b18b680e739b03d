"""The stage of pictures in a real browser: play, keep samples, walk in the plane of latents."""

from __future__ import annotations

import contextlib

import pytest
from conftest import Watched
from driver import PATIENCE, begin, button, control
from playwright.sync_api import TimeoutError
from test_plane import until

from ganviz import Experiment

pytestmark = pytest.mark.browser

PLAYER = {"name": "mlp", "width": 64}

IMAGES = Experiment(
    data="mnist", latent={"name": "normal", "dim": 32}, generator=PLAYER, discriminator=PLAYER, batch_size=64
)

SHOWN = "[...document.querySelectorAll('.ganviz-figure')].filter(figure => figure.offsetWidth)"

TALL = {"width": 1280, "height": 1180}

GRID, YELLOW, MAP = 0, 1, 9
"""Numbers of the traces."""


def open_images(page, url: str) -> None:
    """The app with pictures on its stage, opened by a link."""
    page.goto(f"{url}{IMAGES.to_link()}", wait_until="commit", timeout=PATIENCE)
    wait_for_images(page)


def wait_for_images(page) -> None:
    until(page, "figure.dataset.frames > 0 && figure.querySelector('.ganviz-plot').data[0].type === 'heatmap'", 90)
    # The curves may lie below the window's edge: what cannot be seen is not drawn.
    page.wait_for_function(f"{SHOWN}.length === 3 && {SHOWN}.slice(0, 2).every(figure => figure.dataset.frames > 0)")


@pytest.fixture(scope="module")
def _images(voila, browser):
    page = browser.new_page(viewport=TALL)
    watched = Watched(page)
    open_images(page, voila)
    yield watched
    page.close()


@pytest.fixture
def images(_images):
    """One page for the tests here, each of which finds the pictures at step 0 and paused."""
    begin(_images.page, IMAGES)
    wait_for_images(_images.page)
    _images.errors.clear()
    return _images


def in_figure(page, number: int, expression: str):
    """The value of an expression of the `plot` of a figure on the page, counted from above."""
    return page.evaluate(f"(plot => {expression})({SHOWN}[{number}].querySelector('.ganviz-plot'))")


def wait_in_figure(page, number: int, condition: str, seconds: float = 90) -> None:
    plot = f"{SHOWN}[{number}].querySelector('.ganviz-plot')"
    text = f"{SHOWN}[{number}].innerText"
    page.wait_for_function(f"((plot, text) => {condition})({plot}, {text})", timeout=1000 * seconds)


def place(page, number: int, axes: str, x: float, y: float) -> list[float]:
    """Where on the page a point of a figure is."""
    return in_figure(
        page,
        number,
        f"(([x, y, box]) => [box.x + x._offset + x.c2p({x}), box.y + y._offset + y.c2p({y})])"
        f"([plot._fullLayout.xaxis{axes}, plot._fullLayout.yaxis{axes}, plot.getBoundingClientRect()])",
    )


def click(page, number: int, axes: str, x: float, y: float) -> None:
    page.locator(".ganviz-figure:visible").nth(number).scroll_into_view_if_needed()
    to = place(page, number, axes, x, y)
    page.mouse.move(to[0] - 3, to[1] - 3)
    page.mouse.move(*to, steps=3)
    page.mouse.click(*to)


def cell(row: int, column: int, rows: int) -> tuple[float, float]:
    """The middle of a picture in a mosaic of so many rows."""
    return 30 * column + 14, 30 * (rows - 1 - row) + 14


def pixels(page, number: int, trace: int) -> list[float]:
    return in_figure(page, number, f"Array.from(plot.data[{trace}].z, row => Array.from(row)).flat()")


def test_the_grid_changes_and_a_click_keeps_a_sample(images):
    page = images.page
    before = pixels(page, 0, GRID)
    assert len(before) == 238 * 238
    button(page, "Play").click()
    until(page, "figure.dataset.step > 30", 90)
    after = pixels(page, 0, GRID)
    assert sum(abs(a - b) > 0.02 for a, b in zip(before, after, strict=True)) > 5000
    # While it is playing: the painter draws, plotly only listens.
    # On a busy machine plotly may be redrawing between a click's two halves; a reader clicks again.
    for _ in range(5):
        click(page, 0, "", *cell(2, 3, rows=8))
        with contextlib.suppress(TimeoutError):
            wait_in_figure(page, 1, "text.includes('sample 20 ')", 8)
            break
    wait_in_figure(page, 1, "text.includes('sample 20 ')")
    wait_in_figure(page, 0, f"Math.min(...plot.data[4].x) === {30 * 3 - 1}")  # ringed in the grid
    button(page, "Pause").click()
    page.wait_for_timeout(1500)
    kept = pixels(page, 1, 0)
    click(page, 0, "", *cell(7, 7, rows=8))
    wait_in_figure(page, 1, "text.includes('sample 64 ') && text.includes('kept before: sample 20')")
    assert pixels(page, 1, 0) != kept, "another sample is shown large"
    # The first of the yellow column is what is nearest to the last sample of the first row.
    click(page, 0, "", 246 + 14, 100)
    wait_in_figure(page, 0, "Math.min(...plot.data[2].x.filter(Number.isFinite)) < 0")
    grid, column = pixels(page, 0, GRID), pixels(page, 0, YELLOW)
    assert all(grid[238 * line + 210 + j] == column[28 * line + j] for line in range(28) for j in range(28))
    images.shot("mnist-1-nearest")
    click(page, 0, "", 246 + 14, 100)
    wait_in_figure(page, 0, "Math.min(...plot.data[2].x) > 200")
    assert images.errors == []


def test_walking_in_the_plane_of_latents(images):
    page = images.page
    assert in_figure(page, 1, "plot.layout.xaxis3.ticktext[1]") == "0.50"
    before = pixels(page, 1, MAP)
    click(page, 1, "3", *cell(1, 5, rows=7))
    wait_in_figure(page, 1, "plot.layout.xaxis3.ticktext[1] === '0.83' && plot.layout.yaxis3.ticktext[1] === '0.83'")
    after = pixels(page, 1, MAP)
    wide = 208
    stays = [(line, column) for line in range(0, 148, 7) for column in range(0, 148, 7)]
    moved = [abs(after[wide * i + j] - before[wide * (i + 60) + j + 60]) for i, j in stays]
    assert max(moved) < 1e-4, "the map moved by two tiles"
    assert max(abs(after[wide * i + j] - before[wide * i + j]) for i, j in stays) > 0.01
    click(page, 1, "3", *cell(6, 0, rows=7))
    wait_in_figure(page, 1, "plot.layout.xaxis3.ticktext[1] === '0.33' && plot.layout.yaxis3.ticktext[1] === '0.33'")
    across, up = (in_figure(page, 1, f"plot._fullLayout.{axis}axis3._length") for axis in "xy")
    assert across == pytest.approx(up, abs=1), "squares"
    by_the_keys(page)
    images.shot("mnist-2-walked")
    assert images.errors == []


def by_the_keys(page) -> None:
    """From (0.33, 0.33) of the map one tile up, and back to the middle; in the grid to the first of the second row."""
    page.locator(".ganviz-cells[aria-label='Map of latents']:visible").focus()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    wait_in_figure(page, 1, "plot.layout.xaxis3.ticktext[1] === '0.33' && plot.layout.yaxis3.ticktext[1] === '0.50'")
    page.keyboard.press("Home")
    wait_in_figure(page, 1, "plot.layout.xaxis3.ticktext[1] === '0.50' && plot.layout.yaxis3.ticktext[1] === '0.50'")
    samples = page.locator(".ganviz-cells[aria-label='Samples']:visible")
    samples.focus()
    for key in ("ArrowRight", "ArrowDown", "ArrowLeft"):
        page.keyboard.press(key)
    (ring, tile) = samples.locator("[role=gridcell]").bounding_box(), place(page, 0, "", *cell(1, 0, rows=8))
    assert (ring["x"] + ring["width"] / 2, ring["y"] + ring["height"] / 2) == pytest.approx(tile, abs=2)
    assert samples.locator("[role=gridcell]").get_attribute("aria-label") == "sample 9"
    page.keyboard.press("Space")
    wait_in_figure(page, 1, "text.includes('sample 9 ')")
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.matches('.ganviz')")
    assert page.evaluate(f"{SHOWN}[0].dataset.step") == "0", "neither played nor stepped"


def test_a_finger_keeps_a_sample(voila, browser):
    page = browser.new_page(viewport={"width": 820, "height": 1180}, has_touch=True)
    open_images(page, voila)
    page.touchscreen.tap(*place(page, 0, "", *cell(4, 1, rows=8)))
    wait_in_figure(page, 1, "text.includes('sample 34 ')")
    page.close()


def test_other_experiments_have_no_such_panel(images):
    page = images.page
    page.locator(".ganviz-side select").first.select_option("ring-r3gan")
    until(page, "figure.innerText.includes('modes')")
    assert page.evaluate(f"{SHOWN}.length") == 2
    gap = page.evaluate(
        f"(([stage, curves]) => curves.getBoundingClientRect().top - stage.getBoundingClientRect().bottom)({SHOWN})"
    )
    assert gap < 10, "nothing between them"
    assert images.errors == []


def test_a_start_is_shown_at_once(images):
    page = images.page
    presets, begins = control(page, "preset").locator("select"), control(page, "from").locator("select")
    assert not begins.is_visible()

    top = "(name => document.querySelector(`.ganviz-side ${name}`)?.getBoundingClientRect().top)"
    room = f"({top}('.ganviz-group') - {top}('select'))"
    before = page.evaluate(room)
    assert 20 < before < 60
    presets.select_option("mnist-mlp")
    begins.wait_for(state="visible")
    page.wait_for_function("document.querySelector('h1').innerText.includes('small dense networks')")
    page.wait_for_function(f"Math.abs({room} - {before}) < 1")  # nothing makes way for it
    begins.select_option("500")
    until(page, "figure.dataset.step == 500")
    said = page.locator(".ganviz-notices").inner_text()
    assert "mnist-mlp, trained for 500 steps" in said
    begins.press("ArrowDown")
    until(page, "figure.dataset.step == 2000")
    wait_in_figure(page, 2, "plot.layout.xaxis.range[1] >= 2000")
    images.shot("mnist-3-start")
    button(page, "Step").click()
    until(page, "figure.dataset.step == 2001")
    presets.select_option("ring-r3gan")
    until(page, "figure.innerText.includes('modes')")
    assert not begins.is_visible()
    assert images.errors == []

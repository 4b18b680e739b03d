"""What a reader does with the explorer, as functions of a page."""

from __future__ import annotations

import hashlib
import re
import time
from collections.abc import Callable

from playwright.sync_api import Locator, Page

from ganviz import Experiment

PATIENCE = 90_000  # ms


def open_page(page: Page, url: str) -> None:
    page.goto(url, wait_until="commit", timeout=PATIENCE)
    await_frame(page)


def await_frame(page: Page) -> None:
    page.wait_for_selector(".ganviz-figure .main-svg", timeout=PATIENCE)
    page.wait_for_function("document.querySelector('.ganviz-figure')?.dataset.frames > 0", timeout=PATIENCE)


OPEN_LINK = """(link) => {
  document.documentElement.classList.add("ganviz-opening"); // until the kernel says that it has opened it
  history.replaceState(null, "", location.pathname);
  location.hash = link;
}"""

PAUSE = """() => [...document.querySelectorAll(".ganviz-toolbar button")]
  .find((button) => button.innerText.includes("Pause"))?.click()"""
"""In one go: between a look and a click the button may have changed its name."""

SHOWN = "[...document.querySelectorAll('.ganviz-caption')].find((caption) => caption.offsetWidth)?.innerText ?? ''"
"""The state line of the stage that is shown."""


def begin(page: Page, experiment: Experiment) -> None:
    """That experiment at step 0 on a page that is open, by its link: paused, and the toolbar as it was at first."""
    page.locator(".ganviz-toolbar select").select_option("10 steps / frame")
    if (slow := page.locator(".ganviz-toolbar .mod-active")).count():
        slow.click()
    page.evaluate(PAUSE)
    page.evaluate(OPEN_LINK, experiment.to_link())
    page.wait_for_function("!document.documentElement.classList.contains('ganviz-opening')")
    button(page, "Reset").click()
    page.wait_for_function(f"(line => line.includes('step 0 ') && line.includes('paused'))({SHOWN})")


def frames(page: Page) -> int:
    """Frames of Figure 1 drawn so far."""
    return int(page.eval_on_selector(".ganviz-figure", "figure => figure.dataset.frames ?? 0"))


def watch(page: Page, number: int) -> None:
    """Wait until so many more frames of Figure 1 were drawn."""
    page.wait_for_function(f"document.querySelector('.ganviz-figure').dataset.frames > {frames(page) + number}")


def wait_until(page: Page, condition: Callable[[], bool]) -> None:
    """Wait until something can be read off the page: how long that takes depends on the machine."""
    end = time.monotonic() + PATIENCE / 1000
    while not condition():
        assert time.monotonic() < end, "it never came to that"
        page.wait_for_timeout(50)


def state_line(page: Page) -> str:
    return page.locator(".ganviz-caption").first.inner_text()


def step(page: Page) -> int:
    found = re.search(r"step ([\d,]+)", state_line(page))
    assert found, f"no step in {state_line(page)!r}"
    return int(found[1].replace(",", ""))


def number(page: Page, name: str) -> float:
    """A number of the state line by its name."""
    found = re.search(rf"{re.escape(name)} ([−\d.]+)", state_line(page))
    assert found, f"no {name} in {state_line(page)!r}"
    return float(found[1].replace("−", "-"))


def picture(page: Page) -> str:
    """A digest of what Figure 1 looks like, pixel by pixel."""
    return hashlib.sha256(page.locator(".ganviz-plot").first.screenshot()).hexdigest()


def button(page: Page, text: str) -> Locator:
    return page.locator(f".ganviz-toolbar button:has-text('{text}')").first


def control(page: Page, label: str) -> Locator:
    """The row of a control in the panel, by its label."""
    return page.locator(f".ganviz-side .widget-inline-hbox:has(label:text-is('{label}'))").first


def drag_slider(page: Page, label: str, share: float) -> None:
    """Drag a slider's handle to `share` of its length, as a reader's hand would, in a few moves."""
    row = control(page, label)
    row.scroll_into_view_if_needed()
    handle, track = row.locator(".noUi-handle").bounding_box(), row.locator(".noUi-base").bounding_box()
    assert handle
    assert track
    x, y = handle["x"] + handle["width"] / 2, handle["y"] + handle["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(track["x"] + share * track["width"], y, steps=8)
    page.mouse.up()


def readout(page: Page, label: str) -> str:
    return control(page, label).locator(".widget-readout").inner_text()


def settle(page: Page) -> None:
    """Wait until a notebook has settled: a command that comes before is lost without a word. JupyterLab's offer of
    news, which covers the lower right corner, is declined, unless another test has."""
    page.wait_for_timeout(3000)
    if (news := page.locator("button:text-is('No')")).count():
        news.click()

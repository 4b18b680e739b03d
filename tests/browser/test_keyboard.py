"""The explorer without a mouse, without a wide screen, and as a screen reader finds it."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from conftest import Watched
from driver import control, number, open_page, readout, state_line, step
from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def _page(voila: str, browser: Browser) -> Iterator[Watched]:
    page = browser.new_page(viewport={"width": 1280, "height": 800})
    watched = Watched(page)
    open_page(page, voila)
    page.wait_for_selector(".ganviz-side [role=slider][aria-label]")
    yield watched
    page.close()


@pytest.fixture
def watched(_page: Watched) -> Iterator[Watched]:
    """One page for all tests here: paused, at step 0, with the focus nowhere."""
    page = _page.page
    focus_nothing(page)
    if "paused" not in state_line(page):
        page.keyboard.press("Space")
    wait_for(page, "paused")
    page.keyboard.press("r")
    wait_for(page, "step 0 ")
    yield _page
    assert _page.errors == []


def focus_nothing(page: Page) -> None:
    page.evaluate("document.activeElement.blur()")


def wait_for(page: Page, text: str) -> None:
    page.wait_for_function(f"document.querySelector('.ganviz-caption').innerText.includes('{text}')")


def rests(page: Page) -> bool:
    """Whether nothing happens in half a second: it is paused and the step stays."""
    before = step(page)
    page.wait_for_timeout(500)
    return "paused" in state_line(page) and step(page) == before


def test_keys_play_step_and_reset(watched: Watched) -> None:
    page = watched.page
    page.keyboard.press("ArrowRight")
    wait_for(page, "step 1 ")
    page.keyboard.press("d")
    wait_for(page, "(b)")
    assert step(page) == 1, "a step of D alone is no full step"
    page.keyboard.press("G")
    wait_for(page, "step 2 ")
    by_keys = number(page, "JSD")

    page.keyboard.press("Space")
    page.wait_for_function("Number(document.querySelector('.ganviz-figure').dataset.step) > 30")
    page.keyboard.press("Space")
    wait_for(page, "paused")
    assert rests(page)
    page.keyboard.press("r")
    wait_for(page, "step 0 ")

    for text in ("Step", "D step", "G step"):
        page.get_by_role("button", name=text, exact=True).click()
    wait_for(page, "step 2 ")
    assert number(page, "JSD") == by_keys, "a key does what its button does"


def test_keys_with_ctrl_are_the_browsers(watched: Watched) -> None:
    watched.page.keyboard.press("ArrowRight")
    wait_for(watched.page, "step 1 ")
    for key in ("ctrl+d", "alt+ArrowRight", "meta+g"):
        watched.page.evaluate(
            """(key) => {
              const [held, name] = key.split("+");
              const press = { key: name, bubbles: true, cancelable: true, [`${held}Key`]: true };
              window.untouched = document.body.dispatchEvent(new KeyboardEvent("keydown", press));
            }""",
            key,
        )
        assert watched.page.evaluate("window.untouched"), key
    assert rests(watched.page)
    assert step(watched.page) == 1


def test_a_slider_keeps_its_arrows_and_gives_the_other_keys(watched: Watched) -> None:
    page = watched.page
    handle = page.get_by_role("slider", name="lr d", exact=True)
    before = readout(page, "lr d")
    handle.focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_function("(e) => e[0].ariaValueText !== e[1]", arg=[handle.element_handle(), before])
    assert float(readout(page, "lr d")) > float(before)
    assert handle.get_attribute("aria-valuetext") == readout(page, "lr d"), "not the exponent"
    assert rests(page)
    assert step(page) == 0
    page.keyboard.press("d")
    wait_for(page, "(b)")
    page.keyboard.press("Space")
    page.wait_for_function("Number(document.querySelector('.ganviz-figure').dataset.step) > 5")


def test_a_text_box_and_a_drop_down_keep_their_keys(watched: Watched) -> None:
    page = watched.page
    box = page.get_by_role("textbox", name="lr g, as a number", exact=True)
    box.focus()
    held = box.inner_text()
    page.keyboard.press("End")
    page.keyboard.type(" dgr")
    assert box.inner_text().replace("\xa0", " ") == f"{held} dgr"
    page.keyboard.press("Escape")
    control(page, "loss").locator("select").focus()
    page.keyboard.press("d")
    page.keyboard.press("r")
    assert rests(page)
    assert "(b)" not in state_line(page)
    assert step(page) == 0


def test_a_button_with_the_focus_keeps_space(watched: Watched) -> None:
    page = watched.page
    page.get_by_role("button", name="Step", exact=True).focus()
    page.keyboard.press("Space")
    wait_for(page, "step 1 ")
    assert rests(page)
    assert step(page) == 1


def test_groups_unfold_by_keys(watched: Watched) -> None:
    page = watched.page
    header = page.get_by_role("button", name="Data")
    assert header.get_attribute("aria-expanded") == "false"
    header.focus()
    page.keyboard.press("Enter")
    page.wait_for_selector(".ganviz-side select >> nth=0")
    page.wait_for_function(
        "[...document.querySelectorAll('[aria-expanded=true]')].some(h => h.innerText.includes('Data'))"
    )
    assert control(page, "data").is_visible()
    page.keyboard.press("Space")
    page.wait_for_function(
        "[...document.querySelectorAll('[aria-expanded=false]')].some(h => h.innerText.includes('Data'))"
    )
    assert rests(page)


def test_every_control_has_a_name_and_shows_its_focus(watched: Watched) -> None:
    page = watched.page
    named = page.locator(".ganviz").first.aria_snapshot()
    kinds = "button|combobox|slider|textbox|checkbox|spinbutton|radio"
    controls = re.findall(rf"^\s*- '?({kinds})( \"[^\"]+\")?", named, re.MULTILINE)
    assert len(controls) > 60
    assert [kind for kind, name in controls if not name] == []
    sliders = re.findall(r'slider "([^"]+)"', named)
    assert len(sliders) == len(set(sliders)), "two of the same name"
    assert "optimizer g: beta1" in sliders
    for figure in page.locator(".ganviz-plot").all():
        assert len(figure.get_attribute("aria-label")) > 40

    kinds = "button, select, input, summary, [tabindex='0'], [contenteditable=true]"
    focusable = f".ganviz :is({kinds})"
    page.keyboard.press("Tab")  # what follows is done by keys, as far as the browser knows
    blind = page.evaluate(
        """(focusable) => [...document.querySelectorAll(focusable)].filter((element) => {
          if (!element.offsetWidth) return false;
          element.focus();
          const { outlineStyle, outlineWidth } = getComputedStyle(element);
          return outlineStyle === "none" || parseFloat(outlineWidth) < 2;
        }).map((element) => element.outerHTML.slice(0, 120))""",
        focusable,
    )
    assert blind == []


def test_the_keys_are_told(watched: Watched) -> None:
    page = watched.page
    page.locator(".ganviz-keys summary").click()
    told = page.locator(".ganviz-keys dl")
    box = told.bounding_box()
    for y in (10, box["height"] - 10):
        at = [box["x"] + box["width"] / 2, box["y"] + y]
        seen = page.evaluate("([x, y]) => Boolean(document.elementFromPoint(x, y).closest('.ganviz-keys'))", at)
        assert seen, "cut off"
    watched.shot("keys-1-told")
    page.locator(".ganviz-keys summary").click()
    assert not told.is_visible()
    assert page.get_by_role("button", name="Step", exact=True).get_attribute("aria-keyshortcuts") == "ArrowRight"


CONTRAST = """() => {
  const light = (c) => {
    const linear = (v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
    const [r, g, b] = c.match(/[\\d.]+/g).slice(0, 3).map((v) => linear(v / 255));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const ground = (e) => {
    for (; e; e = e.parentElement) {
      const color = getComputedStyle(e).backgroundColor;
      if (!/, 0\\)$/.test(color)) return color;
    }
    return "rgb(255, 255, 255)";
  };
  const weak = new Map();
  let seen = 0;
  for (const e of document.querySelectorAll(".ganviz *")) {
    const text = [...e.childNodes].some((n) => n.nodeType === 3 && n.textContent.trim());
    if (!text || !e.offsetWidth || e.closest("svg, option")) continue;
    seen += 1;
    const [a, b] = [light(getComputedStyle(e).color), light(ground(e))];
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (ratio < 4.5) weak.set(e.className + " " + e.tagName, [ratio, e.textContent.slice(0, 30)]);
  }
  return { seen, weak: [...weak] };
}"""


def test_text_has_contrast(watched: Watched) -> None:
    found = watched.page.evaluate(CONTRAST)
    assert found["weak"] == []
    assert found["seen"] > 60


def test_a_painted_frame_follows_the_width_of_the_page(watched: Watched) -> None:
    page = watched.page
    page.evaluate(
        """() => document.querySelectorAll(".ganviz-figure").forEach((figure) => {
          const canvas = figure.querySelector(".ganviz-canvas");
          if (canvas) (canvas.style.width = "3000px"), (canvas.width = 3000), figure.classList.add("ganviz-streaming");
        })"""
    )
    page.set_viewport_size({"width": 1000, "height": 800})
    try:
        page.wait_for_function(
            """() => {
              const painted = [...document.querySelectorAll(".ganviz-canvas")];
              const wanted = (canvas) => canvas.closest(".ganviz-plot")._fullLayout.width;
              return painted.length && painted.every((canvas) => canvas.style.width === `${wanted(canvas)}px`);
            }"""
        )
    finally:
        page.set_viewport_size({"width": 1280, "height": 800})


@pytest.mark.parametrize("width", [360, 390, 480])
def test_a_phone(width: int, watched: Watched) -> None:
    page = watched.page
    page.set_viewport_size({"width": width, "height": 844})
    try:
        page.wait_for_function(
            f"[...document.querySelectorAll('.ganviz-figure .main-svg')].every(s => s.clientWidth < {width})"
        )
        page.wait_for_timeout(500)
        # Also of the parts that would be cut off, or would scroll by themselves.
        beyond = page.evaluate(
            """() => [...document.querySelectorAll(".ganviz, .ganviz *")]
              .filter((e) => !e.closest("svg") && e.offsetWidth && e.getBoundingClientRect().right > innerWidth)
              .map((e) => e.className)"""
        )
        assert beyond == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        small = page.evaluate(
            """() => [...document.querySelectorAll(".ganviz :is(.ganviz-bar button, select, [aria-expanded])")]
              .filter((e) => e.offsetWidth && e.offsetHeight < 40).map((e) => e.outerHTML.slice(0, 100))"""
        )
        assert small == []
        stage, curves, side = (
            page.locator(part).bounding_box()
            for part in (".ganviz-plot >> nth=0", ".ganviz-plot >> nth=-1", ".ganviz-side")
        )
        assert stage["y"] + stage["height"] < curves["y"] < curves["y"] + curves["height"] < side["y"]
        assert curves["height"] > 350, "two by two"
        watched.shot(f"phone-{width}")
    finally:
        page.set_viewport_size({"width": 1280, "height": 800})
        page.wait_for_function("document.querySelectorAll('.ganviz-plot')[1].offsetHeight < 250")

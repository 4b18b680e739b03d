"""The front page in a real browser: from a card to its laboratory and back, and a lesson of the course as an app."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator

import pytest
from conftest import free_port, serve
from driver import PATIENCE, button
from playwright.sync_api import expect

from ganviz.presets import describe

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """What ``ganviz`` alone serves."""
    port = free_port()
    command = [sys.executable, "-m", "ganviz", "--no-browser", "--port", str(port)]
    yield from serve(command, f"http://127.0.0.1:{port}/", tmp_path_factory.mktemp("site"))


WIDE = "document.documentElement.scrollWidth > document.documentElement.clientWidth"

SEEN = "[...document.querySelectorAll('.cards img')].filter(one => one.complete && one.naturalWidth).length"


def test_the_front_page_fits_a_phone_and_a_projector(site, watched):
    page = watched.page
    for width, columns in ((390, 1), (1920, 4)):
        page.set_viewport_size({"width": width, "height": 844})
        page.goto(site)
        assert not page.evaluate(WIDE)
        left = page.eval_on_selector_all(".card", "cards => cards.map(card => card.getBoundingClientRect().left)")
        assert len(set(left)) >= columns
        assert (len(set(left)) == 1) == (columns == 1)
        watched.shot(f"gallery-{width}")
    assert page.evaluate(SEEN) < len(left), "pictures far below are not there yet"
    height = "document.documentElement.scrollHeight"
    seen, before = page.evaluate(SEEN), page.evaluate(height)
    page.locator(".card").last.scroll_into_view_if_needed()
    until = time.monotonic() + 20
    while page.evaluate(SEEN) <= seen:  # the page's own policy forbids what Playwright waits with
        assert time.monotonic() < until
        page.wait_for_timeout(100)
    assert page.evaluate(height) == before, "nothing jumps when pictures come"
    page.emulate_media(color_scheme="dark")
    watched.shot("gallery-dark")
    assert watched.errors == []


def test_a_card_opens_its_preset_by_the_keyboard_and_a_link_leads_back(site, watched):
    page, title = watched.page, describe("ring").title
    page.goto(site)
    for _ in range(60):
        page.keyboard.press("Tab")
        at = page.evaluate("document.activeElement.getAttribute('href')")
        if at == "explore#preset=ring":
            break
    assert at == "explore#preset=ring"
    ring = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert ring == "solid", "the focus can be seen"
    # Every heading that is ever shown: the page must not begin with another preset.
    page.add_init_script(
        """addEventListener("DOMContentLoaded", () => { window.shown = new Set(); const look = () => {
            const h1 = document.querySelector(".ganviz h1");
            if (h1?.checkVisibility({ visibilityProperty: true })) window.shown.add(h1.innerText);
            requestAnimationFrame(look); }; look(); });"""
    )
    page.keyboard.press("Enter")
    page.wait_for_selector(".ganviz-figure .main-svg >> visible=true", timeout=PATIENCE)
    assert page.locator(".ganviz h1").inner_text() == title
    assert page.evaluate("[...window.shown]") == [title]
    page.evaluate("location.hash = '#preset=rign'")
    page.wait_for_selector(".ganviz-warning:has-text('There is no preset \\'rign\\'')", timeout=PATIENCE)
    assert page.locator(".ganviz h1").inner_text() == title
    watched.shot("gallery-app")
    page.locator(".ganviz-home a").click()
    page.wait_for_selector(".cards", timeout=PATIENCE)
    assert page.url == site
    goodbye = page.request.post(f"{site}voila/api/shutdown/1")
    assert (goodbye.status, goodbye.body()) == (204, b""), "the page that was left has said so, and got no error"
    assert watched.errors == []


def test_a_lesson_is_an_app_that_trains_nothing_by_itself(site, watched):
    page = watched.page
    page.goto(f"{site}course/07-dirac-gan", wait_until="commit", timeout=PATIENCE)
    page.wait_for_selector("h1:has-text('Dirac-GAN')", timeout=PATIENCE)
    page.wait_for_selector(".ganviz-figure .main-svg >> visible=true", timeout=PATIENCE)
    page.wait_for_function("document.querySelectorAll('.ganviz').length === 2", timeout=PATIENCE)
    assert "trainer.advance" in page.locator(".highlight pre").first.inner_text(), "code that is not run is shown"
    assert page.locator(".ganviz-said:has-text('3.097')").count() == 1, "and what it said"
    assert not page.locator(".ganviz-still").first.is_visible(), "the explorer is there in the place of its picture"
    button(page, "Play").click()
    page.wait_for_function("document.querySelector('.ganviz-figure').dataset.frames > 5", timeout=PATIENCE)
    other = page.locator(".ganviz").nth(1)
    other.scroll_into_view_if_needed()  # what is out of sight is not drawn
    expect(other.locator(".ganviz-caption").first).to_contain_text("step 0 · paused", timeout=PATIENCE)
    watched.shot("gallery-lesson")
    page.set_viewport_size({"width": 390, "height": 844})
    page.wait_for_timeout(1000)
    prose = page.eval_on_selector_all(".jp-MarkdownOutput", "all => all.map(one => one.getBoundingClientRect().right)")
    assert max(prose) <= page.evaluate("document.documentElement.clientWidth"), "what is wide scrolls by itself"
    watched.shot("gallery-lesson-phone")
    elsewhere = [url for url in watched.asked if not url.startswith((site, "blob:", "data:"))]
    assert elsewhere == [], "a page asks nobody but its server: a classroom may have no network"
    assert page.locator(".ganviz-next a").get_attribute("href") == "08-your-own-data"
    assert watched.errors == []

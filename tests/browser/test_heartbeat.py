"""The page's half of the heartbeat, in a browser whose clock is turned by hand."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

import ganviz.widgets

pytestmark = pytest.mark.browser

SCRIPT = (Path(ganviz.widgets.__file__).parent / "static" / "heartbeat.js").read_text("utf-8")
CONFIG = '<script id="jupyter-config-data" type="application/json">{"baseUrl": "/", "kernelId": "k"}</script>'
SETUP = """
window.said = [];
window.figures = [...document.querySelectorAll(".ganviz-figure")];
window.hearts = figures.map((root) => heartbeat(root, (kind, more) => said.push(more.answer)));
"""


def page_with(browser: Browser, body: str, status: int | None = 200) -> Page:
    """A page with two figures; its server says `status` of the kernel, or nothing at all."""
    page = browser.new_page()
    page.clock.install()

    def answer(route) -> None:
        if "/api/kernels/k" not in route.request.url:
            figures = '<div class="ganviz">' + '<div class="ganviz-figure"></div>' * 2 + "</div>"
            route.fulfill(content_type="text/html", body=f"{body}{CONFIG}{figures}")
        elif status is None:
            route.abort()
        else:
            route.fulfill(status=status, body="")

    page.route("**/*", answer)
    page.goto("http://ganviz.test/")
    page.add_script_tag(content=SCRIPT + SETUP)
    return page


def beats(page: Page, number: int) -> None:
    for _ in range(number):
        page.clock.run_for(1000)
        page.wait_for_timeout(20)  # for the answers of the server, which come in real time


def notices(page: Page) -> list[str]:
    return page.locator(".ganviz-lost").all_inner_texts()


def test_a_notebook_says_when_its_kernel_is_silent(browser: Browser) -> None:
    page = page_with(browser, "<body>")
    beats(page, 8)
    assert notices(page) == []
    assert page.evaluate("said.filter((asked) => asked).length") == 2 * 7, "asked for a word from the second beat on"
    beats(page, 1)
    assert len(notices(page)) == 1
    assert "does not answer" in notices(page)[0]
    assert page.locator(".ganviz > .ganviz-lost").count() == 1
    page.evaluate("hearts[0].heard()")
    assert notices(page) == []
    page.close()


def test_a_word_now_and_then_is_enough(browser: Browser) -> None:
    page = page_with(browser, "<body>")
    for _ in range(5):
        beats(page, 8)
        page.evaluate("hearts.forEach((heart) => heart.heard())")
    assert notices(page) == []
    page.close()


@pytest.mark.parametrize(("status", "lost"), [(200, False), (404, True), (None, True), (503, False)])
def test_an_app_asks_its_server_whether_the_kernel_is_dead_or_busy(
    browser: Browser, status: int | None, lost: bool
) -> None:
    page = page_with(browser, '<body data-voila="voila">', status)
    beats(page, 4)
    assert notices(page) == []
    beats(page, 5)
    assert [text.startswith("Session lost") for text in notices(page)] == [True] * lost
    assert page.locator("body > .ganviz-lost button").count() == lost
    page.close()


def test_a_kernel_that_is_gone_is_left_alone(browser: Browser) -> None:
    page = page_with(browser, '<body data-voila="voila">', 404)
    beats(page, 10)
    before = page.evaluate("said.length")
    beats(page, 5)
    assert page.evaluate("said.length") == before
    page.close()

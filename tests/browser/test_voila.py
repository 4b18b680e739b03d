"""The app in a real browser, as ``ganviz`` serves it."""

from __future__ import annotations

import psutil
import pytest
from driver import (
    button,
    control,
    drag_slider,
    frames,
    number,
    open_page,
    picture,
    readout,
    state_line,
    step,
    wait_until,
    watch,
)

pytestmark = pytest.mark.browser


def test_play_drag_pause(explorer):
    page = explorer.page
    assert step(page) == 0
    start = picture(page)
    explorer.shot("voila-1-open")

    button(page, "Play").click()
    watch(page, 20)
    assert picture(page) != start
    assert step(page) > 20

    # Dragging the learning rate acts on the running training: its number arrives and training goes on.
    before, rate = step(page), readout(page, "lr d")
    drag_slider(page, "lr d", 0.75)
    wait_until(page, lambda: readout(page, "lr d") != rate and step(page) > before)
    page.locator(".ganviz-side label:has-text('weight clipping') input").check()
    control(page, "loss").locator("select").select_option("least_squares")
    # The cost of least squares is at least -1/4, not -log 4.
    wait_until(page, lambda: number(page, "C(G)") > -0.5)
    explorer.shot("voila-2-playing")

    button(page, "Pause").click()
    wait_until(page, lambda: "paused" in state_line(page))
    resting, drawn = step(page), frames(page)
    page.wait_for_timeout(700)
    assert (step(page), frames(page)) == (resting, drawn), "nothing may be drawn while nothing happens"
    explorer.shot("voila-3-paused")
    assert explorer.errors == []


def test_half_steps_and_reset(explorer):
    page = explorer.page
    button(page, "D step").click()
    page.wait_for_function("document.querySelector('.ganviz-caption').innerText.includes('(b)')")
    assert step(page) == 0, "a step of D alone is no full step"
    button(page, "G step").click()
    page.wait_for_function("document.querySelector('.ganviz-caption').innerText.includes('(c)')")
    assert step(page) == 1
    button(page, "Step").click()
    page.wait_for_function("document.querySelector('.ganviz-caption').innerText.includes('step 2 ')")
    shown = number(page, "JSD")
    for _ in range(2):
        button(page, "Reset").click()
        page.wait_for_function("document.querySelector('.ganviz-caption').innerText.includes('step 0 ')")
        button(page, "D step").click()
        button(page, "G step").click()
        button(page, "Step").click()
        page.wait_for_function("document.querySelector('.ganviz-caption').innerText.includes('step 2 ')")
        assert number(page, "JSD") == shown, "the same seed must give the same numbers"
    assert explorer.errors == []


def test_slow_motion_names_the_stages(explorer):
    page = explorer.page
    button(page, "Slow motion").click()
    for stage in "abc":
        page.wait_for_function(
            f"document.querySelector('.ganviz-stage')?.innerText.startsWith('({stage})')", timeout=15_000
        )
    explorer.shot("voila-4-slow-motion")
    assert explorer.errors == []


def test_zoom_and_hover_survive_frames(voila, watched):
    page = watched.page
    open_page(page, voila)
    button(page, "Play").click()
    box = page.locator(".ganviz-plot").first.bounding_box()
    page.mouse.move(box["x"] + 0.3 * box["width"], box["y"] + 120)
    page.mouse.down()
    page.mouse.move(box["x"] + 0.6 * box["width"], box["y"] + 180, steps=5)
    page.mouse.up()
    x_range = "JSON.stringify(document.querySelector('.ganviz-plot').layout.xaxis.range)"
    zoomed, drawn = page.evaluate(x_range), frames(page)
    page.wait_for_function(f"document.querySelector('.ganviz-figure').dataset.frames > {drawn + 15}")
    assert page.evaluate(x_range) == zoomed
    assert page.locator(".ganviz-plot .hoverlayer .hovertext").count() > 0
    watched.shot("voila-5-zoomed")
    assert watched.errors == []


def test_hidden_figure_is_sent_nothing_and_comes_back(explorer):
    page = explorer.page
    button(page, "Play").click()
    watch(page, 5)
    page.evaluate("document.querySelector('.ganviz-stage-column').style.display = 'none'")
    page.wait_for_timeout(500)
    hidden = frames(page)
    page.wait_for_timeout(1500)
    assert frames(page) == hidden
    before = page.evaluate("document.querySelector('.ganviz-caption').textContent")
    page.evaluate("document.querySelector('.ganviz-stage-column').style.display = ''")
    page.wait_for_function(f"document.querySelector('.ganviz-figure').dataset.frames > {hidden + 5}")
    assert page.evaluate("document.querySelector('.ganviz-caption').textContent") != before


def test_lost_numbers_pause_and_can_be_undone(explorer):
    page = explorer.page
    for label, name in (("loss", "least_squares"), ("optimizer d", "sgd"), ("optimizer g", "sgd")):
        control(page, label).locator("select").select_option(name)
    page.locator(".ganviz-toolbar select").select_option("full speed")
    button(page, "Play").click()
    watch(page, 10)
    for label in ("momentum", "lr d", "lr g"):
        drag_slider(page, label, 1.0)
    page.wait_for_selector(".ganviz-notices button:visible", timeout=60_000)
    # They may be said to run away before they are lost.
    page.wait_for_function("document.querySelector('.ganviz-notices').innerText.includes('NaN')", timeout=60_000)
    message = page.locator(".ganviz-notices").inner_text()
    assert "became infinite or NaN in step" in message
    assert "discriminator" in message or "generator" in message
    explorer.shot("voila-6-diverged")
    page.locator(".ganviz-notices button").click()
    page.wait_for_selector(".ganviz-notices button", state="hidden")
    drag_slider(page, "lr d", 0.2)
    drag_slider(page, "lr g", 0.2)
    back = step(page)
    button(page, "Play").click()
    wait_until(page, lambda: step(page) > back)
    assert explorer.errors == []


def process_of(page) -> psutil.Process:
    """The kernel's process behind a page."""
    config = "JSON.parse(document.getElementById('jupyter-config-data').textContent)"
    kernel = page.evaluate(f"{config}.kernelId")
    return next(p for p in psutil.process_iter(["cmdline"]) if kernel in " ".join(p.info["cmdline"] or []))


def test_a_closed_tab_frees_its_kernel(voila, browser):
    page = browser.new_page()
    open_page(page, voila)
    button(page, "Play").click()
    page.wait_for_timeout(1000)
    kernel = process_of(page)
    assert kernel.is_running()
    page.close()
    psutil.wait_procs([kernel], timeout=30)
    assert not kernel.is_running()


def test_the_dirac_gan_has_its_plane(explorer):
    page = explorer.page
    control(page, "preset").locator("select").select_option("dirac-r1")
    plane = page.locator(".ganviz-figure:visible").first
    button(page, "Play").click()
    page.wait_for_function(
        "[...document.querySelectorAll('.ganviz-figure')].some(f => f.offsetWidth && f.dataset.step > 60)"
    )
    button(page, "Pause").click()
    wait_until(page, lambda: "predicted ρ 0.9747" in plane.inner_text())
    assert plane.locator(".legendtext").all_text_contents() == ["(θ, ψ)", "equilibrium", "eigenvalues of a step"]
    explorer.shot("voila-7-dirac")
    assert explorer.errors == []


def test_a_loss_without_discriminator_hides_its_controls(explorer):
    page = explorer.page
    button(page, "Play").click()
    control(page, "loss").locator("select").select_option("mmd")
    page.wait_for_function("document.querySelector('.ganviz-figure').innerText.includes('witness')")
    assert not control(page, "lr d").is_visible()
    assert control(page, "lr g").is_visible()
    watch(page, 10)
    explorer.shot("voila-8-witness")
    control(page, "loss").locator("select").select_option("hinge")
    page.wait_for_function("document.querySelector('.ganviz-figure').innerText.includes('D*(x)')")
    assert control(page, "lr d").is_visible()
    assert explorer.errors == []


def test_what_makes_no_sense_is_refused_and_goes_back(explorer):
    page = explorer.page
    page.locator(".ganviz-side label:has-text('packing') input").check()
    page.wait_for_timeout(500)
    control(page, "loss").locator("select").select_option("mmd")
    page.wait_for_function(
        "document.querySelector('.ganviz-notices').innerText.includes('packing acts on the discriminator')"
    )
    chosen = control(page, "loss").locator("select").evaluate("select => select.selectedOptions[0].innerText")
    assert chosen.strip() == "nonsaturating"
    explorer.shot("voila-9-refused")
    assert explorer.errors == []

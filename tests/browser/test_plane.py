"""The stage of the plane, and data of the reader's own, in a real browser."""

from __future__ import annotations

import math

import pytest
from driver import PATIENCE, begin, button, control

from ganviz import preset

pytestmark = pytest.mark.browser

STAGE = "[...document.querySelectorAll('.ganviz-figure')].find(figure => figure.offsetWidth)"


def choose(page, label: str, option: str) -> None:
    """Choose an option and wait until its stage has drawn a frame."""
    control(page, label).locator("select").select_option(option)


def until(page, condition: str, seconds: float = 60) -> None:
    """Wait until a condition holds on the stage that is shown, called `figure`."""
    page.wait_for_function(f"(figure => figure && ({condition}))({STAGE})", timeout=1000 * seconds)


def on_stage(page, expression: str):
    """The value of an expression of the stage's `figure` and plotly's `plot`."""
    return page.evaluate(f"(figure => (plot => {expression})(figure.querySelector('.ganviz-plot')))({STAGE})")


VISIBLE = "plot._fullData.filter(trace => trace.visible === true).map(trace => trace.name)"
"""The names of the traces that are drawn."""


def points(page, name: str) -> list[tuple[float, float]]:
    """The points of the layer of that name."""
    trace = f"plot.data.find(trace => trace.name === '{name}')"
    x, y = (on_stage(page, f"Array.from({trace}.{side})") for side in "xy")
    return list(zip(x, y, strict=True))


@pytest.fixture
def ring(_explorer):
    """One page for the tests here, each of which finds the ring at step 0 and paused."""
    begin(_explorer.page, preset("ring-r3gan"))
    until(_explorer.page, "figure.dataset.step === '0' && figure.innerText.includes('modes')")
    _explorer.errors.clear()
    return _explorer


def unfold_data(page) -> None:
    header = page.locator(".ganviz-group .jupyter-widget-Collapse-header:has-text('Data')")
    if header.get_attribute("aria-expanded") == "false":
        header.click()


def test_the_stage_plays_and_its_layers_can_be_switched(ring):
    page = ring.page
    before = points(page, "fake")
    button(page, "Play").click()
    until(page, "figure.dataset.step > 150")
    assert points(page, "fake") != before
    layers = on_stage(page, "plot.data.filter(trace => trace.showlegend !== false).map(trace => trace.name)")
    drawn = ["D(x)", "p<sub>data</sub>", "p<sub>g</sub> (estimate)", "real", "latent grid", "fake", "pull on G"]
    assert layers == drawn
    ring.shot("plane-1-playing")
    # The slow metrics arrive too.
    until(page, r"/two-sample test p = [\d.]+/.test(figure.innerText)")
    button(page, "Pause").click()
    until(page, "figure.innerText.includes('paused')")
    count = len(on_stage(page, VISIBLE))
    legend = page.locator(".ganviz-figure:visible .legendtoggle")
    legend.nth(4).click()
    hidden = f"(plot => !{VISIBLE}.includes('latent grid'))(figure.querySelector('.ganviz-plot'))"
    until(page, hidden)
    assert len(on_stage(page, VISIBLE)) < count - 5, "a layer goes as a whole"
    # It stays hidden while frames go on.
    step = int(on_stage(page, "figure.dataset.step"))
    button(page, "Play").click()
    until(page, f"figure.dataset.step > {step + 150}")
    assert "latent grid" not in on_stage(page, VISIBLE)
    ring.shot("plane-2-without-latent-grid")
    # And comes back, for the tests below too.
    button(page, "Pause").click()
    legend.nth(4).click()
    page.wait_for_function(f"(plot => {VISIBLE}.length === {count})({STAGE}.querySelector('.ganviz-plot'))")
    assert ring.errors == []


def test_pointing_at_z_shows_where_g_takes_it(ring):
    page = ring.page
    page.wait_for_timeout(1500)
    rings = "plot.data.filter(trace => trace.meta?.probe !== undefined)"
    assert not on_stage(page, f"{rings}.some(ring => Number.isFinite(ring.x[0]))")
    node = 25 + 1  # near a corner, where the nodes of a normal latent lie far apart
    place = on_stage(
        page,
        f"((x, y, at, box) => [box.x + x._offset + x.c2p(at.x[{node}]), box.y + y._offset + y.c2p(at.y[{node}])])"
        f"(plot._fullLayout.xaxis2, plot._fullLayout.yaxis2, plot.data[{rings}.at(-1).meta.probe],"
        " plot.getBoundingClientRect())",
    )
    page.mouse.move(place[0] - 3, place[1] - 3)
    page.mouse.move(*place, steps=3)
    page.wait_for_function(
        f"(plot => {rings}.every(ring => Number.isFinite(ring.x[0])))({STAGE}.querySelector('.ganviz-plot'))"
    )
    shown = on_stage(page, f"{rings}.map(ring => [ring.x[0], ring.y[0]])")
    expected = on_stage(
        page, f"{rings}.map(ring => [plot.data[ring.meta.probe].x[{node}], plot.data[ring.meta.probe].y[{node}]])"
    )
    assert shown == expected
    page.wait_for_timeout(300)
    ring.shot("plane-3-probe")
    page.mouse.move(5, 5)
    page.wait_for_function(
        f"(plot => {rings}.every(ring => !Number.isFinite(ring.x[0])))({STAGE}.querySelector('.ganviz-plot'))"
    )
    assert ring.errors == []


def test_what_is_drawn_is_learnt(ring):
    """Two short strokes on the left: the fakes go there."""
    page = ring.page
    unfold_data(page)
    choose(page, "data", "cloud (plane, yours)")
    pad = page.locator("canvas.ganviz-editor-pad").first
    pad.scroll_into_view_if_needed()
    until(page, "!figure.innerText.includes('modes')")
    page.locator(".ganviz-side button:has-text('Clear')").click()
    box = pad.bounding_box()
    for height in (0.3, 0.7):
        page.mouse.move(box["x"] + 0.25 * box["width"], box["y"] + height * box["height"])
        page.mouse.down()
        page.mouse.move(box["x"] + 0.4 * box["width"], box["y"] + height * box["height"], steps=12)
        page.mouse.up()
        page.wait_for_timeout(600)
    until(
        page,
        "(plot => plot.data.find(t => t.name === 'real').x.every(x => x < 0.4))(figure.querySelector('.ganviz-plot'))",
    )
    page.locator(".ganviz-toolbar select").select_option("full speed")
    button(page, "Play").click()
    until(page, "figure.dataset.step > 700", seconds=90)
    button(page, "Pause").click()
    until(page, "figure.innerText.includes('paused')")
    real, fake = points(page, "real"), points(page, "fake")
    near = [min(math.dist(one, other) for other in real) for one in fake]
    ring.shot("plane-4-drawn")
    assert sum(distance < 0.2 for distance in near) > 0.7 * len(near)
    for upper in (True, False):
        assert any((y > 0.5) == upper and (y < -0.5) != upper for _, y in fake), "both strokes"
    assert ring.errors == []


TABLE = "height,weight,age\n" + "\n".join(f"{150 + i % 40},{50 + (i * 7) % 45},{20 + i % 50}" for i in range(120))


def test_a_table_is_loaded_and_a_wrong_one_is_not(ring):
    page = ring.page
    unfold_data(page)
    choose(page, "data", "table (yours)")
    page.wait_for_timeout(1000)
    door = page.locator(".ganviz-side input[type=file]").first
    door.set_input_files(files=[{"name": "people.csv", "mimeType": "text/csv", "buffer": TABLE.encode()}])
    page.wait_for_function("document.querySelector('.ganviz-side').innerText.includes('people.csv')")
    until(page, "figure.innerText.includes('(height − ')")
    assert on_stage(page, "figure.innerText.includes('(weight − ')")
    control(page, "second").locator("select").select_option("age")
    until(page, "figure.innerText.includes('(age − ')")
    button(page, "Play").click()
    until(page, "figure.dataset.step > 30")
    door.set_input_files(
        files=[{"name": "wrong.csv", "mimeType": "text/csv", "buffer": b"name,town\nAnn,Ulm\nBob,Bonn\n"}]
    )
    page.wait_for_function("document.querySelector('.ganviz-side').innerText.includes('wrong.csv')")
    page.wait_for_timeout(700)
    ring.shot("plane-5-table")
    step = int(on_stage(page, "figure.dataset.step"))
    until(page, f"figure.dataset.step > {step + 30}")
    assert on_stage(page, "figure.innerText.includes('(age − ')"), "what is running goes on"
    assert ring.errors == []


def test_a_link_opens_the_same_experiment(voila, ring, browser):
    page = ring.page
    page.locator("button.ganviz-link").click()
    page.wait_for_function("location.hash.startsWith('#ganviz=')")
    link = page.url
    other = browser.new_page()
    other.goto(link[:-30], wait_until="commit", timeout=PATIENCE)
    other.wait_for_function(
        "document.querySelector('.ganviz-notices')?.innerText.includes('This link is damaged')", timeout=PATIENCE
    )
    # The whole of it, in the address of the same page. That a page begins with a link's experiment: test_mnist.py.
    other.goto(link, timeout=PATIENCE)
    until(other, "figure.innerText.includes('modes')", seconds=90)
    assert "damaged" not in other.locator(".ganviz-notices").inner_text()
    other.close()
    assert ring.errors == []

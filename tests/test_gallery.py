"""The front page and the course as apps: everything has its card, and what is not run stands as it was run."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from html import unescape
from html.parser import HTMLParser
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import nbformat
import numpy as np
import pytest
from conftest import small
from PIL import Image
from test_course import COURSE, script

import ganviz
from ganviz.cli.main import parser
from ganviz.cli.policy import policy
from ganviz.link import PRESET, preset_of
from ganviz.presets import describe, preset_names
from ganviz.server.front import gallery as front
from ganviz.server.front.course import course
from ganviz.server.front.page import SKIPPED, as_page
from ganviz.server.front.shelf import Shelf
from ganviz.server.shown import EXPLORER
from ganviz.widgets.explorer import Explorer


class Cards(HTMLParser):
    """Every link of a page, with the words, the pictures, and the tags in it."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.links: dict[str, str] = {}
        self.pictures: list[dict[str, str | None]] = []
        self.tags: set[str] = set()
        self._inside = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        if tag == "a":
            self._inside = dict(attributes)["href"] or ""
            self.links.setdefault(self._inside, "")
        elif tag == "img":
            self.pictures.append(dict(attributes))

    def handle_endtag(self, tag: str) -> None:
        self._inside = "" if tag == "a" else self._inside

    def handle_data(self, data: str) -> None:
        if self._inside:
            self.links[self._inside] += data + " "


# ------------------------------------------------------------------------------------------------- the front page


def letters(text: str) -> str:
    """What is left of it where tags stand for underscores."""
    return re.sub(r"[\W_]", "", text)


def test_every_preset_and_every_notebook_has_a_card_that_opens_it() -> None:
    cards = Cards(front.gallery())
    wanted = {f"explore#preset={name}": describe(name).title for name in preset_names()}
    lessons = course()
    assert [lesson.path for lesson in lessons] == COURSE
    wanted |= {f"course/{lesson.name}": lesson.title for lesson in lessons}
    assert set(cards.links) == {*wanted, "explore"}
    for link, title in wanted.items():
        assert letters(title) in letters(cards.links[link])
        assert re.search(r"\d (min|h)\b", cards.links[link])
    assert list(cards.links)[2 : 2 + len(lessons) - 1] == [f"course/{lesson.name}" for lesson in lessons][1:]
    assert not {"script", "iframe", "form"} & cards.tags


def test_every_preset_and_every_notebook_says_what_its_card_needs() -> None:
    for name in preset_names():
        minutes = describe(name).minutes
        assert minutes, f"presets/{name}.json names no minutes: about how long until one has seen it on one core?"
        assert name in front.card_pictures(), f"{name} has no picture: python tools/make_cards.py {name}"
    for lesson in course():
        text = json.loads(lesson.path.read_text("utf-8"))
        heading = "".join(text["cells"][0]["source"]).splitlines()[0].removeprefix("# ")
        assert "title" in text["metadata"], f"{lesson.name} has no title in its metadata"
        assert "$" in heading or heading == lesson.title
        assert lesson.question.endswith(("?", ".")), f"{lesson.name}: its metadata's ganviz has no question"
        assert 5 <= (lesson.minutes or 0) <= 90
        assert lesson.picture in front.card_pictures()


def grey(path: Path) -> np.ndarray:
    with Image.open(path) as picture:
        return np.asarray(picture.convert("L"))


def test_pictures_are_small_and_none_is_left_over() -> None:
    assert set(front.card_pictures()) == {f"{name}{ending}" for name in preset_names() for ending in ("", "-dark")}
    sizes = []
    for path in front.card_pictures().values():
        with Image.open(path) as picture:
            assert picture.width * 5 == picture.height * 8
            assert picture.width >= 480
        sizes.append(path.stat().st_size)
    assert max(sizes) <= 25_000
    assert sum(sizes) < 1_500_000
    for name in preset_names():
        day, night = (grey(front.card_pictures()[f"{name}{ending}"]) for ending in ("", "-dark"))
        assert night.mean() < min(100, day.mean()), f"{name} glares at night"
        assert night.max() > 150, f"{name} cannot be seen at night"
    for about in Cards(front.gallery()).pictures[1:]:
        assert (about["loading"], about["width"], about["height"]) == ("lazy", "480", "300")


HOSTILE = '"><script>alert(1)</script>&amp;'


def test_a_card_says_what_it_is_told_and_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    odd = replace(describe("ring"), name=HOSTILE, title=HOSTILE, watch=HOSTILE, minutes=None)
    lesson = replace(course()[0], path=Path(f"{HOSTILE}.ipynb".replace("/", "")), title=HOSTILE, question=HOSTILE)
    monkeypatch.setattr(front, "available", lambda: [odd])
    monkeypatch.setattr(front, "course", lambda: [lesson])
    page = front.gallery()
    cards = Cards(page)
    assert "script" not in cards.tags
    assert cards.links[f"explore#preset={HOSTILE}"].count(HOSTILE) == 2
    assert cards.links[f"course/{lesson.name}"].count(HOSTILE) == 2
    assert "blank" in page, "a card without a picture is a card all the same"


def test_a_preset_in_a_space_that_is_not_there_has_a_card(monkeypatch: pytest.MonkeyPatch) -> None:
    presets = {name: describe(name) for name in ("ring", "figure-1")}
    sound = SimpleNamespace(data=SimpleNamespace(space="sounds"))
    presets["noise"] = replace(presets["ring"], name="noise", title="Noise", experiment=sound, minutes=None)
    monkeypatch.setattr(front, "available", lambda: list(presets.values()))
    page = front.gallery()
    assert page.index("<h2>In the plane</h2>") < page.index("<h2>Sounds</h2>") < page.index("explore#preset=noise")


def test_an_installation_without_the_course_has_a_front_page(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("ganviz.server.front.course.FOLDERS", (tmp_path / "none",))
    assert course() == []
    page = front.gallery()
    assert "The course" not in page
    assert "Begin the course" not in page
    assert "explore#preset=ring" in page


def channel(color: str, at: int) -> float:
    value = int(color[at : at + 2], 16) / 255
    return value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4


def luminance(color: str) -> float:
    return 0.2126 * channel(color, 1) + 0.7152 * channel(color, 3) + 0.0722 * channel(color, 5)


def test_words_stand_out_in_both_schemes() -> None:
    """The contrast of WCAG 2: 4.5 for text."""
    light, dark = (Path(front.__file__).parent / "gallery.css").read_text("utf-8").split("@media", 2)[:2]
    for scheme in (light, dark):
        colors = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", scheme))
        pairs = [(ink, paper) for ink in ("ink", "quiet", "accent") for paper in ("paper", "card")]
        for ink, paper in [*pairs, ("on-accent", "accent"), ("ink", "wash")]:
            low, high = sorted(luminance(colors[name]) for name in (ink, paper))
            assert (high + 0.05) / (low + 0.05) >= 4.5, (ink, paper, colors)


# ------------------------------------------------------------------------------------------------ lessons as pages


@pytest.mark.parametrize("path", COURSE, ids=lambda path: path.stem)
def test_a_lesson_s_page_runs_its_explorers_alone(path: Path) -> None:
    notebook = nbformat.read(path, as_version=4)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    page = as_page(nbformat.read(path, as_version=4), "<nav>above</nav>", "<nav>below</nav>")
    nbformat.validate(page)
    left = [cell.source for cell in page.cells if cell.cell_type == "code"]
    assert left == [cell.source for cell in code if "explore(" in cell.source]
    prose = "\n\n".join(cell.source for cell in page.cells if cell.cell_type == "markdown")
    assert prose.count('<div class="ganviz-still"><img alt="') == len(left)
    for cell in code:
        if SKIPPED not in cell.metadata.get("tags", []):
            assert "explore(" in cell.source
            continue
        assert f"```python\n{cell.source}\n```" in prose
        assert cell.outputs or not re.search(r"^(round|found|trainer)\b.*$", cell.source.splitlines()[-1])
        for output in cell.outputs:
            said = output.get("text") or output.data["text/plain"]
            assert f'<pre class="ganviz-said">{said}'[:60] in unescape(prose)
    assert "above" in page.cells[0].source
    assert "below" in page.cells[-1].source


def test_code_and_outputs_are_shown_as_text() -> None:
    output = nbformat.v4.new_output("stream", text="<b>&")
    cell = nbformat.v4.new_code_cell('"""```"""', outputs=[output], metadata={"tags": [SKIPPED]})
    (_, shown) = as_page(nbformat.v4.new_notebook(cells=[cell])).cells
    assert shown.source == '````python\n"""```"""\n````\n\n<pre class="ganviz-said">&lt;b&gt;&amp;</pre>'


def test_a_page_links_to_no_file_beside_the_notebook() -> None:
    text = "see [the table](../docs/a.md) and [a paper](https://example.org/a_(b)) in $[0](1)$"
    (_, shown) = as_page(nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell(text)])).cells
    assert shown.source == "see the table and [a paper](https://example.org/a_(b)) in $[0](1)$"


def test_explorers_of_the_course_are_within_the_limits_of_a_public_server(monkeypatch: pytest.MonkeyPatch) -> None:
    limits, asked = policy(parser().parse_args(["serve", "--public"])).limits, []
    monkeypatch.setattr(ganviz, "explore", lambda experiment, **_: asked.append(experiment), raising=False)
    for path in COURSE:
        shared: dict[str, Any] = {}
        for cell in nbformat.read(path, as_version=4).cells:
            if cell.cell_type == "code" and SKIPPED not in cell.metadata.get("tags", []):
                exec(cell.source, shared)
    assert len(asked) >= 2 * len(COURSE)
    for of in asked:
        limits.admit(ganviz.preset(of) if isinstance(of, str) else getattr(of, "experiment", of))


def test_the_shelf_has_what_it_was_stocked_with(tmp_path: Path) -> None:
    shelf = Shelf(root_dir=str(EXPLORER.parent))
    pages = shelf.stock(EXPLORER, "/base/", front=True)
    assert list(pages) == ["explore", *(f"course/{path.stem}" for path in COURSE)]
    for number, path in enumerate(COURSE, start=1):
        page = shelf.get(f"course/{path.stem}.ipynb")["content"]
        assert '<a href="/base/">ganviz</a>' in page.cells[0].source
        assert ("Next: " in page.cells[-1].source) == (number < len(COURSE))
    assert shelf.get("explorer.ipynb")["content"].cells[-1].source.endswith("app()")
    for none in ("course/11-nothing.ipynb", "course/../explorer2.ipynb", "../pyproject.toml", "course/%2e%2e/x.ipynb"):
        with pytest.raises(Exception, match=r"404|No such|outside"):
            shelf.get(none)

    alone = Shelf(root_dir=str(tmp_path))
    (tmp_path / "mine.ipynb").write_text(COURSE[0].read_text("utf-8"), "utf-8")
    assert alone.stock(tmp_path / "mine.ipynb", "/", front=False) == {"": "mine.ipynb"}
    page = alone.get("mine.ipynb")["content"]
    assert "<nav" not in page.cells[0].source
    with pytest.raises(Exception, match=r"404|No such"):
        alone.get(f"course/{COURSE[0].stem}.ipynb")


def test_what_a_cell_says_is_kept(tmp_path: Path) -> None:
    tool = script("make_numbers")
    cells = [
        ("import ganviz\nganviz.explore('ring')", {}, []),
        ("print('one')\nprint('two')\n1 + 2", {}, []),
        ("x = 3", {}, ["old"]),
        ("x + 1", {"tags": [tool.CHECKED]}, ["compared"]),
    ]
    made: list[dict[str, Any]] = [
        {"cell_type": "code", "source": [source], "metadata": metadata, "outputs": outputs, "execution_count": None}
        for source, metadata, outputs in cells
    ]
    before, ganviz.explore = ganviz.explore, lambda *_: None
    try:
        tool.keep({"cells": made})
    finally:
        ganviz.explore = before
    assert made[0]["metadata"] == {}
    printed, value = made[1]["outputs"]
    assert printed["text"] == ["one\n", "two"]
    assert value["data"] == {"text/plain": ["3"]}
    assert [cell["outputs"] for cell in made[2:]] == [[], ["compared"]]
    assert [cell["execution_count"] for cell in made] == [None, 2, None, None]
    assert all({tool.KEPT, tool.SKIPPED} <= set(cell["metadata"]["tags"]) for cell in made[1:])


# ------------------------------------------------------------------------------------------------- a card's link


def test_a_link_names_a_preset() -> None:
    assert preset_of("#preset=ring") == preset_of(f"https://example.org/explore{PRESET}ring") == "ring"
    assert preset_of("#preset=%3Cb%3E") == "<b>"
    assert len(preset_of("#preset=" + "x" * 10**6)) == 100
    for other in ("", "#preset", "#ganviz=abc", "ring"):
        assert preset_of(other) == ""


def test_an_explorer_opens_the_preset_that_its_page_s_address_names() -> None:
    explorer = Explorer(small(), path="eager")
    said: list[dict[str, Any]] = []
    explorer._link.send = said.append
    try:
        explorer._link._receive(None, {"kind": "open", "link": "#preset=bimodal"}, [])
        assert explorer.session.experiment == ganviz.preset("bimodal")
        assert explorer._presets.value == "bimodal"
        assert describe("bimodal").title in explorer._heading.value
        explorer._link._receive(None, {"kind": "open", "link": "#preset=bimdal<b>"}, [])
        assert explorer.session.experiment == ganviz.preset("bimodal"), "what is there stays"
        assert "There is no preset" in explorer._notices.message.value
        assert "<b>" not in explorer._notices.message.value
        assert said == [{"kind": "opened"}] * 2
    finally:
        explorer.close()

"""Colours: enough contrast on a light page and on a dark one, and apart for colour-blind readers too."""

from __future__ import annotations

import colorsys
import itertools
import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import plotly.graph_objects as go
import pytest
from conftest import small

from ganviz.figures import _style
from ganviz.figures._dark import DARK, on_dark
from ganviz.figures._style import HEAT_COLORS, KEPT, NEIGHBOUR, WORDS, words
from ganviz.figures.base import Figure
from ganviz.lab.recorder import Recorder
from ganviz.option import find, names

WORDS_AT_LEAST, MARKS_AT_LEAST = 4.5, 3.0
"""WCAG 2.2, 1.4.3 and 1.4.11."""

APART = 20
"""CIELAB distance between colours that must be told apart; 2.3 is just noticeable."""

BLINDNESS = {
    "nobody": [[1, 0, 0], [0, 1, 0], [0, 0, 1]],
    "protanopia": [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
    "deuteranopia": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ],
}
"""What remains of linear RGB: Machado, Oliveira and Fernandes 2009, severity 1."""

COLOR = r"#[0-9a-fA-F]{6}\b|rgba\(.*?\)"
TRANSPARENT = "#000000"
"""Used with opacity 0 alone."""

STATIC = Path(_style.__file__).parents[1] / "widgets" / "static"


def linear(color: str) -> np.ndarray:
    """Linear RGB of "#rrggbb"."""
    values = np.array([int(color[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    return np.where(values <= 0.04045, values / 12.92, ((values + 0.055) / 1.055) ** 2.4)


def contrast(one: str, other: str) -> float:
    lights = sorted(float(linear(color) @ [0.2126, 0.7152, 0.0722]) + 0.05 for color in (one, other))
    return lights[1] / lights[0]


def cielab(color: str, blindness: str) -> np.ndarray:
    seen = np.clip(np.array(BLINDNESS[blindness]) @ linear(color), 0, 1)
    to_xyz = [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]]
    xyz = np.array(to_xyz) @ seen / [0.95047, 1.0, 1.08883]
    x, y, z = np.where(xyz > (6 / 29) ** 3, np.cbrt(xyz), xyz / (3 * (6 / 29) ** 2) + 4 / 29)
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


def distance(one: str, other: str) -> float:
    """For whoever tells them apart worst."""
    return min(float(np.linalg.norm(cielab(one, eye) - cielab(other, eye))) for eye in BLINDNESS)


def test_the_measures_are_right():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.005)
    assert cielab("#ffffff", "nobody") == pytest.approx([100, 0, 0], abs=0.01)
    assert cielab("#ff0000", "nobody") == pytest.approx([53.24, 80.09, 67.20], abs=0.02)
    # Red and green of the same lightness: far apart, but not for everybody.
    assert np.linalg.norm(cielab("#c05000", "nobody") - cielab("#708000", "nobody")) > 60
    assert distance("#c05000", "#708000") < 15


@pytest.fixture(scope="module")
def drawn() -> dict[str, go.Figure]:
    """Every figure, by name."""
    dirac = {"name": "dirac"}
    latent = {"name": "normal", "dim": 4}
    experiments = (
        small(),
        small(data="ring"),
        small(data="mnist", latent=latent),
        small(data={"name": "mnist", "conditional": True}, latent=latent),
        small(data="dirac", latent="constant", generator=dirac, discriminator=dirac),
    )
    views = [Recorder(experiment, "eager").view() for experiment in experiments]
    figures = [find("figures", name)() for name in names("figures")]
    drawn = {
        figure.option_name(): figure.draw(view)
        for view in views
        for figure in figures
        if isinstance(figure, Figure) and figure.fits(view.snapshot.experiment)
    }
    assert len(drawn) == len(figures)
    return drawn


def colors_in(spec: Any) -> set[str]:
    """Every colour in a figure's JSON, without opacity."""
    solid, faint = re.findall(r"#[0-9a-fA-F]{6}\b", str(spec)), re.findall(r"rgba\((.*?),(.*?),(.*?),.*?\)", str(spec))
    return {*solid, *("#" + "".join(f"{int(part):02x}" for part in rgb) for rgb in faint)} - {TRANSPARENT}


def test_every_colour_has_a_dark_one(drawn: dict[str, go.Figure]):
    for name, figure in drawn.items():
        used = colors_in(figure.to_plotly_json())
        assert used, name
        assert used <= DARK.keys(), f"{name} has colours of its own"


def test_a_dark_figure_has_dark_colours_and_is_otherwise_the_same(drawn: dict[str, go.Figure]):
    for name, figure in drawn.items():
        light, dark = (json.loads(figure.to_json()) for _ in "ab")
        for path, value in on_dark(figure).items():
            *way, last = path.removeprefix("data.").split(".")
            branch = dark["data" if path.startswith("data.") else "layout"]
            for key in way:
                branch = branch[int(key) if isinstance(branch, list) else key]
            branch[int(last) if isinstance(branch, list) else last] = value
        assert dark["layout"]["paper_bgcolor"] == DARK[_style.GROUND]
        assert colors_in(dark) == {DARK[color] for color in colors_in(light)}, name
        assert re.sub(COLOR, "", str(dark)) == re.sub(COLOR, "", str(light)), name


def test_a_reader_s_words_stay_as_they_are():
    figure = go.Figure(go.Scatter(name="#111111", line_color=_style.REAL))
    figure.update_layout(xaxis_title_text="#009e73", title_text="#d55e00", annotations=[{"text": "#d55e00 more"}])
    figure.update_layout(font_color="#123456", shapes=[{"line": {"color": "rgba(0,158,115,0.40)"}}])
    assert on_dark(figure) == {
        "data.0.line.color": DARK[_style.REAL],
        "shapes.0.line.color": "rgba(31,199,150,0.40)",
    }


MARKS = ("REAL", "FAKE", "DISCRIMINATOR", "OPTIMUM", "PULL", "THEORY", "QUIET")


@pytest.mark.parametrize("name", MARKS)
def test_marks_and_their_words_stand_out(name: str):
    color = getattr(_style, name)
    assert contrast(color, _style.GROUND) >= MARKS_AT_LEAST
    assert contrast(DARK[color], DARK[_style.GROUND]) >= WORDS_AT_LEAST
    if name != "OPTIMUM":  # which nothing is written in
        assert contrast(words(color), _style.GROUND) >= WORDS_AT_LEAST


def test_words_keep_their_hue_and_are_no_darker_than_they_must():
    for color, dark in WORDS.items():
        (hue, *_), (same, *_) = (colorsys.rgb_to_hls(*linear(one)) for one in (color, dark))
        assert abs(hue - same) < 0.04, f"{color} and {dark} are not one colour"
        assert WORDS_AT_LEAST <= contrast(dark, _style.GROUND) < 6.5
        assert contrast(color, _style.GROUND) < WORDS_AT_LEAST, "it could have been the same"


def test_frames_stand_out_from_the_pictures_inside():
    for color in (*KEPT, NEIGHBOUR):
        assert contrast(color, "#000000") >= MARKS_AT_LEAST
    assert all(contrast(color, _style.GROUND) >= MARKS_AT_LEAST for color in KEPT)
    assert distance(*KEPT) >= APART


def test_what_lies_on_the_heat_map_stands_out():
    for ground in HEAT_COLORS:
        for color in (_style.REAL, _style.PULL, words(_style.FAKE)):
            assert contrast(color, ground) >= MARKS_AT_LEAST
            assert contrast(DARK[color], DARK[ground]) >= MARKS_AT_LEAST
    for one, other in itertools.combinations(HEAT_COLORS, 2):
        assert distance(one, other) >= APART
        assert distance(DARK[one], DARK[other]) >= APART


def lines_of(figure: go.Figure) -> dict[tuple[object, ...], set[str]]:
    """Colours of the lines in one picture with the same width and dashes: only their colour tells them apart."""
    together: dict[tuple[object, ...], set[str]] = {}
    for trace in figure.data:
        if trace.type == "scatter" and trace.mode == "lines" and trace.line.color in DARK:
            dash = None if trace.line.dash == "solid" else trace.line.dash
            together.setdefault((trace.xaxis or "x", trace.line.width, dash), set()).add(trace.line.color)
    return together


def test_lines_in_one_picture_are_told_apart_by_everybody(drawn: dict[str, go.Figure]):
    pairs = 0
    for name, figure in drawn.items():
        for look, colors in lines_of(figure).items():
            for one, other in itertools.combinations(sorted(colors), 2):
                pairs += 1
                where = f"{name}, {look}: {one} and {other}"
                assert distance(one, other) >= APART, where
                assert distance(DARK[one], DARK[other]) >= APART, f"dark {where}"
    assert pairs > 20


def variables(theme: str) -> dict[str, str]:
    """The page's colours in ``theme.css``."""
    light, dark = re.findall(
        r"\{([^{}]*color-scheme: (?:light|dark);[^{}]*)\}", (STATIC / "theme.css").read_text("utf-8")
    )
    found = dict(re.findall(r"--(\w+): (#[0-9a-f]{6});", light))
    both = dict(re.findall(r"--(on|on-ink): (#[0-9a-f]{6});", (STATIC / "theme.css").read_text("utf-8")))
    return found | both | (dict(re.findall(r"--(\w+): (#[0-9a-f]{6});", dark)) if theme == "dark" else {})


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_page_has_contrast(theme: str):
    page = variables(theme)
    for text, ground in [
        *itertools.product(("ink", "quiet", "accent", "warn"), ("paper", "wash")),
        *(("ink", "raised"), ("ink", "rule"), ("ink", "over"), ("on-ink", "on"), ("erase", "paper"), ("data", "paper")),
    ]:
        assert contrast(page[text], page[ground]) >= WORDS_AT_LEAST, f"{text} on {ground}"
    for mark, ground in [*itertools.product(("edge", "accent", "on"), ("paper", "wash"))]:
        assert contrast(page[mark], page[ground]) >= MARKS_AT_LEAST, f"{mark} beside {ground}"
    assert contrast(page["line"], page["paper"]) < 2, "a mere line is quiet"


def test_page_and_figures_have_the_same_colours():
    same = {"paper": "GROUND", "ink": "INK", "grid": "GRID", "rule": "RULE", "data": "REAL", "accent": "DISCRIMINATOR"}
    for name, constant in same.items():
        color = getattr(_style, constant)
        assert variables("light")[name] == color
        assert variables("dark")[name] == DARK[color]
    assert variables("light")["quiet"] == words(_style.QUIET)


def test_no_colour_beside_the_tables():
    """A colour that a style sheet or a script has of its own would stay when the page turns dark."""
    allowed = {
        "ganviz.css": {"#a4330c"},  # the notice that the session is lost: white words on red, on any page
        "editors.css": {"#ffffff"},  # paper below a picture
        "picture_loader.js": {"#ffffff"},
        "painter.js": set(),
    }
    for path in [*STATIC.glob("*.css"), *STATIC.glob("*.js")]:
        if path.name != "theme.css":
            found = set(re.findall(r"(?<![\w-])#[0-9a-fA-F]{6}\b(?![\w-])", path.read_text("utf-8")))
            assert found <= allowed.get(path.name, set()), path.name

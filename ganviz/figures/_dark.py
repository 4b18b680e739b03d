"""The same figure on a dark page."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import plotly.graph_objects as go

from ganviz.figures._style import (
    DISCRIMINATOR,
    FAKE,
    GRID,
    GROUND,
    HEAT_COLORS,
    INK,
    KEPT,
    NEIGHBOUR,
    OPTIMUM,
    PULL,
    QUIET,
    REAL,
    RULE,
    THEORY,
    WORDS,
    faint,
)

DARK = {
    GROUND: "#111111",
    INK: "#e2e5ea",
    GRID: "#272b31",
    RULE: "#4d545e",
    REAL: "#f2f4f7",
    FAKE: "#1fc796",
    DISCRIMINATOR: "#4aa3e8",
    OPTIMUM: "#9fd0f4",
    PULL: "#c77fd3",
    THEORY: "#f0813a",
    QUIET: "#9aa1ac",
    KEPT[0]: KEPT[0],
    KEPT[1]: KEPT[1],
    NEIGHBOUR: NEIGHBOUR,
    **dict(zip(HEAT_COLORS, ("#6b3a12", "#17191d", "#174f78"), strict=True)),
}
"""What each colour is on a dark page: the same hue, and bright enough for words. Data are black on paper and white on a
blackboard. The ground is that of JupyterLab's dark theme."""

DARK |= {words: DARK[color] for color, words in WORDS.items()}

COLOR = re.compile(r"^#[0-9a-f]{6}$|(?<=style=\"color:)#[0-9a-f]{6}|^rgba\((\d+),(\d+),(\d+),([\d.]+)\)$")

THE_READERS = re.compile(r"(^|\.)(name|title\.text)$")
"""Texts that may hold anything, such as the name of a table's column; no colour of ours is in them."""


def darkened(text: str) -> str:
    """A colour, or words with colours inside, on a dark page. A colour that is none of the house's own stays."""
    return COLOR.sub(_one, text)


def _one(found: re.Match[str]) -> str:
    if found[1] is None:
        return DARK.get(found[0], found[0])
    *base, opacity = found.groups()
    dark = DARK.get("#" + "".join(f"{int(part):02x}" for part in base))
    return faint(dark, float(opacity)) if dark else found[0]


def on_dark(figure: go.Figure) -> dict[str, Any]:
    """What is otherwise on a dark page, by its path: ``data.2.line.color``, ``font.color`` of the layout."""
    spec = figure.to_plotly_json()
    texts = [*_texts(spec["data"], "data"), *_texts(spec["layout"], "")]
    ours = ((path, text) for path, text in texts if not THE_READERS.search(path))
    return {path: dark for path, text in ours if (dark := darkened(text)) != text}


def _texts(branch: Any, path: str) -> Iterator[tuple[str, str]]:
    """Every text below a branch, with its path. Arrays hold none."""
    if isinstance(branch, str):
        yield path, branch
    elif isinstance(branch, list | tuple):
        yield from _texts(dict(enumerate(branch)), path)
    elif isinstance(branch, dict):
        for key, value in branch.items():
            yield from _texts(value, f"{path}.{key}" if path else str(key))

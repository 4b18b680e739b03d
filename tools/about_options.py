"""What the page of an option says, read from its class, the presets and docs/papers.md."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

from markupsafe import Markup

from ganviz.option import Option, hint
from ganviz.presets import Preset, describe, preset_names

PAPERS = Path(__file__).parents[1] / "docs" / "papers.md"

CITATION = re.compile(r"((?:[A-Z][\w’-]+, )*[A-Z][\w’-]+(?: and [A-Z][\w’-]+| et al\.)?)(?:,? \(?|, )((?:19|20)\d\d)\b")
"""An author or some of them, and a year: "Lim and Ye 2017"."""


def cited(text: str) -> list[str]:
    """The citations in a text, each once, such as ``"Lim and Ye 2017"``."""
    found = CITATION.findall(" ".join(text.split()))
    return list(dict.fromkeys(f"{who} {year}" for who, year in found))


@cache
def papers() -> dict[str, str]:
    """What docs/papers.md says of each citation, in Markdown."""
    lines = PAPERS.read_text("utf-8").splitlines()
    return dict(line[2:].split(": ", 1) for line in lines if line.startswith("* "))


def anchor(citation: str) -> str:
    """The citation as the name of a place on a page."""
    return re.sub(r"\W+", "-", citation).strip("-").lower()


@dataclass(frozen=True)
class Row:
    """A field of an option, as it is printed."""

    name: str
    values: str
    default: str
    changes: str
    help: str


def rows(option: type[Option]) -> Iterator[Row]:
    """The fields of an option, in order of definition."""
    for name, field in option.knobs().items():
        default = str(field.default)
        changes = "live" if hint(field, "live") else "rebuilds"
        shown = default if len(default) <= 40 else f"{default[:37]}…"
        yield Row(name, _values(field), shown, changes, field.description or "")


def _values(field: Any) -> str:
    """What a field takes: choices, or an interval, whose end is written ( or ) where it is left out."""
    if get_origin(field.annotation) is Literal:
        return ", ".join(map(str, get_args(field.annotation)))
    ends = {
        sign: getattr(mark, sign) for mark in field.metadata for sign in ("ge", "gt", "le", "lt") if hasattr(mark, sign)
    }
    kind = {int: "whole number", float: "number", bool: "yes or no", str: "text"}.get(field.annotation, "list")
    if not ends:
        return kind
    low = f"[{ends['ge']:g}" if "ge" in ends else f"({ends['gt']:g}" if "gt" in ends else "(−∞"
    high = f"{ends['le']:g}]" if "le" in ends else f"{ends['lt']:g})" if "lt" in ends else "∞)"
    return f"{kind} in {low}, {high}".replace("-", "−")


@cache
def presets() -> list[Preset]:
    """All presets, in alphabetical order."""
    return [describe(name) for name in preset_names()]


def users(option: type[Option]) -> list[Preset]:
    """The presets with this option; of a metric or a figure, those that it fits."""
    fits = getattr(option, "fits", None)
    if fits is not None:
        return [each for each in presets() if fits(each.experiment)]
    return [each for each in presets() if any(type(used) is option for used in each.experiment.options())]


def text(docstring: str) -> Markup:
    """A docstring as HTML: paragraphs and lines as they stand, `code` as code; stars and lines are no Markdown here."""
    marked = re.sub(r"``?([^`]+)``?", r"<code>\1</code>", html.escape(unwrapped(docstring), quote=False))
    return Markup("".join(f"<p>{part}</p>" for part in marked.replace("\n", "<br>\n").split("<br>\n<br>\n")))


def unwrapped(docstring: str, width: int = 116) -> str:
    """Without the line breaks that are there because the next word did not fit into `width` characters: on a page lines
    are as long as the screen is wide. The others are meant."""
    first, *others = docstring.split("\n")
    ends = (
        " " if before and after and len(before) + 1 + len(after.split(" ")[0]) > width else "\n"
        for before, after in pairwise([f'"""{first}', *others])  # as they stand in the file
    )
    return first + "".join(end + line for end, line in zip(ends, others, strict=True))

"""The front page: what ganviz is, and a card for each notebook of the course and each preset."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from html import escape
from pathlib import Path

from ganviz.contracts.space import every_space
from ganviz.link import PRESET
from ganviz.presets import Preset, available
from ganviz.server.front.course import Lesson, course
from ganviz.server.front.shelf import EXPLORE, LESSONS

HERE = Path(__file__).parent

CARDS = HERE.parents[1] / "app" / "cards"
"""The pictures, as ``tools/make_cards.py`` has made them."""

LONG = 60
"""Minutes from which on they are hours."""


def gallery() -> str:
    """The page, complete; its links are relative to its own address."""
    lessons, presets = course(), available()
    sections = []
    if lessons:
        about = "Notebooks in reading order. Each begins with a question, and with a prediction that you commit to."
        sections.append(_section("The course", about, map(_lesson, lessons)))
    spaces = {space.option_name(): (space.heading, space.about) for space in every_space()}
    for name in dict.fromkeys([*spaces, *(one.experiment.data.space for one in presets)]):
        # A space that nobody can look at yet stands under its own name.
        heading, about = spaces.get(name, (name.capitalize(), ""))
        inside = (one for one in presets if one.experiment.data.space == name)
        # The quickest first: where they take as long, a failure stands before its cure, which is named after it.
        if those := sorted(inside, key=lambda one: (one.minutes or LONG, one.name)):
            sections.append(_section(heading, about, map(_preset, those)))
    first = f'<a class="button" href="{escape(LESSONS + lessons[0].name)}">Begin the course</a>' if lessons else ""
    page = (HERE / "gallery.html").read_text("utf-8")
    told = "p_data dotted, p_g solid, D(x) dashed, and the arrows from z to x = G(z)"
    parts = {
        "picture": _picture("figure-1", told, ""),
        "style": (HERE / "gallery.css").read_text("utf-8"),
        "first": first,
        "sections": "\n".join(sections),
    }
    for name, part in parts.items():
        page = page.replace(f"{{{name}}}", part)
    return page


@cache
def card_pictures() -> dict[str, Path]:
    """The pictures of cards that there are, by the name of their preset, and of the preset with ``-dark`` behind it."""
    return {path.stem: path for path in sorted(CARDS.glob("*.webp"))}


def _section(heading: str, about: str, cards: Iterable[str]) -> str:
    return (
        f"<section>\n<h2>{escape(heading)}</h2>\n<p>{escape(about)}</p>\n"
        f'<ul class="cards">\n{"".join(cards)}</ul>\n</section>'
    )


def _lesson(lesson: Lesson) -> str:
    return _card(
        f"{LESSONS}{lesson.name}", lesson.picture, f"{lesson.number} · {lesson.title}", lesson.question, lesson.minutes
    )


def _preset(preset: Preset) -> str:
    first = re.split(r"(?<=[.?])\s", preset.watch)[0]
    return _card(f"{EXPLORE}{PRESET}{preset.name}", preset.name, preset.title, first, preset.minutes)


def _card(link: str, picture: str, title: str, question: str, minutes: int | None) -> str:
    """A card, all of which is one link. Without a picture its place stays plain."""
    shown = _picture(picture, "") if picture in card_pictures() else "<span class=blank></span>"
    return (
        f'<li><a class="card" href="{escape(link)}">{shown}'
        f'<span class="title">{typeset(title)}</span>'
        f"{f'<span>{typeset(question)}</span>' * bool(question)}"
        f'<span class="minutes">{_duration(minutes)}</span></a></li>\n'
    )


def _picture(name: str, about: str, more: str = 'loading="lazy" decoding="async"') -> str:
    """The picture of a preset, by day and by night; nothing moves when it comes."""
    shown = f'<img src="cards/{escape(name)}.webp" alt="{escape(about)}" width="480" height="300" {more}>'
    night = f'<source media="(prefers-color-scheme: dark)" srcset="cards/{escape(name)}-dark.webp">'
    return f"<picture>{night}{shown}</picture>"


def typeset(text: str) -> str:
    """A text in HTML, p_g and p_data with their subscripts."""
    return re.sub(r"\bp_(g|data)\b", r"p<sub>\1</sub>", escape(text))


def _duration(minutes: int | None) -> str:
    if minutes is None:
        return ""
    return f"{minutes} min" if minutes < LONG else f"{minutes / LONG:g} h"

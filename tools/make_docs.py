"""Write the documentation as a folder of HTML pages: `make docs`, or python tools/make_docs.py FOLDER.

Nothing in it is written twice. The reference is what pdoc reads from docstrings; the page of an option comes from its
class (docstring, fields, ranges) and from the presets that use it; the rest are the repository's Markdown files.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import warnings
from pathlib import Path
from typing import Any

import jinja2
import pdoc
import pdoc.render
from about_options import anchor, cited, papers, presets, rows, text, users
from markupsafe import Markup
from pdoc.render_helpers import to_html

import ganviz
from ganviz.cli.options import ROOMS
from ganviz.option import find, names

ROOT = Path(__file__).parent.parent
TEMPLATES = Path(__file__).parent / "templates"

PAGES = sorted(f"docs/{path.name}" for path in ROOT.glob("docs/*.md"))
PROSE = ("README.md", "CONTRIBUTING.md", "CHANGELOG.md", *PAGES)

MODULES = (
    "ganviz.experiment",
    "ganviz.option",
    "ganviz.presets",
    "ganviz.engine.snapshot",
    "ganviz.spaces.line.snapshot",
    "ganviz.spaces.plane.snapshot",
    "ganviz.spaces.images.snapshot",
    "ganviz.spaces.images.requests",
    "ganviz.engine.run",
)
"""What the reference holds beside the names of `ganviz` itself and the base class of each room."""


def heading(source: str) -> str:
    """The title of a Markdown file of the repository."""
    found = re.search(r"^# (.+)$", (ROOT / source).read_text("utf-8"), re.MULTILINE)
    return found[1] if found else source


class Site:
    """A folder that pages are written to."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        loader = jinja2.FileSystemLoader(TEMPLATES)
        self._pages = jinja2.Environment(
            loader=loader, autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True
        )
        self._pages.filters |= {"text": text, "anchor": anchor, "first": lambda help: help.partition("\n")[0]}
        self._pages.filters["line"] = lambda line: Markup(re.sub(r"</?p>", "", to_html(line)).strip())
        self._pages.globals["pages"] = [(f"{page.removesuffix('.md')}.html", heading(page)) for page in PAGES]
        self._pages.globals |= {"rooms": ROOMS, "names": names, "find": find, "version": ganviz.__version__}

    def write(self, path: str, template: str, **values: Any) -> None:
        """One page, at `path` in the folder."""
        page = self._folder / path
        page.parent.mkdir(parents=True, exist_ok=True)
        root = "../" * path.count("/")
        page.write_text(self._pages.get_template(template).render(root=root, **values), "utf-8")

    def prose(self, source: str) -> None:
        """A Markdown file as a page; links between such files become links between pages, other files come along."""
        rendered = to_html((ROOT / source).read_text("utf-8"))

        def leads(match: re.Match[str]) -> str:
            target, mark, place = match[2].partition("#")
            path = os.path.normpath(Path(source).parent / target) if target else ""
            if path in PROSE:
                target = target.replace("README.md", "index.md").removesuffix(".md") + ".html"
            elif path and (ROOT / path).is_file():
                (self._folder / path).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(ROOT / path, self._folder / path)
            return f'{match[1]}="{target}{mark}{place}"'

        body = re.sub(r'(href|src)="(?!https?:)([^"]*)"', leads, rendered)
        body = re.sub(r"<li>(?:<p>)?([^<:]+ \d{4}):", lambda entry: f'<li id="{anchor(entry[1])}">{entry[1]}:', body)
        page = "index.html" if source == "README.md" else source.removesuffix(".md") + ".html"
        self.write(page, "prose.html.jinja2", title=heading(source), body=Markup(body))

    def options(self) -> None:
        """A page for every option, one that lists them, and one that lists the presets."""
        self.write("options/index.html", "rooms.html.jinja2", title="Options")
        self.write("presets.html", "presets.html.jinja2", title="Presets", presets=presets())
        for room in ROOMS:
            for name in names(room):
                option = find(room, name)
                known = [(each, papers()[each]) for each in cited(option.help()) if each in papers()]
                about = {"room": room, "option": option, "rows": list(rows(option)), "papers": known}
                shown = hasattr(option, "fits")
                about |= {"users": users(option), "uses": "Fits the presets" if shown else "Used by the presets"}
                self.write(f"options/{room}/{name}.html", "option.html.jinja2", title=f"{room}: {name}", **about)

    def reference(self) -> None:
        """The public names and the base classes, by pdoc."""
        vars(ganviz).update(
            {name: getattr(ganviz, name) for name in ganviz.__all__}
        )  # they are lazy, pdoc looks in vars
        pdoc.render.configure(docformat="markdown", show_source=False, template_directory=TEMPLATES)
        bases = sorted({find(room, names(room)[0]).contract().__module__ for room in ROOMS})
        with warnings.catch_warnings():
            # A dataclass inherits fields whose types only the module of its base knows; they stay as they are written.
            warnings.filterwarnings("ignore", "Error parsing type annotation")
            pdoc.pdoc("ganviz", r"!ganviz\..*", *MODULES, *bases, output_directory=self._folder / "api")


def write_site(folder: Path) -> None:
    """All pages."""
    site = Site(folder)
    for source in PROSE:
        site.prose(source)
    site.options()
    site.reference()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Write the documentation as a folder of HTML pages.")
    parser.add_argument("folder", type=Path, nargs="?", default=ROOT / "build" / "docs")
    write_site(parser.parse_args().folder)

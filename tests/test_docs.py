"""The documentation: a page for every public name and every option, no link into the void, no citation unexplained."""

from __future__ import annotations

import html
import importlib
import inspect
import os
import re
import sys
import tomllib
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from types import ModuleType
from typing import Any
from urllib.parse import unquote

import pdoc.doc
import pytest
import test_contracts
import yaml
from conftest import every
from test_repository import guide_loss  # noqa: F401

import ganviz
from ganviz.cli.options import ROOMS
from ganviz.losses.hinge import Hinge
from ganviz.option import Option, find, names
from ganviz.presets import describe, preset_names

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="session")
def maker() -> ModuleType:
    """The script, as Python finds it when it is run."""
    sys.path.insert(0, str(ROOT / "tools"))
    try:
        return importlib.import_module("make_docs")
    finally:
        sys.path.pop(0)


@pytest.fixture(scope="session")
def site(maker: ModuleType, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("docs")
    maker.write_site(folder)
    return folder


class Places(HTMLParser):
    """The links of a page, and the places in it that a link can lead to."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.ids: set[str] = set()
        self.feed(page)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        for name, value in attributes:
            if name == "id" and value:
                self.ids.add(value)
            elif name in ("href", "src") and value:
                self.links.append(value)


def test_no_link_leads_nowhere(site: Path) -> None:
    pages = {path: Places(path.read_text("utf-8")) for path in site.rglob("*.html")}
    broken, followed = [], 0
    for path, page in pages.items():
        for link in page.links:
            if re.match(r"https?:|data:|mailto:", link):
                continue
            target, _, place = link.partition("#")
            to = Path(os.path.normpath(path.parent / unquote(target))) if target else path
            followed += 1
            if not to.is_file() or (place and to in pages and unquote(place) not in pages[to].ids):
                broken.append(f"{path.relative_to(site)} → {link}")
    assert followed > 1000
    assert broken == []


@pytest.mark.parametrize("name", ganviz.__all__)
def test_a_public_name_is_in_the_reference(name: str, site: Path) -> None:
    page = (site / "api" / "ganviz.html").read_text("utf-8")
    (section,) = re.findall(rf'<section id="{name}">(.*?)</section>', page, re.DOTALL)
    assert 'class="docstring"' in section


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_s_base_is_in_the_reference(room: str, site: Path) -> None:
    base = find(room, ganviz.options(room)[0]).contract()
    page = (site / "api" / f"{base.__module__.replace('.', '/')}.html").read_text("utf-8")
    assert f'<section id="{base.__name__}">' in page


def test_what_the_reference_lists_is_documented(maker: ModuleType) -> None:
    """Public classes, functions, methods and attributes; an overriding method has the docstring that it inherits."""

    def silent(thing: pdoc.doc.Doc) -> list[str]:
        if thing.name.startswith("_") or not thing.taken_from[0].startswith("ganviz"):
            return []
        inside = thing.own_members if isinstance(thing, pdoc.doc.Class) else []
        return [thing.fullname] * (not thing.docstring) + [name for member in inside for name in silent(member)]

    vars(ganviz).update({name: getattr(ganviz, name) for name in ganviz.__all__})
    modules = ["ganviz", *maker.MODULES, *{find(room, names(room)[0]).contract().__module__ for room in ROOMS}]
    listed = [member for module in modules for member in pdoc.doc.Module.from_name(module).members.values()]
    assert len(listed) > 30
    ours = {"model_config", "room", "kind"}
    assert [name for each in listed for name in silent(each) if name.rpartition(".")[2] not in ours] == []


@pytest.mark.parametrize("option", every(*ROOMS))
def test_an_option_has_a_page_of_all_that_its_class_says(option: type[Option], site: Path, maker: ModuleType) -> None:
    page = (site / "options" / option.room / f"{option.option_name()}.html").read_text("utf-8")
    words = html.unescape(re.sub(r"<[^>]+>", "", page.replace("</p>", " ")))
    assert " ".join(option.help().replace("`", "").split()) in " ".join(words.split())
    for name, field in option.knobs().items():
        (row,) = re.findall(rf"<tr><td><code>{name}</code></td>.*?</tr>", page)
        cells = html.unescape(row)
        assert field.description in cells
        assert ("<td>live</td>" if field.json_schema_extra["live"] else "<td>rebuilds</td>") in cells
        for mark in field.metadata:
            for bound in ("ge", "gt", "le", "lt"):
                if hasattr(mark, bound):
                    assert f"{getattr(mark, bound):g}".replace("-", "−") in cells
    listed = re.findall(r'presets\.html#([^"]+)"', page)
    if not hasattr(option, "fits"):
        assert listed == [each.name for each in maker.presets() if option in map(type, each.experiment.options())]
    index = (site / "options" / "index.html").read_text("utf-8")
    assert f'href="{option.room}/{option.option_name()}.html"' in index


def test_intervals_say_which_end_belongs_to_them(maker: ModuleType) -> None:
    rows = {row.name: row for row in maker.rows(find("regularizers", "r1"))}
    assert rows["gamma"].values == "number in [0, 100]"
    assert (rows["gamma"].default, rows["gamma"].changes) == ("0.1", "live")
    rows = {row.name: row for row in maker.rows(find("networks", "mlp"))}
    assert rows["width"].values == "whole number in [1, 2048]"
    assert rows["activation"].values == "relu, leaky_relu, elu, softplus, tanh"
    assert rows["activation"].changes == "rebuilds"


def test_every_citation_is_in_the_list_of_papers_and_no_other(maker: ModuleType) -> None:
    texts = [find(room, name).help() for room in ROOMS for name in ganviz.options(room)]
    texts += [describe(name).source for name in preset_names()]
    cited = {citation for text in texts for citation in maker.cited(text)}
    assert cited == set(maker.papers())
    assert list(maker.papers()) == sorted(maker.papers())


def test_line_breaks_stay_where_they_are_meant(maker: ModuleType) -> None:
    filled = "word " * 21 + "words 12"  # 113 characters behind the quotes: no other word fits into 116
    assert maker.text(f"{filled}\nnext\nlast") == f"<p>{filled} next<br>\nlast</p>"
    short = filled[:-2]
    assert maker.text(f"{short}\na or b\n\n`c` < d") == f"<p>{short}<br>\na or b</p><p><code>c</code> &lt; d</p>"


def test_citations_are_recognised(maker: ModuleType) -> None:
    text = "As X (Lim and Ye\n2017), Chu, Minami and Fukumizu 2020; Mao et al. (2017) and Mao et al. 2017, not in 2014."
    assert maker.cited(text) == ["Lim and Ye 2017", "Chu, Minami and Fukumizu 2020", "Mao et al. 2017"]


# ------------------------------------------------------------------------------------------------- the Markdown files


def test_the_readme_names_every_option_and_counts_them() -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    assert f"| {len(ganviz.options('losses'))} families |" in readme
    assert f"| {len(ganviz.options('regularizers'))}, any number at once |" in readme
    for room in ROOMS:
        if room != "figures":
            missing = [name for name in ganviz.options(room) if f"`{name}`" not in readme]
            assert missing == [], room


def test_the_citation_file_says_what_the_project_says() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    cff = yaml.safe_load((ROOT / "CITATION.cff").read_text("utf-8"))
    assert cff["cff-version"] == "1.2.0"
    assert {"message", "authors", "title", "type"} <= set(cff)
    assert (cff["version"], cff["license"]) == (project["version"], project["license"])
    assert [author["name"] for author in cff["authors"]] == [author["name"] for author in project["authors"]]
    assert cff.get("repository-code") == project.get("urls", {}).get("Repository")


# ------------------------------------------------------------------------------------------ the loss of CONTRIBUTING.md


def asked(contract: Callable[..., None]) -> dict[str, list[Any]]:
    """What a contract test is parametrized with, by argument."""
    marks = [mark.args for mark in getattr(contract, "pytestmark", []) if mark.name == "parametrize"]
    return {name: [getattr(value, "values", (value,))[0] for value in values] for name, values in marks}


CONTRACTS = [test for test in vars(test_contracts).values() if any(Hinge in values for values in asked(test).values())]


def test_most_contracts_are_about_losses_too() -> None:
    assert len(CONTRACTS) >= 7


@pytest.mark.parametrize("contract", CONTRACTS, ids=lambda contract: contract.__name__)
def test_the_guide_s_loss_keeps(contract: Callable[..., None], guide_loss: type[Option], tmp_path: Path) -> None:  # noqa: F811
    given = {name: guide_loss if Hinge in values else values[-1] for name, values in asked(contract).items()}
    if "tmp_path" in inspect.signature(contract).parameters:
        given["tmp_path"] = tmp_path
    contract(**given)


def test_contributing_opens_with_the_loss() -> None:
    guide = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
    assert re.findall(r"^## (.+)$", guide, re.MULTILINE)[0] == "Add a loss in one file"
    assert guide.index("```python") < 400

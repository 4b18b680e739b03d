"""Makes the pictures that stand in the notebooks wherever no kernel runs, on a hosting site for one.

    python tools/make_pictures.py [notebooks/03-who-is-ahead.ipynb ...]

A cell that shows an explorer says in its metadata after how many steps it is pictured, ``{"ganviz": {"steps": 500}}``.
The experiment is trained for as long, its figures are drawn by the same plotly.js as in the explorer, in a headless
Chromium (named by ``CHROMIUM``, or found), and the picture becomes the cell's only output. Running the cell replaces
it by the explorer. Outputs that no tag keeps are dropped (``tools/make_numbers.py`` keeps what other cells say).
"""

from __future__ import annotations

import argparse
import base64
import gzip
import io
import json
import math
import os
import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import plotly.graph_objects as go
import torch
from PIL import Image
from playwright.sync_api import Browser, Page, Playwright, sync_playwright

import ganviz
from ganviz.engine.starts import Start
from ganviz.figures.base import Figure, View, showing
from ganviz.lab.recorder import Recorder
from ganviz.presets import describe
from ganviz.widgets.plotly_js import compressed

NOTEBOOKS = Path(__file__).parents[1] / "notebooks"

WIDTH = 860
"""Of a picture, in pixels: what a hosting site gives to a cell's output."""

COLORS, ON_GREY = 200, 32
"""Of a picture, and of one that shows pictures, whose greys are noise and would take most of the bytes."""

PATIENCE = 40
"""Seconds that slow measures may take; what is not known by then is left out."""

KEPT = {"keep_output", "nbval-check-output"}
"""The tags of cells whose output is kept as it is, and of those where nbval compares it too."""

STYLE = f"""body {{ margin: 0; background: white; font: 14px/20px Arial, 'DejaVu Sans', sans-serif; color: #2b2f36 }}
#all {{ width: {WIDTH}px }} h1 {{ font-size: 17px; line-height: 26px; margin: 4px 8px 0 }} p {{ margin: 0 8px 4px }}"""


class Shown(NamedTuple):
    """What an explorer was asked to show."""

    title: str
    """The preset's; empty for an experiment of its own."""
    experiment: ganviz.Experiment
    start: Start | None


def main() -> None:
    """Train, draw, and say how large each notebook has become."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("notebooks", nargs="*", type=Path, default=sorted(NOTEBOOKS.glob("*.ipynb")))
    parser.add_argument("--missing", action="store_true", help="leave the pictures that there are")
    options = parser.parse_args()
    torch.set_num_threads(1)
    with sync_playwright() as playwright:
        browser = chromium(playwright)
        page = browser.new_page(viewport={"width": WIDTH, "height": 900})
        for path in options.notebooks:
            notebook = json.loads(path.read_text("utf-8"))
            illustrate(notebook, page, options.missing)
            path.write_text(json.dumps(notebook, indent=1, ensure_ascii=False) + "\n", "utf-8")
            print(f"{path.name}: {path.stat().st_size / 1000:.0f} kB", flush=True)
        browser.close()


def chromium(playwright: Playwright) -> Browser:
    """The one that ``CHROMIUM`` names, or that is found."""
    found = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    return playwright.chromium.launch(executable_path=found, args=["--no-sandbox", "--disable-gpu"])


def illustrate(notebook: dict[str, Any], page: Page, missing: bool = False) -> None:
    """Give each explorer of a notebook its picture, or those that have none, and take other outputs away. Of the code
    only the cells with an explorer are run, and their explorers are noted instead of shown."""
    asked: list[Shown] = []

    def note(experiment: str | ganviz.Experiment | Start = "figure-1", **_: Any) -> None:
        asked.append(named(experiment))

    kept, ganviz.explore = ganviz.explore, note
    shared: dict[str, Any] = {}
    try:
        code = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
        for number, cell in enumerate(code, start=1):
            source, kept_as_it_is = "".join(cell["source"]), KEPT & set(cell["metadata"].get("tags", []))
            if "explore(" in source:
                exec(source, shared)
                if not (missing and cell["outputs"]):
                    cell["outputs"] = [output(asked[-1], cell["metadata"]["ganviz"]["steps"], page)]
            elif not kept_as_it_is:
                cell["outputs"] = []
            # nbval refuses outputs of a cell that was never run.
            cell["execution_count"] = number if cell["outputs"] else None
    finally:
        ganviz.explore = kept


def named(experiment: str | ganviz.Experiment | Start) -> Shown:
    """What `explore` shows, given the same."""
    if isinstance(experiment, str):
        return Shown(describe(experiment).title, ganviz.preset(experiment), None)
    if isinstance(experiment, Start):
        return Shown(describe(experiment.preset).title, experiment.experiment, experiment)
    return Shown("", experiment, None)


def output(shown: Shown, steps: int, page: Page) -> dict[str, Any]:
    """The picture as a cell's output."""
    run = Recorder(shown.experiment, "eager", state=shown.start.state() if shown.start else None)
    last = trained(run, steps)
    age = f"step {last.snapshot.step:,}, seed {shown.experiment.seed}"
    page.set_content(html(shown.title, age, list(chosen(shown.experiment)), last))
    page.wait_for_function("document.querySelectorAll('.f .main-svg').length >= document.querySelectorAll('.f').length")
    page.wait_for_timeout(300)
    colors = ON_GREY if shown.experiment.data.space == "images" else COLORS
    picture = small(page.locator("#all").screenshot(), colors)
    said = f"{shown.title or 'The explorer'}: {age}. Run the cell for the laboratory itself."
    return {
        "data": {"image/png": base64.b64encode(picture).decode() + "\n", "text/plain": [said]},
        "metadata": {},
        "output_type": "display_data",
    }


def trained(run: Recorder, steps: int) -> View:
    """The run after so many steps, with what is slow measured too."""
    for _ in range(steps):
        run.step()
    view = run.view()
    run.look_closer()
    until = time.monotonic() + PATIENCE
    while any(map(math.isnan, view.measures.values())) and time.monotonic() < until:
        time.sleep(1)
        view = run.view()
    run.close()
    run.join()
    return view


def chosen(experiment: ganviz.Experiment) -> Iterator[Figure]:
    """The stage and the curves, as the explorer chooses them."""
    for place in ("stage", "curves"):
        yield max((one for one in showing(experiment) if one.place == place), key=lambda one: one.special)


def html(title: str, age: str, figures: list[Figure], view: View) -> str:
    """A page with the figures below each other, and above them the numbers that belong to them."""
    readings = " · ".join([age, *(reading for figure in figures for reading in figure.readings(view))])
    drawn = plots([figure.draw(view).update_layout(width=WIDTH) for figure in figures])
    heading = f"<h1>{title}</h1>" * bool(title)
    return (
        f"<!doctype html><meta charset='utf-8'><style>{STYLE}</style>"
        f"<div id='all'>{heading}<p>{readings}</p>{drawn}</div>"
    )


def plots(figures: list[go.Figure]) -> str:
    """Elements of the class f with the figures, and the scripts that draw them there."""
    calls = "".join(
        f"Plotly.newPlot('f{i}', {{...{figure.to_json()}, config: {{staticPlot: true}}}});"
        for i, figure in enumerate(figures)
    )
    places = "".join(f"<div class='f' id='f{i}'></div>" for i in range(len(figures)))
    return f"{places}<script>{gzip.decompress(compressed()).decode()}</script><script>{calls}</script>"


def small(png: bytes, colors: int) -> bytes:
    """The same picture in a few colours, which takes a third of the bytes."""
    whole = Image.open(io.BytesIO(png)).convert("RGB")
    few = whole.quantize(colors, Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)
    written = io.BytesIO()
    few.save(written, "PNG", optimize=True)
    return written.getvalue()


if __name__ == "__main__":
    main()

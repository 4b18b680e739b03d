"""Makes the pictures on the cards of the gallery, two for each preset: for a light page and for a dark one.

    python tools/make_cards.py [figure-1 ring ...] [--out FOLDER]

A preset says after how many steps it is pictured, ``"pictured": 600``. It is trained for as long, or taken from the
last of its shipped starts that is not older, and its stage is drawn without axes, legend and the pictures beside it: on
the line and in the plane by the same plotly.js as in the explorer, in a headless Chromium (named by ``CHROMIUM``, or
found); of a run on pictures the samples themselves are the card. Same machine, same cards.
"""

from __future__ import annotations

import argparse
import io
import json
import time
from pathlib import Path
from typing import Any

import numpy as np
import plotly.graph_objects as go
import torch
from make_pictures import chosen, chromium, plots
from PIL import Image
from playwright.sync_api import Page, sync_playwright

from ganviz.engine.diverged import Diverged
from ganviz.engine.starts import starts
from ganviz.figures._dark import DARK, on_dark
from ganviz.figures._style import GROUND
from ganviz.figures.base import View
from ganviz.figures.phase_plane import PhasePlane
from ganviz.lab.recorder import Recorder
from ganviz.presets import Preset, describe, preset_names
from ganviz.spaces.images.snapshot import ImageSnapshot
from ganviz.spaces.plane.snapshot import PlaneSnapshot

CARDS = Path(__file__).parents[1] / "ganviz" / "app" / "cards"

WIDTH, HEIGHT = 480, 300
"""Of a card's picture, in CSS pixels."""

SHARP = 4 / 3
"""Pixels of the file for each of them."""

MOST, QUALITIES = 25_000, (80, 65, 50, 40, 30)
"""Bytes of a file, and the qualities of which the best is taken that needs no more."""

PAPERS = {"": 255, "-dark": int(DARK[GROUND][1:3], 16)}
"""The grey between two tiles, by what follows the preset's name in the name of the file."""


def main() -> None:
    """Train, draw, and say how large each card has become."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("presets", nargs="*", default=preset_names())
    parser.add_argument("--out", type=Path, default=CARDS, help="the folder to write into; default: the shipped one")
    options = parser.parse_args()
    torch.set_num_threads(1)
    options.out.mkdir(exist_ok=True)
    with sync_playwright() as playwright:
        browser = chromium(playwright)
        page = browser.new_page(viewport={"width": WIDTH, "height": HEIGHT}, device_scale_factor=SHARP)
        for name in options.presets:
            begun, sizes = time.monotonic(), []
            for ending, picture in cards(describe(name), page).items():
                path = options.out / f"{name}{ending}.webp"
                path.write_bytes(small(picture))
                sizes.append(f"{path.stat().st_size / 1000:.1f} kB")
            print(f"{name}: {', '.join(sizes)}, {time.monotonic() - begun:.0f} s", flush=True)
        browser.close()


def cards(preset: Preset, page: Page) -> dict[str, Image.Image]:
    """The pictures of a preset, by what follows its name in the name of the file."""
    run = trained(preset)
    view = run.view()
    try:
        space = preset.experiment.data.space
        if space == "images":
            return {ending: mosaic(ImageSnapshot.of(view.snapshot), paper) for ending, paper in PAPERS.items()}
        figure = bare(plane(run, view) if space == "plane" else line(preset, view))
        return {ending: photograph(one, page) for ending, one in zip(PAPERS, (figure, by_night(figure)), strict=True)}
    finally:
        run.close()
        run.join()


def trained(preset: Preset) -> Recorder:
    """The preset's run after as many steps as it is pictured, or, where its numbers overflow before, just before."""
    older = [start for start in starts(preset.name) if start.step <= preset.pictured]
    run = Recorder(preset.experiment, state=older[-1].state() if older else None)
    left = preset.pictured - run.trainer.step_count
    try:
        for _ in range(left):
            run.step()
    except Diverged:
        print(f"{preset.name}: numbers overflow after step {run.trainer.step_count}")
    return run


def mosaic(snapshot: ImageSnapshot, paper: int) -> Image.Image:
    """As many whole rows of samples as fit, with this grey between them."""
    columns = len(snapshot.fake) // 8
    pitch = int(SHARP * WIDTH) // columns
    rows = int(SHARP * HEIGHT) // pitch
    sheet = np.full((rows * pitch, columns * pitch), paper, dtype=np.uint8)
    for i, sample in enumerate(snapshot.fake.reshape(-1, 28, 28)[: rows * columns]):
        tile = Image.fromarray((255 * np.clip(sample, 0, 1)).astype(np.uint8)).resize((pitch - 4, pitch - 4), 3)
        top, left = pitch * (i // columns) + 2, pitch * (i % columns) + 2
        sheet[top : top + pitch - 4, left : left + pitch - 4] = np.asarray(tile)
    whole = Image.new("L", (int(SHARP * WIDTH), int(SHARP * HEIGHT)), paper)
    whole.paste(Image.fromarray(sheet), ((whole.width - sheet.shape[1]) // 2, (whole.height - sheet.shape[0]) // 2))
    return whole


def line(preset: Preset, view: View) -> go.Figure:
    """Figure 1, or the plane (θ, ψ), alone."""
    figure = next(chosen(preset.experiment)).draw(view)
    if PhasePlane.fits(preset.experiment):
        return alone(figure).update_layout(xaxis_domain=[0, 1])
    return figure.update_layout(yaxis_domain=[0.3, 1], yaxis2_domain=[0.03, 0.24])


def plane(run: Recorder, view: View) -> go.Figure:
    """The heat map with all that lies on it, and D(x) to both sides of the square too."""
    figure = next(chosen(view.snapshot.experiment)).draw(view)
    snapshot = PlaneSnapshot.of(view.snapshot)
    step = snapshot.axis[1] - snapshot.axis[0]
    low, high = snapshot.axis[0] - step / 2, snapshot.axis[-1] + step / 2
    reach = (high - low) * WIDTH / HEIGHT / 2
    middle = (high + low) / 2
    x = np.arange(middle - reach, middle + reach + step, step)
    points = np.stack(np.meshgrid(x, snapshot.axis), axis=-1).reshape(-1, 2)
    shown = figure.data[0].z - snapshot.discriminator
    figure.data[0].update(x=x, z=run.trainer.discriminate(points).reshape(-1, len(x)) + shown.mean())
    return alone(figure).update_layout(
        xaxis={"domain": [0, 1], "range": [middle - reach, middle + reach]},
        yaxis={"domain": [0, 1], "range": [low, high]},
        coloraxis_showscale=False,
    )


def alone(figure: go.Figure) -> go.Figure:
    """The figure without the pictures beside the first."""
    figure.data = [trace for trace in figure.data if trace.xaxis in (None, "x")]
    return figure.update_layout(xaxis2=None, yaxis2=None, xaxis3=None, yaxis3=None)


def bare(figure: go.Figure) -> go.Figure:
    """The figure from edge to edge, without a word."""
    figure.update_layout(
        width=WIDTH, height=HEIGHT, margin={"l": 0, "r": 0, "t": 0, "b": 0}, showlegend=False, annotations=[]
    )
    nothing = {"showticklabels": False, "ticks": "", "showline": False, "title": None, "showgrid": False}
    return figure.update_xaxes(nothing).update_yaxes(nothing)


def by_night(figure: go.Figure) -> go.Figure:
    """The figure as it is on a dark page."""
    spec = json.loads(figure.to_json())
    for path, color in on_dark(figure).items():
        branch: Any = spec if path.startswith("data.") else spec["layout"]
        *way, last = (int(key) if key.isdigit() else key for key in path.split("."))
        for key in way:
            branch = branch[key]
        branch[last] = color
    return go.Figure(spec)


def photograph(figure: go.Figure, page: Page) -> Image.Image:
    """What a browser makes of it."""
    page.set_content(f"<!doctype html><meta charset='utf-8'><style>body {{ margin: 0 }}</style>{plots([figure])}")
    page.wait_for_selector(".f .main-svg")
    page.wait_for_timeout(300)
    return Image.open(io.BytesIO(page.screenshot())).convert("RGB")


def small(picture: Image.Image) -> bytes:
    """The picture as a file."""
    for quality in QUALITIES:
        written = io.BytesIO()
        picture.save(written, "WEBP", quality=quality, method=6)
        if len(written.getvalue()) <= MOST:
            break
    return written.getvalue()


if __name__ == "__main__":
    main()

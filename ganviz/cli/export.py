"""Write a page with the picture of a run after some steps, for a reader without Python."""

from __future__ import annotations

import argparse
import base64
import html
import json
import sys
from collections.abc import Iterator
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING

from tqdm import trange

from ganviz import atomic
from ganviz.cli.source import experiment_from
from ganviz.engine.diverged import Diverged
from ganviz.option import Invalid
from ganviz.presets import describe, preset_names

if TYPE_CHECKING:
    from ganviz.experiment import Experiment
    from ganviz.figures.base import Figure, View

STYLE = """:root { color-scheme: light } pre { overflow-x: auto } h1 { font-size: 1.3rem; margin: 0 }
body { font: 15px/1.5 system-ui, sans-serif; max-width: 64rem; margin: 1rem auto; padding: 0 1rem; color: #2b2f36 }"""

UNPACK = """(async () => {
  const packed = Uint8Array.from(atob(document.getElementById("plotly").textContent), (c) => c.charCodeAt(0));
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
  const script = document.createElement("script");
  script.textContent = await new Response(stream).text();
  document.head.append(script);
  for (const [place, figure] of Object.entries(JSON.parse(document.getElementById("figures").textContent)))
    Plotly.newPlot(place, figure.data, figure.layout, { responsive: true, displaylogo: false });
})();"""


def arguments(parser: argparse.ArgumentParser) -> None:
    """What ``ganviz export`` takes."""
    parser.add_argument("experiment", nargs="?", default="figure-1", metavar="PRESET_OR_FILE")
    parser.add_argument("--set", action="append", default=[], metavar="FIELD=VALUE", help="as in ganviz train")
    parser.add_argument("--steps", type=int, default=2000, help="steps to train before (default 2000)")
    parser.add_argument("--out", type=Path, metavar="FILE", help="page to write (default PRESET_OR_FILE.html)")
    parser.add_argument("--overwrite", action="store_true", help="replace the file that is there")


def run(options: argparse.Namespace) -> int:
    """Train, draw, and write one file that needs no other. A run that loses a number is drawn in its last good state,
    and returns 1."""
    if options.steps < 0:
        raise Invalid("--steps must be at least 0.")
    experiment = experiment_from(options.experiment, options.set)
    out: Path = options.out or Path(f"{Path(options.experiment).stem}.html")
    if out.suffix != ".html":
        raise Invalid(f"ganviz export writes a page: --out must end in .html, and {out.name!r} does not.")
    if out.exists() and not options.overwrite:
        raise Invalid(f"There is a file {str(out)!r} already: replace it with --overwrite, or choose another --out.")
    if not out.absolute().parent.is_dir():
        raise Invalid(f"There is no folder {str(out.parent)!r}.")
    title = describe(options.experiment).title if options.experiment in preset_names() else out.stem
    view, trouble = _trained(experiment, options.steps)
    atomic.write(out, _page(title, options.set, view, list(_chosen(experiment))).encode())
    if trouble:
        print(f"ganviz: {trouble} The state of step {view.snapshot.step} is drawn.", file=sys.stderr)
    print(f"Step {view.snapshot.step} of {title!r} is in {out} ({out.stat().st_size / 1e6:.1f} MB).")
    return 1 if trouble else 0


def _trained(experiment: Experiment, steps: int) -> tuple[View, str]:
    """The last view of a run, and what ended it before its time, if anything did."""
    from ganviz.lab.recorder import Recorder

    run, trouble = Recorder(experiment), ""
    try:
        for _ in trange(steps, unit="step", disable=not sys.stderr.isatty()):
            run.step()
    except Diverged as lost:
        trouble = str(lost)
    view = run.view()
    run.close()
    run.join()
    return view, trouble


def _chosen(experiment: Experiment) -> Iterator[Figure]:
    """The stage and the curves, as the explorer chooses them."""
    from ganviz.figures.base import showing

    for place in ("stage", "curves"):
        yield max((one for one in showing(experiment) if one.place == place), key=lambda one: one.special)


def _page(title: str, changes: list[str], view: View, figures: list[Figure]) -> str:
    """The whole page: the pictures as data, and plotly.js, compressed, to draw them."""
    snapshot = view.snapshot
    first = [f"step {snapshot.step:,}", f"seed {snapshot.experiment.seed}", *map(html.escape, changes)]
    readings = " · ".join([*first, *(reading for figure in figures for reading in figure.readings(view))])
    places = {f"figure-{i}": json.loads(figure.draw(view).to_json()) for i, figure in enumerate(figures)}
    drawn = json.dumps(places, separators=(",", ":")).replace("</", "<\\/")
    static = resources.files("ganviz") / "widgets" / "static"
    (bundle,) = (file for file in static.iterdir() if file.name.startswith("plotly-cartesian"))
    return "\n".join(
        [
            f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{html.escape(title)} · ganviz</title>',
            f'<meta name="viewport" content="width=device-width, initial-scale=1"><style>{STYLE}</style>',
            f"<h1>{html.escape(title)}</h1><p>{readings}</p>",
            *(f'<div id="{place}"></div>' for place in places),
            "<noscript>The pictures are drawn by JavaScript.</noscript>",
            "<details><summary>The experiment, for <code>ganviz serve FILE.json</code></summary>",
            f"<pre>{html.escape(snapshot.experiment.to_json())}</pre></details>",
            f'<script type="text/plain" id="plotly">{base64.b64encode(bundle.read_bytes()).decode()}</script>',
            f'<script type="application/json" id="figures">{drawn}</script>',
            f"<script>{UNPACK}</script></html>",
        ]
    )

"""The explorer of whatever is asked for: by a notebook's cell, or by the page of the app."""

from __future__ import annotations

import html
import os
from collections.abc import Sequence
from pathlib import Path

import ipywidgets as w

from ganviz.engine.paths import PathName
from ganviz.engine.starts import Start
from ganviz.experiment import Experiment
from ganviz.link import MARK
from ganviz.option import Invalid
from ganviz.presets import describe, means_file, named_as
from ganviz.readers.experiments import read_experiment
from ganviz.widgets.explorer import Explorer
from ganviz.widgets.link import Opening


def explore(
    experiment: str | Experiment | Start = "figure-1",
    *,
    path: PathName = "native",
    controls: Sequence[str] | None = None,
) -> Explorer:
    """The explorer of a preset, given by name, of one of its starts, of any Experiment, or of a link to one; shown when
    it is left on a cell's last line.

    `path`: how steps are computed, by ganviz's kernels (``"native"``) or by PyTorch (``"eager"``).
    `controls` are the only ones to show, such as ``["loss", "lr_d", "data.mean", "regularizers.r1"]``; without it all
    are there.
    Raises `Invalid`, naming the nearest, for an unknown preset or control, and for a start or a link that is damaged.
    """
    if isinstance(experiment, Start):
        return Explorer(experiment.experiment, name=experiment.preset, path=path, start=experiment, controls=controls)
    if isinstance(experiment, Experiment):
        return Explorer(experiment, name=named_as(experiment), path=path, controls=controls)
    if MARK in experiment:
        wanted, name, start = Opening.read(experiment)
        return Explorer(wanted, name=name, path=path, start=start, controls=controls)
    return Explorer(describe(experiment).experiment, name=experiment, path=path, controls=controls)


def app() -> w.Widget:
    """The page that ``ganviz serve`` shows: the preset or experiment file named by ``GANVIZ_EXPERIMENT``."""
    wanted = os.environ.get("GANVIZ_EXPERIMENT", "figure-1")
    try:
        return explore(read_experiment(Path(wanted)) if means_file(wanted) else wanted)
    except Invalid as error:
        return w.HTML(f"<p>{html.escape(str(error))}</p>")

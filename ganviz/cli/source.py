"""Where a command gets its experiment from: a preset's name or a JSON file, and ``--set`` on top."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from ganviz.experiment import Experiment
from ganviz.option import Invalid
from ganviz.presets import means_file, preset
from ganviz.readers.experiments import read_experiment


def experiment_from(name: str, changes: Iterable[str] = ()) -> Experiment:
    """The experiment of a preset or of a ``.json`` file, with changes such as ``loss=minimax`` or ``data.mean=2``.

    Raises `Invalid` for an unknown preset, a file that is missing or malformed, or a change that does not fit.
    """
    return with_changes(read_experiment(Path(name)) if means_file(name) else preset(name), changes)


def with_changes(experiment: Experiment, changes: Iterable[str]) -> Experiment:
    """The experiment with each ``FIELD=VALUE`` in turn. Raises `Invalid` for one that does not fit."""
    for change in changes:
        experiment = _changed(experiment, change)
    return experiment


def _changed(experiment: Experiment, change: str) -> Experiment:
    path, equals, text = change.partition("=")
    if not equals or not path:
        raise Invalid(f"--set takes FIELD=VALUE, such as loss=minimax or data.mean=2, not {change!r}.")
    return experiment.replace(**{path: _value(text)})


def _value(text: str) -> Any:
    """JSON where it is JSON, else the text itself: ``loss=minimax`` needs no quotes."""
    try:
        return json.loads(text)
    except ValueError:
        return text
    except RecursionError:
        raise Invalid("--set: this JSON is nested too deeply.") from None

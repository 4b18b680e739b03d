"""Named experiments; one JSON file each.

A file holds ``title``, ``watch`` (one line: what to look at), ``source`` (what it shows), ``minutes`` and ``pictured``
(for its card in the gallery) and ``experiment``.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from importlib import resources

from ganviz.experiment import Experiment
from ganviz.option import Invalid, nearest
from ganviz.readers.experiments import is_file


@dataclass(frozen=True)
class Preset:
    """A named experiment and what it is good for."""

    name: str
    """What it is called in a command, such as ``"figure-1"``."""
    title: str
    """What it shows, in some words."""
    watch: str
    """What to look at, in one line."""
    source: str
    """Where it comes from: a paper, or someone's code."""
    experiment: Experiment
    """What runs."""
    minutes: int | None = None
    """How long, about, until one has seen it on one processor core."""
    pictured: int = 500
    """After how many steps its card pictures it."""


def preset_names() -> list[str]:
    """Names of all presets, in alphabetical order."""
    files = resources.files(__name__).iterdir()
    return sorted(file.name.removesuffix(".json") for file in files if file.name.endswith(".json"))


def means_file(name: str) -> bool:
    """Whether a name is that of an experiment's file, and not that of a preset."""
    return name not in preset_names() and is_file(name)


def describe(name: str) -> Preset:
    """A preset with its title and its line of what to watch. Raises `Invalid` for an unknown name, and for a file that
    holds no preset or one with an option that cannot be used."""
    known = preset_names()
    if name not in known:
        raise Invalid(f"There is no preset {name!r}{nearest(name, known)}")
    text = resources.files(__name__).joinpath(f"{name}.json").read_bytes().decode("utf-8", errors="replace")
    try:
        about = json.loads(text)
        return Preset(name=name, experiment=Experiment(**about.pop("experiment")), **about)
    except Invalid as error:
        raise Invalid(f"The preset {name!r} cannot be used: {error}") from None
    except json.JSONDecodeError as error:
        raise Invalid(f"presets/{name}.json is no valid JSON: {error.msg} in line {error.lineno}.") from None
    except (AttributeError, KeyError, TypeError) as error:
        raise Invalid(f"presets/{name}.json is no preset: {str(error).replace('Preset.__init__()', 'it')}.") from None


def available() -> list[Preset]:
    """Every preset that can be used, in alphabetical order of their names."""
    return _sorted_out()[0]


def broken() -> dict[str, str]:
    """Why the other presets cannot be used, each in a sentence, by name; as a rule there are none."""
    return _sorted_out()[1]


def _sorted_out() -> tuple[list[Preset], dict[str, str]]:
    usable: list[Preset] = []
    reasons: dict[str, str] = {}
    for name in preset_names():
        try:
            usable.append(describe(name))
        except Invalid as error:
            reasons[name] = str(error)
    return usable, reasons


def named_as(experiment: Experiment) -> str | None:
    """The name of the preset whose experiment it is in every field; None for an experiment of one's own."""
    return next((each.name for each in available() if each.experiment == experiment), None)


def preset(name: str) -> Experiment:
    """The experiment of that name. Raises `Invalid`, naming the nearest preset, for an unknown one."""
    return describe(name).experiment

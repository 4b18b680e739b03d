"""ganviz: a laboratory for adversarial training that lives in a notebook.

>>> import ganviz
>>> trainer = ganviz.Trainer(ganviz.preset("figure-1"))  # doctest: +SKIP

Importing ganviz is cheap: torch and plotly are loaded when something needs them.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ganviz.distributions._tables import load_table
    from ganviz.engine.diverged import Diverged
    from ganviz.engine.starts import starts
    from ganviz.engine.trainer import Trainer
    from ganviz.experiment import Experiment
    from ganviz.lab.session import Session
    from ganviz.option import Invalid
    from ganviz.option import names as options
    from ganviz.presets import preset
    from ganviz.widgets.explore import explore
    from ganviz.widgets.explorer import Explorer

__version__ = "0.1.0"

_HOMES = {
    "Experiment": ("ganviz.experiment", "Experiment"),
    "Invalid": ("ganviz.option", "Invalid"),
    "options": ("ganviz.option", "names"),
    "preset": ("ganviz.presets", "preset"),
    "Session": ("ganviz.lab.session", "Session"),
    "Trainer": ("ganviz.engine.trainer", "Trainer"),
    "Diverged": ("ganviz.engine.diverged", "Diverged"),
    "starts": ("ganviz.engine.starts", "starts"),
    "Explorer": ("ganviz.widgets.explorer", "Explorer"),
    "load_table": ("ganviz.distributions._tables", "load_table"),
    "explore": ("ganviz.widgets.explore", "explore"),
}

__all__ = [
    "Diverged",
    "Experiment",
    "Explorer",
    "Invalid",
    "Session",
    "Trainer",
    "explore",
    "load_table",
    "options",
    "preset",
    "starts",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'ganviz' has no attribute {name!r}")
    module, attribute = _HOMES[name]
    return getattr(import_module(module), attribute)


def __dir__() -> list[str]:
    return [*globals(), *__all__]

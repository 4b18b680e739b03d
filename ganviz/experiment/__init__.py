"""Experiment: the frozen description of a run; its JSON, the paths into it, and what changing it means."""

from ganviz.experiment.diff import Diff
from ganviz.experiment.experiment import Experiment
from ganviz.experiment.in_room import room_of
from ganviz.experiment.paths import field_of, leaves

__all__ = ["Diff", "Experiment", "field_of", "leaves", "room_of"]

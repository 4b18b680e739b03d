"""Figure: the base of everything that is drawn."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, Literal

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from ganviz.engine.request import Answer, Request
from ganviz.engine.snapshot import Snapshot
from ganviz.experiment import Experiment
from ganviz.option import Option, available
from ganviz.theory.plane import Plane

Array = NDArray[Any]
Curve = NDArray[np.float64]


@dataclass(frozen=True)
class Focus:
    """What the reader wants to see more closely in a run on pictures; a new run begins with these defaults."""

    first: int = 0
    """The number of the sample that was kept before the last."""
    second: int = 11
    """The number of the sample that was kept last; to begin with, one of another row and another column."""
    centre: tuple[float, float] = (0.5, 0.5)
    """Where the reader stands in the plane of latents: its point a·first + b·second is (a, b)."""
    neighbours: bool = False
    """Whether the grid shows the nearest training picture of each sample in place of the sample."""
    condition: int | None = None
    """Where conditions have names: which of them the kept samples are drawn with; None: each with its own."""


@dataclass(frozen=True)
class View:
    """What there is to draw at one moment."""

    snapshot: Snapshot
    """The run at that moment."""
    measures: dict[str, float]
    """Every metric that fits the experiment, by name; of the slow ones the newest value, NaN before there is one."""
    equilibrium: dict[str, float]
    """The same metrics at p_g = p_data."""
    curves: Mapping[str, tuple[Curve, Curve]] = field(default_factory=dict)
    """The numbers of the run so far by name: (steps, values), (n,) each, in the order of steps."""
    steps: dict[str, int] = field(default_factory=dict)
    """The step at which each slow metric was measured, where there is a value."""
    plane: Plane | None = None
    """The dynamics, where both players have one parameter each."""
    focus: Focus = field(default_factory=Focus)
    """On pictures: what the reader chose."""
    answers: Mapping[Request, Answer] = field(default_factory=dict)
    """What figures asked (`Figure.requests`), as it was when last worked out: it is too slow for every frame."""


@dataclass(frozen=True)
class Update:
    """What changes in a figure from one moment to the next."""

    traces: dict[int, dict[str, Array]] = field(default_factory=dict)
    """New arrays of a trace's attributes (``x``, ``y``), by the trace's number."""
    layout: dict[str, Any] = field(default_factory=dict)
    """Layout attributes by dotted path; they seldom change, and are sent only when they do."""
    names: dict[int, str] = field(default_factory=dict)
    """Names of traces in the legend that depend on the experiment; sent like the layout."""


class Figure(Option, ABC):
    """A picture of a View. `draw` is `skeleton` with `update` filled in: live and static pictures are the same."""

    room: ClassVar[str] = "figures"
    place: ClassVar[Literal["stage", "closer", "curves"]] = "stage"
    """Where it stands: the large picture, what it holds more closely, or the strip of curves below."""
    special: ClassVar[int] = 0
    """Of several figures that fit an experiment, the most special one is shown."""

    space: ClassVar[str]
    """The space of the samples that it shows."""

    @classmethod
    def fits(cls, experiment: Experiment) -> bool:
        """Whether this figure can show that experiment."""
        return experiment.data.space == cls.space

    def requests(self, snapshot: Snapshot, focus: Focus) -> tuple[Request, ...]:
        """What it asks of that moment beside the snapshot: the view that it draws has the answers."""
        return ()

    @abstractmethod
    def skeleton(self, view: View) -> go.Figure:
        """Axes, legend and empty traces."""

    @abstractmethod
    def update(self, view: View) -> Update:
        """The arrays and the layout of this moment."""

    def readings(self, view: View) -> list[str]:
        """The numbers that belong to the picture, as pieces of a line of HTML."""
        return []

    def pick(self, focus: Focus, trace: int, point: tuple[int, int]) -> Focus:
        """What the reader wants to see after a click on the cell `point` (row, column) of the heat map `trace`; the
        same as before where there is nothing to choose. Clicks can be forged: any whole numbers from 0 may come."""
        return focus

    def draw(self, view: View) -> go.Figure:
        """The complete picture, for a notebook, a page or a file."""
        figure, update = self.skeleton(view), self.update(view)
        for index, arrays in update.traces.items():
            figure.data[index].update(arrays)
        for index, name in update.names.items():
            figure.data[index].name = name
        figure.update_layout({path.replace(".", "_"): value for path, value in update.layout.items()})
        return figure


def showing(experiment: Experiment) -> list[Figure]:
    """Every figure that can show that experiment, in alphabetical order."""
    return [figure for figure in every_figure() if figure.fits(experiment)]


def every_figure() -> list[Figure]:
    """All of them, in alphabetical order."""
    return [figure() for figure in available(Figure).values()]

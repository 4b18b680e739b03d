"""FigureSlot: a part of the page that shows one of several figures."""

from __future__ import annotations

import threading
from collections.abc import Callable

import ipywidgets as w

from ganviz.experiment import Experiment
from ganviz.figures.base import Figure, View, every_figure
from ganviz.lab.status import Frame
from ganviz.widgets.screen import Screen


class FigureSlot(w.VBox):
    """Shows the most special figure of its kind that fits the experiment; the others stay hidden until they fit. Where
    none does there is no such place."""

    def __init__(self, name: str, screen: Callable[[Figure, View], Screen]) -> None:
        """`name`: that of the figures' `place`. `screen` makes the screen of a figure, from its first picture."""
        self._figures = [figure for figure in every_figure() if figure.place == name]
        self._make = screen
        self._screens: dict[str, Screen] = {}
        """By the figure's name. It is replaced, never changed: another thread may be going through it."""
        self._lock = threading.Lock()
        super().__init__()

    def leave(self, experiment: Experiment) -> None:
        """Make what is shown pale unless it fits this experiment best: what does may take a moment to make."""
        best = self._best(experiment)
        for screen in self._screens.values():
            if screen.shown and screen.figure != best:
                screen.widget.dim()

    def _best(self, experiment: Experiment) -> Figure | None:
        fitting = [figure for figure in self._figures if figure.fits(experiment)]
        return max(fitting, key=lambda figure: figure.special, default=None)

    def suit(self, experiment: Experiment, view: Callable[[], View]) -> None:
        """Show what fits the experiment best. `view` makes its first picture, where a figure needs one."""
        best = self._best(experiment)
        name = best.option_name() if best else ""
        self.layout.display = "" if best else "none"
        with self._lock:
            if best and name not in self._screens:
                self._screens = {**self._screens, name: self._make(best, view())}
                self.children = [screen.widget for screen in self._screens.values()]
            for other, screen in self._screens.items():
                screen.shown = other == name

    def offer(self, frame: Frame) -> bool:
        """Something newer to show; False where no figure here can show it: a frame of the experiment before this one
        may come late, and one of the next too early."""
        fits = [s for s in self._screens.values() if s.shown and s.figure.fits(frame.view.snapshot.experiment)]
        for screen in fits:
            screen.offer(frame)
        return bool(fits)

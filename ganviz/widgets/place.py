"""Place: where figures of one kind stand."""

from __future__ import annotations

from collections.abc import Callable

import ipywidgets as w

from ganviz.experiment import Experiment
from ganviz.figures.base import Figure, View
from ganviz.option import find, names
from ganviz.session.run import Run
from ganviz.session.status import Frame
from ganviz.widgets.screen import Screen


class Place(w.VBox):  # type: ignore[misc]
    """Shows the most special figure of its kind that fits the experiment; the others stay hidden until they fit."""

    def __init__(self, name: str, screen: Callable[[Figure, View], Screen]) -> None:
        """`name`: that of the figures' `place`. `screen` makes the screen of a figure, from its first picture."""
        figures = (find("figures", figure)() for figure in names("figures"))
        self._figures = [figure for figure in figures if isinstance(figure, Figure) and figure.place == name]
        self._make = screen
        self._screens: dict[str, Screen] = {}
        super().__init__()

    def suit(self, experiment: Experiment) -> None:
        """Show what fits the experiment best."""
        fitting = [figure for figure in self._figures if figure.fits(experiment)]
        best = max(fitting, key=lambda figure: figure.special).option_name()
        if best not in self._screens:
            view = Run(experiment, "eager").view()
            self._screens[best] = self._make(next(f for f in fitting if f.option_name() == best), view)
            self.children = [screen.widget for screen in self._screens.values()]
        for name, screen in self._screens.items():
            screen.shown = name == best

    def offer(self, frame: Frame) -> None:
        """Something newer to show. A frame of the experiment before this one may come late: it is dropped."""
        for screen in self._screens.values():
            if screen.shown and screen.figure.fits(frame.view.snapshot.experiment):
                screen.offer(frame)

"""Screen: one kind of figure shown live, at a pace of its own."""

from __future__ import annotations

import threading
from collections.abc import Callable

from ganviz.figures.base import Figure, Focus, View
from ganviz.lab.clock import Clock
from ganviz.lab.status import Frame
from ganviz.widgets.live_figure import LiveFigure


class Screen:
    """Keeps the newest View and shows it as soon as the browser is free and the pace allows; older ones are dropped."""

    def __init__(
        self,
        figure: Figure,
        view: View,
        rate: float,
        *,
        on_life: Callable[[], None],
        on_free: Callable[[], None] = lambda: None,
        on_shown: Callable[[], None] = lambda: None,
        on_focus: Callable[[Callable[[Focus], Focus]], None] = lambda choose: None,
        caption: Callable[[Figure, Frame], str] = lambda figure, frame: "",
    ) -> None:
        """`view`: the first picture. `rate`: most frames a second. `on_free`: the browser could take a frame.
        `on_shown`: so it could, for a figure that came onto the page just now. `on_life`: it said anything at all.
        `on_focus`: the reader chose something to look at, what follows from what is looked at now. `caption`: the line
        below the figure."""
        self.figure, self._caption = figure, caption
        self._focus = view.focus
        self._clock = Clock(rate)
        self._lock = threading.Lock()
        self._waiting: Frame | None = None
        self._tell_free, self._tell_shown, self._tell_life = on_free, on_shown, on_life
        self._tell_focus = on_focus
        self.widget = LiveFigure(
            figure.draw(view), label=figure.gist(), on_free=self._freed, on_life=self._alive, on_pick=self._picked
        )

    @property
    def shown(self) -> bool:
        """Whether the figure is on the page."""
        return bool(self.widget.layout.display != "none")

    @shown.setter
    def shown(self, on: bool) -> None:
        if on == self.shown:
            return
        # What waits belongs to what was shown before; the next frame must be asked for, nobody else will.
        with self._lock:
            self._waiting = None
        self.widget.layout.display = "" if on else "none"
        if on:
            self.widget.dim()
            self._tell_shown()

    def offer(self, frame: Frame) -> None:
        """Something newer to show."""
        with self._lock:
            self._waiting = frame
        self._show()

    def _show(self) -> None:
        # Frames are offered by the worker, answers come from the kernel's threads: one of them at a time.
        with self._lock:
            if self._waiting is None or not self.widget.free:
                return
            # What the reader chose to see must not wait.
            if self._clock.left() and self._waiting.view.focus == self._focus:
                return
            frame, self._waiting = self._waiting, None
            self._focus = frame.view.focus
            self._clock.tick()
            status, step = frame.status, frame.view.snapshot.step
            state = {"step": step, "changes": status.changes, "changedAt": status.changed_at}
            self.widget.show(self.figure.update(frame.view), self._caption(self.figure, frame), state)

    def _freed(self) -> None:
        self._tell_free()
        self._show()

    def _alive(self) -> None:
        self._tell_life()
        self._show()

    def _picked(self, trace: int, point: tuple[int, int]) -> None:
        self._tell_focus(lambda focus: self.figure.pick(focus, trace, point))

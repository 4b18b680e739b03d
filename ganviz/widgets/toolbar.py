"""The toolbar: what one does with a run."""

from __future__ import annotations

from collections.abc import Callable

import ipywidgets as w

from ganviz.lab.session import Session
from ganviz.lab.status import Status

SPEEDS = {
    "1 step / frame": 1,
    "2": 2,
    "5": 5,
    "10 steps / frame": 10,
    "20": 20,
    "50": 50,
    "100": 100,
    "full speed": 0,
}

MANY = 100
"""Steps that one button makes, so that a reader can stop at the step that a text speaks of."""

KEYS = {"space": "space", "right": "→", "d": "D", "g": "G", "r": "R"}
"""The keys that click a button, by the name under which the page knows them, and as they are told to the reader."""


def _button(text: str, tooltip: str, act: Callable[[], None], key: str = "", style: str = "") -> w.Button:
    told = f"{tooltip} · key: {KEYS[key]}" if key else tooltip
    button = w.Button(description=text, tooltip=told, button_style=style, layout=w.Layout(width="auto"))
    button.on_click(lambda _: act())
    if key:
        button.add_class(f"ganviz-key-{key}")  # where keys.js finds it
    return button


class Toolbar(w.HBox):
    """Play, half-steps, slow motion, speed, reset. It drives whatever session `session()` returns; a new run, with the
    same seed or with another, is for `reset` and `new_seed` to begin."""

    def __init__(self, session: Callable[[], Session], reset: Callable[[], None], new_seed: Callable[[], None]) -> None:
        self._session = session
        self._play = _button("▶ Play", "Train, or pause (nothing is lost)", self._toggle, "space", "primary")
        self._play.add_class("ganviz-play")
        self._slow = w.ToggleButton(description="Slow motion", tooltip="One half-step a beat, named as in Figure 1")
        self._slow.layout.width = "auto"
        self._slow.observe(lambda change: self._slow_motion(change["new"]), names="value")
        self._speed = w.Dropdown(options=SPEEDS, value=10, tooltip="Steps of training for each frame drawn")
        self._speed.layout.width = "138px"
        self._speed.observe(lambda change: session().set_speed(change["new"] or None), names="value")
        super().__init__(
            [
                self._play,
                _button("Step", "One full step: k updates of D, one of G", lambda: session().step(), "right"),
                _button(f"+{MANY}", f"{MANY} full steps, then pause", self._many),
                _button("D step", "One update of D alone", lambda: session().step_discriminator(), "d"),
                _button("G step", "One update of G alone", lambda: session().step_generator(), "g"),
                self._slow,
                self._speed,
                _button("Reset", "Start over at step 0 with the same seed", reset, "r"),
                _button("New seed", "Start over at step 0 with the next seed", new_seed),
            ]
        )
        self.add_class("ganviz-toolbar")

    def _toggle(self) -> None:
        session = self._session()
        if session.status.playing:
            session.pause()
        else:
            session.play()

    def _many(self) -> None:
        self._slow.value = False
        self._session().advance(MANY)

    def _slow_motion(self, on: bool) -> None:
        self._session().slow_motion(on)
        if on:
            self._session().play()

    def reflect(self, status: Status) -> None:
        """Make the buttons say what the session does."""
        text = "❚❚ Pause" if status.playing else "▶ Play"
        if self._play.description != text:
            self._play.description = text

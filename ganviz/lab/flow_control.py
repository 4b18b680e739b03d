"""FlowControl: when whoever looks at a run gets a frame, and whether they are still there."""

from __future__ import annotations

import time
from collections.abc import Callable

from ganviz.lab.clock import Clock, Contention
from ganviz.lab.status import Frame

FRAMES_PER_SECOND = 25
"""No more frames than this are made, however fast training and drawing are."""

TRAINING = 3.0
"""How many times as long as a frame took training goes on before the next one, where it could go on for ever."""

LESS_TRAINING = 1.0
"""Instead of `TRAINING` on a crowded machine."""

CARRIED = 0.1
"""Seconds after which a frame that was handed over, and is not drawn yet, waits for something else than a core."""

LONGEST = 0.3
"""Seconds from one frame after which training has had enough: there are two frames a second as long as a frame and a
step take less than 0.2 s."""

PATIENCE = 6.0
"""Seconds without a sign of life from the viewer after which the run waits."""

ABANDONED = 1800.0
"""Seconds of silence after which the run is not only waiting but paused: nobody seems to come back."""

UNSEEN = 0.5
"""Seconds after which training at so many steps a frame stops waiting for a viewer who does not draw (hidden tab)."""


class FlowControl:
    """Flow control: a frame is made when the viewer has asked for one, the clock allows it, and there is news."""

    def __init__(self) -> None:
        self.clock = Clock(FRAMES_PER_SECOND)
        self.contention = Contention()
        self.receive: Callable[[Frame], None] | None = None
        self.wants = False
        self.news = True
        self._last_sign = float("inf")
        self._last_shown = 0.0
        self._handed_over = float("-inf")
        self._frame_took = 0.0
        self._frame_ended = 0.0

    def sign_of_life(self) -> None:
        """Somebody is there."""
        self._last_sign = time.monotonic()

    @property
    def silent(self) -> bool:
        """Whether the viewer has said nothing for a while; a session nobody ever looked at trains on."""
        return time.monotonic() - self._last_sign > PATIENCE

    @property
    def gone(self) -> bool:
        """Whether the silence is so long that nobody seems to come back."""
        return time.monotonic() - self._last_sign > ABANDONED

    def due(self, busy: bool) -> bool:
        """Whether a frame is to be made now; while there are steps to train, `busy`, not before training has had its
        share of the time."""
        wanted = self.wants and self.news and self.receive is not None and not self.clock.left()
        return wanted and not (busy and self._resting())

    def _resting(self) -> bool:
        # Counted in the time that this thread computes: other programs on the machine are not training.
        trained, waited = time.thread_time() - self._frame_ended, time.monotonic() - self._last_shown
        enough = self._frame_took * (LESS_TRAINING if self.contention.high else TRAINING)
        return trained < enough and waited < LONGEST

    @property
    def rest_helps(self) -> bool:
        """Whether a frame is on its way to the viewer, and the machine so crowded that it comes sooner when training
        leaves the cores to those who carry and draw it."""
        return self.contention.high and not self.wants and time.monotonic() - self._handed_over < CARRIED

    def hurry(self) -> None:
        """There is news that the viewer waits for."""
        self.news, self._frame_took = True, 0.0

    def show(self, make: Callable[[], Frame]) -> None:
        """Make a frame and hand it over. To be called on the thread that trains."""
        began = time.thread_time()
        self.clock.tick()
        self.wants = self.news = False
        self._last_shown = time.monotonic()
        frame = make()
        if self.receive is not None:
            self.receive(frame)
        self._handed_over, self._frame_ended = time.monotonic(), time.thread_time()
        self._frame_took = self._frame_ended - began

    def passes(self) -> bool:
        """Whether a frame's time goes by without one: nothing new to draw, or nobody who draws. The clock goes on."""
        unseen = time.monotonic() - self._last_shown > UNSEEN
        if self.clock.left() or not (self.wants or unseen):
            return False
        self.clock.tick()
        return True

"""Looks for a faster path in the background while training goes on."""

from __future__ import annotations

import atexit
import logging
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path as FilePath
from typing import Any, Literal

import torch

from ganviz.contracts.isolated import isolated
from ganviz.engine import compiled
from ganviz.engine.game import Game
from ganviz.engine.interruptible import Interruptible
from ganviz.engine.noise import Noise
from ganviz.engine.paths import Eager, Path, agree, capture, interpret
from ganviz.engine.players import State
from ganviz.engine.settings import numbers
from ganviz.engine.step_cost import is_arithmetic
from ganviz.engine.tree import leaves
from ganviz.experiment import Experiment

log = logging.getLogger("ganviz")

Pace = Literal["eager", "captured", "compiled"]
"""The fastest path that is wanted."""

TRIAL_STEPS = 16
"""Steps over which a new path must agree with the eager one before it is used."""

PATIENCE = 30.0
"""Seconds that capturing and trying a path may take; a step so long that it takes more has little to gain by it."""

LONGEST = 5000
"""Operations of a step that the compiler is asked to take on; it would take minutes, and gigabytes, over more."""


class Patient(Interruptible):
    """The same for capturing a step, which takes seconds where it is long, and a reader who moves through a menu asks
    for several: after some time it is given up."""

    def __init__(self, cancelled: threading.Event) -> None:
        super().__init__(cancelled)
        self._started = time.monotonic()

    def __torch_function__(self, *call: Any, **more: Any) -> Any:
        if time.monotonic() - self._started > PATIENCE:
            raise compiled.NoFastPath("its step takes too long to capture")
        return super().__torch_function__(*call, **more)


class Accelerator:
    """Builds faster paths for one experiment in a thread of its own; `take` hands over each when it is ready."""

    def __init__(
        self, experiment: Experiment, state: State, dtype: torch.dtype, pace: Pace, device: torch.device
    ) -> None:
        self._experiment, self._state, self._dtype, self._pace = experiment, state, dtype, pace
        self._device = device
        self._ready: Path | None = None
        self._cancelled = threading.Event()
        self._child: subprocess.Popen[bytes] | None = None
        self._thread = threading.Thread(target=self._run, name="ganviz-accelerator", daemon=True)
        self._thread.start()
        # A thread that is inside torch when the interpreter ends would take the process down with a fault.
        atexit.register(self._end)

    def take(self) -> Path | None:
        """A faster path that became ready since the last call, or None."""
        ready, self._ready = self._ready, None
        return ready

    def wait(self, seconds: float | None = None) -> None:
        """Block until everything that can be built is built."""
        self._thread.join(seconds)

    def cancel(self) -> None:
        """Stop looking; the experiment has changed."""
        self._cancelled.set()
        if self._child is not None:
            self._child.terminate()

    def _end(self) -> None:
        self.cancel()
        self.wait(10)

    @isolated
    def _run(self) -> None:
        # Not only Exception's children that we know of: whatever the compiler throws, training stays on its path.
        try:
            for path in self._paths():
                if self._cancelled.is_set():
                    return
                self._ready = path
        except Exception as error:
            if not self._cancelled.is_set():
                log.info("No faster path for this experiment (%s); training goes on as it is.", _first_line(error))
        finally:
            atexit.unregister(self._end)

    def _paths(self) -> Iterator[Path]:
        """Ever faster paths, each checked against the eager one."""
        game = Game(self._experiment, self._dtype)
        values = numbers(self._experiment, lambda value: torch.tensor(value, dtype=self._dtype, device=self._device))
        noise = Noise(self._experiment, self._dtype, self._device)
        draws = [noise.step(i * self._experiment.d_steps, i) for i in range(TRIAL_STEPS)]
        eager = Eager(game)
        if is_arithmetic(eager, self._state, values, draws[:2], self._cancelled):
            raise compiled.NoFastPath("its step is arithmetic, which no path makes shorter")
        with Patient(self._cancelled):
            graph = capture(game, self._state, values, draws[0])
            captured = interpret(graph, self._state, values, draws[0])
            if not agree(eager, captured, self._state, values, draws, tolerance=0):
                raise compiled.NoFastPath("the captured graph gives other numbers")
        yield captured
        if self._pace != "compiled" or self._device.type != "cpu":
            return
        if len(graph.graph.nodes) > LONGEST:
            raise compiled.NoFastPath("its step is too long to compile")
        file = compiled.package_path(graph, leaves([self._state, values, draws[0]]))
        if not file.exists():
            self._build(file)
        fast = compiled.load(file, self._state)
        if not agree(eager, fast, self._state, values, draws, tolerance=1e-3):
            raise compiled.NoFastPath("the compiled step gives other numbers")
        yield fast

    def _build(self, file: FilePath) -> None:
        if self._dtype != torch.float32:
            raise compiled.NoFastPath("only float32 is compiled")
        child = compiled.start_build(self._experiment, file)
        self._child = child
        while child.poll() is None and not self._cancelled.wait(0.2):
            pass
        if child.poll() is None:
            child.terminate()
        child.wait()
        if not file.exists():
            raise compiled.NoFastPath(f"the compiler failed, see {file.with_suffix('.log').name} in ganviz's cache")


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0]

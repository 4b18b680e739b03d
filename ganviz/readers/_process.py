"""Start a process that reads files, ask it, and watch that it keeps within its limits."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

import psutil

from ganviz.invalid import Invalid, because
from ganviz.readers._message import LACKS_MEMORY, Message, receive, send

ROOT = Path(__file__).parents[2]
"""Where the package lies."""
PERIOD = 0.02
"""Seconds between two looks at the process."""
PATIENCE = 5
"""How many seconds may pass for each one of computing that is allowed: other programs may be busy too."""


@dataclass(frozen=True)
class Limits:
    """What it may cost to read a file."""

    memory: int
    """Bytes, Python and the libraries included."""
    seconds: int
    """Of computing; `PATIENCE` times as many may pass."""
    answer: int
    """Bytes of what was read."""


class Reader:
    """A process that reads files. Whatever becomes of it, this process is unharmed, and `ask` raises one sentence."""

    def __init__(self, limits: Limits) -> None:
        """Raises `OSError` where no process can be started."""
        self.limits = limits
        self._trouble, self._done = "", threading.Event()
        command = [sys.executable, "-P", "-m", "ganviz.readers._child", str(limits.memory), str(limits.seconds)]
        self.process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=_environment(),
            # An interrupt from the keyboard is for this process; so that it does not reach the other one.
            start_new_session=True,
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )
        threading.Thread(target=self._watch, name="ganviz-reader", daemon=True).start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End the process, also where somebody interrupts."""
        self._done.set()
        self.process.kill()
        self.process.communicate()

    def ask(self, question: Message, file: str) -> Message:
        """The answer. Raises `Invalid`: what the reader says against the file, or what became of the reader; `file` is
        the name in those sentences."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        try:
            send(self.process.stdin, question)
            answer = receive(self.process.stdout, self.limits.answer)
        except OSError:  # it ended before it had heard all
            answer = None
        except ValueError:
            raise Invalid(f"{file} holds more than {self.limits.answer // 10**6} MB, which is not read.") from None
        if answer is None:
            raise Invalid(f"{file} {self._why()}.")
        if answer.refusal:
            raise Invalid(answer.refusal)
        return answer

    def _why(self) -> str:
        """Why there is no answer, as the end of a sentence."""
        status = self.process.wait()
        if self._trouble == "time" or status == -getattr(signal, "SIGXCPU", 0):
            return f"takes longer than {self.limits.seconds} seconds to read, which is not done"
        if self._trouble == "memory" or status == LACKS_MEMORY:
            return f"takes more than {self.limits.memory >> 20} MB of memory to read, which is not done"
        return "is not read: it is damaged, or it takes too much memory"

    def _watch(self) -> None:
        """End the process when it has taken more memory or time than it may: all there is where the system itself has
        no limits, and the only limit on the time that passes."""
        end = time.monotonic() + PATIENCE * self.limits.seconds
        while not self._done.wait(PERIOD):
            if time.monotonic() > end or _resident(self.process.pid) > self.limits.memory:
                self._trouble = "time" if time.monotonic() > end else "memory"
                self.process.kill()
                return


def ask(question: Message, file: str, limits: Limits) -> Message:
    """The answer of a process of its own. Raises `Invalid`."""
    try:
        reader = Reader(limits)
    except OSError as error:
        raise Invalid(f"{file} is not read: no process can be started to do so ({because(error)}).") from None
    with reader:
        return reader.ask(question, file)


def _environment() -> dict[str, str]:
    """The variables of the other process: it finds the same packages, and computes on one thread."""
    one = {f"{library}_NUM_THREADS": "1" for library in ("OMP", "OPENBLAS", "MKL", "ARROW_IO")}
    paths = os.pathsep.join([*filter(None, sys.path), str(ROOT)])
    # Arrow's own allocator would reserve more addresses than it uses.
    return {**os.environ, **one, "ARROW_DEFAULT_MEMORY_POOL": "system", "PYTHONPATH": paths}


def _resident(pid: int) -> int:
    """Bytes of a process that are in memory; 0 where there is none."""
    try:
        return int(psutil.Process(pid).memory_info().rss)
    except psutil.Error:
        return 0

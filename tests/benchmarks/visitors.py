"""What each of many visitors gets: python tests/benchmarks/visitors.py [N] [--seconds S] [--serve OPTIONS ...]

Serves the app to the public and opens N browserless visitors: real websocket clients in a process of their own, which
open the page one after the other, press play at full speed, and acknowledge frames as a page does, all at the same
time. Prints, for each visitor, frames a second, the time from a moved slider to the frame that shows it, training steps
a second, and the memory (PSS) of the kernel's process at the beginning and at the end; then whether the worst of them
got enough, how fair it was, and what is left when one visitor's kernel is killed.
"""

from __future__ import annotations

import argparse
import contextlib
import multiprocessing
import os
import signal
import statistics
import sys
import tempfile
import time
from multiprocessing.connection import Connection
from pathlib import Path
from typing import NamedTuple

import psutil

sys.path.insert(0, str(Path(__file__).parent.parent / "browser"))
from conftest import free_port, serve
from visitor import Visitor
from websocket import WebSocketException

ENOUGH = 5.0
"""Frames a second that each of eight visitors on two cores should get."""

FAIR = 2.0
"""How many times as many frames the luckiest visitor may get as the unluckiest."""


class Report(NamedTuple):
    """What one visitor got."""

    frames: float
    """A second."""
    steps: float
    """A second."""
    latency: float
    """Median, in milliseconds."""
    worst: float
    """95th percentile, in milliseconds."""


class Watch:
    """Counts a visitor's frames, and times how soon a moved slider is seen."""

    def __init__(self, visitor: Visitor) -> None:
        self.step = self.changes = 0
        self.latencies: list[float] = []
        self._visitor, self._moved, self._waiting_for = visitor, 0.0, 0
        self._slider = visitor.model(description="lr d")
        visitor.on_frame = self._note

    def _note(self, frame: dict) -> None:
        self.step, self.changes = int(frame["state"]["step"]), int(frame["state"]["changes"])
        if self._waiting_for and self.changes >= self._waiting_for:
            self.latencies.append(1000 * (time.monotonic() - self._moved))
            self._waiting_for = 0

    def move(self, i: int) -> None:
        """Move the learning rate a little, unless the last move is still not seen."""
        if not self._waiting_for:
            self._moved, self._waiting_for = time.monotonic(), self.changes + 1
            self._visitor.update(self._slider, value=1e-3 * (1.1 if i % 2 else 0.9))

    def measure(self, seconds: float) -> Report:
        """Look on for so many seconds, moving a slider once in each."""
        frames, step, began = self._visitor.frames, self.step, time.monotonic()
        for i in range(int(seconds)):
            self.move(i)
            for _ in self._visitor.listen(began + i + 1 - time.monotonic()):
                pass
        took, seen = time.monotonic() - began, sorted(self.latencies) or [float("nan")]
        rates = (self._visitor.frames - frames) / took, (self.step - step) / took
        return Report(*rates, statistics.median(seen), seen[int(0.95 * len(seen))])


def visit(url: str, line: Connection) -> None:
    """One visitor's process: tells its kernel, measures when told, and goes on looking until the connection is lost."""
    with contextlib.suppress(WebSocketException, OSError, EOFError):
        visitor = Visitor(url, patience=300, page="")
        visitor.look(120)
        full_speed(visitor)
        visitor.press("▶ Play")
        visitor.watch(3, 120)
        line.send(visitor.kernel)
        watch = Watch(visitor)
        while True:
            while not line.poll():
                list(visitor.listen(0.2))
            line.send(watch.measure(line.recv()))


def full_speed(visitor: Visitor) -> None:
    """Choose it in the toolbar."""
    labels = {model: state.get("_options_labels", ()) for model, state in visitor.states.items()}
    speed = next(model for model, choices in labels.items() if "full speed" in choices)
    visitor.update(speed, index=labels[speed].index("full speed"))


def process_of(kernel: str) -> psutil.Process:
    return next(p for p in psutil.process_iter(["cmdline"]) if kernel in " ".join(p.info["cmdline"] or []))


def pss(kernel: str) -> float:
    """MB."""
    return process_of(kernel).memory_full_info().pss / 1e6


def arrive(url: str) -> tuple[Connection, str]:
    """One more visitor: the line to its process, and the name of its kernel."""
    near, far = multiprocessing.Pipe()
    began = time.monotonic()
    multiprocessing.Process(target=visit, args=[url, far], daemon=True).start()
    kernel = near.recv()
    print(f"frames are there {time.monotonic() - began:.1f} s after asking for the page", flush=True)
    return near, kernel


def all_measure(lines: list[Connection], seconds: float) -> list[Report]:
    """All of them at the same time."""
    for line in lines:
        line.send(seconds)
    return [line.recv() for line in lines]


def run(url: str, visitors: int, seconds: float) -> None:
    lines, kernels = zip(*(arrive(url) for _ in range(visitors)), strict=True)
    before = [pss(kernel) for kernel in kernels]
    reports = all_measure(lines, seconds)
    after = [pss(kernel) for kernel in kernels]
    print("\nvisitor  frames/s  steps/s  slider to screen: median  p95 (ms)   memory (PSS, MB): before  after")
    for i, (frames, steps, median, p95) in enumerate(reports):
        columns = f"{i + 1:7d}  {frames:8.1f}  {steps:7.0f}  {median:24.0f}  {p95:8.0f}"
        print(f"{columns}   {before[i]:24.0f}  {after[i]:5.0f}")
    rates = [report.frames for report in reports]
    unfair = max(rates) / max(min(rates), 1e-9)
    print(f"\nthe worst visitor gets {min(rates):.1f} frames/s (bar: {ENOUGH}): {verdict(min(rates) >= ENOUGH)}")
    print(f"fair within a factor of {unfair:.2f} (bar: {FAIR}): {verdict(unfair <= FAIR)}")
    print(f"memory of a session {statistics.mean(after):.0f} MB, grown by {max_growth(before, after):.1f} MB at most")
    if len(lines) > 1:
        process_of(kernels[0]).send_signal(signal.SIGKILL)
        least = min(report.frames for report in all_measure(lines[1:], 5.0))
        print(f"when one is killed, the others get {least:.1f} frames/s or more: {verdict(least > 0)}")


def max_growth(before: list[float], after: list[float]) -> float:
    return max(late - early for early, late in zip(before, after, strict=True))


def verdict(good: bool) -> str:
    return "yes" if good else "NO"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("visitors", nargs="?", type=int, default=8)
    parser.add_argument("--seconds", type=float, default=30, help="how long is measured; 600 for a soak")
    parser.add_argument("--serve", nargs=argparse.REMAINDER, default=[], help="options for ganviz serve")
    asked = parser.parse_args()
    port = free_port()
    rules = ["--public", "--preheat", "0", "--sessions", str(asked.visitors), "--idle", "1000"]
    what = [] if asked.serve and not asked.serve[0].startswith("-") else ["figure-1"]
    command = [sys.executable, "-m", "ganviz", "serve", *what, *rules, "--host", "127.0.0.1", "--port", str(port)]
    with tempfile.TemporaryDirectory() as folder:
        server = serve([*command, *asked.serve], f"http://127.0.0.1:{port}/nothing", Path(folder))
        try:
            run(next(server).removesuffix("nothing"), asked.visitors, asked.seconds)
        finally:
            next(server, None)


if __name__ == "__main__":
    # What was compiled before is used; a public server compiles nothing.
    os.environ.setdefault("GANVIZ_CACHE", str(Path("~/.cache/ganviz").expanduser()))
    main()

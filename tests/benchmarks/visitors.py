"""What each of many visitors gets: python tests/benchmarks/visitors.py [N] [--minutes M] [--serve OPTIONS ...]

Serves the app to the public and opens N browserless visitors: real websocket clients in a process of their own, which
open the page one after the other, press play at full speed, and acknowledge frames as a page does, all at the same
time. Prints, for each visitor, frames a second, the time from a moved slider to the frame that shows it, training steps
a second, and the memory (PSS) of the kernel's process at the beginning and at the end; for each minute, what the worst
of them got and the memory; then whether it was enough, how fair it was, and what is left when one visitor's kernel is
killed. Machines that are shared differ from minute to minute, so the time of a loop is printed, before and after.
"""

from __future__ import annotations

import argparse
import contextlib
import math
import multiprocessing
import os
import signal
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from multiprocessing.connection import Connection
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

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
    """What one visitor got in one round."""

    frames: float
    """A second."""
    steps: float
    """A second."""
    latencies: list[float]
    """From a moved slider to the screen, in milliseconds."""


class Minibatch(NamedTuple):
    """What all visitors got in a minute, in the order of their arrival."""

    reports: list[Report]
    memory: list[float]
    """PSS of their kernels at its end, in MB."""
    server: float
    """The server's."""

    @property
    def worst(self) -> float:
        """Frames a second of the visitor who got fewest."""
        return min(report.frames for report in self.reports)


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
        self.latencies.clear()
        for i in range(int(seconds)):
            self.move(i)
            for _ in self._visitor.listen(began + i + 1 - time.monotonic()):
                pass
        took = time.monotonic() - began
        return Report((self._visitor.frames - frames) / took, (self.step - step) / took, list(self.latencies))


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


def process_of(name: str) -> psutil.Process:
    """The process that was started with something in its command: a kernel's name, or a server's port."""
    return next(p for p in psutil.process_iter(["cmdline"]) if name in " ".join(p.info["cmdline"] or []))


def pss(name: str) -> float:
    """Its memory in MB; what several processes share counts in parts."""
    return process_of(name).memory_full_info().pss / 1e6


def arrive(url: str) -> tuple[Connection, str]:
    """One more visitor: the line to its process, and the name of its kernel."""
    near, far = multiprocessing.Pipe()
    began = time.monotonic()
    multiprocessing.Process(target=visit, args=[url, far], daemon=True).start()
    kernel = near.recv()
    print(f"frames are there {time.monotonic() - began:.1f} s after asking for the page", flush=True)
    return near, kernel


def all_measure(lines: Sequence[Connection], seconds: float) -> list[Report]:
    """All of them at the same time."""
    for line in lines:
        line.send(seconds)
    return [line.recv() for line in lines]


@contextlib.contextmanager
def served(visitors: int, more: list[str]) -> Iterator[str]:
    """The address of a public server for so many; `more`: its options, after what it shows unless that is Figure 1."""
    port = free_port()
    rules = ["--public", "--preheat", "0", "--sessions", str(visitors), "--idle", "1000000"]
    what = [] if more and not more[0].startswith("-") else ["figure-1"]
    command = [sys.executable, "-m", "ganviz", "serve", *what, *rules, "--host", "127.0.0.1", "--port", str(port)]
    # What was compiled before is used; a public server compiles nothing.
    os.environ.setdefault("GANVIZ_CACHE", str(Path("~/.cache/ganviz").expanduser()))
    with tempfile.TemporaryDirectory() as folder:
        server = serve([*command, *more], f"http://127.0.0.1:{port}/nothing", Path(folder))
        try:
            yield next(server).removesuffix("nothing")
        finally:
            next(server, None)


def soak(url: str, visitors: int, minutes: float) -> Iterator[Minibatch]:
    """Let visitors arrive, and watch them minute by minute; at last one is killed, and the others watched a little."""
    lines, kernels = zip(*(arrive(url) for _ in range(visitors)), strict=True)
    server = f"--port {urlsplit(url).port}"

    def round(lines: Sequence[Connection], kernels: Sequence[str], seconds: float) -> Minibatch:
        reports = all_measure(lines, seconds) if seconds else []
        return Minibatch(reports, [pss(kernel) for kernel in kernels], pss(server))

    yield round(lines, kernels, 0.0)
    for _ in range(math.ceil(minutes)):
        yield round(lines, kernels, 60.0 * minutes / math.ceil(minutes))
    if len(lines) > 1:
        process_of(kernels[0]).send_signal(signal.SIGKILL)
        yield round(lines[1:], kernels[1:], 5.0)


def run(url: str, visitors: int, minutes: float) -> None:
    before, *rounds = soak(url, visitors, minutes)
    rest = rounds.pop() if visitors > 1 else None
    print("\nvisitor  frames/s  steps/s  slider to screen: median  p95 (ms)   memory (PSS, MB): before  after")
    rates = rates_of(rounds)
    for i, reports in enumerate(zip(*(one.reports for one in rounds), strict=True)):
        seen = sorted(late for report in reports for late in report.latencies) or [float("nan")]
        columns = f"{i + 1:7d}  {rates[i]:8.1f}  {statistics.mean(report.steps for report in reports):7.0f}"
        delays = f"{statistics.median(seen):24.0f}  {seen[int(0.95 * len(seen))]:8.0f}"
        print(f"{columns}  {delays}   {before.memory[i]:24.0f}  {rounds[-1].memory[i]:5.0f}")
    print("\nminute  frames/s of the worst  memory of a session (MB): mean  largest  of the server")
    for i, one in enumerate([before, *rounds]):
        worst = f"{one.worst:21.1f}" if one.reports else " " * 21
        print(f"{i:6d}  {worst}  {statistics.mean(one.memory):31.0f}  {max(one.memory):7.0f}  {one.server:13.0f}")
    unfair = max(rates) / max(min(rates), 1e-9)
    print(f"\nthe worst visitor gets {min(rates):.1f} frames/s (bar: {ENOUGH}): {verdict(min(rates) >= ENOUGH)}")
    print(f"fair within a factor of {unfair:.2f} (bar: {FAIR}): {verdict(unfair <= FAIR)}")
    print(
        f"memory of a session {statistics.mean(rounds[-1].memory):.0f} MB, {growth(rounds):+.1f} MB in the second half"
    )
    if rest:
        print(f"when one is killed, the others get {rest.worst:.1f} frames/s or more: {verdict(rest.worst > 0)}")


def rates_of(rounds: list[Minibatch]) -> list[float]:
    """Frames a second of each visitor, over all rounds."""
    return [
        statistics.mean(rates) for rates in zip(*([one.frames for one in each.reports] for each in rounds), strict=True)
    ]


def growth(rounds: list[Minibatch]) -> float:
    """By how many MB a session has grown on average since half of the time."""
    return statistics.mean(rounds[-1].memory) - statistics.mean(rounds[(len(rounds) - 1) // 2].memory)


def loop() -> float:
    """Milliseconds of a loop of Python, the median of five."""
    times = []
    for _ in range(5):
        began = time.perf_counter()
        sum(i * i for i in range(2_000_000))
        times.append(1000 * (time.perf_counter() - began))
    return statistics.median(times)


def verdict(good: bool) -> str:
    return "yes" if good else "NO"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("visitors", nargs="?", type=int, default=8)
    parser.add_argument("--minutes", type=float, default=0.5, help="how long is measured; 10 for a soak")
    parser.add_argument("--serve", nargs=argparse.REMAINDER, default=[], help="options for ganviz serve")
    asked = parser.parse_args()
    print(f"a loop of Python takes {loop():.0f} ms", flush=True)
    with served(asked.visitors, asked.serve) as url:
        run(url, asked.visitors, asked.minutes)
    print(f"a loop of Python takes {loop():.0f} ms")


if __name__ == "__main__":
    main()

"""Training beside a thread of Python that is always busy: python tests/benchmarks/beside.py [figure-1] [--rounds 9]

What each of the two keeps of the speed that it has alone, on two cores; medians over interleaved rounds. The native
path asks for Python's lock only to hand over results, once in a hundredth of a second or so.
"""

from __future__ import annotations

import argparse
import threading
import time
from collections.abc import Callable
from statistics import median

import ganviz
from ganviz import Trainer
from ganviz.engine.paths import PathName

Rate = Callable[[float], float]


def counting(seconds: float) -> float:
    """Turns a second of a loop that never waits."""
    count, began = 0, time.perf_counter()
    while (spent := time.perf_counter() - began) < seconds:
        for _ in range(1000):
            count += 1
    return count / spent


def training(trainer: Trainer) -> Rate:
    """Steps a second of the trainer."""

    def rate(seconds: float) -> float:
        first, began = trainer.step_count, time.perf_counter()
        while (spent := time.perf_counter() - began) < seconds:
            trainer.walk(10**6)
        return (trainer.step_count - first) / spent

    return rate


def together(one: Rate, other: Rate, seconds: float) -> tuple[float, float]:
    """Both rates at the same time, each on a thread."""
    found: dict[Rate, float] = {}
    start = threading.Barrier(2)

    def run(rate: Rate) -> None:
        start.wait()
        found[rate] = rate(seconds)

    threads = [threading.Thread(target=run, args=(rate,)) for rate in (one, other)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found[one], found[other]


def main() -> None:
    """Print a row for each path."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("preset", nargs="?", default="figure-1")
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--seconds", type=float, default=2)
    parser.add_argument("--paths", nargs="+", default=["native", "eager"], choices=["native", "eager"])
    options = parser.parse_args()
    print("| path | steps a second alone | training keeps | the busy thread keeps |\n|---|---|---|---|")
    for path in options.paths:
        print(row(options.preset, path, options.rounds, options.seconds), flush=True)


def row(preset: str, path: PathName, rounds: int, seconds: float) -> str:
    """What a path and its neighbour keep."""
    trainer = Trainer(ganviz.preset(preset), path=path)
    steps = training(trainer)
    steps(min(seconds, 1))
    alone, kept, left = list[float](), list[float](), list[float]()
    for _ in range(rounds):
        rate, turns = steps(seconds), counting(seconds)
        its, others = together(steps, counting, seconds)
        alone.append(rate)
        kept.append(its / rate)
        left.append(others / turns)
    return f"| {path} | {median(alone):,.0f} | {median(kept):.0%} | {median(left):.0%} |"


if __name__ == "__main__":
    main()

"""Does the preset figure-1 arrive, on every seed, and stay? All numbers by the exact push-forward, in nats.

    python tests/benchmarks/convergence.py [--steps 12000] [--seeds 5] [--preset figure-1]

The bar: JSD ≤ 0.01 and C(G) within 0.02 of −log 4 at the end, in a minute or less. The column `worst` is the largest
JSD over the last fifth of the run: an arrival, not a lucky moment.
"""

from __future__ import annotations

import argparse
import math
import time
from dataclasses import dataclass

import torch

from ganviz import Experiment, Trainer, preset

EVERY = 200
"""Steps between two measurements."""


@dataclass(frozen=True)
class Result:
    """How one run went: JSD in nats, W₁ in units of x, C(G) + log 4 in nats."""

    seconds: float
    jsd: float
    worst_jsd: float
    w1: float
    cost_above_floor: float


def run(experiment: Experiment, steps: int) -> Result:
    """Train from the start; `seconds` includes capturing and measuring."""
    start = time.perf_counter()
    trainer = Trainer(experiment)
    course = []
    for _ in range(steps // EVERY):
        trainer.advance(EVERY)
        course.append(trainer.measure("jsd"))
    return Result(
        seconds=time.perf_counter() - start,
        jsd=course[-1],
        worst_jsd=max(course[-max(1, len(course) // 5) :]),
        w1=trainer.measure("w1"),
        cost_above_floor=trainer.measure("cost") + math.log(4),
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--steps", type=int, default=12_000)
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--preset", default="figure-1")
    options = parser.parse_args()
    torch.set_num_threads(1)
    print(f"{'seed':>4} {'steps':>6} {'seconds':>8} {'JSD':>8} {'worst':>8} {'W1':>8} {'C(G)+log 4':>11}")
    for seed in range(options.seeds):
        result = run(preset(options.preset).replace(seed=seed), options.steps)
        print(
            f"{seed:4} {options.steps:6} {result.seconds:8.1f} {result.jsd:8.4f} {result.worst_jsd:8.4f} "
            f"{result.w1:8.4f} {result.cost_above_floor:11.4f}",
            flush=True,
        )


if __name__ == "__main__":
    main()

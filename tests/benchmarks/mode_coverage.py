"""Modes captured on the ring of 8 and the grid of 25 by ten methods, five seeds each.

    python tests/benchmarks/mode_coverage.py [--steps 4000] [--seeds 5] [--methods r1 ...] [--targets ring grid]

Protocol (PacGAN's): 2500 samples of G; each belongs to its nearest mode and is of high quality within three standard
deviations of it; a mode is captured when it has one such sample. A perfect sampler has 98.9 % of high quality, and a
reverse KL of its mode histogram to the uniform one of (K − 1)/(2n): 0.0014 on the ring, 0.0048 on the grid.
"""

from __future__ import annotations

import argparse
import math
import statistics
import time
from concurrent.futures import ProcessPoolExecutor
from typing import Any

import torch

from ganviz import Diverged, Experiment, Trainer

TARGETS: dict[str, dict[str, Any]] = {
    "ring": {"name": "ring", "modes": 8, "radius": 1.0, "std": 0.01},
    "grid": {"name": "grid", "modes": 5, "spacing": 2.0, "std": 0.05},
}
"""Eight modes on the unit circle, and 25 at {−4, −2, 0, 2, 4}²."""

MEASURES = ("modes", "high_quality", "reverse_kl")

ADAM = {"name": "adam", "beta1": 0.0, "beta2": 0.9}

METHODS: dict[str, dict[str, Any]] = {
    "non-saturating": {},
    "least squares": {"loss": "least_squares"},
    "WGAN, clipped": {
        "loss": "wasserstein",
        "regularizers": [{"name": "weight_clipping", "c": 0.1}],
        "optimizer_g": "rmsprop",
        "optimizer_d": "rmsprop",
        "d_steps": 5,
    },
    "WGAN-GP": {"loss": "wasserstein", "regularizers": [{"name": "gradient_penalty", "weight": 0.1}], "d_steps": 5},
    "hinge + spectral norm": {"loss": "hinge", "regularizers": ["spectral_norm"]},
    "non-saturating + R1": {"regularizers": [{"name": "r1", "gamma": 0.1}]},
    "relativistic + R1 + R2": {
        "loss": "relativistic",
        "regularizers": [{"name": "r1", "gamma": 0.1}, {"name": "r2", "gamma": 0.1}],
    },
    "PacGAN, m = 2": {"regularizers": [{"name": "packing", "m": 2}]},
    "unrolled, 5 steps of 0.01": {"regularizers": [{"name": "unrolled", "steps": 5, "step_size": 0.01}]},
    "MMD, no discriminator": {"loss": "mmd"},
}


def experiment(target: str, method: str, seed: int) -> Experiment:
    """The same networks, latent, optimizer and rates for every method, but for what the method itself says."""
    network = {"name": "mlp", "width": 128, "depth": 3}
    fields = {
        "data": TARGETS[target],
        "latent": {"name": "normal", "dim": 2},
        "generator": {**network, "activation": "relu"},
        "discriminator": {**network, "activation": "leaky_relu"},
        "optimizer_g": ADAM,
        "optimizer_d": ADAM,
        "lr_g": 5e-4,
        "lr_d": 1e-3,
        "batch_size": 256,
        "seed": seed,
    }
    return Experiment(**(fields | METHODS[method]))


def run(job: tuple[str, str, int, int]) -> tuple[float, float, float, float]:
    """Train one seed; its measures, and the seconds it took. A run that loses its numbers captures nothing."""
    target, method, seed, steps = job
    torch.set_num_threads(1)
    start = time.perf_counter()
    trainer = Trainer(experiment(target, method, seed))
    try:
        trainer.advance(steps)
    except Diverged:
        return 0, 0.0, math.nan, time.perf_counter() - start
    modes, good, kl = (trainer.measure(name) for name in MEASURES)
    return modes, good, kl, time.perf_counter() - start


def spread(values: list[float], digits: int) -> str:
    """Mean ± standard error."""
    known = [value for value in values if math.isfinite(value)]
    if not known:
        return "—"
    error = statistics.stdev(known) / math.sqrt(len(known)) if len(known) > 1 else 0.0
    return f"{statistics.mean(known):.{digits}f} ± {error:.{digits}f}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--steps", type=int, default=4000)
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--methods", nargs="+", default=list(METHODS), choices=list(METHODS))
    parser.add_argument("--targets", nargs="+", default=list(TARGETS), choices=list(TARGETS))
    parser.add_argument("--processes", type=int, default=2)
    options = parser.parse_args()
    with ProcessPoolExecutor(options.processes) as pool:
        for target in options.targets:
            print(f"\n{target}: {options.steps} steps, seeds 0-{options.seeds - 1}, 2500 samples each\n")
            print("| method | modes | high quality, % | reverse KL | seconds a run |\n|---|---|---|---|---|")
            for method in options.methods:
                jobs = [(target, method, seed, options.steps) for seed in range(options.seeds)]
                modes, good, kl, seconds = zip(*pool.map(run, jobs), strict=True)
                row = (spread(list(modes), 1), spread([100 * g for g in good], 1), spread(list(kl), 3))
                print(f"| {method} | {' | '.join(row)} | {statistics.mean(seconds):.0f} |", flush=True)


if __name__ == "__main__":
    main()

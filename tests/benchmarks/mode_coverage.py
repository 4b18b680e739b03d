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
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from typing import Any

import torch
from torch import Generator, Tensor

from ganviz import Diverged, Experiment, Trainer
from ganviz.distributions.base import Distribution

SAMPLES = 2500


class Modes(Distribution):
    """Equal Gaussians in the plane: targets that live in this benchmark alone."""

    shape = (2,)
    centers: tuple[tuple[float, float], ...]
    std: float

    def sample(self, n: int, generator: Generator) -> Tensor:
        centers = torch.tensor(self.centers)
        chosen = centers[torch.randint(len(centers), (n,), generator=generator)]
        return chosen + self.std * torch.randn(n, 2, generator=generator)

    def log_prob(self, x: Tensor) -> Tensor:
        raise NotImplementedError("nothing here asks for it")

    def window(self) -> tuple[float, float]:
        reach = 1.2 * max(max(map(abs, center)) for center in self.centers)
        return -reach, reach


def ring() -> Modes:
    """Eight modes on the unit circle, σ = 0.01; eight, not seven: the angles do not meet."""
    angles = [2 * math.pi * i / 8 for i in range(8)]
    return Modes(centers=tuple((math.cos(a), math.sin(a)) for a in angles), std=0.01)


def grid() -> Modes:
    """25 modes at {−4, −2, 0, 2, 4}², σ = 0.05."""
    line = (-4.0, -2.0, 0.0, 2.0, 4.0)
    return Modes(centers=tuple((x, y) for x in line for y in line), std=0.05)


TARGETS: dict[str, Callable[[], Modes]] = {"ring": ring, "grid": grid}

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
        "data": TARGETS[target](),
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


def measure(samples: Tensor, modes: Modes) -> tuple[int, float, float]:
    """(modes captured, share of high quality, reverse KL of the histogram over good samples to the uniform one)."""
    distance, nearest = torch.cdist(samples.double(), torch.tensor(modes.centers, dtype=torch.float64)).min(1)
    good = distance < 3 * modes.std
    counts = torch.bincount(nearest[good], minlength=len(modes.centers)).double()
    if not counts.sum():
        return 0, 0.0, math.nan
    share = counts / counts.sum()
    kl = float(torch.xlogy(share, share * len(share)).sum())
    return int((counts > 0).sum()), float(good.double().mean()), kl


def run(job: tuple[str, str, int, int]) -> tuple[int, float, float, float]:
    """Train one seed; what `measure` says, and the seconds it took. A run that loses its numbers captures nothing."""
    target, method, seed, steps = job
    torch.set_num_threads(1)
    start = time.perf_counter()
    trainer = Trainer(experiment(target, method, seed))
    trainer.accelerate("captured", wait=True)
    try:
        trainer.advance(steps)
    except Diverged:
        return 0, 0.0, math.nan, time.perf_counter() - start
    return *measure(trainer.generate(SAMPLES), TARGETS[target]()), time.perf_counter() - start


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
            print(f"\n{target}: {options.steps} steps, seeds 0-{options.seeds - 1}, {SAMPLES} samples each\n")
            print("| method | modes | high quality, % | reverse KL | seconds a run |\n|---|---|---|---|---|")
            for method in options.methods:
                jobs = [(target, method, seed, options.steps) for seed in range(options.seeds)]
                modes, good, kl, seconds = zip(*pool.map(run, jobs), strict=True)
                row = (spread(list(modes), 1), spread([100 * g for g in good], 1), spread(list(kl), 3))
                print(f"| {method} | {' | '.join(row)} | {statistics.mean(seconds):.0f} |", flush=True)


if __name__ == "__main__":
    main()

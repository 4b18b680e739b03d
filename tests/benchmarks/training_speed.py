"""Iterations per second of the three paths against a tutorial's eager loop, everything included.

    python tests/benchmarks/training_speed.py [--rounds 15] [--seconds 0.5]

All loops run in one process on one thread. Their turns are interleaved, so that whatever else the machine does hits
all of them alike; medians over the rounds are printed, and the median of the ratios within a round.
"""

from __future__ import annotations

import argparse
import math
import time
from collections.abc import Callable
from statistics import median
from typing import Any

import torch
from torch import Generator, Tensor, nn

from ganviz import Experiment, Trainer
from ganviz.contracts.distribution import Distribution
from ganviz.engine.compiled import build, example_of, package_path
from ganviz.engine.paths import capture
from ganviz.engine.tree import leaves

BATCH = 256
Loop = Callable[[], Any]


class Ring(Distribution):
    """Eight Gaussians on a circle: a two-dimensional target that lives in this benchmark alone."""

    shape = (2,)

    def sample(self, n: int, generator: Generator) -> Tensor:
        angle = torch.randint(8, (n, 1), generator=generator) * (math.pi / 4)
        return torch.cat([angle.cos(), angle.sin()], 1) + 0.02 * torch.randn(n, 2, generator=generator)

    def log_prob(self, x: Tensor) -> Tensor:
        raise NotImplementedError("nothing here asks for it")

    def window(self) -> tuple[float, float]:
        return -1.5, 1.5


def experiment(data: Distribution | str, dim: int, width: int) -> Experiment:
    """Two ReLU networks of two hidden layers, non-saturating loss, Adam: what the tutorial's loop trains too."""
    network = {"name": "mlp", "width": width, "depth": 2, "activation": "relu"}
    return Experiment(
        data=data,
        latent={"name": "uniform", "dim": dim},
        generator=network,
        discriminator=network,
        batch_size=BATCH,
    )


def mlp(inputs: int, width: int, outputs: int) -> nn.Sequential:
    return nn.Sequential(
        nn.Linear(inputs, width), nn.ReLU(), nn.Linear(width, width), nn.ReLU(), nn.Linear(width, outputs)
    )


def tutorial(data: Distribution, dim: int, width: int) -> Loop:
    """The loop of PyTorch's DCGAN tutorial around the same networks: one call trains D and G once."""
    generator, features = Generator().manual_seed(0), math.prod(data.shape)
    net_g, net_d = mlp(dim, width, features), nn.Sequential(*mlp(features, width, 1), nn.Sigmoid())
    criterion = nn.BCELoss()
    optimizer_d = torch.optim.Adam(net_d.parameters(), lr=1e-3, betas=(0.5, 0.999))
    optimizer_g = torch.optim.Adam(net_g.parameters(), lr=1e-3, betas=(0.5, 0.999))

    def iteration() -> tuple[float, ...]:
        net_d.zero_grad()
        real = data.sample(BATCH, generator)
        label = torch.full((BATCH,), 1.0)
        output = net_d(real).view(-1)
        error_real = criterion(output, label)
        error_real.backward()
        d_x = output.mean().item()
        z = 2 * torch.rand(BATCH, dim, generator=generator) - 1
        fake = net_g(z)
        label.fill_(0.0)
        output = net_d(fake.detach()).view(-1)
        error_fake = criterion(output, label)
        error_fake.backward()
        d_g_z1 = output.mean().item()
        error_d = error_real + error_fake
        optimizer_d.step()
        net_g.zero_grad()
        label.fill_(1.0)
        output = net_d(fake).view(-1)
        error_g = criterion(output, label)
        error_g.backward()
        d_g_z2 = output.mean().item()
        optimizer_g.step()
        return error_d.item(), error_g.item(), d_x, d_g_z1, d_g_z2

    return iteration


def trainer(experiment: Experiment, path: str) -> Loop:
    """The step of a trainer that runs on the given path."""
    if path == "compiled":
        compile_here(experiment)
    it = Trainer(experiment)
    it.accelerate(path, wait=True)  # type: ignore[arg-type]
    if it.path != path:
        raise SystemExit(f"The {path} path could not be built here.")
    return it.step


def compile_here(experiment: Experiment) -> None:
    """Put the compiled step on disk: the trainer's own child process would not know this file's Ring."""
    game, state, values, noise = example_of(experiment)
    file = package_path(capture(game, state, values, noise), leaves([state, values, noise]))
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        build(experiment, file)


def speed(loop: Loop, seconds: float) -> float:
    """Iterations per second over about so many seconds."""
    steps, start = 0, time.perf_counter()
    while (elapsed := time.perf_counter() - start) < seconds:
        for _ in range(32):
            loop()
        steps += 32
    return steps / elapsed


def compare(title: str, loops: dict[str, Loop], rounds: int, seconds: float) -> None:
    """Interleaved rounds, then one line for each loop; ratios are to the first."""
    for loop in loops.values():
        speed(loop, seconds)
    results = [{name: speed(loop, seconds) for name, loop in loops.items()} for _ in range(rounds)]
    print(title)
    base = next(iter(loops))
    for name in loops:
        rate = median(result[name] for result in results)
        ratio = median(result[name] / result[base] for result in results)
        print(f"  {name:<10} {rate:8.0f} it/s {ratio:6.2f}×")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--seconds", type=float, default=0.5)
    parser.add_argument("--paths", nargs="+", default=["eager", "captured", "compiled"])
    options = parser.parse_args()
    torch.set_num_threads(1)
    for title, data, dim, width in (("T1: 1-D, 64×64", "gaussian", 1, 64), ("T2: 2-D, 128×128", Ring(), 2, 128)):
        ours = experiment(data, dim, width)
        loops = {"tutorial": tutorial(ours.data, dim, width)}  # type: ignore[arg-type]
        loops |= {path: trainer(ours, path) for path in options.paths}
        compare(f"{title}, batch {BATCH}", loops, options.rounds, options.seconds)


if __name__ == "__main__":
    main()

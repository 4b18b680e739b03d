"""The loops that training_speed.py compares, and the process that runs those of one source tree.

It uses public names of ganviz only, but for what draws the tutorial's samples: so the same file runs with the trees of
before and after a change. Run as a program it obeys the lines of JSON on its standard input, ``[row, loop, seconds]``,
and answers each with a line.
"""

from __future__ import annotations

import json
import math
import sys
import time
from collections.abc import Callable
from functools import cache
from typing import Any

import torch
from torch import nn

import ganviz

BATCH = 256

Loop = Callable[[], Any]

ANSWER = "= "
"""Before every answer, because compilers and libraries may print too."""


def toy(data: Any, dim: int, width: int, **more: Any) -> dict[str, Any]:
    """Two ReLU networks of two hidden layers, non-saturating loss, Adam: what the tutorial's loop trains too."""
    network = {"name": "mlp", "width": width, "depth": 2, "activation": "relu"}
    latent = {"name": "uniform", "dim": dim}
    return {"data": data, "latent": latent, "generator": network, "discriminator": network, "batch_size": BATCH} | more


RING = {"name": "ring", "modes": 8, "radius": 1.0, "std": 0.02}

ROWS: dict[str, tuple[str, dict[str, Any]]] = {
    "T1": ("1-D, 64×64", toy("gaussian", 1, 64)),
    "T2": ("2-D, 128×128", toy(RING, 2, 128)),
    "R1": ("2-D, 128×128, R1", toy(RING, 2, 128, regularizers=["r1"])),
    "MNIST": ("MNIST, MLP of 128", toy("mnist", 16, 128)),
}
"""What each row is called, and the experiment."""

TUTORIAL = ("T1", "T2")
"""Rows with a loop of the tutorial beside: it knows no regularizer, and no pictures."""


@cache
def loop_for(row: str, name: str) -> Loop | None:
    """The loop of that name; None where there is none, because a path cannot be built, or is not worth while."""
    experiment = ganviz.Experiment(**ROWS[row][1])
    if name == "tutorial":
        return tutorial(experiment) if row in TUTORIAL else None
    trainer = ganviz.Trainer(experiment, device="cpu")
    trainer.accelerate(name, wait=True)  # type: ignore[arg-type]
    return trainer.step if trainer.path == name else None


def tutorial(experiment: ganviz.Experiment) -> Loop:
    """The loop of PyTorch's DCGAN tutorial around the same networks: one call trains D and G once."""
    from ganviz.contracts.counted import Counted  # not there in older trees, which have no need of this loop

    data, dim, width = experiment.data, experiment.latent.dim, experiment.generator.width  # type: ignore[attr-defined]
    generator, features = torch.Generator().manual_seed(0), math.prod(data.shape)
    source = Counted(0, "tutorial")
    net_g, net_d = mlp(dim, width, features), nn.Sequential(*mlp(features, width, 1), nn.Sigmoid())
    criterion = nn.BCELoss()
    optimizer_d = torch.optim.Adam(net_d.parameters(), lr=1e-3, betas=(0.5, 0.999))
    optimizer_g = torch.optim.Adam(net_g.parameters(), lr=1e-3, betas=(0.5, 0.999))

    def iteration() -> tuple[float, ...]:
        net_d.zero_grad()
        real = data.sample(BATCH, source)
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


def mlp(inputs: int, width: int, outputs: int) -> nn.Sequential:
    return nn.Sequential(
        nn.Linear(inputs, width), nn.ReLU(), nn.Linear(width, width), nn.ReLU(), nn.Linear(width, outputs)
    )


def speed(loop: Loop, seconds: float) -> float:
    """Iterations per second over about so many seconds."""
    steps, start = 0, time.perf_counter()
    while True:
        for _ in range(32):
            loop()
        steps += 32
        if (elapsed := time.perf_counter() - start) >= seconds:
            return steps / elapsed


def main() -> None:
    """First the place of the ganviz that runs here; then for each order the iterations per second, or null."""
    torch.set_num_threads(1)
    print(f"{ANSWER}{json.dumps(ganviz.__file__)}", flush=True)
    for line in sys.stdin:
        row, name, seconds = json.loads(line)
        loop = loop_for(row, name)
        print(f"{ANSWER}{json.dumps(loop and speed(loop, seconds))}", flush=True)


if __name__ == "__main__":
    main()

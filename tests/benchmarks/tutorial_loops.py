"""The loops of PyTorch's tutorials around the networks of training_loops.py: modules, autograd, torch.optim.

loop = loop_for("T1")
loop(64)  # trains D and G 64 times
"""

from __future__ import annotations

import math
from collections.abc import Callable

import torch
from torch import Tensor, nn

Sampler = Callable[[int], Tensor]


def loop_for(row: str) -> Callable[[int], None] | None:
    """The loop of a row; None for the rows that no tutorial has."""
    torch.set_num_threads(1)
    torch.manual_seed(0)
    match row:
        case "T1":
            step = adversarial(lambda n: torch.randn(n, 1), uniform(1), 1, 1, 64, 256)
        case "figure-1":
            step = adversarial(lambda n: 1 + torch.randn(n, 1), uniform(1), 1, 1, 64, 512)
        case "T2":
            step = adversarial(ring, uniform(2), 2, 2, 128, 256)
        case "T3":
            step = wasserstein(ring, uniform(2), 2, 2, 128, 256)
        case "T4":
            pictures = torch.rand(60_000, 784)  # what they show does not matter to the clock
            step = adversarial(lambda n: pictures[torch.randint(60_000, (n,))], uniform(16), 784, 16, 128, 256)
        case _:
            return None

    def loop(n: int) -> None:
        for _ in range(n):
            step()

    return loop


def uniform(dim: int) -> Sampler:
    return lambda n: 2 * torch.rand(n, dim) - 1


def ring(n: int) -> Tensor:
    angle = torch.randint(8, (n,)) * (2 * math.pi / 8)
    return torch.stack([angle.cos(), angle.sin()], 1) + 0.02 * torch.randn(n, 2)


def mlp(inputs: int, width: int, outputs: int) -> nn.Sequential:
    return nn.Sequential(
        nn.Linear(inputs, width), nn.ReLU(), nn.Linear(width, width), nn.ReLU(), nn.Linear(width, outputs)
    )


def adversarial(
    real_of: Sampler, z_of: Sampler, features: int, dim: int, width: int, batch: int
) -> Callable[[], tuple[float, ...]]:
    """One iteration of the DCGAN tutorial: D on a real and a fake minibatch, then G; all numbers that it prints."""
    net_g, net_d = mlp(dim, width, features), nn.Sequential(*mlp(features, width, 1), nn.Sigmoid())
    criterion = nn.BCELoss()
    optimizer_d = torch.optim.Adam(net_d.parameters(), lr=1e-3, betas=(0.5, 0.999))
    optimizer_g = torch.optim.Adam(net_g.parameters(), lr=1e-3, betas=(0.5, 0.999))

    def iteration() -> tuple[float, ...]:
        net_d.zero_grad()
        label = torch.full((batch,), 1.0)
        output = net_d(real_of(batch)).view(-1)
        error_real = criterion(output, label)
        error_real.backward()
        d_x = output.mean().item()
        fake = net_g(z_of(batch))
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


def wasserstein(
    real_of: Sampler, z_of: Sampler, features: int, dim: int, width: int, batch: int
) -> Callable[[], tuple[float, float]]:
    """One iteration of the usual WGAN-GP loop: five updates of the critic, then one of G."""
    net_g, net_d = mlp(dim, width, features), mlp(features, width, 1)
    optimizer_d = torch.optim.Adam(net_d.parameters(), lr=1e-4, betas=(0.0, 0.9))
    optimizer_g = torch.optim.Adam(net_g.parameters(), lr=1e-4, betas=(0.0, 0.9))

    def penalty(real: Tensor, fake: Tensor) -> Tensor:
        alpha = torch.rand(batch, 1)
        between = (alpha * real + (1 - alpha) * fake).requires_grad_(True)
        score = net_d(between)
        (slope,) = torch.autograd.grad(score, between, torch.ones_like(score), create_graph=True)
        return ((slope.norm(2, dim=1) - 1) ** 2).mean()

    def iteration() -> tuple[float, float]:
        for _ in range(5):
            optimizer_d.zero_grad()
            real, fake = real_of(batch), net_g(z_of(batch)).detach()
            error_d = net_d(fake).mean() - net_d(real).mean() + 10 * penalty(real, fake)
            error_d.backward()
            optimizer_d.step()
        optimizer_g.zero_grad()
        error_g = -net_d(net_g(z_of(batch))).mean()
        error_g.backward()
        optimizer_g.step()
        return error_d.item(), error_g.item()

    return iteration

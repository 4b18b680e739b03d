"""The same games in JAX, compiled as one scan of 64 steps, draws included. Needs ``pip install jax``.

Networks, batches, losses, Adam and what is reported in each step are those of training_loops.py; weights and draws are
JAX's own.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from functools import partial
from typing import Any

try:
    import jax
    import jax.numpy as jnp
except ImportError:
    jax = None  # type: ignore[assignment]

SCAN = 64

Pair = tuple[Any, Any]


def loop_for(row: str) -> Callable[[int], None] | None:
    """The loop of a row, which makes a multiple of 64 steps; None where there is none, or no JAX."""
    if jax is None:
        return None
    gaussian, ring = partial(_normal, 0.0), _ring
    match row:
        case "T1":
            step, state = _game(gaussian, 1, 1, 64, 256)
        case "figure-1":
            step, state = _game(partial(_normal, 1.0), 1, 1, 64, 512)
        case "T2":
            step, state = _game(ring, 2, 2, 128, 256)
        case "T3":
            step, state = _game(ring, 2, 2, 128, 256, k=5, loss=_wasserstein)
        case _:
            return None

    @jax.jit
    def scanned(state: Any, keys: Any) -> Any:
        return jax.lax.scan(step, state, keys)

    key = jax.random.PRNGKey(0)

    def loop(n: int) -> None:
        nonlocal state, key
        for _ in range(n // SCAN):
            key, now = jax.random.split(key)
            state, scalars = scanned(state, jax.random.split(now, SCAN))
            jax.block_until_ready(scalars)

    loop(SCAN)
    return loop


def _normal(mean: float, key: Any, n: int) -> Any:
    return mean + jax.random.normal(key, (n, 1))


def _ring(key: Any, n: int) -> Any:
    first, second = jax.random.split(key)
    angle = jax.random.randint(first, (n,), 0, 8) * (2 * jnp.pi / 8)
    return jnp.stack([jnp.cos(angle), jnp.sin(angle)], 1) + 0.02 * jax.random.normal(second, (n, 2))


def _layers(key: Any, sizes: list[int]) -> list[Pair]:
    layers = []
    for inputs, outputs in itertools.pairwise(sizes):
        key, own = jax.random.split(key)
        layers.append((jax.random.normal(own, (inputs, outputs)) / inputs**0.5, jnp.zeros(outputs)))
    return layers


def _apply(layers: list[Pair], x: Any) -> Any:
    for weight, bias in layers[:-1]:
        x = jax.nn.relu(x @ weight + bias)
    weight, bias = layers[-1]
    return x @ weight + bias


def _nonsaturating(d: Any, real: Any, fake: Any, key: Any) -> Any:
    score = _apply(d, jnp.concatenate([real, fake]))
    return jax.nn.softplus(-score[: len(real)]).mean() + jax.nn.softplus(score[len(real) :]).mean()


def _wasserstein(d: Any, real: Any, fake: Any, key: Any) -> Any:
    score = _apply(d, jnp.concatenate([real, fake]))
    alpha = jax.random.uniform(key, (len(real), 1))
    slope = jax.vmap(jax.grad(lambda x: _apply(d, x)[0]))(alpha * real + (1 - alpha) * fake)
    penalty = ((jnp.sqrt((slope**2).sum(1)) - 1) ** 2).mean()
    return score[len(real) :].mean() - score[: len(real)].mean() + 10 * penalty


def _adam(parameters: Any, gradient: Any, moments: Any, count: Any) -> tuple[Any, Any]:
    beta1, beta2, lr = 0.5, 0.999, 1e-3
    first = jax.tree.map(lambda m, g: beta1 * m + (1 - beta1) * g, moments[0], gradient)
    second = jax.tree.map(lambda v, g: beta2 * v + (1 - beta2) * g * g, moments[1], gradient)
    one, two = 1 - beta1**count, 1 - beta2**count
    moved = jax.tree.map(lambda p, m, v: p - lr * (m / one) / (jnp.sqrt(v / two) + 1e-8), parameters, first, second)
    return moved, (first, second)


def _norm(gradient: Any) -> Any:
    return jnp.sqrt(sum((g**2).sum() for g in jax.tree.leaves(gradient)))


def _game(
    real_of: Callable[[Any, int], Any],
    features: int,
    dim: int,
    width: int,
    batch: int,
    k: int = 1,
    loss: Callable[..., Any] = _nonsaturating,
) -> Pair:
    """A step for `jax.lax.scan`, and the state that it begins with."""
    keys = jax.random.split(jax.random.PRNGKey(1))
    players = {"g": _layers(keys[0], [dim, width, width, features]), "d": _layers(keys[1], [features, width, width, 1])}
    zeros = jax.tree.map(jnp.zeros_like, players)
    state = {player: (players[player], (zeros[player], zeros[player]), jnp.float32(0)) for player in players}

    def updated(player: Any, gradient: Any) -> Any:
        parameters, moments, count = player
        return *_adam(parameters, gradient, moments, count + 1), count + 1

    def latent(key: Any) -> Any:
        return jax.random.uniform(key, (batch, dim), minval=-1, maxval=1)

    def loss_g(g: Any, d: Any, z: Any) -> Any:
        score = _apply(d, _apply(g, z))
        return -score.mean() if loss is _wasserstein else jax.nn.softplus(-score).mean()

    def step(state: Any, key: Any) -> Pair:
        g, d = state["g"], state["d"]
        for _ in range(k):
            key, first, second, third = jax.random.split(key, 4)
            fake = _apply(g[0], latent(second))
            value_d, slope_d = jax.value_and_grad(loss)(d[0], real_of(first, batch), fake, third)
            d = updated(d, slope_d)
        value_g, slope_g = jax.value_and_grad(loss_g)(g[0], d[0], latent(key))
        scalars = jnp.stack([value_d, value_g, _norm(slope_d), _norm(slope_g)])
        return {"g": updated(g, slope_g), "d": d}, scalars

    return step, state

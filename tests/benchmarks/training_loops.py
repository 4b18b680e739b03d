"""The loops that training_speed.py compares, and the process that runs those of one source tree.

It uses public names of ganviz only. Run as a program it obeys the lines of JSON on its standard input, ``[row, loop,
seconds]``, and answers each with a line. JAX's loops are in jax_loops.py, those of a tutorial in tutorial_loops.py.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable
from functools import cache
from typing import Any

Loop = Callable[[int], Any]
"""Makes so many iterations."""

CHUNK = 64
"""Iterations between two looks at the clock."""

ANSWER = "= "
"""Before every answer, because compilers and libraries may print too."""


def network(width: int, depth: int = 2) -> dict[str, Any]:
    return {"name": "mlp", "width": width, "depth": depth, "activation": "relu"}


def game(data: Any, dim: int, width: int, batch: int = 256, **more: Any) -> dict[str, Any]:
    """Two ReLU networks of two hidden layers, non-saturating loss, Adam: what the tutorial's loop trains too."""
    players = {"generator": network(width), "discriminator": network(width)}
    return {"data": data, "latent": {"name": "uniform", "dim": dim}, **players, "batch_size": batch, **more}


RING = {"name": "ring", "modes": 8, "radius": 1.0, "std": 0.02}

SMALL = {
    "data": "gaussian",
    "generator": network(6, 1),
    "discriminator": network(10, 2),
    "batch_size": 150,
    "d_steps": 2,
}

ROWS: dict[str, tuple[str, Any]] = {
    "T1": ("1-D, 64×64, batch 256", game("gaussian", 1, 64)),
    "T2": ("ring, 128×128, batch 256", game(RING, 2, 128)),
    "T3": (
        "ring, 128×128, Wasserstein with gradient penalty, k = 5",
        game(RING, 2, 128, loss="wasserstein", regularizers=["gradient_penalty"], d_steps=5),
    ),
    "T4": ("MNIST, MLP of 128, batch 256", game("mnist", 16, 128)),
    "R1": ("ring, 128×128, R1", game(RING, 2, 128, regularizers=["r1"])),
    "figure-1": ("figure-1: 1-D, 64×64, batch 512", "figure-1"),
    "small": ("some two hundred weights, k = 2", SMALL),
    "DCGAN": ("MNIST, convolutions: mnist-dcgan", "mnist-dcgan"),
}
"""What each row is called, and the experiment or the preset."""


@cache
def loop_for(row: str, name: str) -> Loop | None:
    """The loop of that name; None where there is none."""
    if name == "jax":
        import jax_loops

        return jax_loops.loop_for(row)
    if name == "tutorial":
        import tutorial_loops

        return tutorial_loops.loop_for(row)
    import ganviz

    about = ROWS[row][1]
    experiment = ganviz.preset(about) if isinstance(about, str) else ganviz.Experiment(**about)
    if hasattr(ganviz.Trainer, "accelerate"):
        # A tree of before the native path.
        trainer = ganviz.Trainer(experiment, device="cpu")
        trainer.accelerate(name, wait=True)
    else:
        trainer = ganviz.Trainer(experiment, device="cpu", path=name)  # type: ignore[arg-type]
    trainer.advance(2)
    return trainer.advance if trainer.path == name else None


def floor(row: str) -> float | None:
    """Iterations per second if a step were its products alone, at the measured peak of the core; None where no program
    can be made of it."""
    import torch
    from products import peak

    import ganviz
    from ganviz.engine.draw_program import SELF_DRAWING_STEPS
    from ganviz.machine.library import library
    from ganviz.programs.cannot_lower import CannotLower

    about = ROWS[row][1]
    experiment = ganviz.preset(about) if isinstance(about, str) else ganviz.Experiment(**about)
    try:
        program = SELF_DRAWING_STEPS.of(experiment, torch.float32)
    except CannotLower:
        return None
    products = [one for one in program.instructions if one.kernel.startswith("product")]
    operations = sum(2 * one.outputs[0].size * one.inputs[0].shape[1] for one in products)
    return 1e9 * peak(library()) / operations


def speed(loop: Loop, seconds: float) -> float:
    """Iterations per second of this process's time, over about so many seconds."""
    steps, start = 0, time.process_time()
    while True:
        loop(CHUNK)
        steps += CHUNK
        if (elapsed := time.process_time() - start) >= seconds:
            return steps / elapsed


def rate_of(row: str, name: str, seconds: float) -> float | None:
    if name == "floor":
        return floor(row)
    loop = loop_for(row, name)
    return None if loop is None else speed(loop, seconds)


def on_one_core() -> None:
    """Nothing that is timed here may spread over several."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    os.environ["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"


def main() -> None:
    """First the place of the ganviz that runs here; then for each order the iterations per second, or null."""
    import ganviz

    on_one_core()
    print(f"{ANSWER}{json.dumps(ganviz.__file__)}", flush=True)
    for line in sys.stdin:
        row, name, seconds = json.loads(line)
        print(f"{ANSWER}{json.dumps(rate_of(row, name, seconds))}", flush=True)


if __name__ == "__main__":
    main()

"""What presets of MNIST have learnt after some epochs: one run each, measured by the classifier that ganviz ships.

    python tests/benchmarks/mnist.py [--presets mnist-dcgan ...] [--epochs 3] [--seed 0] [--processes 2]

An epoch is 50,000 real samples seen by D, whatever the number of D's updates for one of G. Fréchet distance (64
features), classifier score and class shares are those of `ganviz.metrics`, beside what as many real pictures get.
Seconds an epoch are those of training alone, on one thread of a machine that ran `--processes` of them side by side;
memory is the most that the process had up to then, the measuring in it. "As told" is the share of fakes that show the
digit they were asked for, where G is told one.
"""

from __future__ import annotations

import argparse
import resource
import time
from concurrent.futures import ProcessPoolExecutor, as_completed
from multiprocessing import get_context

import torch

from ganviz import Diverged, Trainer, preset
from ganviz.metrics.base import Metric
from ganviz.option import resolve

PRESETS = ("mnist-dcgan", "mnist-wgan-gp", "mnist-hinge-sn", "mnist-lsgan", "mnist-r3gan", "mnist-conditional")

MEASURES = ("frechet", "classifier_score", "digits", "digit_kl")

EPOCH = 50_000


def run(name: str, epochs: int, seed: int) -> list[str]:
    """Train one preset; a row of the table for each epoch."""
    torch.set_num_threads(1)
    experiment = preset(name).replace(seed=seed)
    trainer = Trainer(experiment, device="cpu")
    steps = round(EPOCH / experiment.batch_size / experiment.d_steps)
    rows = []
    for epoch in range(1, epochs + 1):
        start = time.perf_counter()
        try:
            trainer.advance(steps)
        except Diverged as error:
            return [*rows, f"| {name} | {epoch} | {error} |"]
        seconds = time.perf_counter() - start
        cells = [f"{trainer.measure(measure):.3f}" for measure in MEASURES]
        told = f"{trainer.measure('as_told'):.3f}" if experiment.data.condition_names() else ""
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000
        row = [name, epoch, f"{trainer.step_count:,}", *cells, told, f"{seconds:.0f}", f"{memory:,.0f}"]
        rows.append(f"| {' | '.join(map(str, row))} |")
    return rows


def main() -> None:
    """Print the table, preset by preset as they end."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--presets", nargs="+", default=PRESETS)
    parser.add_argument("--epochs", type=int, default=3)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--processes", type=int, default=2)
    options = parser.parse_args()
    print(f"seed {options.seed}, {options.processes} runs side by side\n")
    print(f"| preset | epoch | step | {' | '.join(MEASURES)} | as told | s an epoch | MB |")
    print("|---" * (len(MEASURES) + 6) + "|")
    real = preset(options.presets[0])
    floors = []
    for measure in MEASURES:
        metric = resolve("metrics", measure)
        assert isinstance(metric, Metric)
        floors.append(f"{metric.at_equilibrium(real):.3f}")
    print(f"| real pictures | | | {' | '.join(floors)} | | | |", flush=True)
    # A process for each run: its memory is its own.
    with ProcessPoolExecutor(options.processes, get_context("spawn"), max_tasks_per_child=1) as pool:
        jobs = [pool.submit(run, name, options.epochs, options.seed) for name in options.presets]
        for job in as_completed(jobs):
            print("\n".join(job.result()), flush=True)


if __name__ == "__main__":
    main()

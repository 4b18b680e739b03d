"""The MNIST recipe of Goodfellow et al. 2014, as long as there is time, and its Parzen estimate.

    python tests/benchmarks/recipe_2014.py [--minutes 20] [--every 10] [--seed 0] [--keep run.ganviz]
    python tests/benchmarks/recipe_2014.py --yardsticks

With `--keep` the run is written to that file at every row, and a second call goes on from it, bit for bit.

Protocol of the paper's code: 10,000 samples of G; σ from ten values between 0.1 and 1, chosen on 1,000 validation
pictures; mean log-likelihood of the 10,000 test pictures in nats, and its standard error. The paper's number, 225 ± 2,
belongs to an epoch that was never recorded, and to hundreds of them; the estimate itself says little in 784 dimensions,
as `--yardsticks` shows in a minute: what 10,000 training pictures get in the place of G's samples, and what the means
of their neighbours get, blurred as they are.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

import torch
from torch import Tensor

from ganviz import Trainer, preset
from ganviz.metrics._images import SAMPLES, some
from ganviz.metrics.parzen import parzen_estimate
from ganviz.option import Option
from ganviz.spaces.images.requests import Draw

EPOCH = 500
"""Updates in an epoch: 50,000 pictures in minibatches of 100."""


def main() -> None:
    """Train, and print a row every so many epochs."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=20)
    parser.add_argument("--every", type=int, default=10, help="epochs between two rows")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--keep", type=Path, help="where the run is kept, and gone on from if it is there")
    parser.add_argument("--yardsticks", action="store_true", help="no training: the estimates of real pictures")
    options = parser.parse_args()
    experiment = preset("mnist-2014").replace(seed=options.seed)
    data = experiment.data
    validation, test = (x.numpy() / 255.0 for x in (data.validation()[:1000], data.held_out()))  # type: ignore[attr-defined]
    if options.yardsticks:
        real = torch.from_numpy(some(data.training(), SAMPLES, "perfect/parzen"))  # type: ignore[attr-defined]
        for name, centers in (("training pictures", real), ("means of their neighbours", blurred(real, data))):
            found = parzen_estimate(centers.numpy(), validation, test)
            print(f"{len(centers):,} {name}: {found:.1f} ± {found.error:.1f} nats, σ {found.sigma:.4f}", flush=True)
        return
    kept = options.keep is not None and options.keep.exists()
    trainer = Trainer.load(options.keep, experiment) if kept else Trainer(experiment, device="cpu")
    print(f"mnist-2014, seed {options.seed}, {trainer.path} path\n")
    print("| epoch | Parzen, nats | σ | minutes of a core, in this call |\n|---|---|---|---|")
    spent = 0.0
    while spent < 60 * options.minutes:
        start = time.process_time()
        trainer.advance(options.every * EPOCH)
        spent += time.process_time() - start
        found = parzen_estimate(trainer.answer(Draw(10_000))["x"], validation, test)
        epoch = trainer.step_count // EPOCH
        if options.keep is not None:
            trainer.save(options.keep)
        print(f"| {epoch} | {found:.1f} ± {found.error:.1f} | {found.sigma:.4f} | {spent / 60:.1f} |", flush=True)


def blurred(pictures: Tensor, data: Option) -> Tensor:
    """Each picture (n, 28, 28) replaced by the mean of the training pictures that are nearest to it of all: one step of
    k-means."""
    centers, every = pictures.flatten(1), data.training().flatten(1)  # type: ignore[attr-defined]
    sums, counts = torch.zeros_like(centers), torch.zeros(len(centers))
    for part in every.split(500):
        part = part / 255.0
        nearest = (centers.square().sum(1) - 2 * part @ centers.t()).argmin(1)
        sums.index_add_(0, nearest, part)
        counts.index_add_(0, nearest, torch.ones(len(part)))
    return (sums / counts[:, None]).reshape(pictures.shape)


if __name__ == "__main__":
    main()

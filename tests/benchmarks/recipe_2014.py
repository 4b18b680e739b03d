"""The MNIST recipe of Goodfellow et al. 2014, as long as there is time, and its Parzen estimate.

    python tests/benchmarks/recipe_2014.py [--minutes 20] [--every 10] [--seed 0] [--keep run.ganviz]

With `--keep` the run is written to that file at every row, and a second call goes on from it, bit for bit.

Protocol of the paper's code: 10,000 samples of G; σ from ten values between 0.1 and 1, chosen on 1,000 validation
pictures; mean log-likelihood of the 10,000 test pictures in nats, and its standard error. The paper's number, 225 ± 2,
belongs to an epoch that was never recorded, and to hundreds of them; the estimate itself says little in 784 dimensions:
10,000 training pictures get 242, and the means of their neighbours, blurred as they are, 333.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

import torch

from ganviz import Trainer, preset
from ganviz.metrics.parzen import parzen_estimate

EPOCH = 500
"""Updates in an epoch: 50,000 pictures in minibatches of 100."""


def main() -> None:
    """Train, and print a row every so many epochs."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=20)
    parser.add_argument("--every", type=int, default=10, help="epochs between two rows")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--keep", type=Path, help="where the run is kept, and gone on from if it is there")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    experiment = preset("mnist-2014").replace(seed=options.seed)
    data = experiment.data
    validation, test = (x.numpy() / 255.0 for x in (data.validation()[:1000], data.held_out()))  # type: ignore[attr-defined]
    kept = options.keep is not None and options.keep.exists()
    trainer = Trainer.load(options.keep, experiment) if kept else Trainer(experiment, device="cpu")
    trainer.accelerate("captured", wait=True)
    print(f"mnist-2014, seed {options.seed}, {options.threads} threads, {trainer.path} path\n")
    print("| epoch | Parzen, nats | σ | minutes of a core, in this call |\n|---|---|---|---|")
    spent = 0.0
    while spent < 60 * options.minutes:
        start = time.process_time()
        trainer.advance(options.every * EPOCH)
        spent += time.process_time() - start
        found = parzen_estimate(trainer.snapshot().draw(10_000), validation, test)  # type: ignore[attr-defined]
        epoch = trainer.step_count // EPOCH
        if options.keep is not None:
            trainer.save(options.keep)
        print(f"| {epoch} | {found:.1f} ± {found.error:.1f} | {found.sigma:.4f} | {spent / 60:.1f} |", flush=True)


if __name__ == "__main__":
    main()

"""Train the classifier that pictures of digits are measured with, and write it to ganviz/data.

    python tools/train_classifier.py [--epochs 10] [--seed 0] [--out ganviz/data/classifier.safetensors]

It learns from the first 50,000 pictures of MNIST's training file, turned, scaled and shifted a little; the other
10,000 say after each epoch how well it goes. The test file is looked at once, at the end, with the weights as they
are written. One thread takes some minutes. Same seed, same machine, same weights; the written file says when and by
what it was made.
"""

from __future__ import annotations

import argparse
import datetime
import math
import time
from pathlib import Path

import torch
from safetensors.torch import save_file
from torch import Tensor
from torch.nn import functional

from ganviz.contracts.counted import Counted
from ganviz.contracts.source import Source
from ganviz.distributions.mnist import VALIDATION, Mnist, load
from ganviz.metrics._classifier import FILE, FORMAT, SHAPES, Parameters, digest, hidden, scores

BATCH = 128
"""Pictures in a minibatch."""

RATE, DECAY = 2e-3, 1e-4
"""The highest learning rate, and the decay of the weights."""

DROPPED = 0.3
"""Share of the features that dropout sets to 0."""

TURN, SCALE, SHIFT = 12.0, 0.1, 2.0
"""Each picture is turned by up to so many degrees, scaled by up to that share, shifted by up to so many pixels."""

WANTED = 0.992
"""Share of the test pictures that must be read correctly."""


def main() -> None:
    """Train, print, write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--epochs", type=int, default=10)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--out", type=Path, default=FILE)
    parser.add_argument(
        "--wanted", type=float, default=WANTED, help="share of the test pictures that must be read right"
    )
    options = parser.parse_args()
    torch.set_num_threads(1)
    parameters = half(scaled(trained(options.epochs, options.seed)))
    read = {name: tensor.float() for name, tensor in parameters.items()}
    accuracy = share(read, pixels(Mnist().held_out()), Mnist().held_out_labels())
    print(f"test: {accuracy:.2%} of 10,000")
    if accuracy < options.wanted:
        raise SystemExit(f"Not written: less than {options.wanted:.1%}.")
    about = {
        "format": FORMAT,
        "digest": digest(parameters),
        "made_by": f"tools/train_classifier.py --epochs {options.epochs} --seed {options.seed}",
        "trained_on": "the first 50,000 pictures of MNIST's training file",
        "test_accuracy": f"{accuracy:.4f}",
        "date": datetime.date.today().isoformat(),
        "torch": torch.__version__,
        "data_license": "MNIST: LeCun, Cortes and Burges, CC BY-SA 3.0",
    }
    save_file(parameters, options.out, about)
    print(f"written: {options.out}, {options.out.stat().st_size / 1e6:.2f} MB")


def trained(epochs: int, seed: int) -> Parameters:
    """Parameters after so many epochs of AdamW on a one-cycle schedule: the learning rate rises to `RATE` in the first
    tenth of all updates and falls to nearly 0 in the others, along a cosine each time."""
    source = Counted(seed, "classifier")
    parameters = initial(source)
    optimizer = torch.optim.AdamW(parameters.values(), RATE, weight_decay=DECAY)
    pictures, labels = pixels(Mnist().training()), Mnist().training_labels().long()
    batches = len(pictures) // BATCH
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, RATE, total_steps=epochs * batches, pct_start=0.1)
    unseen = pixels(Mnist().validation()), load("train-labels-idx1-ubyte")[-VALIDATION:]
    for epoch in range(epochs):
        start = time.perf_counter()
        for rows in source.order(len(pictures))[: batches * BATCH].split(BATCH):
            seen = dropped(hidden(parameters, moved(pictures[rows], source)), source)
            loss = functional.cross_entropy(scores(parameters, seen), labels[rows])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()
        print(
            f"epoch {epoch + 1}: validation {share(parameters, *unseen):.2%}, {time.perf_counter() - start:.0f} s",
            flush=True,
        )
    return {name: tensor.detach() for name, tensor in parameters.items()}


def initial(source: Source) -> dict[str, Tensor]:
    """He's initial weights, biases 0."""
    parameters = {}
    for name, shape in SHAPES.items():
        spread = math.sqrt(2 / math.prod(shape[1:])) if name.endswith("weight") else 0.0
        parameters[name] = (spread * source.normal(*shape)).requires_grad_()
    return parameters


def moved(x: Tensor, source: Source) -> Tensor:
    """Pictures (n, 1, 28, 28), each turned, scaled and shifted at random."""
    turn, scale, across, down = (2 * source.uniform(4, len(x)) - 1).unbind()
    angle, scale = turn * math.radians(TURN), 1 + SCALE * scale
    # From -1 to 1 it is 28 pixels.
    across, down = (shift * SHIFT / 14 for shift in (across, down))
    cosine, sine = angle.cos() * scale, angle.sin() * scale
    matrix = torch.stack([torch.stack([cosine, -sine, across], 1), torch.stack([sine, cosine, down], 1)], 1)
    return functional.grid_sample(x, functional.affine_grid(matrix, list(x.shape), False), align_corners=False)


def dropped(x: Tensor, source: Source) -> Tensor:
    """Features, of which some are 0 by chance and the others larger for it."""
    kept = source.uniform(*x.shape) >= DROPPED
    return x * kept / (1 - DROPPED)


def scaled(parameters: Parameters) -> Parameters:
    """The same classifier, whose features have a mean variance of 1 over the training pictures. It can be: a rectified
    layer that puts out twice as much, read by weights half as large, says the same."""
    with torch.no_grad():
        pictures = pixels(Mnist().training())
        seen = torch.cat([hidden(parameters, part) for part in pictures.split(BATCH)])
    spread = seen.double().var(0).mean().sqrt().float()
    factor = {"hidden.weight": 1 / spread, "hidden.bias": 1 / spread, "digits.weight": spread}
    return {name: tensor * factor.get(name, 1.0) for name, tensor in parameters.items()}


def half(parameters: Parameters) -> dict[str, Tensor]:
    """Rounded to 11 binary digits: half the file, and the same answers."""
    return {name: tensor.half().contiguous() for name, tensor in parameters.items()}


def share(parameters: Parameters, x: Tensor, labels: Tensor) -> float:
    """Share of the pictures whose digit is read correctly."""
    with torch.no_grad():
        guessed = torch.cat([scores(parameters, hidden(parameters, part)).argmax(1) for part in x.split(BATCH)])
    return float((guessed == labels).double().mean())


def pixels(pictures: Tensor) -> Tensor:
    """Pictures (n, 28, 28) of bytes as (n, 1, 28, 28) from 0 to 1."""
    return pictures[:, None].float().div(255)


if __name__ == "__main__":
    main()

"""A small convolutional network that reads digits: what pictures of digits are measured with.

``tools/train_classifier.py`` trained it on MNIST's training pictures and wrote ``ganviz/data/classifier.safetensors``.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors import SafetensorError, safe_open
from torch import Tensor
from torch.nn import functional

from ganviz.option import Invalid

Array = NDArray[np.float64]
Parameters = Mapping[str, Tensor]

FILE = Path(__file__).parents[1] / "data" / "classifier.safetensors"

FORMAT = "ganviz-classifier-1"

SHAPES = {
    "conv1.weight": (16, 1, 3, 3),
    "conv1.bias": (16,),
    "conv2.weight": (32, 16, 3, 3),
    "conv2.bias": (32,),
    "conv3.weight": (64, 32, 3, 3),
    "conv3.bias": (64,),
    "hidden.weight": (64, 64 * 7 * 7),
    "hidden.bias": (64,),
    "digits.weight": (10, 64),
    "digits.bias": (10,),
}

CHUNK = 250
"""Pictures that go through the network at once: the activations of more would not fit the cache."""

_loading = threading.Lock()


def features(x: NDArray[np.floating]) -> Array:
    """What the last hidden layer makes of pictures (n, 28, 28) with pixels from 0 to 1: (n, 64), none below 0, with a
    mean variance of 1 over MNIST's training pictures. Raises `Invalid` where the network's file is damaged."""
    parameters = shipped()
    chunks = (x[i : i + CHUNK] for i in range(0, len(x), CHUNK))
    with torch.no_grad():
        rows = [hidden(parameters, torch.from_numpy(np.ascontiguousarray(part)).float()[:, None]) for part in chunks]
    return torch.cat(rows).double().numpy() if rows else np.empty((0, 64))


def classify(seen: Array) -> Array:
    """The probability of each digit by the `features` (n, 64) of pictures: (n, 10), rows of sum 1."""
    parameters = {name: tensor.double() for name, tensor in shipped().items() if name.startswith("digits")}
    return scores(parameters, torch.from_numpy(seen)).softmax(1).numpy()


def probabilities(x: NDArray[np.floating]) -> Array:
    """The probability of each digit for pictures (n, 28, 28): (n, 10). Raises `Invalid` as `features` does."""
    return classify(features(x))


def hidden(parameters: Parameters, x: Tensor) -> Tensor:
    """The last hidden layer, (n, 64), for pictures (n, 1, 28, 28): three convolutions of 3×3, the first two of them
    halved by the largest of 2×2, and a layer that sees everything."""
    # Twice as fast on a CPU as one channel after the other.
    x = x.contiguous(memory_format=torch.channels_last)
    for layer in ("conv1", "conv2", "conv3"):
        x = functional.conv2d(x, parameters[f"{layer}.weight"], parameters[f"{layer}.bias"], padding=1).relu()
        x = x if layer == "conv3" else functional.max_pool2d(x, 2)
    return functional.linear(x.flatten(1), parameters["hidden.weight"], parameters["hidden.bias"]).relu()


def scores(parameters: Parameters, seen: Tensor) -> Tensor:
    """One score for each digit, (n, 10): the logarithm of its probability, up to a constant for each picture."""
    return functional.linear(seen, parameters["digits.weight"], parameters["digits.bias"])


def shipped() -> Parameters:
    """The parameters that come with ganviz, float32; read when first asked for. Raises `Invalid`."""
    with _loading:
        return _read_once()


@lru_cache
def _read_once() -> Parameters:
    return read(FILE)


def read(path: Path) -> Parameters:
    """The parameters in a file, float32. Raises `Invalid` for one that is missing, damaged or not this network's."""
    if not path.is_file():
        raise Invalid(f"The classifier's file {path.name!r} is missing: install ganviz again.")
    try:
        with safe_open(str(path), framework="pt") as file:
            about = file.metadata() or {}
            # Compare before reading: a forged header must not make us allocate anything.
            shapes = {name: tuple(file.get_slice(name).get_shape()) for name in file.keys()}  # noqa: SIM118
            if about.get("format") != FORMAT or shapes != SHAPES:
                raise Invalid(f"{path.name!r} is not the classifier of this version of ganviz.")
            tensors = {name: file.get_tensor(name) for name in SHAPES}
    except (SafetensorError, OSError):
        raise Invalid(f"The classifier's file {path.name!r} is damaged: install ganviz again.") from None
    if about.get("digest") != digest(tensors):
        raise Invalid(f"The classifier's file {path.name!r} is damaged: install ganviz again.")
    return {name: tensor.float() for name, tensor in tensors.items()}


def digest(parameters: Parameters) -> str:
    """A fingerprint of the parameters, bit by bit."""
    content = hashlib.sha256()
    for name in SHAPES:
        content.update(parameters[name].contiguous().numpy().tobytes())
    return content.hexdigest()

"""Handwritten digits."""

from __future__ import annotations

import hashlib
import math
import re
from functools import lru_cache
from pathlib import Path
from typing import Any, ClassVar, Self

import torch
from pydantic import field_validator, model_validator
from torch import Tensor
from torch.nn import functional as F

from ganviz.contracts.distribution import Pairs
from ganviz.contracts.source import Source
from ganviz.distributions._images import ImageDistribution, as_samples
from ganviz.option import Invalid, rebuild
from ganviz.readers.idx import parse, read_bytes

FOLDER = Path(__file__).parents[1] / "data" / "mnist"

MD5 = {
    "train-images-idx3-ubyte": "6bbc9ace898e44ae57da46a324031adb",
    "train-labels-idx1-ubyte": "a25bea736e30d166cdddb491f175f624",
    "t10k-images-idx3-ubyte": "2646ac647ad5339dbf082846283269ea",
    "t10k-labels-idx1-ubyte": "27ae3e4e09519cfbb04c329615203637",
}
"""Of the unpacked files, as LeCun and Cortes published them."""

VALIDATION = 10_000
"""The last of the training pictures, which Goodfellow et al. kept for choices made on the way."""

PARTS = {
    "training": ("train", slice(None, -VALIDATION)),
    "validation": ("train", slice(-VALIDATION, None)),
    "held_out": ("t10k", slice(None)),
}
"""Where each part lies: the beginning of the files' names, and the rows."""

DIGITS = "0123456789"

LIT = math.sqrt(len(DIGITS))
"""What stands at the digit's place in a condition, among zeros: the mean square of the ten is 1, as that of a latent's
coordinates."""


class Mnist(ImageDistribution):
    """MNIST: 70,000 handwritten digits (LeCun, Cortes and Burges 1998; CC BY-SA 3.0), which come with ganviz.

    The first 50,000 are trained on, as in Goodfellow et al. 2014, the other 10,000 of the training file are for
    validation; its test file's 10,000 are held out. An epoch of training goes through all 50,000 in random order. Watch
    strokes appear first, then closed shapes, then digits; with fewer kinds of digits it goes faster.

    A conditional game is played on pairs of a picture and its digit y, as E log D(x, y) + E log(1 − D(G(z, y), y)): G
    gets y as ten more coordinates of z, D as one more row of pixels with a single one lit. Watch every column show one
    digit.
    """

    shows_digits: ClassVar[bool] = True

    digits: str = rebuild(
        DIGITS,
        max_length=100,
        coerce_numbers_to_str=True,
        description="Which digits there are, such as 17 for ones and sevens; the pictures of others are left out.",
    )

    conditional: bool = rebuild(False, description="Both players are told which digit it is, and G draws that one.")

    @field_validator("digits", mode="before")
    @classmethod
    def _together(cls, digits: Any) -> Any:
        """Digits may also be typed as a list is: 1, 7 or 1 7."""
        return re.sub(r"(?<=[0-9])( *, *| +)(?=[0-9])", "", digits) if isinstance(digits, str) else digits

    @model_validator(mode="after")
    def _are_digits(self) -> Self:
        if not self.digits:
            raise Invalid("At least one digit is needed, such as 7.")
        if strange := [sign for sign in self.digits if sign not in DIGITS]:
            raise Invalid(f"Digits are named by the signs 0 to 9, one behind the other, not {strange[0]!r}.")
        if twice := [digit for digit in DIGITS if self.digits.count(digit) > 1]:
            raise Invalid(f"The digit {twice[0]} is named twice.")
        return self

    @property
    def condition_dim(self) -> int:
        return len(DIGITS) if self.conditional else 0

    def draw(self, n: int, source: Source) -> Pairs:
        if not self.conditional:
            return super().draw(n, source)
        pictures = self.training()
        rows = source.rows(n, len(pictures))
        return Pairs(as_samples(pictures[rows]), one_hot(self.training_labels()[rows]))

    def held_out_conditions(self, rows: Tensor) -> Tensor:
        return one_hot(self.held_out_labels()[rows]) if self.conditional else super().held_out_conditions(rows)

    def condition_names(self) -> list[str]:
        # Of fewer digits than ten, those there are, again and again.
        return [self.digits[i % len(self.digits)] for i in range(self.condition_dim)]

    def each_condition(self) -> Tensor:
        in_turn = torch.tensor([int(name) for name in self.condition_names()])
        return one_hot(in_turn) if self.conditional else super().each_condition()

    def training(self) -> Tensor:
        return chosen("training", self.digits)[0]

    def validation(self) -> Tensor:
        return chosen("validation", self.digits)[0]

    def held_out(self) -> Tensor:
        return chosen("held_out", self.digits)[0]

    def training_labels(self) -> Tensor:
        """The digit that each training picture shows, (n,) uint8."""
        return chosen("training", self.digits)[1]

    def held_out_labels(self) -> Tensor:
        """The same for the held-out pictures."""
        return chosen("held_out", self.digits)[1]


def one_hot(digits: Tensor) -> Tensor:
    """The conditions that stand for these digits (n,): (n, 10) float32."""
    return LIT * F.one_hot(digits.long(), len(DIGITS)).float()


@lru_cache(maxsize=6)
def chosen(part: str, digits: str) -> tuple[Tensor, Tensor]:
    """The pictures (n, 28, 28) of a part that show these digits, in the order of the file, and their labels (n,)."""
    file, rows = PARTS[part]
    pictures, labels = load(f"{file}-images-idx3-ubyte")[rows], load(f"{file}-labels-idx1-ubyte")[rows]
    if len(digits) == len(DIGITS):
        return pictures, labels
    shown = torch.isin(labels, torch.tensor([int(digit) for digit in digits], dtype=torch.uint8))
    return pictures[shown], labels[shown]


@lru_cache
def load(name: str) -> Tensor:
    """One of MNIST's four files, uint8. Raises `Invalid` where it is not what was published."""
    content = read_bytes(FOLDER / f"{name}.gz")
    if hashlib.md5(content, usedforsecurity=False).hexdigest() != MD5[name]:
        raise Invalid(f"MNIST's file {name} is damaged: install ganviz again.")
    return torch.from_numpy(parse(content, name).copy())

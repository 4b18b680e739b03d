"""The pictures that lie at a path, as tensors."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cached_property, lru_cache

import torch
from torch import Tensor

from ganviz.readers.collection import SIDE, Sizes
from ganviz.readers.files import File, find_files
from ganviz.readers.pictures import read_pictures


@dataclass(frozen=True, eq=False)
class Gallery:
    """Pictures in three disjoint parts, each (n, 28, 28) uint8."""

    files: tuple[File, ...]
    """The files that were read."""
    training: Tensor
    validation: Tensor
    held_out: Tensor
    sizes: Sizes
    """What sizes they had in the files."""

    @cached_property
    def fingerprint(self) -> str:
        """The same for the same pictures in the same parts, and else another one (SHA-256)."""
        digest = hashlib.sha256()
        for part in (self.training, self.validation, self.held_out):
            digest.update(f"{len(part)} ".encode() + part.numpy().tobytes())
        return digest.hexdigest()

    def account(self) -> str:
        """How many there are and what became of them, in a sentence."""
        parts = [len(self.training), len(self.validation), len(self.held_out)]
        largest = "×".join(str(max(sides)) for sides in zip(*self.sizes, strict=True))
        size = f"of {largest} pixels" if len(self.sizes) == 1 else f"of several sizes up to {largest} pixels"
        resized = "" if self.sizes == {(SIDE, SIDE)} else f" and brought to {SIDE}×{SIDE}"
        trained, chosen_on, kept = (f"{n:,}" for n in parts)
        return (
            f"{sum(parts):,} pictures {size} were read{resized}: {trained} to train on, {chosen_on} for validation, "
            f"{kept} held out."
        )


def gallery(path: str) -> Gallery:
    """The pictures at a path, in the parts that `read_pictures` makes. Raises `Invalid` with one sentence."""
    return _read(find_files(path))


@lru_cache(maxsize=2)
def _read(files: tuple[File, ...]) -> Gallery:
    """The gallery of these files; read again when one of them has changed."""
    found = read_pictures([file.path for file in files])
    training, validation, held_out = map(torch.from_numpy, (found.training, found.validation, found.held_out))
    return Gallery(files, training, validation, held_out, found.sizes)

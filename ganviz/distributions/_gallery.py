"""The pictures that lie at a path, as tensors."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cached_property, lru_cache

import torch
from torch import Tensor

from ganviz.readers.files import Place, find_files
from ganviz.readers.pictures import read_pictures
from ganviz.readers.report import Report


@dataclass(frozen=True, eq=False)
class Gallery:
    """Pictures in three disjoint parts, each (n, 28, 28) uint8."""

    training: Tensor
    validation: Tensor
    held_out: Tensor
    report: Report
    """What was taken of the files, left out and assumed."""

    @cached_property
    def fingerprint(self) -> str:
        """The same for the same pictures in the same parts, and else another one (SHA-256)."""
        digest = hashlib.sha256()
        for part in (self.training, self.validation, self.held_out):
            digest.update(f"{len(part)} ".encode() + part.numpy().tobytes())
        return digest.hexdigest()


def gallery(path: str) -> Gallery:
    """The pictures at a path, in the parts that `read_pictures` makes. Raises `Invalid` with one sentence."""
    return _read(find_files(path))


@lru_cache(maxsize=2)
def _read(place: Place) -> Gallery:
    """The gallery of these files; read again when one of them has changed."""
    found = read_pictures(place)
    training, validation, held_out = map(torch.from_numpy, (found.training, found.validation, found.held_out))
    return Gallery(training, validation, held_out, found.report)

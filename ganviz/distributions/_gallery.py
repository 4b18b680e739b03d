"""From a path to a collection of pictures in three parts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ganviz.distributions import _idx, _npz, _picture_files
from ganviz.distributions._bytes import beginning
from ganviz.distributions._columns import file_name
from ganviz.distributions._found_files import MNIST, File, find_files, part_of
from ganviz.distributions._grey import Pictures, Sizes, all_resized, as_bytes, check_side
from ganviz.distributions._images import SIDE
from ganviz.option import Invalid

LEAST, MOST = 100, 150_000
"""Pictures that a collection may have."""
HELD_OUT = 10
"""The fewest that are held out."""


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
    """The pictures at a path. Nothing in a file is ever run. Raises `Invalid` with one sentence.

    A folder with MNIST's files of pictures (train-images-idx3-ubyte and t10k-images-idx3-ubyte, gzipped or not): the
    last sixth of the training file is for validation, the other file is held out. Else all pictures of an IDX file, of
    a .npz file with one array of pictures, or of a folder of PNG and JPEG files: in a random order that depends on
    their number alone, the first 80 % are trained on, the next 10 % are for validation, the others are held out.
    """
    files = find_files(path)
    if Path(path).expanduser().is_file() and _is_picture(files[0].path):
        name = file_name(files[0].path.name)
        raise Invalid(f"{name} is one picture; give the path of a folder with at least {LEAST} of them.")
    return _read(files)


@lru_cache(maxsize=2)
def _read(files: tuple[File, ...]) -> Gallery:
    """The gallery of these files; read again when one of them has changed."""
    parts, sizes = _parts([file.path for file in files])
    training, validation, held_out = (torch.from_numpy(part) for part in parts)
    return Gallery(files, training, validation, held_out, sizes)


def _is_picture(path: Path) -> bool:
    return path.name.lower().endswith(_picture_files.ENDINGS)


def _parts(paths: Sequence[Path]) -> tuple[list[Pictures], Sizes]:
    """The three parts, as arrays of their own, and the sizes that the pictures had."""
    if paths[0].name in MNIST and len(paths) > 1:
        return _as_mnist(paths)
    if _is_picture(paths[0]):
        _check_count(len(paths), LEAST, file_name(paths[0].absolute().parent.name), "picture file")
        pictures, sizes = _picture_files.pictures(paths)
    else:
        pictures, sizes = _one_file(paths[0], LEAST)
    return _split(pictures), sizes


def _one_file(path: Path, least: int) -> tuple[Pictures, Sizes]:
    """The pictures of an IDX file or of an archive, by what it begins with, and the size they had."""
    file = file_name(path.name)
    first = beginning(path, 2)
    if not first:
        raise Invalid(f"{file} is empty.")
    found: NDArray[Any]
    if first == _npz.ZIP:
        found = _npz.pictures(path)
    elif first in (b"\0\0", _idx.GZIP) or "ubyte" in file:
        found = _idx.pictures(path)
    elif path.name.lower().endswith(".npz"):
        raise Invalid(f"{file} is damaged, or it is no .npz file: it does not begin as a file of numpy.savez does.")
    else:
        raise Invalid(f"{file} is of a kind that is not read: give an IDX or .npz file, or a folder of pictures.")
    _check_count(len(found), least, file)
    check_side(found.shape[1], found.shape[2], file)
    return all_resized(as_bytes(found, file)), frozenset({found.shape[1:]})


def _check_count(n: int, least: int, name: str, what: str = "picture") -> None:
    if n < least:
        raise Invalid(f"{name} holds {n} {what if n == 1 else f'{what}s'}; at least {least} are needed.")
    if n > MOST:
        raise Invalid(f"{name} holds {n:,} pictures; at most {MOST:,} are read.")


def _as_mnist(paths: Sequence[Path]) -> tuple[list[Pictures], Sizes]:
    """The two files of a collection that is published as MNIST is: Fashion-MNIST, KMNIST."""
    by_part = {part_of(path.name): path for path in paths}
    (train, size), (test, other) = _one_file(by_part["train"], LEAST), _one_file(by_part["t10k"], HELD_OUT)
    kept = len(train) - len(train) // 6
    # Copies: what was read from a file's bytes cannot be written to, and torch warns of that.
    return [part.copy() for part in (train[:kept], train[kept:], test)], size | other


def _split(pictures: Pictures) -> list[Pictures]:
    n = len(pictures)
    # RandomState is frozen: the same order in every version of NumPy.
    order = np.random.RandomState(0).permutation(n)
    return [pictures[np.sort(part)] for part in np.split(order, [n * 8 // 10, n * 9 // 10])]

"""The reading of a collection of pictures, in the process that reads files."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ganviz.invalid import Invalid
from ganviz.readers import _npz, _picture_files, idx
from ganviz.readers._bytes import beginning
from ganviz.readers._grey import all_resized, as_bytes, check_side
from ganviz.readers._message import Message
from ganviz.readers.collection import LEAST, MOST, Collection, Pictures, Sizes
from ganviz.readers.columns import file_name
from ganviz.readers.files import ENDINGS, MNIST, part_of

HELD_OUT = 10
"""The fewest pictures that are held out."""


def answer(question: Message) -> Message:
    """The three parts, and the sizes (k, 2)."""
    found = parse([Path(path) for path in question.words["paths"].split("\0")])
    return Message({}, [found.training, found.validation, found.held_out, np.array(sorted(found.sizes))])


def parse(paths: Sequence[Path]) -> Collection:
    """What `read_pictures` reads. Raises `Invalid`, and `MemoryError`."""
    if paths[0].name in MNIST and len(paths) > 1:
        return _as_mnist(paths)
    if paths[0].name.lower().endswith(ENDINGS):
        _check_count(len(paths), LEAST, file_name(paths[0].absolute().parent.name), "picture file")
        pictures, sizes = _picture_files.pictures(paths)
    else:
        pictures, sizes = _one_file(paths[0], LEAST)
    return Collection(*_split(pictures), sizes)


def _one_file(path: Path, least: int) -> tuple[Pictures, Sizes]:
    """The pictures of an IDX file or of an archive, by what it begins with, and the size they had."""
    file = file_name(path.name)
    first = beginning(path, 2)
    if not first:
        raise Invalid(f"{file} is empty.")
    found: NDArray[Any]
    if first == _npz.ZIP:
        found = _npz.pictures(path)
    elif first in (b"\0\0", idx.GZIP) or "ubyte" in file:
        found = idx.pictures(path)
    elif path.name.lower().endswith(".npz"):
        raise Invalid(f"{file} is damaged, or it is no .npz file: it does not begin as a file of numpy.savez does.")
    else:
        raise Invalid(f"{file} is of a kind that is not read: give an IDX or .npz file, or a folder of pictures.")
    _check_count(len(found), least, file)
    check_side(found.shape[1], found.shape[2], file)
    return all_resized(as_bytes(found, file)), frozenset({(found.shape[1], found.shape[2])})


def _check_count(n: int, least: int, name: str, what: str = "picture") -> None:
    if n < least:
        raise Invalid(f"{name} holds {n} {what if n == 1 else f'{what}s'}; at least {least} are needed.")
    if n > MOST:
        raise Invalid(f"{name} holds {n:,} pictures; at most {MOST:,} are read.")


def _as_mnist(paths: Sequence[Path]) -> Collection:
    """The two files of a collection that is published as MNIST is: Fashion-MNIST, KMNIST."""
    by_part = {part_of(path.name): path for path in paths}
    (train, size), (test, other) = _one_file(by_part["train"], LEAST), _one_file(by_part["t10k"], HELD_OUT)
    kept = len(train) - len(train) // 6
    return Collection(train[:kept], train[kept:], test, size | other)


def _split(pictures: Pictures) -> tuple[Pictures, Pictures, Pictures]:
    n = len(pictures)
    # RandomState is frozen: the same order in every version of NumPy.
    order = np.random.RandomState(0).permutation(n)
    first, second, third = (pictures[np.sort(part)] for part in np.split(order, [n * 8 // 10, n * 9 // 10]))
    return first, second, third

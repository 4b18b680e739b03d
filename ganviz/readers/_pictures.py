"""The reading of a collection of pictures, in the process that reads files."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray

from ganviz.invalid import Invalid
from ganviz.readers import _arrays, _picture_files, _zip, idx
from ganviz.readers._bytes import beginning, whole
from ganviz.readers._grey import all_resized, as_bytes, check_side
from ganviz.readers._message import Message
from ganviz.readers._picture_files import Source
from ganviz.readers._range import range_of
from ganviz.readers.collection import LEAST, MOST, Collection, Found, Pictures, reported
from ganviz.readers.columns import file_name
from ganviz.readers.files import ENDINGS, MNIST, part_of
from ganviz.readers.kinds import ENOUGH, kind_of

HELD_OUT = 10
"""The fewest pictures that are held out."""
WANTED = "give an IDX, .npz or .npy file, or a folder or zip archive of PNG or JPEG pictures"


def answer(question: Message) -> Message:
    """The report and the three parts."""
    found = parse([Path(path) for path in question.words["paths"].split("\0")], question.words["name"])
    return Message({"report": found.report.to_json()}, [found.training, found.validation, found.held_out])


def parse(paths: Sequence[Path], name: str) -> Collection:
    """What `read_pictures` reads; `name` is that of the file or of the folder. Raises `Invalid`, and `MemoryError`."""
    if paths[0].name in MNIST and len(paths) > 1:
        return _as_mnist(paths, name)
    if paths[0].name.lower().endswith(ENDINGS):
        _check_count(len(paths), LEAST, name, "picture file")
        most = _picture_files.BYTES
        found = _picture_files.pictures([Source(file_name(path.name), partial(whole, path, most)) for path in paths])
    else:
        found = _one_file(paths[0], LEAST)
    return reported(name, found, _split(found.pictures))


def _one_file(path: Path, least: int) -> Found:
    """The pictures of an archive, of an IDX file or of an array, by what it begins with."""
    file, first = file_name(path.name), beginning(path, ENOUGH)
    if not first:
        raise Invalid(f"{file} is empty.")
    if first.startswith(_zip.BEGINS):
        return _in_zip(path, first, least)
    if first.startswith(npy.MAGIC_PREFIX):
        return _from_numbers(_arrays.in_file(path), file, least)
    kind = kind_of(first)
    if first.startswith(idx.GZIP) or (not kind and (first.startswith(b"\0\0") or "ubyte" in file)):
        return _from_numbers(idx.pictures(path), file, least)
    if kind:
        raise Invalid(f"{file} is {kind.called}; {WANTED}.")
    if path.name.lower().endswith((".npz", ".zip")):
        raise Invalid(f"{file} is damaged, or its ending is wrong: it does not begin as a zip archive does.")
    raise Invalid(f"{file} is of a kind that is not read; {WANTED}.")


def _in_zip(path: Path, first: bytes, least: int) -> Found:
    """The array of pictures in an archive of NumPy, or the picture files in any other."""
    file = file_name(path.name)
    with _zip.opened(path) as archive:
        infos = _zip.members(archive)
        if not infos or path.name.endswith(".npz") or any(info.filename.endswith(".npy") for info in infos):
            return _from_numbers(_arrays.in_archive(archive, infos, file), file, least)
        kind = kind_of(first)
        if kind and kind.called != "a zip archive":
            raise Invalid(f"{file} is {kind.called}; {WANTED}.")
        sources = _zip.sources(archive, infos, file)
        _check_count(len(sources), least, file, "picture file")
        found = _picture_files.pictures(sources)
        return Found(found.pictures, found.sizes, found.assumed, _zip.left_out(infos))


def _from_numbers(numbers: NDArray[Any], file: str, least: int) -> Found:
    _check_count(len(numbers), least, file)
    check_side(numbers.shape[1], numbers.shape[2], file)
    span = range_of(numbers, file)
    sizes = frozenset({(numbers.shape[1], numbers.shape[2])})
    return Found(all_resized(as_bytes(numbers, span)), sizes, (str(span),))


def _check_count(n: int, least: int, name: str, what: str = "picture") -> None:
    if n < least:
        raise Invalid(f"{name} holds {n} {what if n == 1 else f'{what}s'}; at least {least} are needed.")
    if n > MOST:
        raise Invalid(f"{name} holds {n:,} pictures; at most {MOST:,} are read.")


def _as_mnist(paths: Sequence[Path], name: str) -> Collection:
    """The two files of a collection that is published as MNIST is: Fashion-MNIST, KMNIST."""
    by_part = {part_of(path.name): path for path in paths}
    train, test = _one_file(by_part["train"], LEAST), _one_file(by_part["t10k"], HELD_OUT)
    kept = len(train.pictures) - len(train.pictures) // 6
    both = Found(train.pictures, train.sizes | test.sizes, tuple(dict.fromkeys(train.assumed + test.assumed)))
    return reported(name, both, (train.pictures[:kept], train.pictures[kept:], test.pictures))


def _split(pictures: Pictures) -> tuple[Pictures, Pictures, Pictures]:
    n = len(pictures)
    # RandomState is frozen: the same order in every version of NumPy.
    order = np.random.RandomState(0).permutation(n)
    first, second, third = (pictures[np.sort(part)] for part in np.split(order, [n * 8 // 10, n * 9 // 10]))
    return first, second, third

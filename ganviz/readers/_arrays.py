"""Pictures as NumPy arrays: files of `numpy.save` and `numpy.savez`, from which nothing is ever unpickled."""

from __future__ import annotations

import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import IO, Any, NamedTuple

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray

from ganviz.invalid import Invalid
from ganviz.readers import _zip
from ganviz.readers._npy import HEADER, called, header
from ganviz.readers.columns import file_name

LARGEST = 1 << 29
"""Bytes that an array may unpack to: MNIST's training pictures as float64 are 0.7 of it."""
MEMBERS = 64
"""The most arrays in a file."""


class Member(NamedTuple):
    """What an array in an archive says about itself."""

    info: zipfile.ZipInfo
    shape: tuple[int, ...]
    dtype: np.dtype[Any]
    bytes: int
    """How many follow the header."""


def in_archive(archive: zipfile.ZipFile, infos: Sequence[zipfile.ZipInfo], file: str) -> NDArray[Any]:
    """The numbers of an archive's one array of pictures: (n, height, width). Raises `Invalid`."""
    member = _choose(_members(archive, infos, file), file)
    _check(member.shape, member.dtype, member.bytes, file)
    with archive.open(member.info) as content:
        return _read(content)


def in_file(path: Path) -> NDArray[Any]:
    """The numbers of a file of `numpy.save` that holds pictures: (n, height, width). Raises `Invalid`."""
    file = file_name(path.name)
    with path.open("rb") as content:
        shape, _, dtype, start = header(content.read(HEADER + 100), file)
        if len(shape) < 3:
            raise Invalid(f"{file} holds no pictures: an array of shape (number, height, width) was looked for.")
        _check(shape, dtype, path.stat().st_size - start, file)
        content.seek(0)
        return _read(content)


def _members(archive: zipfile.ZipFile, infos: Sequence[zipfile.ZipInfo], file: str) -> list[Member]:
    """The arrays, by their headers alone. An archive of thousands is not looked through."""
    if len(infos) > MEMBERS:
        raise Invalid(f"{file} holds {len(infos):,} arrays; one of pictures is looked for among at most {MEMBERS}.")
    members = []
    for info in infos:
        _zip.check(info, file)
        with archive.open(info) as content:
            beginning = content.read(HEADER + 100)
        shape, _, dtype, start = header(beginning, f"{file_name(info.filename)!r} in {file}")
        members.append(Member(info, shape, dtype, info.file_size - start))
    return members


def _choose(members: list[Member], file: str) -> Member:
    """The one whose shape is that of pictures; labels and the like may stand beside it."""
    fit = [member for member in members if len(member.shape) >= 3]
    if len(fit) > 1:
        listed = ", ".join(repr(file_name(member.info.filename)) for member in fit[:4])
        raise Invalid(f"{file} holds several arrays of pictures ({listed}); keep one of them.")
    if fit:
        return fit[0]
    if any(member.dtype.hasobject for member in members):
        raise Invalid(f"{file} holds pickled Python objects, which are not read: opening them could run a program.")
    raise Invalid(f"{file} holds no pictures: an array of shape (number, height, width) was looked for.")


def _check(shape: tuple[int, ...], dtype: np.dtype[Any], size: int, file: str) -> None:
    """Raise `Invalid` for an array of another kind, and for one whose `size` in bytes is not what its header
    promises."""
    if dtype.hasobject:
        raise Invalid(f"{file} holds pickled Python objects, which are not read: opening them could run a program.")
    if dtype.names is not None or dtype.kind not in "iuf":
        raise Invalid(f"{file} holds {called(dtype)}, not numbers.")
    if len(shape) == 4 and {3, 4} & {shape[1], shape[3]}:
        raise Invalid(f"{file} holds pictures in colour; make them grey first, of shape (number, height, width).")
    if len(shape) > 4 or (len(shape) == 4 and 1 not in (shape[1], shape[3])):
        shown = ", ".join(str(int(n)) for n in shape[:6])
        raise Invalid(f"{file} holds an array of shape ({shown}); pictures have the shape (number, height, width).")
    promised = dtype.itemsize * int(np.prod([int(n) for n in shape], dtype=object))
    if promised > LARGEST or size > LARGEST:
        raise Invalid(f"{file} unpacks to more than {LARGEST >> 20} MB, which is not read.")
    if promised != size:
        raise Invalid(f"{file} is damaged: its header promises {promised:,} bytes of numbers, it has {size:,}.")


def _read(content: IO[bytes]) -> NDArray[Any]:
    array: NDArray[Any] = npy.read_array(content, allow_pickle=False, max_header_size=HEADER)
    if content.read(1):
        raise ValueError("more than was announced; also, only the end is checked against the checksum")
    return _without_channel(array)


def _without_channel(array: NDArray[Any]) -> NDArray[Any]:
    """(n, height, width) of (n, 1, height, width), and of (n, height, width, 1)."""
    if array.ndim == 3:
        return array
    return array[..., 0] if array.shape[3] == 1 else array[:, 0]

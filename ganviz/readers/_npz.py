"""Pictures as NumPy arrays: files of `numpy.savez`, from which nothing is ever unpickled."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import IO, Any, NamedTuple

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray

from ganviz.invalid import Invalid
from ganviz.readers._npy import HEADER, called, header
from ganviz.readers.columns import file_name

ZIP = b"PK"
"""What a file of `numpy.savez` begins with."""
LARGEST = 1 << 29
"""Bytes that an array may unpack to: MNIST's training pictures as float64 are 0.7 of it."""
MEMBERS = 64
"""The most arrays in a file."""
DIRECTORY = 100_000
"""The most bytes of an archive's table of contents, all of which zipfile reads at once."""
END, END_64 = b"PK\x05\x06", b"PK\x06\x07"
"""What its last 22 bytes begin with, and the 20 before them in archives beyond 4 GB."""


class Member(NamedTuple):
    """What an array in an archive says about itself."""

    info: zipfile.ZipInfo
    shape: tuple[int, ...]
    dtype: np.dtype[Any]
    bytes: int
    """How many follow the header."""


def pictures(path: Path) -> NDArray[Any]:
    """The numbers of the file's one array of pictures: (n, height, width). Raises `Invalid`."""
    file = file_name(path.name)
    try:
        with path.open("rb") as stream:
            _check_directory(stream, file)
            with zipfile.ZipFile(stream) as archive:
                member = _choose(_members(archive, file), file)
                _check(member, file)
                with archive.open(member.info) as content:
                    return _without_channel(_read(content))
    except (Invalid, MemoryError):
        raise
    except Exception:  # whatever a damaged archive makes zipfile, zlib or NumPy raise
        raise Invalid(f"{file} is damaged: it cannot be unpacked.") from None


def _check_directory(stream: IO[bytes], file: str) -> None:
    stream.seek(-42, io.SEEK_END)
    tail = stream.read()
    if tail[20:24] != END or tail[:4] == END_64:
        raise Invalid(f"{file} is damaged: it does not end as a file of numpy.savez does.")
    if int.from_bytes(tail[32:36], "little") > DIRECTORY:
        raise Invalid(f"{file} holds too many arrays.")


def _members(archive: zipfile.ZipFile, file: str) -> list[Member]:
    """The arrays, by their headers alone. An archive of thousands is not looked through."""
    infos = archive.infolist()
    if len(infos) > MEMBERS:
        raise Invalid(f"{file} holds {len(infos):,} arrays; one of pictures is looked for among at most {MEMBERS}.")
    members = []
    for info in infos:
        with archive.open(info) as content:
            beginning = content.read(HEADER + 100)
        if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise Invalid(f"{file} is compressed in a way that is not read; numpy.savez writes files that are.")
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


def _check(member: Member, file: str) -> None:
    """Raise `Invalid` for an array of another kind, and for one whose size is not what its header promises."""
    if member.dtype.hasobject:
        raise Invalid(f"{file} holds pickled Python objects, which are not read: opening them could run a program.")
    if member.dtype.names is not None or member.dtype.kind not in "iuf":
        raise Invalid(f"{file} holds {called(member.dtype)}, not numbers.")
    if len(member.shape) == 4 and {3, 4} & {member.shape[1], member.shape[3]}:
        raise Invalid(f"{file} holds pictures in colour; make them grey first, of shape (number, height, width).")
    if len(member.shape) > 4 or (len(member.shape) == 4 and 1 not in (member.shape[1], member.shape[3])):
        shown = ", ".join(str(int(n)) for n in member.shape[:6])
        raise Invalid(f"{file} holds an array of shape ({shown}); pictures have the shape (number, height, width).")
    promised = member.dtype.itemsize * int(np.prod([int(n) for n in member.shape], dtype=object))
    if promised > LARGEST or member.bytes > LARGEST:
        raise Invalid(f"{file} unpacks to more than {LARGEST >> 20} MB, which is not read.")
    if promised != member.bytes:
        raise Invalid(f"{file} is damaged: its header promises {promised:,} bytes of numbers, it has {member.bytes:,}.")


def _read(content: IO[bytes]) -> NDArray[Any]:
    array: NDArray[Any] = npy.read_array(content, allow_pickle=False, max_header_size=HEADER)
    if content.read(1):
        raise ValueError("more than was announced; also, only the end is checked against the checksum")
    return array


def _without_channel(array: NDArray[Any]) -> NDArray[Any]:
    """(n, height, width) of (n, 1, height, width), and of (n, height, width, 1)."""
    if array.ndim == 3:
        return array
    return array[..., 0] if array.shape[3] == 1 else array[:, 0]

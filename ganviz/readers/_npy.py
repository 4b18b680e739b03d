"""Tables as NumPy arrays: files of `numpy.save`, of numbers only."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray

from ganviz.invalid import Invalid
from ganviz.readers.columns import Array, Columns, Format, check_counts, gather

KINDS = {"O": "Python objects", "c": "complex numbers", "b": "truth values", "M": "dates", "m": "durations"}
"""What the kinds of dtype are called that are not read; others are text or raw bytes."""
HEADER = 10_000
"""The longest header, in bytes: it is a Python literal."""


def read(content: bytes, file: str) -> Columns:
    """The columns of an array (n,) or (n, d), or the fields of a structured array (n,). Nothing is unpickled, and
    nothing is allocated before the header's shape is known to agree with the length of the file."""
    shape, fortran, dtype, start = header(content, file)
    _check_kind(dtype, file)
    fields = dtype.names
    if len(shape) not in (1, 2) or (fields is not None and len(shape) == 2):
        raise Invalid(f"{file} holds an array of shape {_shown(shape)}; a table has shape (rows,) or (rows, columns).")
    columns = len(fields) if fields is not None else 1 if len(shape) == 1 else shape[1]
    check_counts(file, shape[0], columns)
    promised = dtype.itemsize * shape[0] * (shape[1] if len(shape) == 2 else 1)
    if promised != len(content) - start:
        raise Invalid(
            f"{file} is damaged: its header promises {promised:,} bytes of numbers, it has {len(content) - start:,}."
        )
    table = np.frombuffer(content, dtype, offset=start).reshape(shape, order="F" if fortran else "C")
    if fields is not None:
        return gather(file, [(name, _numbers(table[name])) for name in fields])
    return gather(file, [("", _numbers(column)) for column in table.reshape(shape[0], columns).T])


def header(content: bytes, file: str) -> tuple[tuple[int, ...], bool, np.dtype[Any], int]:
    """Shape, whether columns come first, dtype, and where the numbers begin, of an array of which `content` is at
    least the beginning. Raises `Invalid`."""
    stream = io.BytesIO(content)
    readers = {(1, 0): npy.read_array_header_1_0, (2, 0): npy.read_array_header_2_0}
    try:
        version = npy.read_magic(stream)
        if version in readers:
            shape, fortran, dtype = readers[version](stream, max_header_size=HEADER)
            if min(shape, default=0) >= 0:
                return shape, fortran, dtype, stream.tell()
    except Exception:  # whatever a literal that is none, or a dtype that is none, makes NumPy raise
        raise Invalid(f"{file} is damaged: it does not begin as a .npy file does.") from None
    if version not in readers:
        raise Invalid(f"{file} is a .npy file of version {version[0]}.{version[1]}; versions 1.0 and 2.0 are read.")
    raise Invalid(f"{file} is damaged: its header promises an array of shape {_shown(shape)}.")


def _shown(shape: tuple[int, ...]) -> str:
    return f"({', '.join(str(int(size)) for size in shape[:4])}{', ...' if len(shape) > 4 else ''})"


def _check_kind(dtype: np.dtype[Any], file: str) -> None:
    if dtype.hasobject:
        raise Invalid(f"{file} holds pickled Python objects, which are not read: opening them could run a program.")
    if dtype.names is None and dtype.kind not in "iuf":
        raise Invalid(f"{file} holds {called(dtype)}, not real numbers.")


def called(dtype: np.dtype[Any]) -> str:
    """What numbers of that kind are called, if they are none."""
    return KINDS.get(dtype.kind, "text" if dtype.kind in "SU" else "raw bytes")


def _numbers(column: NDArray[Any]) -> Array | str:
    if column.ndim > 1 or column.dtype.kind not in "iuf":
        return f"holds {'arrays' if column.ndim > 1 else called(column.dtype)}"
    with np.errstate(all="ignore"):  # an extended float may be too large for float64: it becomes infinite
        return column.astype(np.float64)


FORMAT = Format((".npy",), lambda content: content.startswith(npy.MAGIC_PREFIX), read, npy.MAGIC_PREFIX)

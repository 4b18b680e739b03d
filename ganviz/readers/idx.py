"""The IDX format of LeCun's MNIST files: arrays of bytes behind a short header."""

from __future__ import annotations

import gzip
import io
import zlib
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ganviz.invalid import Invalid
from ganviz.readers._bytes import whole
from ganviz.readers.columns import file_name
from ganviz.readers.kinds import kind_of

LARGEST = 250_000_000
"""Bytes that a file may have, and unpack to: a few kilobytes of gzip can claim to hold the world."""

GZIP = b"\x1f\x8b"
"""What a gzipped file begins with."""


def read_bytes(path: Path) -> bytes:
    """What is in a file, unpacked where it is gzipped. Raises `Invalid`."""
    file = file_name(path.name)
    raw = whole(path, LARGEST)
    try:
        content = gzip.GzipFile(fileobj=io.BytesIO(raw)).read(LARGEST + 1) if raw.startswith(GZIP) else raw
    except (OSError, EOFError, zlib.error):
        raise Invalid(f"{file} is damaged: it cannot be unpacked.") from None
    if len(content) > LARGEST:
        raise Invalid(f"{file} unpacks to more than {LARGEST // 10**6} MB, which is not read.")
    return content


def parse(content: bytes, name: str) -> NDArray[np.uint8]:
    """The array of unsigned bytes that an IDX file holds; `name` stands in the sentences. Raises `Invalid`."""
    if len(content) < 4 or content[:2] != b"\0\0" or content[2] != 0x08 or content[3] not in (1, 3):
        kind = kind_of(content)
        why = f"it holds {kind.called}" if kind else f"its first four bytes are {content[:4].hex() or 'missing'}"
        raise Invalid(f"{name} is no IDX file of bytes: {why}.")
    dimensions = content[3]
    header = 4 + 4 * dimensions
    if len(content) < header:
        raise Invalid(f"{name} is cut off within its header.")
    shape = tuple(int.from_bytes(content[4 + 4 * i : 8 + 4 * i], "big") for i in range(dimensions))
    wanted = int(np.prod([int(n) for n in shape], dtype=object))
    if len(content) - header != wanted:
        raise Invalid(f"{name} announces {wanted:,} values and holds {len(content) - header:,}.")
    return np.frombuffer(content, np.uint8, offset=header).reshape(shape)


def pictures(path: Path) -> NDArray[np.uint8]:
    """The pictures in a file, (n, height, width). Raises `Invalid`."""
    file = file_name(path.name)
    found = parse(read_bytes(path), file)
    if found.ndim != 3:
        raise Invalid(f"{file} holds labels, not pictures.")
    return found

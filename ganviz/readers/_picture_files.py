"""Pictures as files: PNG and JPEG, decoded by Pillow."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from ganviz.invalid import Invalid
from ganviz.readers._bytes import whole
from ganviz.readers._grey import check_side, resized
from ganviz.readers.collection import SIDE, Pictures, Sizes
from ganviz.readers.columns import file_name

BYTES = 16_000_000
"""The largest file."""
PIXELS = 1_000_000_000
"""The most pixels of all pictures together: some ten seconds of decoding."""


def pictures(paths: Sequence[Path]) -> tuple[Pictures, Sizes]:
    """The pictures in the files, one each, (n, 28, 28), and what sizes they had there. Raises `Invalid`, naming the
    first file that is not read."""
    found = np.empty((len(paths), SIDE, SIDE), np.uint8)
    pixels, sizes = 0, set[tuple[int, int]]()
    for i, path in enumerate(paths):
        picture = _grey(path)
        found[i] = resized(picture)
        pixels += picture.size
        sizes.add((picture.shape[0], picture.shape[1]))
        if pixels > PIXELS:
            raise Invalid(
                f"The first {i + 1:,} pictures have more than {PIXELS // 10**6:,} million pixels together, which are "
                f"not read; make them smaller: {SIDE}×{SIDE} is enough."
            )
    return found, frozenset(sizes)


def _grey(path: Path) -> NDArray[np.uint8]:
    """One picture, (height, width), from 0 (black) to 255 (white)."""
    file = file_name(path.name)
    content = whole(path, BYTES)
    try:
        # Opening reads the header alone: a small file that unpacks to gigabytes ends here.
        with Image.open(io.BytesIO(content), formats=("PNG", "JPEG")) as image:
            check_side(image.height, image.width, file)
            return _channel(image, file)
    except (Invalid, MemoryError):
        raise
    except Exception:  # whatever a damaged picture makes Pillow raise
        raise Invalid(f"{file} is damaged, or it is no PNG or JPEG picture.") from None


def _channel(image: Image.Image, file: str) -> NDArray[np.uint8]:
    """The grey values of a picture; of one that is saved in colours too, where all its colours are greys."""
    if image.mode in ("1", "L"):
        return np.asarray(image.convert("L"))
    if image.mode.startswith("I"):  # PNG's 16 bits
        return np.rint(np.asarray(image).clip(0, 65535) / 257).astype(np.uint8)
    red, green, blue, alpha = np.asarray(image.convert("RGBA")).transpose(2, 0, 1)
    if alpha.min() < 255:
        raise Invalid(f"{file} is transparent in places; lay it on a background first.")
    if image.mode == "CMYK" or (red != green).any() or (green != blue).any():
        raise Invalid(f"{file} is a picture in colour; make it grey first.")
    values: NDArray[np.uint8] = red
    return values

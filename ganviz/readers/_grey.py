"""From numbers of any size to grey pictures of 28×28 pixels."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from ganviz.invalid import Invalid
from ganviz.readers.collection import SIDE, Pictures

SMALLEST, LARGEST = 8, 2048
"""Pixels that a picture may have along a side before it is brought to 28."""

CHUNK = 1_000_000
"""Numbers that are converted at once, to bound the memory."""


def check_side(height: int, width: int, file: str) -> None:
    """Raise `Invalid` where pictures of that size are not read."""
    if min(height, width) < SMALLEST or max(height, width) > LARGEST:
        raise Invalid(
            f"{file} has {height}×{width} pixels; pictures of {SMALLEST} to {LARGEST} pixels along each side are read."
        )


def as_bytes(numbers: NDArray[Any], file: str) -> NDArray[np.uint8]:
    """Pixels from 0 to 255, of the same shape as `numbers`, which count from 0 to 1 where none is above 1 and from 0 to
    255 else. Raises `Invalid` for numbers outside and for NaN."""
    low, high = numbers.min(), numbers.max()
    if np.isnan(high):  # one NaN makes both so
        raise Invalid(f"{file} holds numbers that are missing (NaN).")
    if low < 0 or high > 255:
        raise Invalid(f"{file} holds {low if low < 0 else high:.6g}; pixels are numbers from 0 to 1, or from 0 to 255.")
    if numbers.dtype == np.uint8 and high > 1:
        return numbers
    scale = np.float32(255 if high <= 1 else 1)
    pixels = np.empty(numbers.shape, np.uint8)
    at_once = max(1, CHUNK // numbers[0].size)
    for start in range(0, len(numbers), at_once):
        part = numbers[start : start + at_once].astype(np.float32)
        pixels[start : start + at_once] = np.rint(part * scale)
    return pixels


def resized(picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """A picture (height, width) as (28, 28): the mean over the area of each new pixel or, where a side is shorter than
    28, linear interpolation. Proportions are not kept."""
    if picture.shape == (SIDE, SIDE):
        return picture
    method = Image.Resampling.BOX if min(picture.shape) >= SIDE else Image.Resampling.BILINEAR
    return np.asarray(Image.fromarray(np.ascontiguousarray(picture)).resize((SIDE, SIDE), method))


def all_resized(pictures: NDArray[np.uint8]) -> Pictures:
    """Pictures (n, height, width) as (n, 28, 28)."""
    if pictures.shape[1:] == (SIDE, SIDE):
        return pictures
    small = np.empty((len(pictures), SIDE, SIDE), np.uint8)
    for i, picture in enumerate(pictures):
        small[i] = resized(picture)
    return small

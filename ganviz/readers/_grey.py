"""From numbers of any size to grey pictures of 28×28 pixels."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from ganviz.invalid import Invalid
from ganviz.readers._range import Range
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


def as_bytes(numbers: NDArray[Any], span: Range) -> NDArray[np.uint8]:
    """Pixels from 0 to 255, of the same shape as `numbers`, which count in that range."""
    if numbers.dtype == np.uint8 and span.white == 255:
        return numbers
    scale = np.float32(255 / (span.white - span.black))
    pixels = np.empty(numbers.shape, np.uint8)
    at_once = max(1, CHUNK // numbers[0].size)
    for start in range(0, len(numbers), at_once):
        part = numbers[start : start + at_once].astype(np.float32) - np.float32(span.black)
        pixels[start : start + at_once] = np.rint(part * scale).clip(0, 255)
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

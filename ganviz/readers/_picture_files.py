"""Pictures as files: PNG and JPEG, decoded by Pillow."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from PIL.Image import Transpose

from ganviz.invalid import Invalid
from ganviz.readers._grey import check_side, resized
from ganviz.readers.collection import SIDE, Found
from ganviz.readers.kinds import kind_of

BYTES = 16_000_000
"""The largest file."""
PIXELS = 1_000_000_000
"""The most pixels of all pictures together: some ten seconds of decoding."""
READ = ("a PNG picture", "a JPEG picture")
ORIENTATION = 0x0112
"""The EXIF tag that says which way up a camera was held."""
UPRIGHT = {
    2: Transpose.FLIP_LEFT_RIGHT,
    3: Transpose.ROTATE_180,
    4: Transpose.FLIP_TOP_BOTTOM,
    5: Transpose.TRANSPOSE,
    6: Transpose.ROTATE_270,
    7: Transpose.TRANSVERSE,
    8: Transpose.ROTATE_90,
}
"""What makes a picture upright, by its orientation."""


@dataclass(frozen=True)
class Source:
    """A file with a picture, wherever it lies."""

    name: str
    """What sentences call it."""
    content: Callable[[], bytes]
    """Its bytes, or the first of them where there are more than `BYTES`. Raises `Invalid`."""


def pictures(sources: Sequence[Source]) -> Found:
    """The pictures in the files, one each. Raises `Invalid`, naming the first file that is not read."""
    found = np.empty((len(sources), SIDE, SIDE), np.uint8)
    pixels, turned, sizes = 0, 0, set[tuple[int, int]]()
    for i, source in enumerate(sources):
        picture, was_turned = _grey(source)
        found[i] = resized(picture)
        pixels += picture.size
        turned += was_turned
        sizes.add((picture.shape[0], picture.shape[1]))
        if pixels > PIXELS:
            raise Invalid(
                f"The first {i + 1:,} pictures have more than {PIXELS // 10**6:,} million pixels together, which are "
                f"not read; make them smaller: {SIDE}×{SIDE} is enough."
            )
    return Found(found, frozenset(sizes), (f"{turned:,} turned upright, as EXIF says",) if turned else ())


def _grey(source: Source) -> tuple[NDArray[np.uint8], bool]:
    """One picture, (height, width), from 0 (black) to 255 (white), and whether it was turned."""
    content, file = source.content(), source.name
    if len(content) > BYTES:
        raise Invalid(f"{file} is larger than {BYTES // 10**6} MB, which is not read.")
    kind = kind_of(content)
    if not kind or kind.called not in READ:
        what = f"is {kind.called}" if kind else "is no PNG or JPEG picture" if content else "is empty"
        raise Invalid(f"{file} {what}; PNG and JPEG pictures are read.")
    try:
        # Opening reads the header alone: a small file that unpacks to gigabytes ends here.
        with Image.open(io.BytesIO(content), formats=("PNG", "JPEG")) as image:
            check_side(image.height, image.width, file)
            return _upright(_channel(image, file), _orientation(image))
    except (Invalid, MemoryError):
        raise
    except Exception:  # whatever a damaged picture makes Pillow raise
        raise Invalid(f"{file} is damaged: it begins as {kind.called} does, and cannot be decoded.") from None


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


def _orientation(image: Image.Image) -> int:
    """EXIF's orientation, 1 where it says none: what a camera adds may be damaged while the picture is sound."""
    try:
        return int(image.getexif().get(ORIENTATION, 1))
    except Exception:  # Pillow raises errors of several kinds
        return 1


def _upright(picture: NDArray[np.uint8], orientation: int) -> tuple[NDArray[np.uint8], bool]:
    if orientation not in UPRIGHT:
        return picture, False
    return np.asarray(Image.fromarray(np.ascontiguousarray(picture)).transpose(UPRIGHT[orientation])), True

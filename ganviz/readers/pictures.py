"""Collections of pictures: what is read, and the reading of it in a process of its own."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from ganviz.readers._message import Message
from ganviz.readers._process import Limits, ask
from ganviz.readers.collection import MOST, SIDE, Collection
from ganviz.readers.columns import file_name

LIMITS = Limits(memory=3 << 29, seconds=120, answer=MOST * SIDE * SIDE + 10**6)
"""What a collection may cost. Its largest array takes 512 MB, and half of that again once it is grey."""


def read_pictures(paths: Sequence[Path]) -> Collection:
    """The pictures in these files, as `ganviz.readers.files.find_files` found them. Nothing in them is ever run.

    MNIST's two files of pictures (train-images-idx3-ubyte and t10k-images-idx3-ubyte, gzipped or not): the last sixth
    of the training file is for validation, the other file is held out. Else all pictures of an IDX file, of a .npz file
    with one array of pictures, or of PNG and JPEG files: in a random order that depends on their number alone, the
    first 80 % are trained on, the next 10 % are for validation, the others are held out. Raises `Invalid` with one
    sentence.
    """
    question = Message({"reader": "_pictures", "paths": "\0".join(map(str, paths))})
    place = paths[0] if len(paths) == 1 else paths[0].absolute().parent
    *parts, sizes = ask(question, file_name(place.name), LIMITS).arrays
    training, validation, held_out = (part.astype(np.uint8, copy=False) for part in parts)
    return Collection(training, validation, held_out, frozenset((int(high), int(wide)) for high, wide in sizes))

"""Collections of pictures: what is read, and the reading of it in a process of its own."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from ganviz.readers._message import Message
from ganviz.readers._process import Limits, ask
from ganviz.readers.collection import MOST, SIDE, Collection
from ganviz.readers.files import Place
from ganviz.readers.report import Report

LIMITS = Limits(memory=3 << 29, seconds=120, answer=MOST * SIDE * SIDE + 10**6)
"""What a collection may cost. Its largest array takes 512 MB, and half of that again once it is grey."""


def read_pictures(place: Place) -> Collection:
    """The pictures that `ganviz.readers.files.find_files` found. Nothing in them is ever run.

    MNIST's two files of pictures (train-images-idx3-ubyte and t10k-images-idx3-ubyte, gzipped or not): the last sixth
    of the training file is for validation, the other file is held out. Else all pictures of an IDX file, of a .npz or
    .npy file with one array of pictures, or of PNG and JPEG files, in a zip archive or not: in a random order that
    depends on their number alone, the first 80 % are trained on, the next 10 % are for validation, the others are held
    out. Raises `Invalid` with one sentence.
    """
    paths = "\0".join(str(file.path) for file in place.files)
    answer = ask(Message({"reader": "_pictures", "paths": paths, "name": place.name}), place.name, LIMITS)
    training, validation, held_out = (part.astype(np.uint8, copy=False) for part in answer.arrays)
    report = Report.from_json(answer.words["report"])
    return Collection(training, validation, held_out, replace(report, left_out=report.left_out + place.left_out))

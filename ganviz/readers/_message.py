"""What this process and the one that reads files send each other: a line of JSON, then the numbers of arrays."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import IO

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.generic]

LINE = 4_000_000
"""The longest line, in bytes: the paths of some ten thousand files."""
LACKS_MEMORY = 3
"""The status with which a process ends that has not enough memory for an answer."""


@dataclass(frozen=True, eq=False)
class Message:
    """A question or an answer. Nothing in it is ever run or unpickled."""

    words: dict[str, str]
    arrays: Sequence[Array] = ()
    refusal: str = field(default="", kw_only=True)
    """The sentence why there is no answer."""


def send(stream: IO[bytes], message: Message) -> None:
    """Write a message."""
    shapes = [(array.dtype.str, array.shape) for array in message.arrays]
    stream.write(json.dumps([message.refusal, message.words, shapes]).encode() + b"\n")
    for array in message.arrays:
        stream.write(np.ascontiguousarray(array).tobytes())
    stream.flush()


def receive(stream: IO[bytes], most: int) -> Message | None:
    """The next message; None where the stream has ended, or ends within it. Raises `ValueError` where its arrays have
    more than `most` bytes."""
    line = stream.readline(LINE)
    if not line.endswith(b"\n"):
        return None
    refusal, words, shapes = json.loads(line)
    kinds = [(np.dtype(name), tuple(shape)) for name, shape in shapes]
    if sum(kind.itemsize * math.prod(shape) for kind, shape in kinds) > most:
        raise ValueError("a message that is too long")
    arrays = []
    for kind, shape in kinds:
        size = kind.itemsize * math.prod(shape)
        content = stream.read(size)
        if len(content) < size:
            return None
        arrays.append(np.frombuffer(content, kind).reshape(shape).copy())  # what lies in bytes cannot be written to
    return Message(words, arrays, refusal=refusal)

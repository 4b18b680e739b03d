"""Program: instructions over memory, as a value that can be kept, sent and checked."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, field
from functools import cached_property
from typing import Any, Self

from ganviz.programs.view import BYTES, Storage, View

FORMAT = "ganviz-program-1"


@dataclass(frozen=True, slots=True)
class Instruction:
    """One loop over views."""

    kernel: str
    """Which loop, such as ``"multiply"``; its file in `ganviz.programs.families` says what each does."""
    outputs: tuple[View, ...]
    inputs: tuple[View, ...]
    numbers: tuple[float, ...] = ()
    """What the kernel needs besides, in float64."""

    @property
    def views(self) -> tuple[View, ...]:
        """All that it touches."""
        return self.outputs + self.inputs


@dataclass(frozen=True, slots=True)
class Block:
    """A piece of memory that one tensor after another may lie in."""

    storage: Storage
    size: int
    """How many numbers."""
    at: int = -1
    """Its place in the program's memory in bytes; −1 before there is one."""

    @property
    def bytes(self) -> int:
        """How much memory it takes."""
        return self.size * BYTES[self.storage]


@dataclass(frozen=True)
class Program:
    """What a function of tensors computes, by the names of its inputs and outputs.

    Its memory is one array of bytes: constants, inputs, and blocks in between that are used again when what lay there
    is not needed any more.
    """

    instructions: tuple[Instruction, ...]
    blocks: tuple[Block, ...]
    constants: tuple[tuple[int, tuple[float, ...]], ...]
    """Blocks that are filled once, and with what."""
    inputs: tuple[tuple[str, View], ...]
    """Where each input is to be put, by name."""
    outputs: tuple[tuple[str, View], ...]
    """Where each output will be, by name."""
    memory: int = field(default=0)
    """Bytes in all."""

    @cached_property
    def digest(self) -> str:
        """The same for the same program, and else another one (SHA-256)."""
        return hashlib.sha256(self.to_json().encode()).hexdigest()

    def to_json(self) -> str:
        """The program as text."""
        return json.dumps({"format": FORMAT, **asdict(self)}, separators=(",", ":"))

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Read `to_json`'s text; `ganviz.programs.validation` says whether it may run. Raises `ValueError` for another
        text."""
        try:
            fields = json.loads(text)
            if fields["format"] != FORMAT:
                raise ValueError(f"its format is {fields['format']!r:.40}")
            return cls._from_fields(fields)
        except (ValueError, KeyError, TypeError, OverflowError, RecursionError) as error:
            raise ValueError(f"This text is no program: {error}.") from error

    @classmethod
    def _from_fields(cls, fields: dict[str, Any]) -> Self:
        return cls(
            tuple(
                Instruction(
                    str(one["kernel"]),
                    tuple(map(_view, one["outputs"])),
                    tuple(map(_view, one["inputs"])),
                    tuple(map(float, one["numbers"])),
                )
                for one in fields["instructions"]
            ),
            tuple(Block(_storage(one["storage"]), int(one["size"]), int(one["at"])) for one in fields["blocks"]),
            tuple((int(block), tuple(map(float, numbers))) for block, numbers in fields["constants"]),
            tuple((str(name), _view(view)) for name, view in fields["inputs"]),
            tuple((str(name), _view(view)) for name, view in fields["outputs"]),
            int(fields["memory"]),
        )


def _view(fields: dict[str, Any]) -> View:
    shape, strides = (tuple(map(int, fields[name])) for name in ("shape", "strides"))
    return View(int(fields["block"]), _storage(fields["storage"]), int(fields["offset"]), shape, strides)


def _storage(name: object) -> Storage:
    for known in BYTES:
        if name == known:
            return known
    raise ValueError(f"no numbers are stored as {name!r:.40}")

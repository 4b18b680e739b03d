"""A processor that is not here: Bochs emulates one, without an operating system, and programs run in it.

What it runs are the very kernels that the library is made of, as files before they are linked, with the few lines of
bare/ that stand for all else. What there is to do lies on the emulated disk, every place in it as an address of the
emulated memory, and in the end what has become of it lies there.
"""

from __future__ import annotations

import ctypes
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt

from ganviz.machine.build import FLAGS, X86, compiled, variants
from ganviz.machine.compilers import find_compiler
from ganviz.machine.library import Library
from ganviz.programs.native import Column, Native
from ganviz.programs.program import Program
from ganviz.programs.view import View

Array = npt.NDArray[np.generic]
Arrays = Mapping[str, Array]

BARE = Path(__file__).with_name("bare")

NUMBERS = {variant.name: number for number, variant in enumerate(X86)}
"""The variants as bare/work.c counts them."""

ALL_REGISTERS = 0xE7
"""What a system saves of a thread that may use AVX-512. (7 is enough for AVX, 3 for SSE; 0: it was never asked to.)"""


def lacking() -> str:
    """Why there can be no emulator here; nothing if there can."""
    if sys.platform != "linux" or variants() != X86:
        return "the emulator's image is made by the compiler of an x86-64 Linux"
    return "" if shutil.which("bochs") else "Bochs is not installed"


# ------------------------------------------------------------------------------------------------------- what is to run


@dataclass(frozen=True)
class Run:
    """A program, what its inputs are at first, and how often it runs: what it is given each time, (steps, …), and which
    outputs are kept of each."""

    program: Program
    start: Arrays
    steps: int = 1
    given: Arrays = field(default_factory=dict)
    kept: tuple[str, ...] = ()

    def machine(self, library: Library) -> Native:
        """The program, about to begin."""
        machine = Native(self.program, library)
        for name, array in self.start.items():
            machine.inputs[name][...] = array
        return machine


def here(run: Run, library: Library) -> dict[str, Array]:
    """What a run leaves that this processor makes."""
    machine = run.machine(library)
    steps, kept = machine.advance(run.steps, run.given, run.kept)
    assert steps == run.steps
    return left(machine, kept)


def left(machine: Native, kept: Arrays) -> dict[str, Array]:
    """All that a run leaves: what was kept of each step, and inputs and outputs as they are at the end."""
    found = (("kept", kept), ("input", machine.inputs), ("output", machine.outputs))
    return {f"{kind} {name}": array.copy() for kind, arrays in found for name, array in arrays.items()}


# ----------------------------------------------------------------------------------------- how the bare machine is told


class Call(ctypes.Structure):
    """As in bare/work.c; pointers are addresses there."""

    _fields_ = tuple(
        (name, ctypes.c_int64)
        for name in (
            "variant", "code", "words", "memory", "steps", "given", "givens", "kept", "keeps", "fed", "feeds", "made",
        )
    )  # fmt: skip


class Header(ctypes.Structure):
    """`Work` in bare/work.c."""

    _fields_ = tuple((name, ctypes.c_int64) for name in ("saved_state", "bytes", "call", "calls", "supported"))


class Work:
    """Calls of `advance`, with all that they read and write, as they will lie in the emulated memory."""

    START = 0x1000000
    """Where it begins there (bare/work.c)."""

    def __init__(self, saved_state: int = ALL_REGISTERS) -> None:
        self._saved_state = saved_state
        self._bytes = bytearray(ctypes.sizeof(Header))
        self._calls = list[Call]()

    def add(self, run: Run, library: Library, variant: str) -> Added:
        """One call more. The library says what the kernels' numbers are, which are the same in every variant."""
        machine = run.machine(library)
        inputs, outputs = dict(run.program.inputs), dict(run.program.outputs)
        kept = {name: np.zeros((run.steps, *outputs[name].shape), outputs[name].storage) for name in run.kept}
        given_columns = self._columns(machine, inputs, run.given, run.steps)
        kept_columns = self._columns(machine, outputs, kept, run.steps)
        call = Call(
            variant=NUMBERS[variant],
            code=self._put(machine._words), words=machine._words.size,
            memory=self._put(machine._memory), steps=run.steps,
            given=self._put(given_columns), givens=len(given_columns),
            kept=self._put(kept_columns), keeps=len(kept_columns),
            fed=self._put(machine._fed), feeds=len(machine._fed),
        )  # fmt: skip
        self._calls.append(call)
        return Added(machine, call.memory, kept, [column.row for column in kept_columns])

    def image(self) -> bytes:
        """All of it."""
        at = self._put((Call * len(self._calls))(*self._calls))
        header = Header(self._saved_state, len(self._bytes), at, len(self._calls))
        return bytes(header) + self._bytes[ctypes.sizeof(header) :]

    def _columns(self, machine: Native, views: Mapping[str, View], arrays: Arrays, steps: int) -> ctypes.Array[Column]:
        columns = machine._columns(views, arrays, steps)
        for column, array in zip(columns, arrays.values(), strict=True):
            column.row = self._put(array)
        return columns

    def _put(self, what: Array | ctypes.Array[Call] | ctypes.Array[Column]) -> int:
        """The address where it will be: where a line of the cache begins, as in this processor's memory."""
        self._bytes += bytes(-len(self._bytes) % 64)
        at = self.START + len(self._bytes)
        self._bytes += what.tobytes() if isinstance(what, np.ndarray) else bytes(what)
        return at


@dataclass(frozen=True)
class Added:
    """Where a call's memory lies, and the rows of what it keeps: addresses."""

    machine: Native
    memory: int
    kept: Arrays
    rows: Sequence[int]

    def left(self, work: bytes) -> dict[str, Array]:
        """What the call left in work that was done."""
        memory, kept = self.machine._memory, dict[str, Array]()
        memory[...] = np.frombuffer(work, np.uint8, memory.size, self.memory - Work.START)
        for (name, array), row in zip(self.kept.items(), self.rows, strict=True):
            kept[name] = np.frombuffer(work, array.dtype, array.size, row - Work.START).reshape(array.shape)
        return left(self.machine, kept)


# -------------------------------------------------------------------------------------------------------- the emulator


def bare_image(folder: Path) -> Path:
    """The kernels, and what a processor needs to come to them from its first instruction on, as a PC's firmware."""
    compiler, image = find_compiler(), folder / "image"
    objects = compiled(compiler, folder)
    for source in ("start.S", "work.c"):
        objects.append(folder / f"{source}.o")
        compiler(*FLAGS, "-c", str(BARE / source), "-o", str(objects[-1]))
    alone = ("-nostdlib", "-static", "-no-pie", "-Wl,--build-id=none", f"-Wl,-T,{BARE / 'work.ld'}")
    compiler(*alone, *map(str, objects), "-o", str(image))
    return image


class Failed(RuntimeError):
    """The emulated processor did not come to the end; what the emulator says of it."""


class Emulator:
    """Bochs, with the image in the place of its firmware."""

    AVX512 = "corei7_skylake_x"
    """A processor with AVX-512, as Bochs calls it."""

    CYLINDER = 16 * 63 * 512
    """A disk has whole ones: so many bytes."""

    def __init__(self, image: Path, folder: Path) -> None:
        self._image, self._folder = image, folder

    def done(self, work: bytes, processor: str = AVX512) -> bytes:
        """The work, as it is when that processor has done it. Raises `Failed`."""
        disk, settings, log = (self._folder / name for name in ("disk", "settings", "log"))
        log.unlink(missing_ok=True)
        disk.write_bytes(work + bytes(-len(work) % self.CYLINDER))
        settings.write_text(self._settings(processor))
        # Debian's Bochs waits for a word before it begins: to continue. Others do not listen.
        ended = subprocess.run(["bochs", "-q", "-f", settings], input=b"c\n", capture_output=True, timeout=600)
        said = log.read_text(errors="replace") if log.exists() else ended.stderr.decode(errors="replace")
        if "shutdown requested" not in said:
            raise Failed("; ".join(line for line in said.splitlines() if "PANIC" in line) or said)
        return disk.read_bytes()[: len(work)]

    def emulated(self, runs: Sequence[Run], library: Library, variant: str) -> list[dict[str, Array]]:
        """What runs leave that a processor with AVX-512 makes, in one of the variants."""
        work = Work()
        added = [work.add(run, library, variant) for run in runs]
        after = self.done(work.image())
        assert made(after) == [(NUMBERS[variant], run.steps) for run in runs]
        return [one.left(after) for one in added]

    def _settings(self, processor: str) -> str:
        """In Bochs' own language. Its screen is one that is looked at over the network, and nobody looks at it."""
        return f"""
            cpu: model={processor}, reset_on_triple_fault=0
            memory: guest=128, host=128
            romimage: file={self._image}
            ata0-master: type=disk, mode=flat, path={self._folder / "disk"}
            panic: action=fatal
            log: {self._folder / "log"}
            display_library: rfb, options="timeout=0"
            speaker: enabled=0
        """


def supported(work: bytes) -> int:
    """What the processor said which variants it can run (`supported_variants`)."""
    return int(Header.from_buffer_copy(work).supported)


def made(work: bytes) -> list[tuple[int, int]]:
    """Of each call its variant, and how many steps it made."""
    header = Header.from_buffer_copy(work)
    calls = (Call * header.calls).from_buffer_copy(work, header.call - Work.START)
    return [(call.variant, call.made) for call in calls]

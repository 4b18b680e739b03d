"""Shared by all tests: one thread, and helpers that many of them need."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import fields
from pathlib import Path

import numpy as np
import pytest
import torch

from ganviz import Experiment, Trainer
from ganviz.engine import programs_by_structure
from ganviz.engine.run import Run
from ganviz.engine.tree import named_leaves
from ganviz.machine import build as building
from ganviz.machine.build import variants
from ganviz.machine.compilers import Compiler, NoLibrary, find_compiler, zig
from ganviz.machine.library import Library, find_library
from ganviz.option import Option, available
from ganviz.readers import pictures, tables
from ganviz.readers._message import Message
from ganviz.readers._process import Limits, Reader

ROOMS = ("distributions", "latents", "networks", "losses", "regularizers", "optimizers", "schedules")


@pytest.fixture(autouse=True, scope="session")
def _one_thread() -> None:
    torch.set_num_threads(1)


@pytest.fixture(autouse=True, scope="session")
def _programs_stay() -> None:
    """Tests over the registries come back to an option after all others: what was captured for it is still there."""
    programs_by_structure.KEPT = 1000


@pytest.fixture(autouse=True)
def _private_cache(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GANVIZ_CACHE", str(tmp_path_factory.getbasetemp() / "cache"))


@pytest.fixture(autouse=True)
def _own_environment() -> Iterator[None]:
    """A command that is called here sets variables for the kernels it would start."""
    before = dict(os.environ)
    yield
    os.environ.clear()
    os.environ.update(before)


@pytest.fixture
def hears_signals() -> Iterator[None]:
    """Signals are heard as in a shell, also where the tests run behind nohup or a shell's &."""
    handlers = {signal.SIGINT: signal.default_int_handler, signal.SIGTERM: signal.SIG_DFL}
    before = {number: signal.signal(number, handler) for number, handler in handlers.items()}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


class LastingReader:
    """A process that reads one file after another: for tests that read hundreds. Where it ends, another one begins."""

    def __init__(self) -> None:
        self._reader: Reader | None = None

    def ask(self, question: Message, file: str, limits: Limits) -> Message:
        if self._reader is None or self._reader.process.poll() is not None:
            self.close()
            self._reader = Reader(Limits(limits.memory, 10_000, limits.answer))
        return self._reader.ask(question, file)

    def close(self) -> None:
        if self._reader is not None:
            self._reader.__exit__(None, None, None)


@pytest.fixture(scope="module")
def _lasting_reader() -> Iterator[LastingReader]:
    reader = LastingReader()
    yield reader
    reader.close()


@pytest.fixture
def lasting_reader(_lasting_reader: LastingReader, monkeypatch: pytest.MonkeyPatch) -> None:
    """All files of a module's tests are read by the same process: to start one takes a tenth of a second."""
    for module in (tables, pictures):
        monkeypatch.setattr(module, "ask", _lasting_reader.ask)


def every(*rooms: str) -> list[object]:
    """All option classes of the rooms, as pytest parameters: a new option is covered unasked. That none is broken is
    a test of its own."""
    return [pytest.param(one, id=f"{room}-{name}") for room in rooms for name, one in available(room).items()]


def default(option: type[Option]) -> Option:
    return option()


def small(**fields: object) -> Experiment:
    """A quick experiment: tiny networks, small batches."""
    net = {"name": "mlp", "width": 8, "depth": 1, "activation": "tanh"}
    return Experiment(**{"generator": net, "discriminator": net, "batch_size": 16, **fields})


def trainer_for(room: str, option: Option, **fields: object) -> Trainer:
    """A trainer of a small experiment that uses the option; skips what an option by itself is not enough for."""
    if reason := option.lacking():
        pytest.skip(reason)
    slot = {
        "distributions": {"data": option},
        "latents": {"latent": option},
        "networks": {"generator": option, "discriminator": option},
        "losses": {"loss": option},
        "regularizers": {"regularizers": [option]},
        "optimizers": {"optimizer_g": option, "optimizer_d": option},
        "schedules": {"schedule": option},
    }[room]
    # What does not fit the line is tried on pictures.
    data = {"data": "mnist"} if option.objection(small(**fields)) else {}
    return Trainer(small(**{**data, **fields, **slot}))


def same(one: object, two: object) -> bool:
    """Whether two trees of tensors agree bit for bit."""
    pairs = list(zip(named_leaves(one), named_leaves(two), strict=True))
    return all(a[0] == b[0] and torch.equal(a[1], b[1]) for a, b in pairs)


def same_run(one: Run, two: Run) -> bool:
    """Whether two runs agree in every field, tensors bit for bit, and NaN with NaN."""
    alike = same(one.state, two.state)
    for field in fields(Run):
        a, b = getattr(one, field.name), getattr(two, field.name)
        if field.name == "scalars":
            alike &= list(a) == list(b) and np.array_equal([*a.values()], [*b.values()], equal_nan=True)
        elif field.name != "state":
            alike &= a == b
    return alike


def leaves_of(tree: object) -> Iterator[torch.Tensor]:
    return (leaf for _, leaf in named_leaves(tree))


@pytest.fixture(scope="session")
def common(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """A folder that all workers have."""
    base = tmp_path_factory.getbasetemp()
    return base if worker_id == "master" else base.parent


@contextmanager
def one_at_a_time(folder: Path) -> Iterator[None]:
    """Of several workers the first one makes what is to be in the folder, and the others wait."""
    try:
        folder.mkdir()
    except FileExistsError:
        while not (folder / "made").exists():
            time.sleep(0.05)
    try:
        yield
    finally:
        (folder / "made").touch()


@pytest.fixture(scope="session")
def kernels(common: Path) -> Path:
    """The library's file."""
    with one_at_a_time(common / "machine"):
        try:
            return find_library(common / "machine").path
        except NoLibrary as reason:
            pytest.skip(str(reason))


BUILDS = ("-O1", "-O3", "16 bytes", "32 bytes", "64 bytes", "zig")


@contextmanager
def runnable_variants(library: Library) -> Iterator[None]:
    """While it lasts, only the variants that this processor can run are built: it takes half as long."""
    chosen = tuple(variant for variant in variants() if variant.name in library.runnable)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(building, "variants", lambda: chosen)
        yield


@pytest.fixture(scope="session")
def built(common: Path, widest: Library) -> Callable[[str], Path]:
    """The library otherwise, one of `BUILDS`: at another level, with vectors of another width (also longer than the
    processor's: the compiler cuts them), by another compiler."""

    def made(name: str) -> Path:
        flags: tuple[str, ...] = () if name == "zig" else (name,)
        if name.endswith(" bytes"):
            flags = ("-UVECTOR_BYTES", f"-DVECTOR_BYTES={name.split()[0]}", "-Wno-psabi")
        folder = common / name
        with one_at_a_time(folder):
            if not (folder / "machine.so").exists():
                compiler = zig_of_its_own(folder) if name == "zig" else find_compiler()
                with runnable_variants(widest):
                    building.build(compiler, folder / "machine.so", flags)
            return folder / "machine.so"

    return made


def zig_of_its_own(folder: Path) -> Compiler:
    """PyPI's compiler, in an environment of its own: where it lies beside ganviz, ganviz builds by it."""
    python = folder / "environment" / ("Scripts" if os.name == "nt" else "bin") / "python"
    subprocess.run([sys.executable, "-m", "venv", folder / "environment"], check=True)
    asked = [python, "-m", "pip", "install", "--quiet", "ziglang>=0.13"]
    found = None if subprocess.run(asked, capture_output=True, check=False).returncode else zig(str(python))
    if found is None:
        pytest.skip("PyPI cannot be reached, from where zig comes")
    return found


@pytest.fixture(scope="session", params=[variant.name for variant in variants()])
def library(kernels: Path, request: pytest.FixtureRequest) -> Library:
    """The library in each of its variants that this processor can run."""
    try:
        return Library(kernels, request.param)
    except NoLibrary as reason:
        pytest.skip(str(reason))


@pytest.fixture(scope="session")
def widest(kernels: Path) -> Library:
    return Library(kernels)

"""The compiled path: the captured graph as machine code, built in a process of its own and kept on disk."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from functools import partial
from pathlib import Path as FilePath
from typing import Any

import torch
from torch import Tensor
from torch.fx import GraphModule

from ganviz.cache import cache_folder
from ganviz.engine.game import Game
from ganviz.engine.noise import Noise
from ganviz.engine.paths import Flat, capture
from ganviz.engine.players import State
from ganviz.engine.settings import Numbers, numbers
from ganviz.engine.tree import Tree, leaves
from ganviz.experiment import Experiment


class NoFastPath(RuntimeError):
    """Why a faster path could not be built, as one line for the log."""


def package_path(graph: GraphModule, inputs: list[Tensor]) -> FilePath:
    """The compiled step's file. Its name is a digest of all it depends on: the graph, the inputs, torch, this CPU."""
    shapes = [(list(leaf.shape), str(leaf.dtype)) for leaf in inputs]
    about = [graph.code, shapes, torch.__version__, torch.backends.cpu.get_cpu_capability()]
    digest = hashlib.sha256(json.dumps(about).encode()).hexdigest()[:32]
    return cache_folder() / f"step-{digest}.pt2"


def load(path: FilePath, state: State) -> Flat:
    """The compiled path from its file, in milliseconds."""
    # The package's own call would look up and parse its signature in every step; the loader in it takes flat lists.
    return Flat("compiled", torch._inductor.aoti_load_package(str(path)).loader.boxed_run, state)


def start_build(experiment: Experiment, path: FilePath) -> subprocess.Popen[bytes]:
    """Start building the package in a child process, at low priority, and return at once.

    A process of its own, because the compiler holds Python's lock for tens of seconds and a slider would wait.
    Raises `NoFastPath` where there is no C++ compiler, or ``$GANVIZ_NO_COMPILER`` forbids to start it.
    """
    if os.environ.get("GANVIZ_NO_COMPILER"):
        raise NoFastPath("this machine compiles nothing")
    if shutil.which(os.environ.get("CXX", "g++")) is None and shutil.which("clang++") is None:
        raise NoFastPath("there is no C++ compiler")
    path.parent.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-m", "ganviz.engine.compiled", str(path)]
    # In a session of its own the child does not see the interrupt meant for the kernel.
    with open(path.with_suffix(".log"), "wb") as log:
        child = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=log, stderr=log, start_new_session=True)
    assert child.stdin is not None
    child.stdin.write(experiment.to_json().encode())
    child.stdin.close()
    return child


class _Step(torch.nn.Module):
    """A captured graph as the module that torch.export asks for."""

    def __init__(self, graph: GraphModule) -> None:
        super().__init__()
        self.graph = graph

    def forward(self, *inputs: Tensor) -> Any:
        return self.graph(*inputs)


def example_of(experiment: Experiment) -> tuple[Game, State, Numbers, Tree]:
    """A game and example inputs for capturing its step: all of them follow from the experiment."""
    game = Game(experiment)
    values = numbers(experiment, partial(torch.tensor, dtype=game.dtype))
    return game, game.initial_state(), values, Noise(experiment, game.dtype).step(0, 0)


def build(experiment: Experiment, path: FilePath) -> None:
    """Capture, export, compile; the file appears under its name only when it is whole."""
    game, state, values, noise = example_of(experiment)
    inputs = tuple(leaves([state, values, noise]))
    graph = capture(game, state, values, noise)
    with torch.no_grad():
        program = torch.export.export(_Step(graph), inputs)
    with tempfile.TemporaryDirectory(dir=path.parent) as folder:
        whole = FilePath(folder) / "step.pt2"
        torch._inductor.aoti_compile_and_package(program, package_path=str(whole))
        os.replace(whole, path)


if __name__ == "__main__":
    if hasattr(os, "nice"):
        os.nice(10)
    torch.set_num_threads(1)
    # Leave by an exception when told to end, so that the temporary folder goes too.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    build(Experiment.from_json(sys.stdin.read()), FilePath(sys.argv[1]))

"""The C compiler that is there."""

from __future__ import annotations

import importlib.util
import os
import platform
import shlex
import shutil
import subprocess
import sys
from dataclasses import dataclass


class NoLibrary(RuntimeError):
    """Why the machine cannot run here, in one sentence."""


@dataclass(frozen=True)
class Compiler:
    """How a C compiler is called, and which one it is."""

    command: tuple[str, ...]
    version: str
    """The first line of what it says of itself."""

    def __call__(self, *arguments: str) -> None:
        """Compile or link. Raises `NoLibrary` with the compiler's first complaint."""
        command, environment = [*self.command, *arguments], {**os.environ, "LC_ALL": "C"}
        done = subprocess.run(command, capture_output=True, text=True, errors="replace", env=environment)
        if done.returncode:
            lines = done.stderr.splitlines() or ["?"]
            complaints = [line for line in lines if "error" in line] or lines
            raise NoLibrary(f"{self.command[0]!r} cannot compile the machine's kernels: {complaints[0].strip()}")


def find_compiler() -> Compiler:
    """The first that works: ``$CC``, cc, gcc, clang, the one in PyPI's ziglang.

    Raises `NoLibrary` where there is none, or where ``$GANVIZ_NO_COMPILER`` forbids to start one.
    """
    if os.environ.get("GANVIZ_NO_COMPILER"):
        raise NoLibrary("The machine's kernels are not built: this machine compiles nothing.")
    for command in _candidates():
        if version := _version(command):
            return Compiler(command, version)
    raise NoLibrary("The machine's kernels are not built: there is no C compiler (gcc, clang or PyPI's ziglang).")


def zig(python: str = sys.executable) -> Compiler | None:
    """The compiler of the package ziglang in that Python's environment."""
    command = _zig_command(python)
    version = _version(command)
    return Compiler(command, version) if version else None


def _zig_command(python: str) -> tuple[str, ...]:
    """zig compiles for the processor at hand if it is not told to compile for any."""
    general = ("-target", f"{platform.machine()}-linux-gnu.2.17") if sys.platform == "linux" else ("-mcpu=baseline",)
    return (python, "-m", "ziglang", "cc", *general)


def _candidates() -> list[tuple[str, ...]]:
    named = shlex.split(os.environ.get("CC", ""))
    found = [tuple(named)] if named and shutil.which(named[0]) else []
    found += [(name,) for name in ("cc", "gcc", "clang") if shutil.which(name)]
    if importlib.util.find_spec("ziglang"):
        found.append(_zig_command(sys.executable))
    return found


def _version(command: tuple[str, ...]) -> str:
    """What the compiler calls itself; nothing where it does not start."""
    try:
        said = subprocess.run([*command, "--version"], capture_output=True, text=True, errors="replace", timeout=60)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return said.stdout.partition("\n")[0] if said.returncode == 0 else ""

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

NO_COMPILER = "GANVIZ_NO_COMPILER"
"""The variable that forbids to start a compiler. A library that is there already is used all the same."""

OLDEST_MACOS = "11.0"

NEEDED = """
typedef float floats __attribute__((vector_size(16)));
typedef int integers __attribute__((vector_size(16)));
integers whole(floats x) { return __builtin_convertvector(x, integers); }
"""
"""What older compilers do not know: gcc has it from version 9 on."""


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
        # On a Mac the library is to be for older systems too; elsewhere the variable means nothing.
        environment = {"MACOSX_DEPLOYMENT_TARGET": OLDEST_MACOS, **os.environ, "LC_ALL": "C"}
        command = [*self.command, *arguments]
        done = subprocess.run(command, capture_output=True, text=True, errors="replace", env=environment)
        if done.returncode:
            lines = done.stderr.splitlines() or ["?"]
            complaints = [line for line in lines if "error" in line] or lines
            raise NoLibrary(f"{self.command[0]!r} cannot compile the machine's kernels: {complaints[0].strip(' .')}.")


def find_compiler() -> Compiler:
    """The first that works and is not too old: ``$CC``, cc, gcc, clang, the one in PyPI's ziglang.

    Raises `NoLibrary` where there is none, or where ``$GANVIZ_NO_COMPILER`` forbids to start one.
    """
    if os.environ.get(NO_COMPILER):
        raise NoLibrary(f"The machine's kernels are not built, because {NO_COMPILER} is set.")
    for command in _candidates():
        if version := _version(command):
            return Compiler(command, version)
    raise NoLibrary(
        "The machine's kernels are not built, because there is no C compiler: gcc (9 or newer), clang, or the one that "
        "`pip install ziglang` brings."
    )


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
    # On Windows gcc does not align the stack for AVX, and clang is Visual C's.
    usual = ("cc", "gcc", "clang") if sys.platform != "win32" else ()
    found += [(name,) for name in usual if shutil.which(name)]
    found = [command for command in found if _knows_enough(command)]
    if importlib.util.find_spec("ziglang"):
        found.append(_zig_command(sys.executable))
    return found


def _knows_enough(command: tuple[str, ...]) -> bool:
    """Whether it compiles what older ones do not know."""
    check = [*command, "-std=gnu11", "-fsyntax-only", "-x", "c", "-"]
    try:
        return subprocess.run(check, input=NEEDED.encode(), capture_output=True, timeout=60).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


def _version(command: tuple[str, ...]) -> str:
    """What the compiler calls itself; nothing where it does not start."""
    try:
        said = subprocess.run([*command, "--version"], capture_output=True, text=True, errors="replace", timeout=60)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return said.stdout.partition("\n")[0] if said.returncode == 0 else ""

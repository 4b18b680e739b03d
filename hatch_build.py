"""Builds the machine's kernels when the package is built, with the C compiler that is there.

Where there is none, the one in PyPI's ziglang is asked for. Where that does not work either, the package is built
without the kernels: it then trains by PyTorch alone, and says so.
"""

from __future__ import annotations

import importlib
import os
import platform
import sys
import sysconfig
import types
from contextlib import suppress
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

ZIG = "ziglang>=0.13"


class Kernels(BuildHookInterface):
    """Puts the built library beside the kernels' sources, and names the platform in the wheel's name."""

    def dependencies(self) -> list[str]:
        """What the build needs beside hatchling: a compiler, where there is none and one may be used."""
        compilers = self._machine("compilers")
        if self.target_name != "wheel" or os.environ.get(compilers.NO_COMPILER):
            return []
        try:
            compilers.find_compiler()
        except compilers.NoLibrary:
            return [ZIG]
        return []

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        if self.target_name != "wheel":
            return
        compilers, build = self._machine("compilers"), self._machine("build")
        built = build.BUILT / build.file_name()
        try:
            build.build(compilers.find_compiler(), built)
        except (compilers.NoLibrary, OSError) as error:
            self.app.display_warning(f"{error} ganviz is packed without them, and trains by PyTorch alone.")
            return
        for old in {*build.BUILT.glob("machine-*")} - {built}:
            with suppress(OSError):  # Windows does not remove what is in use
                old.unlink()
        build_data["pure_python"] = False
        build_data["tag"] = f"py3-none-{_platform()}"
        build_data["artifacts"].append(f"ganviz/machine/built/{built.name}")

    def _machine(self, module: str) -> types.ModuleType:
        """A module of the package's machine, whose beginning needs nothing that is not installed yet."""
        package = types.ModuleType("ganviz")
        package.__path__ = [str(Path(self.root) / "ganviz")]
        sys.modules.setdefault("ganviz", package)
        return importlib.import_module(f"ganviz.machine.{module}")


def _platform() -> str:
    """The platform as a wheel's name has it. The library needs no other, so that any Linux of the processor will do."""
    processor = platform.machine().lower()
    if sys.platform == "linux" and processor in ("x86_64", "aarch64"):
        return f"manylinux_2_17_{processor}.manylinux2014_{processor}.musllinux_1_1_{processor}"
    if sys.platform == "darwin":  # where Python itself may be for two processors at once
        compilers = importlib.import_module("ganviz.machine.compilers")
        return f"macosx_{compilers.OLDEST_MACOS.replace('.', '_')}_{processor}"
    return sysconfig.get_platform().replace("-", "_").replace(".", "_")

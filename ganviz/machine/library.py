"""The kernels as a loaded library, in the variant that suits this processor."""

from __future__ import annotations

import ctypes
from functools import lru_cache
from pathlib import Path
from typing import Any

from ganviz.cache import cache_folder
from ganviz.invalid import because
from ganviz.machine.build import PLAIN, build, file_name, variants
from ganviz.machine.compilers import Compiler, NoLibrary, find_compiler


class Library:
    """A library that was built, and one of the variants in it."""

    def __init__(self, path: Path, variant: str | None = None) -> None:
        """Load it; without a variant the widest one that this processor can run.

        Raises `NoLibrary` where the file cannot be loaded, or the processor cannot run that variant.
        """
        try:
            self._loaded = ctypes.CDLL(str(path))
        except OSError as error:
            raise NoLibrary(f"The machine's kernels cannot be loaded: {error}.") from error
        self._kernels: dict[str, Any] = {}
        self.runnable = self._runnable()
        """The variants that this processor can run, the widest last."""
        self.variant = self.runnable[-1] if variant is None else variant
        if self.variant not in self.runnable:
            raise NoLibrary(f"This processor cannot run {self.variant!r}; it can run {', '.join(self.runnable)}.")

    def function(self, name: str, *arguments: Any) -> Any:
        """A kernel by its name, to be called with arguments of these types of ctypes. It gives back nothing."""
        kernel = self._kernels.get(name)
        if kernel is None:
            kernel = getattr(self._loaded, f"{name}_{self.variant}")
            kernel.argtypes, kernel.restype = arguments, None
            self._kernels[name] = kernel
        return kernel

    def _runnable(self) -> tuple[str, ...]:
        supported = self._loaded.supported_variants()
        beyond = [variant for variant in variants() if variant != PLAIN]
        return PLAIN.name, *(variant.name for i, variant in enumerate(beyond) if supported >> i & 1)


def built_library(compiler: Compiler, folder: Path | None = None) -> Path:
    """The library as that compiler makes it, from the folder where such things are kept, or built into it now."""
    path = (folder or cache_folder()) / file_name(compiler)
    if not path.exists():
        build(compiler, path)
    return path


@lru_cache(maxsize=1)
def library() -> Library:
    """The library of this process. Raises `NoLibrary` where there is none, with a sentence that says why."""
    try:
        return Library(built_library(find_compiler()))
    except OSError as error:
        place = str(cache_folder())
        raise NoLibrary(f"The machine's kernels cannot be kept in {place!r}: {because(error)}.") from error

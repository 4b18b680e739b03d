"""The kernels as a loaded library, in the variant that suits this processor."""

from __future__ import annotations

import ctypes
import logging
from functools import cached_property, lru_cache
from pathlib import Path
from threading import Lock
from typing import Any

from ganviz.cache import cache_folder
from ganviz.invalid import because
from ganviz.machine.build import BUILT, PLAIN, build, file_name, variants
from ganviz.machine.compilers import NoLibrary, find_compiler

log = logging.getLogger("ganviz")

FAMILY_SIZE = 256
"""Numbers that each family of kernels has for itself (kernels/programs.c)."""


class Library:
    """A library that was built, and one of the variants in it."""

    def __init__(self, path: Path, variant: str | None = None) -> None:
        """Load it; without a variant the widest one that this processor can run.

        Raises `NoLibrary` where the file cannot be loaded, or the processor cannot run that variant.
        """
        self.path = path
        """The file."""
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

    @cached_property
    def kernels(self) -> dict[str, int]:
        """The numbers of the kernels that programs are made of, by name."""
        name_of = getattr(self._loaded, f"kernel_name_{self.variant}")
        name_of.argtypes, name_of.restype = [ctypes.c_int64], ctypes.c_char_p
        found, family = dict[str, int](), 0
        while name := name_of(family * FAMILY_SIZE):
            number = family * FAMILY_SIZE
            while name:
                found[name.decode()] = number
                number += 1
                name = name_of(number)
            family += 1
        return found

    def _runnable(self) -> tuple[str, ...]:
        supported = self._loaded.supported_variants()
        beyond = [variant for variant in variants() if variant != PLAIN]
        return PLAIN.name, *(variant.name for i, variant in enumerate(beyond) if supported >> i & 1)


def find_library(kept: Path) -> Library:
    """The library that was built with the package, or later and kept in a folder; else it is built there now.

    A file that cannot be loaded is passed over, and in that folder replaced. Raises `NoLibrary` or `OSError`.
    """
    unusable: NoLibrary | None = None
    for path in (BUILT / file_name(), kept / file_name()):
        if path.exists():
            try:
                return Library(path)
            except NoLibrary as error:
                unusable = error
    try:
        build(find_compiler(), path)
    except NoLibrary as error:
        raise unusable or error from None
    return Library(path)


_one_at_a_time = Lock()


def library() -> Library:
    """The library of this process. Raises `NoLibrary` where there is none, with a sentence that says why; the log has
    it too, once."""
    with _one_at_a_time:
        found = _found()
    if isinstance(found, Library):
        return found
    raise NoLibrary(found)


@lru_cache(maxsize=1)
def _found() -> Library | str:
    """The library, or why there is none: looked for once."""
    folder = cache_folder()
    try:
        return find_library(folder)
    except NoLibrary as error:
        reason = str(error)
    except OSError as error:
        reason = f"The machine's kernels cannot be kept in {str(folder)!r}: {because(error)}."
    log.warning("%s Experiments are trained by PyTorch instead, more slowly.", reason)
    return reason

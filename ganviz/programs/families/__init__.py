"""Families: a file for each, which holds its one `FAMILY`. Nothing lists them: to add one is to add its file."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Mapping

from ganviz.programs.family import Family


def _found() -> dict[str, Family]:
    names = sorted(module.name for module in pkgutil.iter_modules(__path__))
    return {name: importlib.import_module(f"{__name__}.{name}").FAMILY for name in names}


FAMILIES: Mapping[str, Family] = _found()
"""By the names of their files."""


def family_of(kernel: str) -> Family:
    """The family that a kernel belongs to. Raises `KeyError` for a kernel that there is not."""
    for family in FAMILIES.values():
        if kernel in family.kernels:
            return family
    raise KeyError(kernel)

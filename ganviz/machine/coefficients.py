"""The constants of the kernels, read from their own file, so that NumPy computes with the same ones."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt

from ganviz.machine.build import KERNELS

TYPES = {"float": np.float32, "double": np.float64}


@cache
def coefficients() -> dict[str, npt.NDArray[Any]]:
    """By name, such as ``LOG_f32``: an array of the constant's own precision, also where it is one number."""
    text = (KERNELS / "coefficients.h").read_text("utf-8")
    found = re.findall(r"static const (\w+) (\w+)(?:\[\])? = \{?([^;}]*)\}?;", text)
    return {name: np.array(_numbers(listed), TYPES[kind]) for kind, name, listed in found}


def _numbers(listed: str) -> list[float]:
    return [float.fromhex(text.strip().removesuffix("f")) for text in listed.split(",") if text.strip()]

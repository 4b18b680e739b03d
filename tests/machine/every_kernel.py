"""Calls every kernel of a library, at lengths around the width of a vector: to be run under sanitizers.

    python tests/machine/every_kernel.py LIBRARY

The arrays are exactly as long as they must be, so that a read or write beyond an end is found. Prints the variants.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np

from ganviz.machine.draws import Counter
from ganviz.machine.elementary import FUNCTIONS, elementary, power
from ganviz.machine.library import Library
from ganviz.machine.native_draws import NativeDraws

LENGTHS = (*range(20), 31, 32, 33, 63, 64, 65, 127, 128, 129, 300)

SPECIAL = [0.0, -0.0, 1.0, -1.0, 1e-300, 1e300, -1e300, np.inf, -np.inf, np.nan, 2.5, -700.0]


def functions(library: Library) -> None:
    """All elementary functions, of special numbers too."""
    for dtype in (np.float32, np.float64):
        for n in LENGTHS:
            with np.errstate(over="ignore"):
                x = np.resize(np.array(SPECIAL), n).astype(dtype)
            for name in FUNCTIONS:
                elementary(library, name, x)
            power(library, x, x[::-1].copy())


def draws(library: Library) -> None:
    """All laws, at the ends of what counts."""
    laws = NativeDraws(library)
    for at in (Counter(0), Counter(2**64 - 1, 2**64 - 1, 2**32 - 1)):
        for n in LENGTHS:
            for dtype in (np.float32, np.float64):
                for law in (laws.uniform, laws.uniform_open, laws.normal):
                    law(at, n, dtype)
            laws.bits(at, n)
            laws.integers(at, n, 2**31)
        for n in (*LENGTHS, 1023, 1024, 1025, 5000):
            laws.permutation(at, n)
        laws.permutation(at, 2**31, 2**31 - 3)


def main() -> None:
    """Every variant that the processor can run."""
    path = Path(sys.argv[1])
    for variant in Library(path).runnable:
        functions(Library(path, variant))
        draws(Library(path, variant))
        print(variant)


if __name__ == "__main__":
    main()

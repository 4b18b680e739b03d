"""Calls every kernel of a library, at lengths around the width of a vector: to be run under sanitizers.

    python tests/machine/every_kernel.py LIBRARY

The arrays are exactly as long as they must be, so that a read or write beyond an end is found. Prints the variants.
"""

from __future__ import annotations

import itertools
import sys
from pathlib import Path

import numpy as np
from matrices import bias_of, laid_out, numbers

from ganviz.machine.draws import Counter
from ganviz.machine.elementary import FUNCTIONS, elementary, power
from ganviz.machine.library import Library
from ganviz.machine.native_draws import NativeDraws
from ganviz.machine.products import product

LENGTHS = (*range(20), 31, 32, 33, 63, 64, 65, 127, 128, 129, 300)

SPECIAL = [0.0, -0.0, 1.0, -1.0, 1e-300, 1e300, -1e300, np.inf, -np.inf, np.nan, 2.5, -700.0]

WAYS = (("rows", "columns", "row"), ("columns", "rows", "column"), ("rows", "rows", "full"), ("steps", "steps", "none"))
"""How two matrices lie, and what their product starts with."""


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


def products(library: Library) -> None:
    """Matrices of many shapes, along rows and along columns, of which tiles end within vectors."""
    rng, sides = np.random.default_rng(0), (0, 1, 2, 3, 5, 6, 8, 13, 17, 40)
    for dtype in (np.float32, np.float64):
        for m, n, k in itertools.product(sides, sides, (0, 1, 3, 8, 70, 300)):
            for of_a, of_b, kind in WAYS:
                a, b = laid_out(numbers(rng, (m, k), dtype), of_a), laid_out(numbers(rng, (k, n), dtype), of_b)
                product(library, a, b, bias_of(rng, kind, m, n, dtype))


def main() -> None:
    """Every variant that the processor can run."""
    path = Path(sys.argv[1])
    for variant in Library(path).runnable:
        functions(Library(path, variant))
        draws(Library(path, variant))
        products(Library(path, variant))
        print(variant)


if __name__ == "__main__":
    main()

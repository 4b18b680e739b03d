"""Runs programs that nobody wrote: random ones, and real ones with random changes. To be run by itself, so that a crash
is seen, and under sanitizers.

    python tests/machine/random_programs.py LIBRARY COUNT SEED PROGRAM...

PROGRAM is a file of a program as text. What lies between blocks is poisoned where a sanitizer is there. Prints how many
programs were refused as text, how many as malformed, and how many ran.
"""

from __future__ import annotations

import json
import random
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
from instructions import KERNELS, STORAGES, case_of
from poison import poisoned

from ganviz.machine.library import Library
from ganviz.programs.native import Native
from ganviz.programs.program import Program
from ganviz.programs.validation import Malformed

NUMBERS = (0, 1, -1, 2, 3, 4, 7, 8, 16, 63, 64, 65, 1 << 31, 1 << 40, -(1 << 63), 1 << 64, 10**30, 0.5, np.inf, np.nan)


def run(program: Program, library: Library, rng: np.random.Generator) -> None:
    """A few steps, from any bytes: NaN and places that do not exist among them."""
    machine = Native(program, library)
    for array in machine.inputs.values():
        if array.size:
            array[...] = rng.choice([0, 1, -1, 2.5, np.nan, 1e30, np.inf], array.shape)
    with poisoned(machine):
        machine.run()
        machine.advance(2, {}, [name for name, view in program.outputs if view.size < 1 << 20])


def made(rng: np.random.Generator) -> Program:
    """An instruction of any kernel, in any layout that it takes."""
    kernel = KERNELS[int(rng.integers(len(KERNELS)))]
    return case_of(kernel, STORAGES[int(rng.integers(2))], rng).program


def places(fields: Any) -> list[tuple[Any, Any]]:
    """Where in a tree of JSON there is something: containers and keys."""
    found, left = [], [fields]
    while left:
        one = left.pop()
        keys = list(one) if isinstance(one, dict) else range(len(one))
        found += [(one, key) for key in keys]
        left += [one[key] for key in keys if isinstance(one[key], (dict, list))]
    return found


def changed(text: str, chance: random.Random) -> str:
    """A program with a few fields changed: to other numbers, to what stands in another place, to nothing."""
    fields = json.loads(text)
    for _ in range(chance.choice([1, 1, 1, 2, 3])):
        everywhere = places(fields)
        leaves = [(one, key) for one, key in everywhere if not isinstance(one[key], (dict, list))]
        one, key = chance.choice(leaves if chance.random() < 0.8 else everywhere)
        other, there = chance.choice(leaves)
        old = one[key]
        if isinstance(old, int) and chance.random() < 0.8:
            one[key] = chance.choice([old + 1, old - 1, 2 * old, -old, old + 64, chance.choice(NUMBERS)])
        elif isinstance(one, list) and chance.random() < 0.5:
            one.pop(key) if chance.random() < 0.5 else one.insert(key, old)
        else:
            one[key] = json.loads(json.dumps(other[there]))
    return json.dumps(fields)


def main() -> None:
    """All of them."""
    path, count, seed = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
    real = [Path(name).read_text() for name in sys.argv[4:]]
    chance, rng, counted = random.Random(seed), np.random.default_rng(seed), Counter[str]()
    libraries = [Library(path, variant) for variant in Library(path).runnable]
    for number in range(count):
        text = made(rng).to_json() if number % 2 else chance.choice(real)
        if number % 5:
            text = changed(text, chance)
        try:
            program = Program.from_json(text)
        except ValueError:
            counted["no program"] += 1
            continue
        try:
            run(program, libraries[number % len(libraries)], rng)
            counted["ran"] += 1
        except Malformed:
            counted["malformed"] += 1
    print(json.dumps(counted))


if __name__ == "__main__":
    main()

"""Milliseconds of a look at a run, by the machine and by torch.

    python tests/benchmarks/looks.py [PRESET …] [--rounds 31]

Both look at the same moment, on one thread, by turns; the numbers are medians of the process's time. Beside them: what
it takes to capture the look's program, which is done once for all runs that differ in numbers alone.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from statistics import median

import torch

from ganviz import Trainer, preset
from ganviz.engine.look_program import NativeLook, look_program
from ganviz.engine.settings import numbers
from ganviz.machine.library import library

PRESETS = ("figure-1", "ring", "grid-pacgan", "swiss-roll", "dirac-gan", "no-discriminator")

STEPS = 50
"""Training before the look."""


def milliseconds(call: Callable[[], object]) -> float:
    """Of one call, by the process's time."""
    begin = time.process_time()
    call()
    return 1e3 * (time.process_time() - begin)


def compare(name: str, rounds: int) -> str:
    """A row of the table."""
    trainer = Trainer(preset(name), path="eager")
    trainer.advance(STEPS)
    state, observer = trainer.run_value.state, trainer.observer
    values = numbers(trainer.experiment, lambda value: torch.tensor(value, dtype=torch.float32))
    begin = time.process_time()
    program = look_program(observer, trainer.experiment, state, values)
    captured = time.process_time() - begin
    native = NativeLook(program, library())
    ways = (lambda: native(observer, state, values), lambda: observer.seen(state, values))
    turns = [[milliseconds(way) for way in ways] for _ in range(rounds + 1)][1:]
    by_machine, by_torch = (median(column) for column in zip(*turns, strict=True))
    ratio = by_torch / by_machine
    size = len(program.instructions)
    return f"| {name} | {by_machine:.2f} | {by_torch:.2f} | {ratio:.1f} | {captured:.2f} s, {size} instructions |"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("presets", nargs="*", default=PRESETS, metavar="PRESET")
    parser.add_argument("--rounds", type=int, default=31)
    options = parser.parse_args()
    torch.set_num_threads(1)
    print("| preset | machine, ms | torch, ms | ratio | capture |\n|---|---|---|---|---|")
    for name in options.presets:
        print(compare(name, options.rounds), flush=True)


if __name__ == "__main__":
    main()

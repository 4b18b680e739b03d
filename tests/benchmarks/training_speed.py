"""Iterations per second of both paths, of a tutorial's eager loop and of JAX, draws included.

    python tests/benchmarks/training_speed.py [--rounds 15] [--seconds 0.5] [--rows T1 ...] [--loops eager ...]
    python tests/benchmarks/training_speed.py --against ../another/checkout --loops eager

All loops of a source tree run in one process on one core, and the time that is counted is that process's. Their turns
are interleaved, so that whatever else the machine does hits all of them alike; medians over the rounds are printed, and
the median of the ratios within a round to the row's first loop. JAX's loop is there where JAX is. The floor is the
products of matrices alone, counted, at the core's peak as it is measured in each round: no loop that multiplies so can
be faster.
With `--against` the same loops of another checkout run in a process of their own, in alternating order within each
round: is this tree as fast as that one?
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from statistics import median

from training_loops import ANSWER, ROWS

HERE = Path(__file__).resolve().parents[2]

LOOPS = ("tutorial", "eager", "native", "jax", "floor")


class Side:
    """The loops of one source tree."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def answer(self) -> object:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            if line.startswith(ANSWER):
                return json.loads(line.removeprefix(ANSWER))
        raise SystemExit(f"The process that trains ended with status {self._process.wait()}.")

    def speed(self, row: str, loop: str, seconds: float) -> float | None:
        """Iterations per second; None where there is no such loop."""
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps([row, loop, seconds]) + "\n")
        self._process.stdin.flush()
        rate = self.answer()
        return rate if isinstance(rate, float) else None


@contextmanager
def side(tree: Path) -> Iterator[Side]:
    """A process that has that tree's ganviz."""
    environment = {**os.environ, "PYTHONPATH": str(tree), "OMP_NUM_THREADS": "1"}
    command = [sys.executable, str(Path(__file__).with_name("training_loops.py"))]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment) as child:
        try:
            started = Side(child)
            if not (found := Path(str(started.answer()))).is_relative_to(tree):
                raise SystemExit(f"There is no ganviz in {tree}: {found} was imported.")
            yield started
        finally:
            child.terminate()


def compare(row: str, sides: list[Side], loops: list[str], rounds: int, seconds: float) -> None:
    """Interleaved rounds, then one line for each loop; ratios are to the row's first loop, and to the other tree."""
    # The first turn of each also builds and warms up.
    first = {loop: [one.speed(row, loop, seconds) for one in sides] for loop in loops}
    loops = [loop for loop in loops if all(first[loop])]
    rates: list[dict[str, list[float]]] = []
    for number in range(rounds):
        turn: dict[str, list[float]] = {}
        for loop in loops:
            order = sides[:: -1 if number % 2 else 1]
            found = [one.speed(row, loop, seconds) or 0.0 for one in order]
            turn[loop] = found[:: -1 if number % 2 else 1]
        rates.append(turn)
    print(f"{row}: {ROWS[row][0]}")
    for loop in loops:
        here = median(turn[loop][0] for turn in rates)
        line = f"  {loop:<10} {here:8.0f} it/s {median(turn[loop][0] / turn[loops[0]][0] for turn in rates):6.2f}×"
        if len(sides) > 1:
            there = median(turn[loop][1] for turn in rates)
            ratio = median(turn[loop][0] / turn[loop][1] for turn in rates)
            line += f"   against {there:8.0f} it/s: {ratio:6.3f}"
        print(line, flush=True)
    print(f"  not there: {', '.join(loop for loop in first if loop not in loops) or 'none'}", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--seconds", type=float, default=0.5)
    parser.add_argument("--rows", nargs="+", default=list(ROWS), choices=list(ROWS))
    parser.add_argument("--loops", nargs="+", default=LOOPS, metavar="LOOP", help=", ".join(LOOPS))
    parser.add_argument("--against", type=Path, metavar="PATH", help="another checkout, to be compared with")
    options = parser.parse_args()
    trees = [HERE, *([options.against.resolve()] if options.against else [])]
    with ExitStack() as open_sides:
        sides = [open_sides.enter_context(side(tree)) for tree in trees]
        for row in options.rows:
            compare(row, sides, options.loops, options.rounds, options.seconds)


if __name__ == "__main__":
    main()

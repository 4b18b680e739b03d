"""The memory of a session that is looked at, over some epochs: python tests/benchmarks/memory.py [PRESET] [--epochs 5]

A session in this process, with a viewer who takes every frame and with all measures beside the training, as a page has
it. Prints a row at each fifth of an epoch: the process's memory then, the most since the row before, how many earlier
states are kept for *Go back*, and what they take.
"""

from __future__ import annotations

import argparse
import math
import time

import psutil

from ganviz import Session, preset
from ganviz.lab.status import Frame
from ganviz.lab.timeline import size


class Looker:
    """Draws at once, and remembers the last frame."""

    def __init__(self, session: Session) -> None:
        self._session, self.step = session, 0
        session.watch(self._draw)
        session.want_frame()

    def _draw(self, frame: Frame) -> None:
        self.step = frame.view.snapshot.step
        self._session.want_frame()


def main() -> None:
    """Train, and print the rows."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("preset", nargs="?", default="mnist-mlp")
    parser.add_argument("--epochs", type=float, default=5)
    asked = parser.parse_args()
    experiment = preset(asked.preset)
    epoch = 50_000 // (experiment.batch_size * experiment.d_steps)
    session, process = Session(experiment, path="eager"), psutil.Process()
    looker = Looker(session)
    session.set_speed(None)
    session.play()
    print(f"{asked.preset}: an epoch is {epoch} steps\n")
    print("| step | MB | most since, MB | earlier states | MB |\n|---|---|---|---|---|")
    most = 0.0
    for row in range(1, math.ceil(5 * asked.epochs) + 1):
        while looker.step < row * epoch // 5:
            most = max(most, process.memory_info().rss / 1e6)
            session.sign_of_life()
            time.sleep(0.05)
        kept = len(session._worker.run.timeline.moments())
        states = kept * size(session._worker.run.trainer.state) / 1e6
        print(
            f"| {looker.step:,} | {process.memory_info().rss / 1e6:.0f} | {most:.0f} | {kept} | {states:.0f} |",
            flush=True,
        )
        most = 0.0
    session.close()


if __name__ == "__main__":
    main()

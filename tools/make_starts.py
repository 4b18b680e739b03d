"""Makes the starts that ganviz ships: presets of MNIST at several ages.

    python tools/make_starts.py [--presets mnist-dcgan ...] [--steps 500 2000 8000] [--machine "two CPU cores"]

Each preset is trained once, with the seed in its file, and written at every one of the ages.
"""

from __future__ import annotations

import argparse
import time

from ganviz import Trainer, preset
from ganviz.training.starts import write

PRESETS = ("mnist-mlp", "mnist-dcgan", "mnist-r3gan")


def main() -> None:
    """Train, write, and say what was written."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--presets", nargs="+", default=PRESETS)
    parser.add_argument("--steps", nargs="+", type=int, default=[500, 2000, 8000])
    parser.add_argument("--machine", default="two CPU cores", help="what it runs on, for the file")
    options = parser.parse_args()
    for name in options.presets:
        trainer = Trainer(preset(name))
        trainer.accelerate("captured", wait=True)
        begin = time.perf_counter()
        for step in sorted(options.steps):
            trainer.advance(step - trainer.step_count)
            path = write(trainer, name, time.perf_counter() - begin, options.machine)
            print(f"{path.name}: {path.stat().st_size / 1e6:.2f} MB", flush=True)


if __name__ == "__main__":
    main()

"""Makes the starts that ganviz ships: presets of MNIST at several ages.

    python tools/make_starts.py [--presets mnist-dcgan ...] [--steps 500 2000 8000] [--out FOLDER]

Each preset is trained once on the CPU, with the preset's own seed, and written at every one of the ages.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

from ganviz import Trainer, preset
from ganviz.engine.starts import FOLDER, write

PRESETS = ("mnist-mlp", "mnist-dcgan", "mnist-conditional", "mnist-r3gan")


def main() -> None:
    """Train, write, and say what was written."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--presets", nargs="+", default=PRESETS)
    parser.add_argument("--steps", nargs="+", type=int, default=[500, 2000, 8000])
    parser.add_argument("--out", type=Path, default=FOLDER, help="the folder to write into; default: the shipped one")
    options = parser.parse_args()
    for name in options.presets:
        trainer = Trainer(preset(name), device="cpu")
        begin = time.process_time()
        for step in sorted(options.steps):
            trainer.advance(step - trainer.step_count)
            # What the core computed, whatever else it had to do.
            path = write(trainer, name, time.process_time() - begin, "one CPU core", options.out)
            print(f"{path.name}: {path.stat().st_size / 1e6:.2f} MB", flush=True)


if __name__ == "__main__":
    main()

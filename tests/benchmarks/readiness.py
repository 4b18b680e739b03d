"""Seconds until a preset's first step is made: python tests/benchmarks/readiness.py [PRESET ...] [--rounds 5]

Each preset is tried in processes of its own, and the time that is counted is the process's; medians over the rounds.
First of a process: torch is imported, and nothing was captured before. Second: another preset has been trained.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from statistics import median

import ganviz
from ganviz.presets import preset_names

TOYS = [name for name in preset_names() if len(ganviz.preset(name).data.shape) < 3]

CHILD = """
import json, sys, time
import ganviz

def ready(name):
    began = time.process_time()
    trainer = ganviz.Trainer(ganviz.preset(name))
    trainer.step()
    assert trainer.path == "native"
    stepped = time.process_time()
    trainer.snapshot()
    return stepped - began, time.process_time() - stepped

print(json.dumps([second for name in sys.argv[1:] for second in ready(name)]))
"""


def seconds(*presets: str) -> list[float]:
    """Of the first step and the first look of each preset in turn."""
    command = [sys.executable, "-W", "ignore", "-c", CHILD, *presets]
    found: list[float] = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
    return found


def main() -> None:
    """Print a row for each preset."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("presets", nargs="*", default=TOYS)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    print("| preset | first of a process: step | look | second: step | look |\n" + "|---" * 5 + "|")
    for preset in options.presets:
        other = "figure-1" if preset != "figure-1" else "ring"
        rows = [(*seconds(preset), *seconds(other, preset)[2:]) for _ in range(options.rounds)]
        print(
            f"| {preset} | " + " | ".join(f"{median(column):.2f}" for column in zip(*rows, strict=True)) + " |",
            flush=True,
        )


if __name__ == "__main__":
    main()

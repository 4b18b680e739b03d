"""List the presets, each with what to watch."""

from __future__ import annotations

import argparse

from ganviz.cli.table import table
from ganviz.presets import available, broken


def arguments(parser: argparse.ArgumentParser) -> None:
    """``ganviz presets`` takes nothing."""


def run(options: argparse.Namespace) -> int:
    """Print a line a preset; of one that cannot be used, why."""
    print(table([(each.name, each.title, each.watch) for each in available()]))
    for name, reason in broken().items():
        print(f"{name}: left out. {reason}")
    return 0

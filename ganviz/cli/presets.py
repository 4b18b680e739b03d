"""List the presets, each with what to watch."""

from __future__ import annotations

import argparse

from ganviz.cli.table import table
from ganviz.presets import describe, preset_names


def arguments(parser: argparse.ArgumentParser) -> None:
    """``ganviz presets`` takes nothing."""


def run(options: argparse.Namespace) -> int:
    """Print a line a preset."""
    about = [describe(name) for name in preset_names()]
    print(table([(each.name, each.title, each.watch) for each in about]))
    return 0

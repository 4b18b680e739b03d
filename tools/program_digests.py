"""Print the digests of all toy presets' programs, as JSON: equal digests, equal runs.

    python tools/program_digests.py [PRESET ...]

A program is captured from what torch records, so a torch of another version might give another one:
tools/torch_range.py compares them.
"""

from __future__ import annotations

import argparse
import json

import torch

import ganviz
from ganviz.engine.draw_program import SELF_DRAWING_STEPS, SELF_DRAWING_TURNS
from ganviz.engine.look_program import LOOK_PROGRAMS
from ganviz.engine.players import PLAYERS
from ganviz.presets import preset_names
from ganviz.programs.cannot_lower import CannotLower

KINDS = {
    "step": SELF_DRAWING_STEPS,
    "look": LOOK_PROGRAMS,
    **{f"turn of {player}": SELF_DRAWING_TURNS[player] for player in PLAYERS},
}


def digests(preset: str) -> dict[str, str]:
    """Those of the preset's programs, or why there is none."""
    experiment, found = ganviz.preset(preset), {}
    for kind, programs in KINDS.items():
        try:
            found[f"{preset}: {kind}"] = programs.of(experiment, torch.float32).digest
        except CannotLower as error:
            found[f"{preset}: {kind}"] = f"none: {error}"
    return found


def main() -> None:
    """Print them."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    toys = [name for name in preset_names() if len(ganviz.preset(name).data.shape) < 3]
    parser.add_argument("presets", nargs="*", default=toys)
    found: dict[str, str] = {}
    for preset in parser.parse_args().presets:
        found |= digests(preset)
    print(json.dumps(found, indent=1))


if __name__ == "__main__":
    main()

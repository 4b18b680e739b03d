"""Run the tests of the engine with the oldest and the newest torch that pyproject.toml admits, and compare programs.

    python tools/torch_range.py [oldest|newest|VERSION|here ...] [--only EXPRESSION]

``here`` is the torch that is installed; any other stands in a virtual environment of its own,
build/torch-range/VERSION, which is made where it is not there and takes up to 7 GB: where PyTorch's index of CPU builds
cannot be reached, pip takes the large ones. ``--only`` chooses among the tests, as pytest's -k. After the tests of each
it prints which programs of presets differ from those of the torch that is installed.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[1]
INDEX = os.environ.get("TORCH_INDEX", "")
"""Where the small builds for CPUs are; the Makefile says it."""
TESTS = [f"tests/test_{name}.py" for name in ("trainer", "contracts", "optimizers", "losses", "regularizers", "device")]
"""The engine, its paths and every option."""


def admitted() -> str:
    """What pyproject.toml asks for, such as ``torch>=2.6,<3``."""
    wanted: list[str] = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["dependencies"]
    return next(one for one in wanted if re.match(r"torch\b", one))


def requirement(which: str) -> str:
    """What to ask pip for: the oldest, the newest, or a version."""
    oldest = re.search(r">=([\d.]+)", admitted())
    if which == "newest" or oldest is None:
        return admitted()
    return f"torch=={oldest[1] if which == 'oldest' else which}.*"


def environment(which: str) -> Path:
    """The Python of an environment with that torch and all that the tests need."""
    if which == "here":
        return Path(sys.executable)
    folder = ROOT / "build" / "torch-range" / which
    python = folder / ("Scripts" if os.name == "nt" else "bin") / "python"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", folder], check=True)
    install = [python, "-m", "pip", "--disable-pip-version-check", "--quiet", "install"]
    torch = requirement(which)
    # First the CPU build by itself; where there is none, whatever the package index has.
    small = [*install, "--no-deps", "--retries", "1", "--timeout", "10", "--index-url", INDEX, torch]
    if not INDEX or subprocess.run(small, stderr=subprocess.DEVNULL, check=False).returncode:
        subprocess.run([*install, torch], check=True)
    subprocess.run([*install, torch, "-e", f"{ROOT}[test]"], check=True)
    return python


def digests(python: Path, presets: list[str]) -> dict[str, str]:
    """Those of the programs that this Python's torch leads to."""
    command = [python, "-W", "ignore", ROOT / "tools" / "program_digests.py", *presets]
    found: dict[str, str] = json.loads(subprocess.check_output(command, cwd=ROOT))
    return found


def main() -> int:
    """Test each in turn; the number of those that failed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("which", nargs="*", default=["oldest", "newest"])
    parser.add_argument("--only", default="", metavar="EXPRESSION")
    parser.add_argument("--presets", nargs="*", default=[], help="whose programs are compared; all, if none is named")
    options = parser.parse_args()
    failed, wanted = 0, digests(Path(sys.executable), options.presets)
    for which in options.which:
        python = environment(which)
        found = subprocess.check_output([python, "-c", "import torch; print(torch.__version__)"], text=True)
        print(f"{which}: torch {found.strip()}", flush=True)
        command = [python, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-k", options.only, *TESTS]
        failed += bool(subprocess.run(command, cwd=ROOT, check=False).returncode)
        differing = [
            program for program, digest in digests(python, options.presets).items() if digest != wanted[program]
        ]
        print(f"{len(wanted)} programs, of which differ: {', '.join(differing) or 'none'}", flush=True)
    return failed


if __name__ == "__main__":
    sys.exit(main())

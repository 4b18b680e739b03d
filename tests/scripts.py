"""The scripts of the repository, and a short run of each: nobody may find one broken who needs it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]

RUNS: dict[str, tuple[str, str]] = {
    "tests/benchmarks/beside.py": ("--rounds 1 --seconds 0.1", "| eager |"),
    "tests/benchmarks/convergence.py": ("--steps 200 --seeds 1", "C(G)+log 4"),
    "tests/benchmarks/looks.py": ("dirac-gan --rounds 1", "| dirac-gan |"),
    "tests/benchmarks/memory.py": ("mnist-mlp --epochs 0.1", "| step | MB |"),
    "tests/benchmarks/mnist.py": ("--presets mnist-mlp --epochs 1 --processes 1", "| mnist-mlp | 1 |"),
    "tests/benchmarks/mode_coverage.py": ("--steps 20 --seeds 1 --methods non-saturating --targets ring", "| non-sat"),
    "tests/benchmarks/products.py": ("--rounds 1 --batch 16", "| weights | 64 × 64 × 16 |"),
    "tests/benchmarks/readiness.py": ("dirac-gan --rounds 1", "| dirac-gan |"),
    "tests/benchmarks/recipe_2014.py": ("--minutes 0.001 --every 1 --keep {tmp}/run.ganviz", "| 1 |"),
    "tests/benchmarks/training_speed.py": (
        "--rounds 1 --seconds 0 --loops eager native floor --against {root}",
        "small: some two hundred weights, k = 2",
    ),
    "tools/make_coefficients.py": ("{tmp}/coefficients.h", "coefficients.h: "),
    "tools/make_docs.py": ("{tmp}/docs", ""),
    "tools/make_numbers.py": ("{notebook}", "numbers.ipynb: "),
    "tools/make_outputs.py": ("--out {tmp}/page.md", "page.md: "),
    "tools/program_digests.py": ("dirac-gan", '"dirac-gan: step": "'),
    "tools/make_starts.py": ("--presets mnist-mlp --steps 1 --out {tmp}", "mnist-mlp@1.safetensors: "),
    "tools/torch_range.py": (
        "here --only test_updates_are_pure --presets dirac-gan",
        "4 programs, of which differ: none",
    ),
    "tools/train_classifier.py": ("--epochs 1 --out {tmp}/classifier --wanted 0.9", "written: "),
}
"""By the script: its smallest settings, and what it must print."""

IN_BROWSER: dict[str, tuple[str, str]] = {
    "tests/benchmarks/browser.py": ("figure-1 --seconds 1 --drags 4 --path native", "page load"),
    "tests/benchmarks/browser_mnist.py": ("--epochs 0.002 --seconds 2 --score 1.2 --patience 5", "mnist-dcgan, step"),
    "tests/benchmarks/picture.py": ("figure-1 --steps 10 --out {tmp}", ""),
    "tests/benchmarks/visitors.py": ("2 --minutes 0.05", "fair within a factor of"),
    "tools/make_cards.py": ("figure-1 --out {tmp}", "figure-1: "),
    "tools/make_pictures.py": ("{notebook}", "numbers.ipynb: "),
}
"""The same for those that need a server, or Chromium."""

PARTS = {
    "tests/benchmarks/jax_loops.py": "tests/benchmarks/training_speed.py",
    "tests/benchmarks/training_loops.py": "tests/benchmarks/training_speed.py",
    "tests/benchmarks/tutorial_loops.py": "tests/benchmarks/training_speed.py",
    "tools/about_options.py": "tools/make_docs.py",
}
"""Files that are no scripts of their own, and the script that runs them."""

NOTEBOOK = """{"cells": [{"cell_type": "code", "execution_count": null, "id": "a", "metadata": {"ganviz": {"steps": 2}},
"outputs": [], "source": ["import ganviz\\n", "ganviz.explore('figure-1')"]}, {"cell_type": "code", "execution_count":
null, "id": "b", "metadata": {}, "outputs": [], "source": ["1 + 2"]}],
"metadata": {}, "nbformat": 4, "nbformat_minor": 5}"""


def run(script: str, arguments: str, tmp: Path) -> str:
    """What the script prints; it must end well."""
    notebook = tmp / "numbers.ipynb"
    notebook.write_text(NOTEBOOK, "utf-8")
    command = [sys.executable, str(ROOT / script), *arguments.format(tmp=tmp, root=ROOT, notebook=notebook).split()]
    # The ganviz of this tree, wherever the script lies.
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", env=environment, timeout=900)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-4000:]
    return done.stdout

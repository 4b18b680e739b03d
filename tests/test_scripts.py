"""Every script under tests/benchmarks and tools runs."""

from __future__ import annotations

import json

import pytest
from scripts import IN_BROWSER, PARTS, ROOT, RUNS, run


def test_no_script_lacks_a_run():
    there = {
        str(path.relative_to(ROOT)) for folder in ("tests/benchmarks", "tools") for path in ROOT.glob(f"{folder}/*.py")
    }
    assert there == RUNS.keys() | IN_BROWSER.keys() | PARTS.keys()
    assert set(PARTS.values()) <= RUNS.keys() | IN_BROWSER.keys()


def test_training_speed_compares_this_tree_with_itself(tmp_path):
    """The one that `make bench` and the README name, in a few seconds."""
    settings = f"--rounds 1 --seconds 0 --rows T1 --paths eager --against {ROOT}"
    printed = run("tests/benchmarks/training_speed.py", settings, tmp_path)
    assert printed.startswith("T1: 1-D, 64×64, batch 256\n")
    for line, loop in zip(printed.splitlines()[1:3], ("tutorial", "eager"), strict=True):
        name, rate, _, ratio, _, other, _, against = line.split()
        assert name == loop
        assert float(ratio.removesuffix("×")) == 1 or loop == "eager"
        assert float(against) == pytest.approx(float(rate) / float(other), abs=0.05), "of one round"


@pytest.mark.long
@pytest.mark.parametrize("script", RUNS)
def test_it_runs(script, tmp_path):
    settings, expected = RUNS[script]
    assert expected in run(script, settings, tmp_path)


@pytest.mark.long
def test_numbers_are_written_into_the_notebook(tmp_path):
    run("tools/make_numbers.py", RUNS["tools/make_numbers.py"][0], tmp_path)
    made = json.loads((tmp_path / "numbers.ipynb").read_text())["cells"]
    assert made[1]["outputs"][0]["data"] == {"text/plain": ["3"]}

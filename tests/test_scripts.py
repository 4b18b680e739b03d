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


def test_training_speed_runs(tmp_path):
    """The one that `make bench` and the README name, in a few seconds."""
    printed = run(
        "tests/benchmarks/training_speed.py", "--rounds 1 --seconds 0 --rows T1 --loops tutorial eager", tmp_path
    )
    title, tutorial, eager, absent = printed.splitlines()
    assert (title, absent) == ("T1: 1-D, 64×64, batch 256", "  not there: none")
    assert tutorial.split()[0] == "tutorial"
    rates = [float(line.split()[1]) for line in (tutorial, eager)]
    assert float(eager.split()[3].removesuffix("×")) == pytest.approx(rates[1] / rates[0], abs=0.03)


@pytest.mark.long
def test_training_speed_compares_two_trees(tmp_path):
    settings = f"--rounds 1 --seconds 0 --rows T1 --loops tutorial eager --against {ROOT}"
    for line in run("tests/benchmarks/training_speed.py", settings, tmp_path).splitlines()[1:3]:
        _, rate, _, _, _, other, _, ratio = line.split()
        assert float(ratio) == pytest.approx(float(rate) / float(other), rel=0.02), "of one round"


@pytest.mark.long
@pytest.mark.parametrize("script", RUNS)
def test_it_runs(script, tmp_path):
    settings, expected = RUNS[script]
    assert expected in run(script, settings, tmp_path)


@pytest.mark.long
def test_numbers_are_written_into_the_notebook(tmp_path):
    run("tools/make_numbers.py", RUNS["tools/make_numbers.py"][0], tmp_path)
    made = json.loads((tmp_path / "numbers.ipynb").read_text("utf-8"))["cells"]
    assert made[1]["outputs"][0]["data"] == {"text/plain": ["3"]}

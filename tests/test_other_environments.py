"""The tests of files, commands and numbers once more, in processes that are set up otherwise."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import every

from ganviz.docstring import docstring

HERE = Path(__file__).parent

FILES = (
    "test_cli",
    "test_experiment_files",
    "test_export",
    "test_malformed_pictures",
    "test_malformed_tables",
    "test_readers",
    "test_reports",
    "test_tables",
    "test_untidy_ends",
    "test_visitors",
    "test_jupyter_surroundings",
)
ENGINE = (
    "test_conditions",
    "test_contracts",
    "test_dirac",
    "test_distributions",
    "test_exact",
    "test_losses",
    "test_optimizers",
    "test_plane_distributions",
    "test_plane_metrics",
    "test_regularizers",
    "test_spaces",
    "test_trainer",
    "test_zoo_losses",
    "test_zoo_regularizers",
)
FLOAT64 = "import torch\ntorch.set_default_dtype(torch.float64)\n"


def passes(names: tuple[str, ...], **environment: str) -> None:
    """Run test files in another process, whose environment has these variables too."""
    files = [str(HERE / f"{name}.py") for name in names]
    command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", *files]
    # Not this worker's variables: pytest-xdist would take the other process for one of its own.
    own = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    done = subprocess.run(command, capture_output=True, cwd=HERE.parent, env=own | environment, check=False)
    assert done.returncode == 0, done.stdout.decode("utf-8", "replace")[-4000:]


@pytest.mark.long
def test_files_and_commands_pass_with_the_streams_of_a_japanese_windows():
    passes(FILES, PYTHONIOENCODING="cp932")


@pytest.mark.long
def test_files_and_commands_pass_in_the_c_locale():
    passes(FILES, LC_ALL="C", PYTHONUTF8="0", PYTHONCOERCECLOCALE="0")


@pytest.mark.long
def test_the_engine_passes_where_numbers_are_float64_by_default(tmp_path):
    (tmp_path / "sitecustomize.py").write_text(FLOAT64, "utf-8")
    before = os.environ.get("PYTHONPATH", "")
    passes(ENGINE, PYTHONPATH=os.pathsep.join(filter(None, [str(tmp_path), before])))


# ------------------------------------------------------------------------------------------- python without docstrings


@pytest.mark.parametrize("option", every("losses", "metrics"))
def test_what_python_was_told_to_drop_is_read_from_the_source(option, monkeypatch):
    kept = docstring(option)
    monkeypatch.setattr(option, "__doc__", None)
    docstring.cache_clear()
    try:
        assert docstring(option) == kept != ""
    finally:
        docstring.cache_clear()


@pytest.mark.long
@pytest.mark.parametrize("command", [["presets"], ["options", "losses"], ["options", "losses", "minimax"], ["--help"]])
def test_commands_say_the_same_without_docstrings(command):
    said = [
        subprocess.run([sys.executable, *flags, "-m", "ganviz", *command], capture_output=True, check=True).stdout
        for flags in ([], ["-OO"])
    ]
    assert said[0] == said[1] != b""

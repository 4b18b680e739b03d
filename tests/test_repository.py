"""The repository keeps the promises that it makes: small files, clean notebooks, one change in one file."""

from __future__ import annotations

import importlib
import json
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch
from conftest import every, small

import ganviz
from ganviz.cli.options import ROOMS
from ganviz.option import Option, find, names
from ganviz.presets import describe, preset_names

ROOT = Path(__file__).parent.parent

NOTEBOOKS = sorted([*ROOT.glob("notebooks/*.ipynb"), *ROOT.glob("ganviz/app/*.ipynb")])


def tracked() -> list[Path]:
    """The text files that git knows, as far as they exist; all files of a source archive."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode:
        pytest.skip("this is no git checkout")
    paths = [ROOT / name for name in listed.stdout.split("\0") if name]
    return [path for path in paths if path.is_file() and b"\0" not in path.read_bytes()]


# ----------------------------------------------------------------------------------------------------- notebooks


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.name)
def test_notebooks_hold_prose_and_calls(path: Path) -> None:
    notebook = json.loads(path.read_text("utf-8"))
    assert (notebook["nbformat"], notebook["nbformat_minor"]) == (4, 5)
    assert len({cell["id"] for cell in notebook["cells"]}) == len(notebook["cells"])
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            assert cell["outputs"] == [] or path.parent.name == "notebooks"  # test_course.py says which there may be
            assert (cell["execution_count"] is None) == (cell["outputs"] == [])
            assert not re.search(r"\b(def|class|lambda)\b", "".join(cell["source"]))


# --------------------------------------------------------------------------------------------------------- files


def test_no_file_names_a_machine_or_an_index() -> None:
    machine = re.compile(r"(?<![\w.}~])/(work|root|home|Users)/|\b[A-Z]:\\Users\b")
    index = re.compile(r"pypi\.org|pythonhosted\.org|registry\.npmjs|anaconda\.org")
    cpu = re.compile(r"download\.pytorch\.org")
    allowed = {ROOT / "Makefile", ROOT / "binder" / "requirements.txt", Path(__file__)}
    for path in tracked():
        text = path.read_text("utf-8", errors="replace")
        assert not machine.search(text), path
        if path != Path(__file__):
            assert not index.search(text), path
        assert path in allowed or not cpu.search(text), path


@pytest.mark.parametrize("path", sorted(ROOT.glob("ganviz/**/*.py")), ids=lambda path: str(path.relative_to(ROOT)))
def test_files_are_small(path: Path) -> None:
    assert len(path.read_text("utf-8").splitlines()) <= 320


def test_there_is_one_version() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert project["version"] == ganviz.__version__
    assert f"## {ganviz.__version__}" in (ROOT / "CHANGELOG.md").read_text("utf-8")


@pytest.mark.parametrize("name", ["README.md", "CONTRIBUTING.md"])
def test_links_lead_to_files(name: str) -> None:
    links = re.findall(r"\]\(([^)#]+)\)", (ROOT / name).read_text("utf-8"))
    missing = [link for link in links if not link.startswith("http") and not (ROOT / link).exists()]
    assert missing == []


def test_make_targets_in_the_documents_exist() -> None:
    rules = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    for name in ("README.md", "CONTRIBUTING.md"):
        named = set(re.findall(r"(?:^|`)make ([a-z]+)", (ROOT / name).read_text("utf-8"), re.MULTILINE))
        assert named
        assert named <= rules


# ------------------------------------------------------------------------------------------------------- package


def test_importing_ganviz_is_cheap() -> None:
    program = (
        "import sys, ganviz; ganviz.options('losses'); dir(ganviz); "
        "print(*sorted({'torch', 'plotly', 'ipywidgets', 'anywidget', 'numpy'} & set(sys.modules)))"
    )
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert ended.stdout.strip() == ""


def test_public_names_exist_and_others_do_not() -> None:
    assert all(getattr(ganviz, name) is not None for name in ganviz.__all__)
    assert set(ganviz.__all__) <= set(dir(ganviz))
    with pytest.raises(AttributeError, match="no attribute 'explode'"):
        ganviz.explode  # noqa: B018


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_finds_its_files(room: str) -> None:
    place = ROOT / "ganviz" / room
    files = {path.stem for path in place.glob("*.py")} | {path.parent.name for path in place.glob("*/__init__.py")}
    assert set(ganviz.options(room)) == {name for name in files if name != "base" and not name.startswith("_")}
    assert ganviz.options(room) == names(room)


@pytest.mark.parametrize("option", every(*ROOMS))
def test_an_option_explains_itself(option: type[Option]) -> None:
    assert find(option.room, option.option_name()) is option
    assert len(option.help()) > 40
    for name, field in option.knobs().items():
        assert field.description, name
    assert not [base for base in option.__mro__[1:] if base.__module__ == option.__module__ and base.__doc__]


@pytest.mark.parametrize("name", preset_names())
def test_a_preset_says_what_it_shows(name: str) -> None:
    about = describe(name)
    assert about.title
    assert about.watch.endswith(".")
    assert "\n" not in about.watch
    assert about.source
    assert ganviz.preset(name) == about.experiment


# --------------------------------------------------------------------------------------- one change in one file


@pytest.fixture
def guide_loss(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[type[Option]]:
    """The loss of CONTRIBUTING.md, as if its file lay in the room."""
    guide = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
    (code,) = re.findall(r"^```python\n(.*?)^```", guide, re.MULTILINE | re.DOTALL)
    (tmp_path / "least_absolute.py").write_text(code, "utf-8")
    losses = importlib.import_module("ganviz.losses")
    monkeypatch.setattr(losses, "__path__", [*losses.__path__, str(tmp_path)])
    monkeypatch.setattr(losses, "least_absolute", None, raising=False)  # so that it is taken away again
    importlib.invalidate_caches()
    yield find("losses", "least_absolute")
    sys.modules.pop("ganviz.losses.least_absolute", None)


def test_the_guide_s_loss_is_found_and_serialises(guide_loss: type[Option]) -> None:
    assert "least_absolute" in ganviz.options("losses")
    experiment = small(loss="least_absolute")
    assert type(experiment.loss) is guide_loss
    assert ganviz.Experiment.from_json(experiment.to_json()) == experiment


def test_the_guide_s_loss_trains(guide_loss: type[Option]) -> None:
    trainer = ganviz.Trainer(small(loss="least_absolute"))
    before = trainer.measure("value")
    trainer.advance(20)
    assert trainer.step_count == 20
    assert torch.isfinite(trainer.generate(100)).all()
    assert trainer.measure("value") != before
    trainer.change(loss="minimax")
    trainer.advance(2)


def test_the_guide_s_loss_knows_its_theory(guide_loss: type[Option]) -> None:
    loss = guide_loss()
    p = torch.tensor([0.10, 0.25, 0.05, 0.20, 0.30, 0.10], dtype=torch.float64)
    q = torch.tensor([0.20, 0.15, 0.15, 0.10, 0.25, 0.15], dtype=torch.float64)
    edges = torch.arange(7, dtype=torch.float64)
    variation = 0.25
    best = loss.optimal_score(edges, p, q)
    assert loss.value(p, q, best) == pytest.approx(-(1 - variation), abs=1e-12)
    shifts = torch.linspace(-2, 2, 41, dtype=torch.float64)
    assert all(loss.value(p, q, best + shift) <= loss.value(p, q, best) + 1e-12 for shift in shifts)
    score = loss.optimal_score(edges, p, p)
    assert (-loss.value(p, p, score), float((p * loss.g_fake(score)).sum())) == loss.equilibrium()
    disjoint = torch.tensor([1.0, 0.0]).double(), torch.tensor([0.0, 1.0]).double()
    assert loss.value(*disjoint, loss.optimal_score(torch.arange(3.0), *disjoint)) == 0

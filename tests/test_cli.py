"""The command line: what it writes reads back, and what cannot be is said in one sentence."""

from __future__ import annotations

import json
import math
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from conftest import leaves_of, same

from ganviz import Experiment, Trainer, __version__, options, preset
from ganviz.cli.main import main
from ganviz.cli.options import ROOMS
from ganviz.cli.source import experiment_from
from ganviz.lab.csv_history import CsvHistory
from ganviz.metrics.base import fitting
from ganviz.presets import describe, preset_names
from ganviz.server.shown import EXPLORER, Shown

NOTEBOOKS = Path(__file__).parents[1] / "notebooks"

QUICK = ("--steps", "20", "--every", "10", "--path", "eager")


def train(out: Path, *more: str, of: str = "figure-1") -> int:
    return main(["train", of, *QUICK, "--out", str(out), *more])


def read(folder: Path) -> CsvHistory:
    history, cut = CsvHistory.read(folder / "history.csv")
    assert not cut
    return history


def refused(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """The sentence with which the command line refuses the arguments: one line, no traceback, status 2."""
    assert main(arguments) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.startswith("ganviz: ")
    assert printed.err.endswith(".\n") or printed.err.endswith("?\n")
    assert printed.err.count("\n") == 1
    return printed.err


# ------------------------------------------------------------------------------------------------- what there is


def test_presets_are_listed_with_what_to_watch(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["presets"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == preset_names()
    assert all(describe(name).watch in line for name, line in zip(preset_names(), lines, strict=True))


def test_options_are_listed_by_room(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["options"]) == 0
    listed = capsys.readouterr().out
    for room in ROOMS:
        assert room in listed.splitlines()
        assert all(f"  {name}: " in listed for name in options(room))


def test_a_room_shows_its_fields(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["options", "losses"]) == 0
    listed = capsys.readouterr().out
    assert "D's target on fake samples." in listed
    assert "≥ -2, ≤ 2" in listed


def test_an_option_shows_its_documentation(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["options", "losses", "least_squares"]) == 0
    assert "Mao et al. 2017" in capsys.readouterr().out
    assert main(["options", "losses", "hinge"]) == 0
    assert "It has no fields." in capsys.readouterr().out


@pytest.mark.parametrize("argument", ["--version", "--help"])
def test_version_and_help(argument: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        main([argument])
    assert left.value.code == 0
    assert (__version__ if argument == "--version" else "train") in capsys.readouterr().out


# ------------------------------------------------------------------------------------------------------ training


def test_what_train_writes_reads_back(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert train(tmp_path / "a" / "b", "--set", "seed=3") == 0
    assert "JSD (nats): " in capsys.readouterr().out
    folder = tmp_path / "a" / "b"
    assert sorted(path.name for path in folder.iterdir()) == [
        ".lock",
        "checkpoint.safetensors",
        "experiment.json",
        "history.csv",
    ]
    experiment = Experiment.from_json((folder / "experiment.json").read_text("utf-8"))
    assert experiment == preset("figure-1").replace(seed=3)
    history = read(folder)
    measured = [metric.option_name() for metric in fitting(experiment)]
    assert list(history.column("step")) == [0, 10, 20]
    assert set(history.columns()) == {"step", "loss_d", "loss_g", "grad_d", "grad_g", *measured}
    trainer = Trainer.load(folder / "checkpoint.safetensors", experiment)
    assert trainer.step_count == 20
    for metric in measured:
        assert trainer.measure(metric) == history.column(metric)[-1]


def test_train_does_what_trainer_does(tmp_path: Path) -> None:
    assert train(tmp_path) == 0
    trainer = Trainer(preset("figure-1"), path="eager")
    trainer.advance(20)
    assert same(Trainer.load(tmp_path / "checkpoint.safetensors").state, trainer.state)


def test_train_does_not_overwrite_a_run_unless_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert train(tmp_path) == 0
    before = (tmp_path / "checkpoint.safetensors").read_bytes()
    capsys.readouterr()
    assert "holds a run already" in refused(capsys, "train", "figure-1", *QUICK, "--out", str(tmp_path))
    assert (tmp_path / "checkpoint.safetensors").read_bytes() == before
    assert train(tmp_path, "--overwrite", "--set", "seed=4") == 0
    assert Trainer.load(tmp_path / "checkpoint.safetensors").experiment.seed == 4


def test_a_refused_resume_leaves_nothing_behind(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "none"
    assert "no checkpoint" in refused(capsys, "train", "figure-1", *QUICK, "--resume", "--out", str(out))
    assert not out.exists()


def test_train_takes_a_file(tmp_path: Path) -> None:
    experiment = preset("wasserstein").replace(seed=5)
    (tmp_path / "mine.json").write_text(experiment.to_json(), "utf-8")
    assert train(tmp_path / "run", of=str(tmp_path / "mine.json")) == 0
    assert Trainer.load(tmp_path / "run" / "checkpoint.safetensors").experiment == experiment


@pytest.mark.parametrize("path", ["eager", "native"])
def test_a_resumed_run_equals_an_uninterrupted_one(path: str, tmp_path: Path) -> None:
    whole, parts = tmp_path / "whole", tmp_path / "parts"
    assert train(whole, "--steps", "40", "--path", path) == 0
    assert train(parts, "--path", path) == 0
    assert train(parts, "--path", path, "--resume") == 0
    one, two = (Trainer.load(folder / "checkpoint.safetensors") for folder in (whole, parts))
    assert one.step_count == two.step_count == 40
    assert same(one.state, two.state)
    assert (whole / "history.csv").read_text("utf-8") == (parts / "history.csv").read_text("utf-8")


def test_resume_takes_live_changes(tmp_path: Path) -> None:
    assert train(tmp_path) == 0
    assert train(tmp_path, "--resume", "--set", "lr_g=0.001") == 0
    trainer = Trainer.load(tmp_path / "checkpoint.safetensors")
    assert trainer.step_count == 40
    assert trainer.experiment.lr_g == 1e-3
    assert train(tmp_path, "--resume") == 0
    assert Trainer.load(tmp_path / "checkpoint.safetensors").experiment.lr_g == 1e-3, "the folder's own live settings"
    assert Experiment.from_json((tmp_path / "experiment.json").read_text("utf-8")) == trainer.experiment


def test_no_steps_write_the_beginning(tmp_path: Path) -> None:
    assert train(tmp_path, "--steps", "0") == 0
    assert len(read(tmp_path)) == 1
    assert same(Trainer.load(tmp_path / "checkpoint.safetensors").state, Trainer(preset("figure-1")).state)


EXPLOSION = (
    *("--set", "loss=least_squares", "--set", "lr_g=1", "--set", "lr_d=1"),
    *("--set", 'optimizer_g={"name": "sgd", "momentum": 0.99}'),
    *("--set", 'optimizer_d={"name": "sgd", "momentum": 0.99}'),
)


def test_a_run_that_loses_a_number_keeps_its_last_good_state(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert train(tmp_path, *EXPLOSION, "--steps", "2000") == 1
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert "became infinite or NaN in step" in said
    trainer = Trainer.load(tmp_path / "checkpoint.safetensors")
    assert f"The state of step {trainer.step_count} is kept." in said
    assert all(torch.isfinite(leaf).all() for leaf in leaves_of(trainer.state))
    assert len(read(tmp_path)) >= 1


def test_training_imports_no_widget_and_no_figure(tmp_path: Path) -> None:
    program = (
        "import sys; from ganviz.cli.main import main; status = main(sys.argv[1:]); "
        "print(*({'ipywidgets', 'anywidget', 'plotly', 'voila', 'matplotlib'} & set(sys.modules)), file=sys.stderr); "
        "sys.exit(status)"
    )
    command = [sys.executable, "-c", program, "train", "figure-1", *QUICK, "--out", str(tmp_path)]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr
    assert ended.stderr.strip() == ""


# --------------------------------------------------------------------------------------------------------- --set


def test_set_changes_plain_and_dotted_fields() -> None:
    changes = ["lr_d=3e-4", "loss=least_squares", "loss.c=0.5", "data.mean=-2", "data.std=0.25", "updates=simultaneous"]
    assert experiment_from("figure-1", changes) == preset("figure-1").replace(
        lr_d=3e-4,
        loss={"name": "least_squares", "c": 0.5},
        data={"name": "gaussian", "mean": -2.0, "std": 0.25},
        updates="simultaneous",
    )


def test_set_takes_another_option_by_its_name() -> None:
    mlp = preset("mnist-mlp")
    assert experiment_from("mnist-mlp", ["data.name=images"]) == mlp.replace(data="images")
    wanted = mlp.replace(data={"name": "images", "path": "there"})
    assert experiment_from("mnist-mlp", ["data.name=images", "data.path=there"]) == wanted
    assert experiment_from("mnist-mlp", ["data.digits=49", "data.name=mnist"]).data.digits == "49", "it is that already"
    other = experiment_from("mnist-mlp", ["regularizers.r1.name=r2", "regularizers.r2.gamma=2"])
    assert [kind.to_dict() for kind in other.regularizers[:1]] == [{"name": "r2", "gamma": 2.0}]


def test_set_switches_regularizers_on_and_turns_their_knobs() -> None:
    changes = ['regularizers=["r1", "spectral_norm"]', "regularizers.r1.gamma=2"]
    wanted = preset("figure-1").replace(regularizers=[{"name": "r1", "gamma": 2.0}, "spectral_norm"])
    assert experiment_from("figure-1", changes) == wanted
    assert experiment_from("figure-1", [*changes, "regularizers=[]"]) == preset("figure-1").replace(regularizers=[])
    one_by_one = ["regularizers.r1=r1", "regularizers.spectral_norm=spectral_norm", "regularizers.r1.gamma=2"]
    assert experiment_from("figure-1", one_by_one) == wanted
    assert experiment_from("figure-1", [*changes, "regularizers.r1=null"]).regularizers == wanted.regularizers[1:]


REFUSED_CHANGES = {
    "loss": "--set takes FIELD=VALUE",
    "=minimax": "--set takes FIELD=VALUE",
    "loss=minimx": "did you mean 'minimax'?",
    "los=minimax": "did you mean 'loss'?",
    "los.a=1": "did you mean 'loss'?",
    "lr_d=0": "lr_d must be greater than 0 (got 0).",
    "lr_d=2": "lr_d must be less than or equal to 1 (got 2).",
    "lr_d=NaN": "lr_d must be",
    "lr_d=fast": "lr_d must be",
    "lr_d.x=1": "no 'lr_d.x' in an experiment: 'lr_d' has no parts",
    "batch_size=0": "batch_size must be greater than or equal to 1",
    "seed=1.5": "seed must be",
    "updates=never": "updates must be",
    "data.meen=1": "did you mean 'mean'?",
    "data.std=-1": "std must be",
    "data.name=gausian": "did you mean 'gaussian'?",
    "data.name=3": "is a name or an object with a name",
    "data.mean.x=1": "no field 'mean.x'; did you mean 'mean'?",
    "data..mean=1": "did you mean 'mean'?",
    "data.=1": "has no field",
    "data=[1]": "An option of distributions is a name or an object",
    "data=r1": "There is no 'r1' in distributions",
    "data={}": "is a name or an object with a name",
    'data={"name": 3}': "is a name or an object with a name",
    "regularizers=r1": "regularizers is a list of options",
    'regularizers=["r1", "r1"]': "is there twice",
    'regularizers=["dragon"]': "did you mean 'dragan'?",
    "regularizers.r1.gamma=1": "'r1' is not switched on",
    "regularizers.r1=1": "is a name or an object with a name",
    "loss=" + "[" * 100_000: "nested too deeply",
}


@pytest.mark.parametrize("change", REFUSED_CHANGES, ids=lambda change: change[:30])
def test_a_change_that_does_not_fit_is_refused(change: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "run"
    said = refused(capsys, "train", "figure-1", "--set", change, "--out", str(out))
    assert REFUSED_CHANGES[change] in said
    assert len(said) < 300
    assert not out.exists()


# ------------------------------------------------------------------------------------------------------ refusals


def test_an_unknown_preset_names_the_nearest(capsys: pytest.CaptureFixture[str]) -> None:
    for command in ("train", "serve"):
        assert "did you mean 'figure-1'?" in refused(capsys, command, "figure1")


def test_unknown_rooms_and_options(capsys: pytest.CaptureFixture[str]) -> None:
    assert "did you mean 'losses'?" in refused(capsys, "options", "losess")
    assert "did you mean 'minimax'?" in refused(capsys, "options", "losses", "minmax")


FILES = {
    "malformed": ('{"loss": "minimax"', "no valid JSON"),
    "empty": ("", "no valid JSON"),
    "list": ("[1, 2]", "An experiment is a JSON object"),
    "field": ('{"los": "minimax"}', "did you mean 'loss'?"),
    "range": ('{"lr_d": -1}', "lr_d must be"),
    "deep": ('{"loss":' * 100_000, "nested too deeply"),
}


@pytest.mark.parametrize("name", FILES)
def test_a_file_that_is_no_experiment(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text, complaint = FILES[name]
    (tmp_path / "file.json").write_text(text, "utf-8")
    for command in ("train", "serve"):
        assert complaint in refused(capsys, command, str(tmp_path / "file.json"))


def test_files_that_cannot_be_read(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "There is no file" in refused(capsys, "train", str(tmp_path / "none.json"))
    (tmp_path / "folder.json").mkdir()
    assert "is a folder" in refused(capsys, "train", str(tmp_path / "folder.json"))
    (tmp_path / "latin.json").write_bytes(b'{"loss": "\xff"}')
    assert "line 1 is no text in UTF-8" in refused(capsys, "train", str(tmp_path / "latin.json"))


def test_a_file_in_the_way_of_the_folder(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "file").write_text("mine", "utf-8")
    for out in (tmp_path / "file", tmp_path / "file" / "run"):
        assert "cannot be made" in refused(capsys, "train", "figure-1", *QUICK, "--out", str(out))
    assert (tmp_path / "file").read_text("utf-8") == "mine"


@pytest.mark.parametrize("name", ["experiment.json", "history.csv", "checkpoint.safetensors"])
def test_a_folder_in_the_way_of_a_file(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / name).mkdir()
    assert name in refused(capsys, "train", "figure-1", *QUICK, "--out", str(tmp_path))


def test_resume_without_a_checkpoint(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    said = refused(capsys, "train", "figure-1", *QUICK, "--out", str(tmp_path), "--resume")
    assert "There is no checkpoint" in said


def test_resume_of_another_experiment_leaves_it_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert train(tmp_path) == 0
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    capsys.readouterr()
    said = refused(capsys, "train", "bimodal", *QUICK, "--out", str(tmp_path), "--resume")
    assert "another experiment" in said
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


@pytest.mark.parametrize("damage", ["checkpoint.safetensors", "history.csv"])
def test_resume_from_damaged_files(damage: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert train(tmp_path) == 0
    capsys.readouterr()
    (tmp_path / damage).write_text("step,jsd\nnot,a number\n", "utf-8")
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    more = ("--set", "lr_g=0.001", "--out", str(tmp_path), "--resume")
    assert damage in refused(capsys, "train", "figure-1", *QUICK, *more)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


WRONG_ARGUMENTS = {
    "unknown command": (["trian"], "invalid choice: 'trian'"),
    "unknown option": (["train", "figure-1", "--stepz", "3"], "--stepz"),
    "no experiment": (["train"], "PRESET_OR_FILE"),
    "no number": (["train", "figure-1", "--steps", "many"], "'many'"),
    "negative steps": (["train", "figure-1", "--steps", "-1"], "--steps must be at least 0"),
    "every 0": (["train", "figure-1", "--every", "0"], "--every at least 1"),
    "unknown path": (["train", "figure-1", "--path", "warp"], "'warp'"),
    "port 0": (["serve", "--port", "0"], "from 1 to 65535, not 0"),
    "large port": (["--port", "65536"], "from 1 to 65535, not 65536"),
    "port in words": (["--port", "http"], "'http'"),
    "foreign address": (["--no-browser", "--host", "192.0.2.1"], "cannot listen on 192.0.2.1"),
}


@pytest.mark.parametrize("case", WRONG_ARGUMENTS)
def test_wrong_arguments(case: str, capsys: pytest.CaptureFixture[str]) -> None:
    arguments, complaint = WRONG_ARGUMENTS[case]
    assert complaint in refused(capsys, *arguments)


def test_a_port_in_use(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert f"Port {port} is in use" in refused(capsys, "serve", "--no-browser", "--port", str(port))


def test_serve_hands_the_experiment_to_the_page(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    served: list[tuple[Shown, str, int]] = []

    def serve(begin: Shown, host: str, port: int, ready: Callable[[], None]) -> None:
        served.append((begin, host, port))
        ready()

    monkeypatch.setattr("ganviz.server.start.serve", serve)
    monkeypatch.setenv("GANVIZ_EXPERIMENT", "")
    monkeypatch.chdir(tmp_path)
    Path("mine.json").write_text(preset("bimodal").to_json(), "utf-8")
    assert main(["serve", "mine.json", "--no-browser"]) == 0
    assert os.environ["GANVIZ_EXPERIMENT"] == str(tmp_path / "mine.json")
    begin, host, port = served[0]
    assert f"http://{host}:{port}/" in capsys.readouterr().out
    assert begin == Shown(EXPLORER, front=False, experiment=str(tmp_path / "mine.json"))

    for alone in ([], ["serve"]):
        assert main([*alone, "--no-browser"]) == 0
        assert served[-1][0] == Shown(EXPLORER, front=True, experiment="figure-1")
    Path("mine.ipynb").write_text((NOTEBOOKS / "01-figure-1.ipynb").read_text("utf-8"), "utf-8")
    assert main(["serve", "mine.ipynb", "--no-browser"]) == 0
    assert served[-1][0] == Shown(tmp_path / "mine.ipynb")


NO_NOTEBOOKS = {"empty": "", "list": "[1, 2]", "object": '{"cells": 3}', "cells": '{"cells": [3], "nbformat": 4}'}


@pytest.mark.parametrize("name", NO_NOTEBOOKS)
def test_a_file_that_is_no_notebook(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "mine.ipynb").write_text(NO_NOTEBOOKS[name], "utf-8")
    assert "cannot be read as a notebook" in refused(capsys, "serve", str(tmp_path / "mine.ipynb"))
    assert "There is no file" in refused(capsys, "serve", str(tmp_path / "none.ipynb"))
    (tmp_path / "folder.ipynb").mkdir()
    assert "cannot be read as a notebook" in refused(capsys, "serve", str(tmp_path / "folder.ipynb"))


FOREIGN = {
    "julia": {"kernelspec": {"name": "julia-1.9", "display_name": "Julia", "language": "julia"}},
    "R": {"kernelspec": {"name": "python3", "display_name": "Python"}, "language_info": {"name": "R"}},
}


@pytest.mark.parametrize("language", FOREIGN)
def test_a_notebook_in_another_language(language: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    notebook = {"cells": [], "metadata": FOREIGN[language], "nbformat": 4, "nbformat_minor": 5}
    (tmp_path / "mine.ipynb").write_text(json.dumps(notebook), "utf-8")
    assert f"is in {language}; pages are run by the Python" in refused(capsys, "serve", str(tmp_path / "mine.ipynb"))


@pytest.mark.usefixtures("hears_signals")
def test_interrupting_a_run_keeps_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    walk = Trainer.walk

    def interrupted(trainer: Trainer, *limits: float) -> object:
        if trainer.step_count == 13:
            signal.raise_signal(signal.SIGINT)
        return walk(trainer, *limits)

    monkeypatch.setattr(Trainer, "walk", interrupted)
    assert train(tmp_path) == 130
    assert Trainer.load(tmp_path / "checkpoint.safetensors").step_count == 13
    assert list(read(tmp_path).column("step")) == [0, 10]


def test_the_experiment_it_writes_is_plain_json(tmp_path: Path) -> None:
    assert train(tmp_path) == 0
    fields = json.loads((tmp_path / "experiment.json").read_text("utf-8"))
    assert fields["loss"] == {"name": "nonsaturating", "real_label": 1.0, "fake_label": 0.0}
    assert math.isclose(fields["lr_g"], 0.0002)


def test_a_column_whose_name_has_a_comma(tmp_path, capsys):
    table = tmp_path / "mine.csv"
    table.write_text('"preis, €";n\n1,5;10\n2,5;20\n3;15\n', "utf-8")
    for i, columns in enumerate(["preis, €", 'n,"preis, €"']):
        assert train(tmp_path / str(i), "--table", str(table), "--columns", columns) == 0
        assert "decimal commas" in capsys.readouterr().out
    assert main(["train", "figure-1", "--table", str(table), "--columns", "n,preis", "--out", str(tmp_path / "x")]) == 2
    assert """a name with a comma is asked for in quotation marks: '"preis, €"'.""" in capsys.readouterr().err


def test_train_on_a_table(tmp_path, capsys):
    table = tmp_path / "mine.csv"
    table.write_text("a,b,c\n" + "\n".join(f"{i},{i * i % 17},{-i}" for i in range(60)), "utf-8")
    assert train(tmp_path / "out", "--table", str(table), "--columns", "a,b") == 0
    kept = Experiment.from_json((tmp_path / "out" / "experiment.json").read_text("utf-8"))
    assert [name for name, _ in kept.data.columns] == ["a", "b"]
    said = capsys.readouterr().out
    assert "W₂" in said
    assert said.startswith(
        "mine.csv: 60 rows. Taken: a, b. Left out: c was not chosen. Assumed: commas between cells, "
    )
    assert main(["train", "figure-1", "--table", str(tmp_path / "gone.csv"), "--out", str(tmp_path / "x")]) == 2
    assert "There is no file gone.csv." in capsys.readouterr().err

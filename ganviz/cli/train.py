"""Train without any widget, and keep experiment, history and checkpoint."""

from __future__ import annotations

import argparse
import os
import re
import sys
from pathlib import Path

from tqdm import tqdm

from ganviz.cli.source import experiment_from, with_changes
from ganviz.distributions._tables import load_table
from ganviz.engine.diverged import Diverged
from ganviz.engine.starts import start_at
from ganviz.engine.trainer import Trainer
from ganviz.experiment import Experiment
from ganviz.lab.csv_history import CsvHistory
from ganviz.metrics.base import fitting
from ganviz.option import Invalid

SELDOM = 10
"""Every so many rows of the history, and in the last, the slow metrics are measured too: on pictures they take as long
as some hundred steps."""


def arguments(parser: argparse.ArgumentParser) -> None:
    """What ``ganviz train`` takes."""
    parser.add_argument("experiment", metavar="PRESET_OR_FILE", help="a preset's name or an experiment's .json file")
    parser.add_argument(
        "--set", action="append", default=[], metavar="FIELD=VALUE", help="loss=minimax, data.mean=2, …"
    )
    parser.add_argument("--table", type=Path, metavar="FILE", help="data from a CSV, Parquet or .npy file instead")
    columns = "one or two of the table's columns (default: the first two); a name with a comma in quotation marks"
    parser.add_argument("--columns", metavar="A[,B]", help=columns)
    parser.add_argument(
        "--start", type=step, metavar="STEP", help="begin at the preset's start of that step instead of at step 0"
    )
    about = "steps to train, with --resume that many more (default 5000)"
    parser.add_argument("--steps", type=int, default=5000, help=about)
    parser.add_argument("--every", type=int, default=100, help="steps between two rows of the history (default 100)")
    parser.add_argument("--out", type=Path, default=Path("runs"), metavar="DIR", help="folder to write (default runs)")
    parser.add_argument(
        "--resume", action="store_true", help="go on from the folder's checkpoint and its live settings"
    )
    parser.add_argument("--overwrite", action="store_true", help="replace the run that is in the folder")
    parser.add_argument(
        "--pace",
        choices=("eager", "captured", "compiled"),
        default="captured",
        help="fastest path to use; compiled agrees to float tolerance, the others bit for bit",
    )


def step(text: str) -> int:
    """A step as it is typed, or as it is printed: ``8000`` or ``8,000``."""
    if not re.fullmatch(r"[0-9]{1,15}|[0-9]{1,3}(,[0-9]{3}){1,4}", text):
        raise ValueError
    return int(text.replace(",", ""))


def run(options: argparse.Namespace) -> int:
    """Train, write, and say where. A run that loses a number is kept up to its last good state, and returns 1."""
    if options.steps < 0 or options.every < 1:
        raise Invalid("--steps must be at least 0 and --every at least 1.")
    if options.resume and options.start is not None:
        raise Invalid("--start begins a run, --resume goes on with one: give one of them.")
    experiment = _experiment(options)
    if account := experiment.data.account():
        print(account)
    folder, checkpoint = options.out, options.out / "checkpoint.safetensors"
    if options.resume:
        trainer = _resumed(checkpoint, experiment, options.set)
    elif checkpoint.is_file() and not options.overwrite:
        raise Invalid(
            f"The folder {str(folder)!r} holds a run already: go on with --resume, replace it with --overwrite, or "
            "choose another --out."
        )
    else:
        start = None if options.start is None else start_at(options.experiment, options.start)
        trainer = start.trainer(experiment) if start else Trainer(experiment)
    _make(folder)
    trainer.accelerate(options.pace, wait=options.pace != "eager")
    table = folder / "history.csv"
    history = CsvHistory.read(table) if options.resume and table.exists() else CsvHistory()
    history.rewind(trainer.step_count)
    (folder / "experiment.json").write_text(trainer.experiment.to_json() + "\n", "utf-8")
    try:
        _train(trainer, history, options.steps, options.every)
    except (Diverged, KeyboardInterrupt) as reason:
        said = str(reason) or "Interrupted."
        print(f"ganviz: {said} The state of step {trainer.step_count} is kept.", file=sys.stderr)
        return 1 if isinstance(reason, Diverged) else 130
    finally:
        trainer.save(checkpoint)
        history.save(table)
    print(f"{trainer.step_count} steps; {_measured(trainer)}; written to {folder}")
    return 0


def _experiment(options: argparse.Namespace) -> Experiment:
    experiment = experiment_from(options.experiment, options.set)
    if options.table is None:
        if options.columns is not None:
            raise Invalid("--columns needs --table, the file that has them.")
        return experiment
    return experiment.replace(data=load_table(options.table, options.columns))


def _measured(trainer: Trainer) -> str:
    """Every metric of the run's last moment, by its label."""
    snapshot = trainer.snapshot()
    return ", ".join(f"{metric.label()}: {metric.measure(snapshot):.4f}" for metric in fitting(trainer.experiment))


def _resumed(checkpoint: Path, experiment: Experiment, changes: list[str]) -> Trainer:
    """The run in the folder, under the live settings it had, with the changes asked for now."""
    trainer = Trainer.load(checkpoint)
    if different := ", ".join(trainer.experiment.diff(experiment).rebuild):
        raise Invalid(f"{str(checkpoint)!r} comes from another experiment: {different} differ.")
    trainer.adopt(with_changes(trainer.experiment, changes))
    return trainer


def _make(path: Path) -> None:
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise Invalid(f"The folder {str(path)!r} cannot be made: {error.strerror}.") from None
    if not os.access(path, os.W_OK):
        raise Invalid(f"The folder {str(path)!r} cannot be written to.")


def _train(trainer: Trainer, history: CsvHistory, steps: int, every: int) -> None:
    metrics = fitting(trainer.experiment)
    start, known = trainer.step_count, set(history.column("step"))
    with tqdm(total=steps, unit="step", disable=not sys.stderr.isatty()) as bar:
        for row, snapshot in enumerate(trainer.run(steps, every)):
            whole = row % SELDOM == 0 or snapshot.step == start + steps
            asked = [metric for metric in metrics if whole or not metric.slow]
            measures = {metric.option_name(): metric.measure(snapshot) for metric in asked}
            if snapshot.step not in known:
                history.add(snapshot.step, snapshot.scalars | measures)
            bar.update(snapshot.step - start - bar.n)
            bar.set_postfix({name: f"{value:.4f}" for name, value in measures.items()})

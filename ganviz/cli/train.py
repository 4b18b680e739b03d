"""Train without any widget, and keep experiment, history and checkpoint."""

from __future__ import annotations

import argparse
import re
from pathlib import Path

from ganviz.cli.signals import Signals, Stopped
from ganviz.cli.source import experiment_from, with_changes
from ganviz.cli.streams import say
from ganviz.cli.training import Training
from ganviz.distributions._tables import load_table
from ganviz.engine.starts import start_at
from ganviz.engine.trainer import Trainer
from ganviz.experiment import Experiment
from ganviz.lab.csv_history import CsvHistory
from ganviz.lab.lock import Lock
from ganviz.lab.run_folder import RunFolder
from ganviz.option import Invalid


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
        "--save-every", type=float, default=60.0, metavar="SECONDS", help="time between two saves (default 60)"
    )
    parser.add_argument(
        "--resume", action="store_true", help="go on from the folder's checkpoint and its live settings"
    )
    parser.add_argument("--overwrite", action="store_true", help="replace the run that is in the folder")
    parser.add_argument(
        "--path",
        choices=("native", "eager"),
        default="native",
        help="how steps are computed: by ganviz's kernels where they can (the default), or by PyTorch",
    )


def step(text: str) -> int:
    """A step as it is typed, or as it is printed: ``8000`` or ``8,000``."""
    if not re.fullmatch(r"[0-9]{1,15}|[0-9]{1,3}(,[0-9]{3}){1,4}", text):
        raise ValueError
    return int(text.replace(",", ""))


def run(options: argparse.Namespace) -> int:
    """Train, write, and say where. A run that loses a number is kept up to its last good state, and returns 1; one that
    a signal ends is kept up to its last step, and returns 128 and the signal's number."""
    _check(options)
    folder = RunFolder(options.out)
    if options.resume and not folder.checkpoint.is_file():
        raise Invalid(f"There is no checkpoint {str(folder.checkpoint)!r} to go on from.")
    experiment = _experiment(options)
    if account := experiment.data.account():
        print(account)
    begun = None if options.resume else _new(options, experiment)
    with Signals() as signals:
        folder.make()
        with Lock(folder.path):
            try:
                with signals.interruptible():
                    trainer, history = _resumed(options, experiment, folder) if begun is None else begun
                    _check_empty(options, folder)
                    folder.clear()
            except Stopped as reason:
                say(f"{reason} Nothing was trained.")
                return reason.status
            return Training(trainer, history, folder, signals, options.every, options.save_every).train(options.steps)


def _check(options: argparse.Namespace) -> None:
    """Raise `Invalid` for arguments that make no sense, or not together."""
    if options.steps < 0 or options.every < 1:
        raise Invalid("--steps must be at least 0 and --every at least 1.")
    if not options.save_every > 0:
        raise Invalid("--save-every must be above 0.")
    if options.resume and options.start is not None:
        raise Invalid("--start begins a run, --resume goes on with one: give one of them.")


def _experiment(options: argparse.Namespace) -> Experiment:
    experiment = experiment_from(options.experiment, options.set)
    if options.table is None:
        if options.columns is not None:
            raise Invalid("--columns needs --table, the file that has them.")
        return experiment
    return experiment.replace(data=load_table(options.table, options.columns))


def _new(options: argparse.Namespace, experiment: Experiment) -> tuple[Trainer, CsvHistory]:
    """A run at its beginning: at step 0, or at a start."""
    if options.start is None:
        return Trainer(experiment, path=options.path), CsvHistory()
    return start_at(options.experiment, options.start).trainer(experiment, path=options.path), CsvHistory()


def _resumed(options: argparse.Namespace, experiment: Experiment, folder: RunFolder) -> tuple[Trainer, CsvHistory]:
    """The run in the folder, under the live settings it had, with the changes asked for now."""
    trainer = Trainer.load(folder.checkpoint, path=options.path)
    if different := ", ".join(trainer.experiment.diff(experiment).rebuild):
        raise Invalid(f"{str(folder.checkpoint)!r} comes from another experiment: {different} differ.")
    history, cut = folder.read_history(trainer)
    if cut:
        say(f"The last row of {str(folder.history)!r} had been cut short, and is left out.")
    trainer.adopt(with_changes(trainer.experiment, options.set))
    return trainer, history


def _check_empty(options: argparse.Namespace, folder: RunFolder) -> None:
    """Raise `Invalid` where a new run would replace one."""
    if folder.checkpoint.is_file() and not (options.resume or options.overwrite):
        raise Invalid(
            f"The folder {str(folder.path)!r} holds a run already: go on with --resume, replace it with --overwrite, "
            "or choose another --out."
        )

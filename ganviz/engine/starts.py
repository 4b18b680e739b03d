"""Starts: what became of a preset after some time, shipped so that nobody has to wait to see it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file

from ganviz.engine.game import Game
from ganviz.engine.paths import PathName
from ganviz.engine.players import PLAYERS, State
from ganviz.engine.trainer import Trainer
from ganviz.experiment import Experiment
from ganviz.option import Invalid
from ganviz.presets import describe

FOLDER = Path(__file__).parents[1] / "data" / "starts"

FORMAT = "ganviz-start-1"

COUNTS = ("step", "d_updates", "samples")


@dataclass(frozen=True)
class Start:
    """Both players of a preset at some age. Their parameters are kept in half precision, about three digits; the
    optimizers' memory is not kept, so training goes on from here, but not bit for bit as it went on then."""

    path: Path
    preset: str
    step: int
    """Updates of G so far."""
    d_updates: int
    """Updates of D so far."""
    samples: int
    """Real samples that D has seen."""
    seconds: float
    """Wall time of the training."""
    machine: str
    """What it ran on."""
    experiment: Experiment

    @property
    def about(self) -> str:
        """By which experiment, for how long and on what it was made, in a sentence."""
        return (
            f"{self.preset}, trained for {self.step:,} steps ({self.samples:,} real samples) in "
            f"{_duration(self.seconds)} on {self.machine}."
        )

    def state(self) -> State:
        """The state to go on from. Raises `Invalid` for a file that is damaged or not of this experiment."""
        game = Game(self.experiment)
        try:
            with safe_open(str(self.path), framework="pt") as file:
                kept = {player: file.get_tensor(player).to(game.dtype) for player in PLAYERS}
        except (SafetensorError, OSError):
            raise Invalid(f"The start {self.path.name!r} is damaged.") from None
        sizes = {"g": game.g_layout.size, "d": game.d_layout.size}
        if any(kept[player].shape != (sizes[player],) for player in PLAYERS):
            raise Invalid(f"The start {self.path.name!r} does not belong to its experiment.")
        if not all(flat.isfinite().all() for flat in kept.values()):
            raise Invalid(f"The start {self.path.name!r} is damaged.")
        state = game.fresh_state(kept)
        for player, updates in zip(PLAYERS, (self.step, self.d_updates), strict=True):
            state[player]["updates"] = torch.tensor(updates, dtype=torch.int64)
        return state

    def trainer(self, experiment: Experiment | None = None, *, path: PathName = "native") -> Trainer:
        """A trainer that goes on from here, under the live settings of another experiment where one is given; `path` as
        for `Trainer`. Raises `Invalid` as `state` does, and for an experiment that differs in more."""
        wanted = experiment or self.experiment
        if different := ", ".join(self.experiment.diff(wanted).rebuild):
            raise Invalid(f"A start of {self.preset} has its own experiment: {different} differ.")
        trainer = Trainer(self.experiment, path=path)
        trainer.begin(self.state())
        trainer.adopt(wanted)
        return trainer


def starts(preset: str, folder: Path = FOLDER) -> list[Start]:
    """The preset's starts, youngest first; none for most presets. A file that is no start is passed over. Raises
    `Invalid`, naming the nearest, for an unknown preset."""
    describe(preset)
    return sorted(_found(preset, folder), key=lambda start: start.step)


def start_at(preset: str, step: int) -> Start:
    """The preset's start of that step. Raises `Invalid`, saying which there are, where there is none."""
    known = {start.step: start for start in starts(preset)}
    if step not in known:
        there = f"at steps {', '.join(f'{one:,}' for one in known)}" if known else "nowhere but at step 0"
        raise Invalid(f"{preset} can be started {there}, not at step {step:,}.")
    return known[step]


def _duration(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 60 else f"{seconds / 60:.0f} min"


def _found(preset: str, folder: Path) -> Iterator[Start]:
    for path in folder.glob(f"{preset}@*.safetensors"):
        try:
            start = read(path)
        except Invalid:
            continue
        if start.preset == preset:
            yield start


def read(path: Path) -> Start:
    """What a file says of itself; its tensors are not read. Raises `Invalid` for one that is no start."""
    try:
        with safe_open(str(path), framework="pt") as file:
            about = file.metadata() or {}
        counts = {name: int(about[name]) for name in COUNTS}
        # More than these no tensor can count.
        if about.get("format") != FORMAT or not all(0 <= count < 2**63 for count in counts.values()):
            raise ValueError
        return Start(
            path=path,
            preset=about["preset"],
            **counts,
            seconds=float(about["seconds"]),
            machine=about["machine"],
            experiment=Experiment.from_json(about["experiment"]),
        )
    except (SafetensorError, OSError, ValueError, KeyError):
        raise Invalid(f"{path.name!r} is no start of a preset, or it is damaged.") from None


def write(trainer: Trainer, preset: str, seconds: float, machine: str, folder: Path = FOLDER) -> Path:
    """Keep what the trainer has come to as a start of that preset; returns the file. What the reader is shown of G, an
    average of its parameters for one, is what is kept."""
    folder.mkdir(parents=True, exist_ok=True)
    state = trainer.run_value.state
    path = folder / f"{preset}@{trainer.step_count}.safetensors"
    d_updates = int(state["d"]["updates"])
    about = {
        "format": FORMAT,
        "preset": preset,
        "experiment": trainer.experiment.to_json(),
        "step": trainer.step_count,
        "d_updates": d_updates,
        "samples": d_updates * trainer.experiment.batch_size,
        "seconds": round(seconds, 1),
        "machine": machine,
    }
    kept = {
        "g": Game(trainer.experiment).shown(state).half().contiguous(),
        "d": state["d"]["parameters"].half().contiguous(),
    }
    temporary = path.with_suffix(".part")
    save_file(kept, str(temporary), {key: str(value) for key, value in about.items()})
    temporary.chmod(0o644)  # it is made for its owner alone, and everybody's installation has it
    os.replace(temporary, path)
    return path

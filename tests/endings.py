"""Ends `ganviz train` at random moments, in every way that a process ends, and looks at what is kept.

    python tests/endings.py FOLDER [--number 200] [--seed 0]

Each time the run in the folder is resumed by a process of its own, which is killed, asked to end by a signal once or
many times, meets a full disk, or is left alone. Nothing that was saved may be lost or damaged, a signal may cost no
step, and in the end the run must equal, bit for bit, one that was never interrupted. Needs a system with `fork`: the
processes begin with everything loaded, so that hundreds take minutes.
"""

from __future__ import annotations

import argparse
import os
import random
import resource
import signal
import sys
import time
import traceback
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import torch

from ganviz import Experiment, Trainer
from ganviz.cli.main import main as command
from ganviz.engine.tree import named_leaves
from ganviz.lab.csv_history import CsvHistory
from ganviz.lab.run_folder import RunFolder

SETTINGS = ("figure-1", "--set", "batch_size=16", "--every", "7", "--path", "eager", "--save-every", "0.02")
STEPS = 100_000
"""More than are ever reached."""
FULL = 3_000
"""Bytes that a file may have on the full disk: an experiment fits, a checkpoint does not."""
ENDINGS = ("kill", "term", "hang up", "interrupt", "interrupt often", "full disk", "disk full for a while")
SIGNALS = {
    "kill": signal.SIGKILL,
    "term": signal.SIGTERM,
    "hang up": signal.SIGHUP,
    "interrupt": signal.SIGINT,
    "interrupt often": signal.SIGINT,
}


@dataclass(frozen=True)
class Kept:
    """What a folder holds."""

    step: int
    files: dict[str, bytes]


def kept(folder: RunFolder) -> Kept:
    """Everything is whole, and the history has every row before the checkpoint's step."""
    trainer = Trainer.load(folder.checkpoint)
    history, cut = CsvHistory.read(folder.history)
    assert not cut
    history.rewind(trainer.step_count - 1)
    assert history.column("step").tolist() == list(range(0, trainer.step_count, 7))
    Experiment.from_json(folder.experiment.read_text("utf-8"))
    return Kept(trainer.step_count, {path.name: path.read_bytes() for path in folder.path.iterdir()})


def train(folder: RunFolder, *more: str, full: bool = False) -> int:
    """The number of a process that trains in the folder; its words go to ``said.txt`` beside it."""
    words = os.open(folder.path.parent / "said.txt", os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    child = os.fork()
    if child:
        os.close(words)
        return child
    status = 99
    try:
        os.dup2(words, 1)
        os.dup2(words, 2)
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        signal.alarm(300)  # for one that does not end when it is asked to
        if full:
            resource.setrlimit(resource.RLIMIT_FSIZE, (FULL, resource.RLIM_INFINITY))
        status = command(["train", *SETTINGS, "--out", str(folder.path), *more])
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)


def end(folder: RunFolder, how: str, chance: random.Random) -> None:
    """Resume the run, end it in that way, and check what it has left behind."""
    before = kept(folder)
    process = train(folder, "--resume", "--steps", str(STEPS), full=how == "full disk")
    time.sleep(chance.uniform(0.0, 0.35))
    if how == "disk full for a while":
        for most in (FULL, resource.RLIM_INFINITY):
            resource.prlimit(process, resource.RLIMIT_FSIZE, (most, resource.RLIM_INFINITY))
            time.sleep(chance.uniform(0.0, 0.2))
    if how != "full disk":
        os.kill(process, SIGNALS.get(how, signal.SIGTERM))
    if how == "interrupt often":
        for _ in range(20):
            time.sleep(chance.uniform(0.0, 0.005))
            os.kill(process, signal.SIGINT)
    status = os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])
    said = (folder.path.parent / "said.txt").read_text("utf-8")
    assert "Traceback" not in said, said
    after = kept(folder)
    assert after.step >= before.step, f"{before.step} steps were saved, {after.step} are left"
    check(how, status, said, before, after)


def check(how: str, status: int, said: str, before: Kept, after: Kept) -> None:
    """What is right after that way to end."""
    if how == "kill":
        assert status == -signal.SIGKILL
        return
    if how == "full disk":
        assert status == 2, said
        assert "no space" in said or "too large" in said, said
        assert after.files["checkpoint.safetensors"] == before.files["checkpoint.safetensors"]
    elif how == "disk full for a while" and status == 2:
        assert "cannot be used" in said, said  # it was full when the run began, or when it ended
    elif said == "" or "Nothing was trained" in said:
        assert after.step == before.step  # it came before the run had begun
        expected = 128 + SIGNALS.get(how, signal.SIGTERM), -SIGNALS.get(how, signal.SIGTERM)
        assert status in expected, f"{how}: {status}, {said!r}"
    else:
        assert status == 128 + SIGNALS.get(how, signal.SIGTERM), said
        assert not [name for name in after.files if name.endswith(".part")]
        assert f"The state of step {after.step} is kept." in said, said
        assert f"--steps {before.step + STEPS - after.step}" in said, f"{how}: {before.step} → {after.step}: {said}"


def compare(folder: RunFolder, straight: RunFolder) -> int:
    """Train the run to a whole number of rows, and check that it is the one that nobody interrupted."""
    step = kept(folder).step
    more = 14 - step % 7
    for where, arguments in ((folder, ("--resume", "--steps", str(more))), (straight, ("--steps", str(step + more)))):
        assert os.waitpid(train(where, *arguments), 0)[1] == 0
    one, two = (Trainer.load(each.checkpoint).run_value for each in (folder, straight))
    for (name, a), (_, b) in zip(named_leaves(one.state), named_leaves(two.state), strict=True):
        assert torch.equal(a, b), name
    assert one.scalars == two.scalars
    assert one.log == two.log
    assert folder.history.read_bytes() == straight.history.read_bytes()
    return step + more


def main() -> None:
    """End a run again and again, then compare it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--number", type=int, default=200)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    torch.set_num_threads(1)
    signal.signal(signal.SIGINT, lambda *_: os._exit(130))  # as `ganviz` does until its command has begun
    signal.signal(signal.SIGHUP, signal.SIG_DFL)  # behind nohup it would be ignored, and rightly so
    chance = random.Random(options.seed)
    folder, straight = RunFolder(options.folder / "run"), RunFolder(options.folder / "straight")
    for each in (folder, straight):
        each.make()
    assert os.waitpid(train(folder, "--steps", "0"), 0)[1] == 0
    ways = Counter[str]()
    for number in range(options.number):
        how = ENDINGS[number % len(ENDINGS)]
        end(folder, how, chance)
        ways[how] += 1
    steps = compare(folder, straight)
    listed = ", ".join(f"{how}: {times}" for how, times in ways.items())
    print(f"{options.number} ends ({listed}); {steps:,} steps, equal to an uninterrupted run.")


if __name__ == "__main__":
    main()

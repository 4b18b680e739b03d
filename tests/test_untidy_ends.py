"""`ganviz train` keeps what it has, however it ends, and prints what every stream can take."""

from __future__ import annotations

import io
import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import pytest
from conftest import same

from ganviz import Trainer, atomic, preset
from ganviz.cli import streams
from ganviz.cli.main import main
from ganviz.cli.signals import Signals, Stopped
from ganviz.invalid import REASONS, because, unusable
from ganviz.lab.csv_history import CsvHistory
from ganviz.lab.lock import Lock
from ganviz.lab.run_folder import RunFolder
from ganviz.option import Invalid

QUICK = ("train", "figure-1", "--set", "batch_size=16", "--every", "10", "--path", "eager")
pytestmark = pytest.mark.usefixtures("hears_signals")
POSIX = pytest.mark.skipif(os.name != "posix", reason="processes are not forked here, and have no such signals")


def ended(tmp_path: Path, number: int) -> str:
    script = Path(__file__).with_name("endings.py")
    command = [sys.executable, str(script), str(tmp_path), "--number", str(number)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


@POSIX
def test_every_way_to_end_keeps_what_was_saved(tmp_path):
    assert "3 ends" in ended(tmp_path, 3)


@POSIX
@pytest.mark.long
def test_two_hundred_ends_keep_what_was_saved(tmp_path):
    assert "203 ends" in ended(tmp_path, 203)


def _hear_interrupts() -> None:
    signal.signal(signal.SIGINT, signal.SIG_DFL)


PROGRAM = "import sys; from ganviz.__main__ import main; print(flush=True); sys.exit(main())"


@POSIX
@pytest.mark.parametrize("after", [0.3, *(pytest.param(late, marks=pytest.mark.long) for late in (0.02, 0.8, 2.0))])
def test_an_early_interrupt_ends_without_a_traceback(after, tmp_path):
    command = [sys.executable, "-c", PROGRAM, *QUICK, "--steps", "100000", "--out", str(tmp_path / "run")]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with subprocess.Popen(command, **pipes, text=True, preexec_fn=_hear_interrupts) as process:
        assert process.stdout is not None
        assert process.stdout.readline()  # Python is there: nobody could listen before
        time.sleep(after)
        while process.poll() is None:
            process.send_signal(signal.SIGINT)
            time.sleep(0.01)
        said = process.communicate()[1]
    assert process.returncode == 130, said
    assert said == "" or (said.startswith("ganviz: Interrupted.") and said.count("\n") == 1)


# --------------------------------------------------------------------------------------------------------- folders


def test_a_folder_belongs_to_one_run_at_a_time(tmp_path, capsys):
    with Lock(tmp_path):
        assert main([*QUICK, "--steps", "10", "--out", str(tmp_path)]) == 2
        assert "Another run is writing to the folder" in capsys.readouterr().err
        assert [path.name for path in tmp_path.iterdir()] == [".lock"]
    assert main([*QUICK, "--steps", "10", "--out", str(tmp_path)]) == 0


@pytest.mark.parametrize("rest", [b"20,0.6", b"20,0.6931471805599453,0.69", b"\0" * 512])
def test_a_row_that_was_cut_short_is_left_out_with_a_word(rest, tmp_path, capsys):
    whole, cut = tmp_path / "whole", tmp_path / "cut"
    assert main([*QUICK, "--steps", "40", "--out", str(whole)]) == 0
    assert main([*QUICK, "--steps", "10", "--out", str(cut)]) == 0
    with (cut / "history.csv").open("ab") as file:
        file.write(rest)
    capsys.readouterr()
    assert main([*QUICK, "--steps", "30", "--resume", "--out", str(cut)]) == 0
    assert ("had been cut short, and is left out" in capsys.readouterr().err) == bool(rest.strip(b"\0"))
    assert (whole / "history.csv").read_bytes() == (cut / "history.csv").read_bytes()


def test_rows_lie_at_the_same_steps_however_often_a_run_was_resumed(tmp_path):
    for more in ("13", "0", "4", "28"):
        resume = ["--resume"] if (tmp_path / "checkpoint.safetensors").exists() else []
        assert main([*QUICK, "--steps", more, *resume, "--out", str(tmp_path)]) == 0
    history, _ = CsvHistory.read(tmp_path / "history.csv")
    assert history.column("step").tolist() == [0, 10, 13, 17, 20, 30, 40, 45]  # and where it was told to end


def test_without_a_terminal_it_prints_a_line_now_and_then(tmp_path, capsys):
    assert main([*QUICK, "--steps", "100", "--save-every", "1e-6", "--out", str(tmp_path)]) == 0
    lines = capsys.readouterr().err.splitlines()
    assert [line.partition(" is saved (")[0] for line in lines] == [
        f"ganviz: Step {n} of 100" for n in range(10, 101, 10)
    ]
    assert all("steps/s, " in line and "jsd 0." in line for line in lines)


def test_what_was_saved_meanwhile_is_the_run(tmp_path, monkeypatch):
    saved = []

    def save(folder: RunFolder, trainer: Trainer, history: CsvHistory) -> None:
        saved.append((trainer.run_value, len(history)))

    for name in ("begin", "save"):
        monkeypatch.setattr(RunFolder, name, save)
    assert main([*QUICK, "--steps", "60", "--save-every", "1e-6", "--out", str(tmp_path)]) == 0
    straight = Trainer(preset("figure-1").replace(batch_size=16), path="eager")
    for run, rows in saved:
        straight.advance(run.g_updates - straight.step_count)
        assert same(run.state, straight.state)
        assert rows == (0 if not run.g_updates and rows == 0 else run.g_updates // 10 + 1)


@pytest.mark.parametrize("seconds", ["0", "-1", "nan"])
def test_saving_needs_a_time(seconds, tmp_path, capsys):
    assert main([*QUICK, "--save-every", seconds, "--out", str(tmp_path / "run")]) == 2
    assert "--save-every must be above 0" in capsys.readouterr().err
    assert not (tmp_path / "run").exists()


def test_a_run_that_has_no_place_leaves_the_one_before_as_it_was(tmp_path, monkeypatch, capsys):
    assert main([*QUICK, "--steps", "20", "--out", str(tmp_path)]) == 0
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    write = atomic.write

    def nearly_full(path: Path, content: bytes) -> None:
        if len(content) > 5_000:
            raise OSError(28, "No space left on device", str(path))
        write(path, content)

    monkeypatch.setattr(atomic, "write", nearly_full)
    capsys.readouterr()
    assert main([*QUICK, "--steps", "20", "--overwrite", "--set", "seed=1", "--out", str(tmp_path)]) == 2
    assert capsys.readouterr().err.endswith("cannot be used: there is no space left on the disk.\n")
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_the_rows_of_a_run_that_was_replaced_are_not_taken_for_its_own(tmp_path):
    fresh, after = tmp_path / "fresh", tmp_path / "after"
    assert main([*QUICK, "--steps", "20", "--out", str(fresh)]) == 0
    assert main([*QUICK, "--steps", "30", "--set", "seed=1", "--out", str(after)]) == 0
    Trainer(preset("figure-1").replace(batch_size=16)).save(after / "checkpoint.safetensors")  # and then it was killed
    assert main([*QUICK, "--steps", "20", "--resume", "--out", str(after)]) == 0
    assert (after / "history.csv").read_bytes() == (fresh / "history.csv").read_bytes()


# --------------------------------------------------------------------------------------------------- atomic writes


def test_a_file_appears_whole_or_not_at_all(tmp_path, monkeypatch):
    path = tmp_path / "file"
    atomic.write(path, b"first")

    def full(handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space") as error:
        atomic.write(path, b"second")
    assert unusable(error.value) == f"'{path}' cannot be used: there is no space left on the disk."
    assert path.read_bytes() == b"first"
    assert [each.name for each in tmp_path.iterdir()] == ["file"]


def test_a_link_stays_a_link_and_a_mode_is_that_of_new_files(tmp_path):
    (tmp_path / "there").mkdir()
    link = tmp_path / "link"
    try:
        link.symlink_to(tmp_path / "there" / "file")
    except OSError:
        pytest.skip("no links here")
    atomic.write(link, b"content")
    (tmp_path / "plain").write_bytes(b"content")
    assert link.is_symlink()
    assert link.read_bytes() == b"content"
    assert (tmp_path / "there" / "file").stat().st_mode == (tmp_path / "plain").stat().st_mode


def test_what_a_killed_writer_left_is_removed(tmp_path):
    (tmp_path / f".checkpoint.safetensors.0123{atomic.PART}").touch()
    (tmp_path / "mine.part").touch()
    assert main([*QUICK, "--steps", "0", "--out", str(tmp_path)]) == 0
    names = {path.name for path in tmp_path.iterdir()}
    assert names == {".lock", "mine.part", "checkpoint.safetensors", "history.csv", "experiment.json"}


# --------------------------------------------------------------------------------------------------------- signals


def test_one_signal_is_heard_and_not_before_what_is_held_is_done():
    done = []
    with Signals() as signals:
        with pytest.raises(Stopped) as stopped, signals.interruptible(), signals.held():  # noqa: PT012
            signal.raise_signal(signal.SIGTERM)
            signal.raise_signal(signal.SIGINT)
            done.append("saved")
        assert (stopped.value.status, str(stopped.value)) == (143, "Ended by SIGTERM.")
        signal.raise_signal(signal.SIGINT)  # often
    assert done == ["saved"]
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_a_signal_before_the_work_is_heard_when_it_begins():
    with Signals() as signals:
        signal.raise_signal(signal.SIGINT)
        with pytest.raises(Stopped) as stopped, signals.interruptible():
            raise AssertionError
    assert (stopped.value.status, str(stopped.value)) == (130, "Interrupted.")


class Freed:
    def __del__(self) -> None:
        signal.raise_signal(signal.SIGTERM)


def lose_a_signal() -> None:
    """Let one come while Python frees an object: it ignores what is raised there."""
    thing = Freed()
    del thing


def test_a_signal_that_meets_python_freeing_an_object_is_heard_all_the_same(capsys):
    with Signals() as signals, pytest.raises(Stopped), signals.interruptible():  # noqa: PT012
        lose_a_signal()
        signals.check()
    assert capsys.readouterr().err == ""


def test_it_is_heard_by_those_who_listen_from_then_on():
    """`ganviz` begins to listen, then `train`."""
    with Signals() as outer, outer.interruptible():
        lose_a_signal()
        with Signals() as signals, pytest.raises(Stopped) as stopped, signals.interruptible():
            raise AssertionError
    assert stopped.value.status == 143


def test_what_was_heard_is_not_heard_again():
    with Signals() as outer:
        with suppress(Stopped), outer.interruptible():
            signal.raise_signal(signal.SIGTERM)
        with Signals() as signals, signals.interruptible():
            pass


def test_after_a_signal_that_was_lost_the_next_one_is_heard():
    with Signals() as signals, pytest.raises(Stopped), signals.interruptible():  # noqa: PT012
        lose_a_signal()
        signal.raise_signal(signal.SIGINT)
        raise AssertionError


def test_a_signal_that_a_library_has_made_an_error_of_is_a_signal():
    with Signals() as signals, pytest.raises(Stopped) as stopped, signals.interruptible():  # noqa: PT012
        with suppress(Stopped):
            signal.raise_signal(signal.SIGTERM)
        raise ValueError("could not determine the shape")
    assert stopped.value.status == 143


def test_other_errors_are_what_they_are():
    with Signals() as signals, pytest.raises(ValueError, match="mine"), signals.interruptible():
        raise ValueError("mine")


@POSIX
def test_signals_that_the_shell_ignores_stay_ignored():
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)  # nohup
    try:
        with Signals() as signals, signals.interruptible():
            signal.raise_signal(signal.SIGHUP)
        assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGHUP, before)


# --------------------------------------------------------------------------------------------------------- streams


@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "cp932", "utf-8", "utf-16"])
@pytest.mark.parametrize("command", [["presets"], ["options"], ["options", "losses"], ["--help"]], ids=" ".join)
def test_every_encoding_takes_what_is_printed(command, encoding, monkeypatch):
    written = io.BytesIO()
    stream = io.TextIOWrapper(written, encoding=encoding)
    monkeypatch.setattr(sys, "stdout", stream)
    with suppress(SystemExit):  # argparse's help
        assert main(command) == 0
    stream.flush()
    text = written.getvalue().decode(encoding)
    if encoding == "ascii" and command == ["presets"]:
        assert "lr g is 1e-8" in text or "lr_g is 1e-8" in text
        assert "?" not in text.replace("Why?", "")


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("p_g → p_data", "p_g -> p_data"),
        ("−1.38 ≤ ½·β₁ 10⁻⁷", "-1.38 <= 1/2*beta1 10^-7"),
        ("größer", "grosser"),
        ("\ud83d\ude00", "??"),
    ],
)
def test_signs_that_an_encoding_lacks(text, plain):
    streams.accept_all_encodings()
    assert text.encode("ascii", streams.HANDLER).decode() == plain


def test_a_full_output_is_one_sentence(monkeypatch, capsys):
    class Full(io.StringIO):
        def flush(self) -> None:
            raise OSError(28, "No space left on device")

    monkeypatch.setattr(sys, "stdout", Full())
    assert main(["presets"]) == 2
    said = capsys.readouterr().err
    assert said == "ganviz: The output cannot be used: there is no space left on the disk.\n"


def test_a_person_who_has_gone_is_told_nothing(monkeypatch):
    class Gone(io.StringIO):
        def write(self, text: str) -> int:
            raise OSError(5, "Input/output error")

    monkeypatch.setattr(sys, "stderr", Gone())
    streams.say("Interrupted.")


def test_what_the_system_says_is_a_sentence():
    assert unusable(OSError(13, "Permission denied", "here")) == "'here' cannot be used: you have no permission."
    assert unusable(OSError("odd")) == "The output cannot be used: the system refuses it."
    assert because(OSError(99_999, "Quite odd")) == "Quite odd"
    assert all(because(OSError(number, "?")) == words for number, words in REASONS.items())


def test_a_lock_says_whose_folder_it_is(tmp_path):
    with Lock(tmp_path), pytest.raises(Invalid, match="Another run is writing"), Lock(tmp_path):
        raise AssertionError

"""The process that reads files: what it may cost, what becomes of it, and that this one never notices."""

from __future__ import annotations

import io
import os
import re
import subprocess
import sys

import numpy as np
import pytest

from ganviz import Invalid
from ganviz.readers import _process, tables
from ganviz.readers._message import Message, receive, send
from ganviz.readers._process import Limits, Reader
from ganviz.readers._table import parse
from ganviz.readers.tables import LIMITS, read_table

CSV = b"a,lacks,b\n1,x,2\n3,y,4\n"
ONLY_LINUX = pytest.mark.skipif(sys.platform != "linux", reason="other systems do not limit addresses")


def question(content: bytes = CSV) -> Message:
    return Message({"reader": "_table", "name": "x.csv"}, [np.frombuffer(content, np.uint8)])


def refusal(limits: Limits = LIMITS) -> str:
    with pytest.raises(Invalid) as caught, Reader(limits) as reader:
        reader.ask(question(), "x.csv")
    return str(caught.value)


def test_a_table_is_what_its_reader_makes_of_it(monkeypatch, tmp_path):
    """Also where the folder holds a module of a name that Python knows, and nothing says where the package lies."""
    (tmp_path / "csv.py").write_text("raise SystemExit", "utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend("")
    monkeypatch.delenv("PYTHONPATH", raising=False)
    found, expected = read_table(CSV, "x.csv"), parse(CSV, "x.csv")
    assert list(found) == list(expected) == ["a", "b"]
    for name, values in expected.items():
        np.testing.assert_array_equal(found[name], values)
    assert (found.file, found.left_out) == (expected.file, expected.left_out)


def test_what_reads_files_starts_quickly():
    """Without what takes longest to import: a table is there in a tenth of a second."""
    rooms = ", ".join(f"ganviz.readers.{name}" for name in ("_child", "_table", "_pictures"))
    heavy = "[name for name in ('torch', 'pydantic', 'plotly', 'pyarrow', 'psutil') if name in sys.modules]"
    command = [sys.executable, "-c", f"import sys, {rooms}; print({heavy})"]
    assert subprocess.run(command, capture_output=True, text=True, check=True).stdout == "[]\n"


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such limits")
def test_the_limits_are_the_system_s():
    show = "print([resource.getrlimit(which) for which in (resource.RLIMIT_CPU, resource.RLIMIT_AS)])"
    command = f"import resource; from ganviz.readers._child import limit; limit(3 << 29, 7); {show}"
    said = subprocess.run([sys.executable, "-c", command], capture_output=True, text=True, check=True).stdout
    assert said.startswith("[(7, 7)")
    assert sys.platform != "linux" or said == f"[(7, 7), ({3 << 29}, {3 << 29})]\n"


@ONLY_LINUX
def test_a_reader_without_memory():
    """Too little to start with, and too little for the answer."""
    assert re.fullmatch(
        r"x.csv (takes more than 30 MB of|is not read: .* too much) memory.*", refusal(Limits(30 << 20, 9, 999))
    )
    with (
        pytest.raises(Invalid, match="takes more than 200 MB of memory to read"),
        Reader(Limits(200 << 20, 9, 999)) as r,
    ):
        r.ask(question(b'"1\n",' * 1_000_000), "x.csv")


def test_a_reader_that_takes_more_than_it_may_is_ended(monkeypatch):
    """Where the system itself does not: its memory and the time that passes are watched."""
    with monkeypatch.context() as patch:
        patch.setattr(_process, "_resident", lambda pid: LIMITS.memory + 1)
        patch.setattr(_process, "PERIOD", 0)
        assert refusal() == "x.csv takes more than 640 MB of memory to read, which is not done."
    monkeypatch.setattr(_process, "PATIENCE", 0)
    monkeypatch.setattr(_process, "PERIOD", 0)
    assert refusal() == "x.csv takes longer than 20 seconds to read, which is not done."


def test_resident_memory_is_known():
    assert 1e6 < _process._resident(os.getpid()) < 1e11
    with Reader(LIMITS) as reader:
        reader.ask(question(), "x.csv")
    assert _process._resident(reader.process.pid) == 0


def test_an_answer_that_is_too_long(monkeypatch):
    assert refusal(Limits(LIMITS.memory, LIMITS.seconds, 31)) == "x.csv holds more than 0 MB, which is not read."
    monkeypatch.setattr(tables, "LIMITS", Limits(LIMITS.memory, LIMITS.seconds, 32))
    assert read_table(CSV, "x.csv").rows == 2


def test_a_reader_that_was_killed():
    with Reader(LIMITS) as reader:
        reader.process.kill()
        with pytest.raises(Invalid, match=r"^x.csv is not read: it is damaged, or it takes too much memory\.$"):
            reader.ask(question(b"1,2\n" * 1_000_000), "x.csv")


def test_an_interrupt_ends_the_reader(monkeypatch):
    """It reaches this process alone, which takes the other one along."""
    begun = []

    def interrupted(stream: object, most: int) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(_process, "receive", interrupted)
    monkeypatch.setattr(_process, "Reader", lambda limits: begun.append(Reader(limits)) or begun[0])
    with pytest.raises(KeyboardInterrupt):
        _process.ask(question(), "x.csv", LIMITS)
    assert begun[0].process.returncode not in (None, 0)


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX")
def test_a_reader_is_in_no_terminal_s_group():
    with Reader(LIMITS) as reader:
        assert os.getpgid(reader.process.pid) != os.getpgid(0)


def test_no_process_can_be_started(monkeypatch, tmp_path):
    monkeypatch.setattr(sys, "executable", str(tmp_path / "none"))
    with pytest.raises(Invalid, match=r"^x.csv is not read: no process can be started to do so \(it is not there\)\.$"):
        read_table(CSV, "x.csv")


def test_messages_arrive_whole_or_not_at_all():
    stream, arrays = io.BytesIO(), [np.arange(6.0).reshape(2, 3).T, np.array([], np.uint8), np.array([[1, 2]], ">i4")]
    send(stream, Message({"größe": "", "lacks": "\udcff\n"}, arrays, refusal="no"))
    whole = stream.getvalue()
    found = receive(io.BytesIO(whole), 56)
    assert found is not None
    assert (found.words, found.refusal) == ({"größe": "", "lacks": "\udcff\n"}, "no")
    for one, other in zip(found.arrays, arrays, strict=True):
        assert one.dtype == other.dtype
        np.testing.assert_array_equal(one, other)
    assert all(receive(io.BytesIO(whole[:end]), 56) is None for end in range(len(whole)))
    with pytest.raises(ValueError, match="too long"):
        receive(io.BytesIO(whole), 55)

"""A hundred malformed tables, sent to a running session: each ends in one sentence, and nothing is lost."""

from __future__ import annotations

import io
import re
import time

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from conftest import small
from hypothesis import given, settings
from hypothesis import strategies as some

from ganviz import explore
from ganviz.widgets.editors.table import TableEditor

pytestmark = pytest.mark.usefixtures("lasting_reader")

TABLES = 150


def npy(values: object) -> bytes:
    file = io.BytesIO()
    np.save(file, np.asarray(values), allow_pickle=True)
    return file.getvalue()


def parquet() -> bytes:
    file = io.BytesIO()
    pq.write_table(pa.table({"a": np.arange(50.0), "b": np.arange(50.0) ** 2}), file)
    return file.getvalue()


BAD_COLUMN = some.sampled_from(
    [
        lambda row: "nan" if row == 1 else str(row),
        lambda row: "" if row == 0 else str(row),
        lambda row: "inf" if row == 2 else str(row),
        lambda row: "-1e400" if row == 1 else str(row),
        lambda row: "7",
        lambda row: "word",
        lambda row: "",
    ]
)


@some.composite
def csv(draw) -> tuple[str, bytes]:
    """Two columns or more of which none can be used: missing, infinite, constant, text, empty."""
    columns = draw(some.lists(BAD_COLUMN, min_size=2, max_size=4))
    rows = draw(some.integers(3, 8))
    mark = draw(some.sampled_from(",;\t"))
    lines = [mark.join(f"c{i}" for i in range(len(columns)))]
    lines += [mark.join(cell(row) for cell in columns) for row in range(rows)]
    return "mine.csv", "\n".join(lines).encode()


@some.composite
def cut(draw) -> tuple[str, bytes]:
    """A good file that ends too early."""
    name, whole = draw(some.sampled_from([("mine.npy", npy(np.arange(40.0))), ("mine.parquet", parquet())]))
    return name, whole[: draw(some.integers(0, len(whole) - 1))]


NOISE = some.tuples(some.sampled_from(["mine.npy", "mine.parquet", "mine.xlsx"]), some.binary(max_size=200))
UNFIT = some.sampled_from(
    [
        ("mine.npy", npy([{"a": 1}, None])),
        ("mine.npy", npy(np.zeros((2, 3, 4)))),
        ("mine.npy", npy([1j, 2, 3])),
        ("mine.npy", npy([np.nan, 1.0])),
        ("mine.npy", npy([5.0])),
        ("mine.csv", b"a,b\n1,2\n3\n"),
        ("mine.csv", b"\x00\x01\x02" * 50),
        ("mine.csv", b"x" * 8_000_001),
    ]
)


@pytest.fixture
def explorer():
    explorer = explore(small(data="table", latent={"name": "normal", "dim": 2}), path="eager")
    yield explorer
    explorer.close()


def test_a_hundred_malformed_tables_leave_the_session_unharmed(explorer, caplog):
    table = next(x for x in explorer._shown_panel.controls["data"].children if isinstance(x, TableEditor))
    before, run, answers = explorer.session.experiment, explorer.session._worker.run, []
    table._loader.send = lambda content, buffers=None: answers.append(content)
    explorer.session.watch(lambda frame: explorer.session.want_frame())
    explorer.session.play()

    @settings(max_examples=TABLES, deadline=None, derandomize=True)
    @given(some.one_of(csv(), cut(), NOISE, UNFIT))
    def send(file: tuple[str, bytes]) -> None:
        name, content = file
        table._loader._handle_custom_msg({"name": name}, [memoryview(content)])
        answer = answers[-1]
        assert re.fullmatch(r"[^\n]{8,300}[.?]", answer["sentence"]), answer
        assert "Traceback" not in answer["sentence"]
        assert "Something went wrong" not in answer["sentence"]
        assert explorer.session.experiment == before

    send()
    assert len(answers) >= 100
    assert explorer.session._worker.run is run, "no new run was begun"
    step, end = run.trainer.step_count, time.monotonic() + 120
    while run.trainer.step_count == step and time.monotonic() < end:
        time.sleep(0.02)
    assert run.trainer.step_count > step, "and training goes on"
    assert not caplog.records

"""Tables as other programs write them, read value by value; and what the report says of each."""

from __future__ import annotations

import functools
import io
import math
import re
import zipfile

import numpy as np
import pyarrow as pa
import pytest
import table_writers as write
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from pyarrow import parquet

from ganviz import Experiment, Invalid, load_table
from ganviz.distributions._read_columns import ReadColumns
from ganviz.distributions._tables import choose
from ganviz.distributions.table import Table
from ganviz.readers._encoding import code_page
from ganviz.readers._table import parse
from ganviz.readers.columns import Columns
from ganviz.readers.kinds import kind_of
from ganviz.readers.report import Report
from ganviz.readers.tables import read_table

pytestmark = pytest.mark.usefixtures("lasting_reader")


def read(text: str | bytes, name: str = "x.csv") -> Columns:
    """The columns, read in this process."""
    return parse(text.encode() if isinstance(text, str) else text, name)


def listed(found: Columns) -> dict[str, list[float]]:
    return {name: column.tolist() for name, column in found.items()}


# --------------------------------------------------------------------------------- as other programs write them

FLOATS = st.floats(-1e300, 1e300) | st.floats(-1000, 1000).map(lambda x: round(x, 2))
NAMES = {
    "words": ["x", "größe", "weight, kg", "n;m", 'the "last"', "a b"],
    "years": ["2019", "2020", "2021", "2022", "2023", "2024"],
    "counters": ["0", "1", "2", "3", "4", "5"],
}


@st.composite
def tables(draw, names=("words", "years", "counters"), missing=math.nan) -> write.Table:
    """Two columns or more, the first of them of other numbers than whole ones; the last may lack values."""
    rows, count = draw(st.integers(4, 8)), draw(st.integers(2, 4))
    called = NAMES[draw(st.sampled_from(names))][:count]
    cells = lambda values: draw(st.lists(values, min_size=rows, max_size=rows))  # noqa: E731
    whole = [cells(st.integers(-5000, 5000)) for _ in called[2:]]
    columns = [cells(FLOATS), *whole, cells(FLOATS | st.just(missing))]
    return dict(zip(called, columns, strict=True))


def is_ambiguous(table: write.Table, separator: str) -> bool:
    """Whether decimal commas could all stand between thousands, and no semicolons say that they do not."""
    cells = [repr(value) for column in table.values() for value in column if not math.isnan(value)]
    return separator != ";" and all(re.fullmatch(r"-?[0-9]+|-?[1-9][0-9]{0,2}\.[0-9]{3}", cell) for cell in cells)


def counts(column: list[float]) -> bool:
    return column in ([float(i) for i in range(len(column))], [float(i) for i in range(1, len(column) + 1)])


def agrees(found: Columns, table: write.Table, headed: bool) -> None:
    """The same names, if there are any, and the same values; NaN where there is none."""
    assert len(found) == len(table)
    if headed:
        assert list(found) == list(table)
    for values, expected in zip(found.values(), table.values(), strict=True):
        np.testing.assert_array_equal(values, expected)


SEPARATORS = st.sampled_from(",;\t| ")
DECIMALS = st.sampled_from(".,")
ENCODINGS = st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "cp1252"])
ENDS = st.sampled_from(["\n", "\r\n"])


def encoded(text: str, encoding: str, end: str) -> bytes:
    return text.replace("\n", end).encode(encoding)


@st.composite
def by_pandas(draw) -> tuple[bytes, write.Table, bool, str]:
    table, sep, decimal = draw(tables()), draw(SEPARATORS), draw(DECIMALS)
    headed = draw(st.booleans())
    text = write.pandas(
        table,
        sep=sep,
        decimal=decimal,
        quoting=draw(st.sampled_from([write.MINIMAL, write.ALL, write.TEXTS])),
        index=headed and draw(st.booleans()),
        header=headed,
    )
    assume(headed or not counts(next(iter(table.values()))))
    assume(decimal == "." or not is_ambiguous(table, sep))
    return encoded(text, draw(ENCODINGS), draw(ENDS)), table, headed, decimal


@st.composite
def by_polars(draw) -> tuple[bytes, write.Table, bool, str]:
    table, separator, decimal = draw(tables(names=("words", "years"))), draw(SEPARATORS), draw(DECIMALS)
    headed = draw(st.booleans())
    style = draw(st.sampled_from(["necessary", "always", "non_numeric"]))
    text = write.polars(
        table, separator=separator, decimal_comma=decimal == ",", quote_style=style, header=headed
    )
    assume(headed or not counts(next(iter(table.values()))))
    assume(decimal == "." or not is_ambiguous(table, separator))
    return encoded(text, draw(ENCODINGS), draw(ENDS)), table, headed, decimal


@st.composite
def by_r(draw) -> tuple[bytes, write.Table, bool, str]:
    """Where it writes no names or no quotation marks, columns are such that they are no counts and have no blanks."""
    table, sep, dec = draw(tables(names=("words",))), draw(SEPARATORS), draw(DECIMALS)
    quote, headed = draw(st.booleans()), draw(st.booleans())
    table = table if quote else dict(zip("abcd", table.values(), strict=False))
    # A comma for both needs quotation marks, which R does not put around numbers.
    assume(not (sep == "," == dec))
    corner = draw(st.booleans())
    # Without quotation marks, row numbers under a line without a name for them look like commas within numbers.
    row_names = headed and draw(st.booleans()) and (quote or corner or sep in " \t")
    text = write.r(table, sep=sep, dec=dec, quote=quote, row_names=row_names, col_names=headed, corner=corner)
    cells = [f"{value:.15g}" for value in next(iter(table.values()))]
    assume(headed or (not counts(next(iter(table.values()))) and not all(cell.isdigit() for cell in cells[:1])))
    assume(dec == "." or not all(re.fullmatch(r"-?[0-9]+|-?[1-9][0-9]{0,2}\.[0-9]{3}", cell) for cell in cells))
    assume(any("." in cell for cell in cells))
    kept = {name: [float(f"{value:.15g}") for value in column] for name, column in table.items()}
    return encoded(text, draw(ENCODINGS), draw(ENDS)), kept, headed, dec


@pytest.mark.parametrize("written", [by_pandas(), by_polars(), by_r()], ids=["pandas", "polars", "R"])
def test_a_table_is_read_as_it_was_written(written):
    check(written, 40)


@pytest.mark.long
@pytest.mark.parametrize("written", [by_pandas(), by_polars(), by_r()], ids=["pandas", "polars", "R"])
def test_thousands_of_tables_are_read_as_they_were_written(written):
    check(written, 2000)


def check(written, examples):
    @settings(max_examples=examples, deadline=None, derandomize=True)
    @given(written)
    def run(one):
        content, table, headed, decimal = one
        found = read(content)
        agrees(found, table, headed)
        assert f"decimal {'points' if decimal == '.' else 'commas'}" in found.report.assumed

    run()

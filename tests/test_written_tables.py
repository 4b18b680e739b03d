"""Tables as other programs write them, read value by value, and what the report says of each."""

from __future__ import annotations

import math
import re

import numpy as np
import pytest
import table_writers as write
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from ganviz import Invalid
from ganviz.distributions._tables import choose
from ganviz.readers._encoding import code_page
from ganviz.readers._table import parse
from ganviz.readers.columns import Columns


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
    text = write.polars(table, separator=separator, decimal_comma=decimal == ",", quote_style=style, header=headed)
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


# ------------------------------------------------------------------------------------------- files that people have


@pytest.mark.parametrize(
    ("text", "columns", "said"),
    [
        # D01: pandas without names, with its index and without; a series
        ("0,1\n1.5,2.5\n2.5,3.5\n4.5,1.0\n", {"0": [1.5, 2.5, 4.5], "1": [2.5, 3.5, 1]}, "numbers as names in line 1"),
        (",0,1\n0,1.5,2.5\n1,2.5,3.5\n", {"0": [1.5, 2.5], "1": [2.5, 3.5]}, "column 1 has no name and numbers the"),
        (",0\n0,1.5\n1,2.5\n", {"0": [1.5, 2.5]}, "column 1 has no name"),
        ("0,1,2\n50,7,-3\n4,60,9\n", {"0": [50, 4], "1": [7, 60], "2": [-3, 9]}, "numbers as names"),
        ("0,1\n1,0\n1,1\n", {"column 1": [0, 1, 1], "column 2": [1, 0, 1]}, "no line of names"),
        ("2019,2020\n1.5,2.5\n3.5,4.5\n", {"2019": [1.5, 3.5], "2020": [2.5, 4.5]}, "numbers as names"),
        ("2019,2020\n15,25\n35,45\n", {"2019": [15, 35], "2020": [25, 45]}, "numbers as names"),
        ("2019,20\n2020,25\n2021,45\n", {"column 1": [2019, 2020, 2021], "column 2": [20, 25, 45]}, "no line of names"),
        ("0,1\n0.5,1.2\n1,1.7\n1.5,2\n", {"column 1": [0, 0.5, 1, 1.5], "column 2": [1, 1.2, 1.7, 2]}, "no line of"),
        ('"1","2"\n3,4\n5,6\n', {"1": [3, 5], "2": [4, 6]}, "numbers as names"),
        # D03: decimal commas
        ("x;n\n1,5;10\n2,5;20\n", {"x": [1.5, 2.5], "n": [10, 20]}, "semicolons between cells, decimal commas, names"),
        ('"x","n"\n"1,5","2,5"\n"2,5","3,5"\n', {"x": [1.5, 2.5], "n": [2.5, 3.5]}, "commas between cells, decimal"),
        ("1,5 2,5\n3,5 4,25\n", {"column 1": [1.5, 3.5], "column 2": [2.5, 4.25]}, "blanks between cells, decimal"),
        ("x\n1,5\n2,25\n", {"x": [1.5, 2.25]}, "Assumed: decimal commas, names in line 1."),
        ("x\n1,234\n2,345\n", {"x": [1.234, 2.345]}, "decimal commas"),
        ("a;b\n1.234,56;1.000\n7,5;2.000\n", {"a": [1234.56, 7.5], "b": [1000, 2000]}, "points between groups"),
        ('a,b\n"1,234.56",1\n"7.5",2\n', {"a": [1234.56, 7.5], "b": [1, 2]}, "commas between groups of digits"),
        ('a,b\n"1,234",1.5\n"2,500",2\n', {"a": [1234, 2500], "b": [1.5, 2]}, "commas between groups"),
        ("a;b\n1\u00a0234,5;1\n22\u202f345,5;3\n", {"a": [1234.5, 22345.5], "b": [1, 3]}, "blanks between groups"),
        ("a;b\n1'234.5;2\n2’345.5;3\n", {"a": [1234.5, 2345.5], "b": [2, 3]}, "apostrophes between groups"),
        ("a;b\n1.5;x\n2,5;y\n3.5;z\n0;1\n", None, "'a' has '2,5' in line 3"),
        ("a;b\n" + "1;2\n" * 80 + "1,5;2\n", {"a": [*[1] * 80, 1.5], "b": [2] * 81}, "decimal commas"),
        ("a,b\n−1.5,2\n2.5,3\n", {"a": [-1.5, 2.5], "b": [2, 3]}, "decimal points"),
        # D04: row numbers
        ('"","x","y"\n"1",1.5,2\n"2",2,3\n', {"x": [1.5, 2], "y": [2, 3]}, "column 1 has no name and numbers the rows"),
        ("Unnamed: 0,x,y\n3,1.5,2\n7,2,3\n", {"x": [1.5, 2], "y": [2, 3]}, "Unnamed: 0 has no name of its own"),
        ("rownames,x\n1,1.5\n2,2\n", {"x": [1.5, 2]}, "rownames has no name of its own and numbers the rows"),
        ("1,1.5\n2,2.5\n3,0.5\n", {"column 2": [1.5, 2.5, 0.5]}, "column 1 counts the rows"),
        ("n,x\n1,1.5\n2,2\n", {"n": [1, 2], "x": [1.5, 2]}, "Taken: n, x."),
        ('""\n1\n2\n3\n', {"column 1": [1, 2, 3]}, "Taken: column 1."),
        # D05: blanks
        ('"x" "y"\n"1" 1.5 2\n"2" 2.5 3\n', {"x": [1.5, 2.5], "y": [2, 3]}, "column 1 has no name and numbers"),
        ('"x" "y"\n"Ann" 1.5 2\n"Bob L" 2.5 3\n', {"x": [1.5, 2.5], "y": [2, 3]}, "column 1 has 'Ann' in line 2"),
        ("  1.5   2\n -0.5  12\n", {"column 1": [1.5, -0.5], "column 2": [2, 12]}, "blanks between cells"),
        ("# made today\n# x y\n1 2\n3 4\n# the end\n", {"x": [1, 3], "y": [2, 4]}, "names in the comment above line 3"),
        ("# x y\n1 2\n3 4\n# the end\n", {"x": [1, 3], "y": [2, 4]}, "line 4 begins with #"),
        ("# x y z\n1 2\n3 4\n", {"column 1": [1, 3], "column 2": [2, 4]}, "no line of names"),
        ("#,x,y\n1,1.5,2\n2,0.5,3\n", {"x": [1.5, 0.5], "y": [2, 3]}, "column 1 has no name and numbers the rows"),
        # D07, D11
        ("sep=;\nx;n\n1,5;10\n2,5;20\n", {"x": [1.5, 2.5], "n": [10, 20]}, "names in line 2"),
        ('"sep=,"\nx,n\n1.5,10\n2.5,20\n', {"x": [1.5, 2.5], "n": [10, 20]}, "commas between cells"),
        ("sep=^\nx^n\n1.5^10\n2.5^20\n", {"x": [1.5, 2.5], "n": [10, 20]}, "'^' between cells"),
        # and a separator behind every cell
        ("a,b\n1,2,\n3,4,\n", {"a": [1, 3], "b": [2, 4]}, "column 3 is empty"),
    ],
)  # fmt: skip
def test_a_file_is_read_as_it_was_meant(text, columns, said):
    if columns is None:
        with pytest.raises(Invalid, match=re.escape(said)):
            choose(read(text), ["a"])
        return
    found = read(text)
    assert listed(found) == columns
    assert said in str(found.report)


@pytest.mark.parametrize(
    ("page", "words"),
    [
        ("cp1252", ["preis €", "Größe;Länge", "élévation", "Año", "m³", "“x”", "São Paulo", "¿Cuánto?", "°C"]),
        ("cp932", ["身長;体重", "データ", "価格"]),
        ("cp1251", ["Рост;Вес", "цена", "ЦЕНА"]),
        ("cp1253", ["θερμοκρασία", "ύψος;βάρος"]),
        ("cp1250", ["długość", "żółty"]),
        ("cp936", ["价格;重量", "身高"]),
        ("cp949", ["서울특별시"]),
    ],
)
def test_letters_of_windows(page, words):
    for word in words:
        content = (
            word + "\n" + ";".join(["1,5"] * (word.count(";") + 1)) + "\n2;3\n"[: 3 + word.count(";") * 2]
        ).encode(page)
        assert code_page(content) == page, word
    found = read((words[0] + "\n" + "1,5;2\n2,5;3\n" if ";" in words[0] else words[0] + "\n1,5\n2,5\n").encode(page))
    assert list(found) == words[0].split(";")
    assert f"Windows-{page[2:]}" in str(found.report)


def test_utf_16_is_read_by_its_mark():
    for encoding in ("utf-16", "utf-16-be"):
        content = ("\ufeff" * (encoding == "utf-16-be") + "größe\tn\r\n1,5\t2\r\n3,5\t4\r\n").encode(encoding)
        found = read(content)
        assert listed(found) == {"größe": [1.5, 3.5], "n": [2, 4]}
        assert "UTF-16" in found.report.assumed


def test_numpy_s_own_files():
    table = {"x": [1.5, -2e-300, 3.25], "y": [0.1, 2, 3]}
    for delimiter in " ,;\t":
        for header in (False, True):
            found = read(write.numpy(table, delimiter=delimiter, header=header, footer=True))
            assert next(iter(found.values())).tolist() == table["x"]
            assert list(found) == (["x", "y"] if header else ["column 1", "column 2"])

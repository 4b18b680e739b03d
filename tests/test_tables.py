"""The reader's own table: what is read, what is refused and in which words, and the density that is made of it."""

from __future__ import annotations

import io
import json
import math
import re
import struct
import sys
import tracemalloc
from decimal import Decimal

import numpy as np
import pyarrow as pa
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from pyarrow import parquet

from ganviz import Experiment, Invalid
from ganviz.contracts.counted import Counted
from ganviz.contracts.distribution import Distribution
from ganviz.distributions._standard import standardise
from ganviz.distributions._tables import choose, load_table, principal
from ganviz.distributions.table import Table, leaves
from ganviz.option import resolve
from ganviz.readers._table import parse
from ganviz.readers.columns import BYTES, LIMIT, NAME
from ganviz.readers.tables import read_table

pytestmark = pytest.mark.usefixtures("lasting_reader")

RANDOM = np.random.default_rng(0)
HEIGHTS = np.round(RANDOM.normal(172.3, 9.1, 400), 1)
WEIGHTS = np.round(0.9 * HEIGHTS - 85 + RANDOM.normal(0, 6, 400), 1)


def npy(array: np.ndarray, **options: bool) -> bytes:
    file = io.BytesIO()
    np.save(file, array, **options)
    return file.getvalue()


def npy_header(descr: object, shape: object, body: bytes = b"", version: int = 1) -> bytes:
    """A .npy file whose header says what it likes."""
    header = repr({"descr": descr, "fortran_order": False, "shape": shape}).encode()
    return b"\x93NUMPY" + struct.pack("<BB" + ("H" if version == 1 else "I"), version, 0, len(header)) + header + body


def pq(columns: dict[str, object] | pa.Table, **options: object) -> bytes:
    file = io.BytesIO()
    parquet.write_table(columns if isinstance(columns, pa.Table) else pa.table(columns), file, **options)
    return file.getvalue()


def refusal(content: bytes, name: str, *columns: str) -> str:
    """The one sentence with which a table, or a column of it, is refused."""

    def table() -> Table:
        found = read_table(content, name)
        return choose(found, columns or list(found)[:2])

    with pytest.raises(Invalid) as caught:
        table()
    return is_sentence(str(caught.value))


def is_sentence(text: str) -> str:
    bare = re.sub(r"'[^']*'|\"[^\"]*\"", "", text)
    assert re.search(r"[^.]\.$", text), text
    assert not re.search(r"\n|\. |Traceback|Error|/|\\|0x", bare), text
    assert text[0] != " "
    return text


# --------------------------------------------------------------------------------------------------- what is read


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "latin-1"])
def test_text_is_read_exactly(delimiter, end, encoding):
    rows = [
        ["größe", "city", "weight, kg"],
        ["1.5", "Köln", "-2e3"],
        [],
        ["0.1", "Paris; Texas", " 7 "],
        ["NaN", "", ""],
    ]
    lines = [delimiter.join(f'"{cell}"' if re.search(r"[,; ]", cell) else cell for cell in row) for row in rows]
    found = read_table((end.join(lines) + end).encode(encoding), "x.csv")
    assert list(found) == ["größe", "weight, kg"]
    np.testing.assert_array_equal(found["größe"], [1.5, 0.1, np.nan])
    np.testing.assert_array_equal(found["weight, kg"], [-2000, 7, np.nan])
    assert found["größe"].dtype == np.float64
    assert dict(found.left_out) == {"city": "has 'Köln' in line 2"}
    assert (found.rows, found.file, found.note, len(found)) == (3, "x.csv", "", 2)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1,2\n3,4", {"column 1": [1, 3], "column 2": [2, 4]}),
        ("a\n1\n2\n", {"a": [1, 2]}),
        ("5\n1\n2", {"column 1": [5, 1, 2]}),
        ("a,,c\n1,2,3\n4,5,6", {"a": [1, 4], "column 2": [2, 5], "c": [3, 6]}),
        ("name,2019\nx,1\ny,2", {"2019": [1, 2]}),
        ("x,2019\n1,1\n2,2", {"x": [1, 2], "2019": [1, 2]}),
        ("Ann,1\nBob,2", {"column 2": [1, 2]}),
        ('"a ""b""\nc",d\n1,"2"\n3,4', {'a "b" c': [1, 3], "d": [2, 4]}),
        ("id,kinds\n1,a|b\n2,c|d", {"id": [1, 2]}),
        ("a;b\n1;2,5\n3;4,5", {"a": [1, 3], "b": [2.5, 4.5]}),
        ("1,,\n2,,\n", {"column 1": [1, 2], "column 2": [math.nan] * 2, "column 3": [math.nan] * 2}),
        ("a,b\n1_0,1\n20,2\n", {"b": [1, 2]}),
        ("a\ninf\n-1e999\n", {"a": [math.inf, -math.inf]}),
    ],
)
def test_names_and_cells(text, expected):
    found = read_table(text.encode(), "x.txt")
    assert list(found) == list(expected)
    for name, values in expected.items():
        np.testing.assert_array_equal(found[name], values)


@pytest.mark.parametrize("kind", ["<f8", ">f8", "f4", "f2", "g", "i1", "u2", ">i4", "u8"])
@pytest.mark.parametrize("order", ["C", "F"])
def test_arrays_are_read_exactly(kind, order):
    array = np.array([[1, 2, 3], [5, 7, 11]], dtype=kind, order=order)
    found = read_table(npy(array), "x.npy")
    assert {name: column.tolist() for name, column in found.items()} == {
        "column 1": [1, 5], "column 2": [2, 7], "column 3": [3, 11],
    }  # fmt: skip
    np.testing.assert_array_equal(read_table(npy(array[:, 1].copy()), "x.npy")["column 1"], [2, 7])


def test_structured_arrays_are_read_exactly():
    kind = [("größe", ">f4"), ("name", "U3"), ("n", "i8"), ("pair", "f8", 2), ("z", "c16")]
    found = read_table(npy(np.array([(1.5, "a", 2, (0, 0), 1j), (2.5, "b", 3, (0, 0), 1j)], dtype=kind)), "x.npy")
    assert {name: column.tolist() for name, column in found.items()} == {"größe": [1.5, 2.5], "n": [2, 3]}
    assert dict(found.left_out) == {"name": "holds text", "pair": "holds arrays", "z": "holds complex numbers"}


@pytest.mark.parametrize("compression", ["none", "snappy", "gzip", "zstd", "brotli", "lz4"])
@pytest.mark.parametrize("version", ["1.0", "2.0"])
def test_parquet_is_read_exactly(compression, version):
    table = pa.table({
        "x": [1.5, None, 3.5], "n": pa.array([1, 2, 3], pa.int32()), "half": pa.array(np.float16([1, 2, 3])),
        "price": [Decimal("1.25"), Decimal("2.50"), None], "text": ["a", "b", "c"], "yes": [True, False, True],
        "list": [[1.0], [2.0], [3.0]], "pair": [{"x": 1.0}] * 3, "day": pa.array([1, 2, 3], pa.date32()),
        "x.y": [7.0, 8.0, 9.0], "n.text": ["a", "b", "c"],
    })  # fmt: skip
    found = read_table(pq(table, compression=compression, data_page_version=version, row_group_size=2), "x.parquet")
    assert list(found) == ["x", "n", "half", "price", "x.y"]
    np.testing.assert_array_equal(np.stack(list(found.values())), [
        [1.5, np.nan, 3.5], [1, 2, 3], [1, 2, 3], [1.25, 2.5, np.nan], [7, 8, 9]
    ])  # fmt: skip
    assert found.left_out["text"] == "holds values of type string"
    assert set(found.left_out) == {"text", "yes", "list", "pair", "day", "n.text"}


def test_many_parquet_pages_and_groups_are_read_exactly():
    values = RANDOM.normal(size=30_000)
    content = pq({"a": values}, row_group_size=7_000, data_page_size=1_000, use_dictionary=False)
    np.testing.assert_array_equal(read_table(content, "x.parquet")["a"], values)


def test_content_decides_before_the_name_does():
    table = {"a": [1.0, 2.0]}
    assert list(read_table(npy(np.arange(3)), "x.csv")) == ["column 1"]
    assert list(read_table(pq(table), "x.npy")) == list(read_table(pq(table), "x")) == ["a"]
    assert list(read_table(b"PAR1,PAR2\n1,2\n3,4", "X.CSV")) == ["PAR1", "PAR2"]


def test_columns_are_compared_by_identity():
    one, two = (read_table(b"1\n2", "x.csv") for _ in range(2))
    assert one == one
    assert one != two
    assert len({one, two}) == 2


# ------------------------------------------------------------------------------------------------ what is refused


def pickled() -> bytes:
    return npy(np.array([{}, {}], dtype=object), allow_pickle=True)


PARQUET = pq({"a": [1.0, 2.0, 4.0], "b": [1, 5, 2]})
WIDE = ",".join(["1"] * 65).encode()


@pytest.mark.parametrize(
    ("content", "name", "words"),
    [
        (b"", "a.csv", "a.csv is empty"),
        (b"", "a.npy", "a.npy is empty"),
        (b" \n\n\t\r\n", "a.csv", "a.csv has no rows"),
        (b"\xef\xbb\xbf", "a.csv", "no rows"),
        (b"a,b\n", "a.csv", "no rows"),
        (b'""\n""', "a.csv", "no rows"),
        (b"a,b\n1,2\n\n", "a.csv", "one row only"),
        (b"a,b\n1,2", "a.csv", "one row only"),
        (b"1,2", "a.csv", "one row only"),
        (bytes(range(256)), "a.csv", "no table"),
        (b"\xff\xfea\0,", "a.csv", "begins as a text in UTF-16 does, and is none"),
        (b"\x01\x02", "/folder/me/a.xlsx", "^a.xlsx is of a kind that is not read"),
        (b"1,2\n3,4", "C:\\Users\\me\\table", "^table is of a kind that is not read"),
        (b"a,b\n1,2\n3", "a.csv", "Line 3 of a.csv has 1 cell, where the lines before have 2"),
        (b"a,b\n1,2\n\n3,4,5", "a.csv", "Line 4 of a.csv has 3 cells"),
        (b'a,b\n1,"2\n3,4', "a.csv", "no valid CSV"),
        (b"a,b\n1," + b"2" * 200_000 + b"\n3,4", "a.csv", "no valid CSV"),
        (b"name,day\nAnn,2020-01-01\nBob,2020-01-02", "a.csv", "no column of numbers: 'name' has 'Ann' in line 2"),
        (b"a,b\n1,5,2,5\n2,5,3,5", "a.csv", "Line 2 of a.csv has 4 cells, where .* 2; if commas are decimal signs too"),
        (b"a;b\n1,5,5;x\n2,5;y", "a.csv", "no column of numbers: 'a' has '1,5,5' in line 2"),
        (b"price\n12 %\n13 %", "a.csv", "'price' has '12 %' in line 2"),
        (b"a,b,a\n1,2,3\n4,5,6", "a.csv", "2 columns called 'a'"),
        (WIDE + b"\n" + WIDE, "a.csv", "65 columns; at most 64"),
        (b"1\n" * 200_001, "a.csv", "more than 200,000 rows"),
        (b"1" * (BYTES + 1), "a.csv", "larger than 8 MB"),
        (b"1,2", "a.npy", "does not begin as a .npy file does"),
        (npy(np.arange(9))[:40], "a.npy", "does not begin"),
        (npy(np.arange(9.0))[:-1], "a.npy", "promises 72 bytes of numbers, it has 71"),
        (npy(np.arange(9.0)) + b"x", "a.npy", "promises 72 bytes of numbers, it has 73"),
        (pickled(), "a.npy", "pickled Python objects"),
        (npy(np.array([1j, 2])), "a.npy", "holds complex numbers"),
        (npy(np.array(["a", "b"])), "a.npy", "holds text"),
        (npy(np.array([True, False])), "a.npy", "holds truth values"),
        (npy(np.zeros((2, 2, 2))), "a.npy", r"shape \(2, 2, 2\)"),
        (npy(np.array(1.0)), "a.npy", r"shape \(\)"),
        (npy(np.zeros((2, 2), dtype=[("a", "f8")])), "a.npy", r"shape \(2, 2\)"),
        (npy(np.zeros(0)), "a.npy", "no rows"),
        (npy(np.zeros((1, 3))), "a.npy", "one row only"),
        (npy(np.zeros((3, 0))), "a.npy", "no columns"),
        (npy(np.zeros((2, 65))), "a.npy", "65 columns"),
        (npy(np.zeros(200_001, "u1")), "a.npy", "200,001 rows; at most 200,000"),
        (npy(np.zeros(3, dtype=[("a", "U2")])), "a.npy", "no column of numbers: 'a' holds text"),
        (npy_header("<f8", (10**12,)), "a.npy", "1,000,000,000,000 rows"),
        (npy_header("<f8", (200_000, 64)), "a.npy", "promises 102,400,000 bytes of numbers, it has 0"),
        (npy_header("<f8", (-1,)), "a.npy", r"promises an array of shape \(-1\)"),
        (npy_header("|O", (2,)), "a.npy", "pickled"),
        (npy_header([("a", "|O"), ("b", "<f8")], (2,)), "a.npy", "pickled"),
        (npy_header("<f8", (2,), bytes(16), version=3), "a.npy", "version 3.0"),
        (npy_header("<f8", (2,) * 4000), "a.npy", "does not begin"),
        (PARQUET[:-20], "a.parquet", "no Parquet file, or one that is cut short"),
        (b"PAR1" + PARQUET[40:], "a.parquet", "damaged Parquet"),
        (b"PAR1" + bytes(60) + b"PAR1", "a.parquet", "damaged Parquet"),
        (b"PAR1" + bytes(60) + b"\xff\xff\xff\x7fPAR1", "a.parquet", "damaged Parquet"),
        (b"PAR1\x15\x02\x19\xfc\xff\xff\xff\xff\x07\x0a\x00\x00\x00PAR1", "a.parquet", "damaged Parquet"),
        (pq({"a": pa.array([], pa.float64())}), "a.parquet", "no rows"),
        (pq({"a": [1.0]}), "a.parquet", "one row only"),
        (pq({"a": np.zeros(200_001)}), "a.parquet", "200,001 rows"),
        (pq({f"{i}": [1.0, 2.0] for i in range(65)}), "a.parquet", "65 columns"),
        (pq({"a": [{f"{i}": 1.0 for i in range(65)}] * 2}), "a.parquet", "'a' holds values of type struct"),
        (pq({"a": ["x", "y"]}), "a.parquet", "'a' holds values of type string"),
        (pq(pa.Table.from_arrays([pa.array([1, 2])] * 2, ["a", "a"])), "a.parquet", "2 columns called 'a'"),
    ],
)  # fmt: skip
def test_a_bad_file_is_refused_with_one_sentence(content, name, words):
    assert re.search(words, refusal(content, name))


@pytest.mark.parametrize(
    ("text", "columns", "words"),
    [
        (
            "a,b\n1,2\n,3\nNA,4",
            "a",
            "The column 'a' of x.csv lacks a value in 2 of 3 rows; rows with missing values are",
        ),
        ("a,b\n1,2\n,3\n2,4", "ba", "'a' of x.csv lacks a value in 1 of 3 rows"),
        ("a,b\n1,\n2,\n", "b", "The column 'b' of x.csv is empty."),
        ("a,b\n1,inf\n2,3", "b", "'b' of x.csv has an infinite value in 1 of 2 rows"),
        ("a,b\n1,7\n2,7", "ab", "'b' of x.csv is constant: every row has 7"),
        ("a,b\nx,7\ny,8", "a", "'a' of x.csv is not used: it has 'x' in line 2"),
        ("alpha,beta\n1,2\n2,3", ["gamma"], "x.csv has no column 'gamma'; there are: alpha, beta"),
        ("a,b\n1,2\n2,3", "aa", "'a' is chosen twice"),
        ("a,b,c\n1,2,3\n2,3,5", "abc", "Choose one column or two, not 3"),
    ],
)
def test_a_bad_column_is_refused_with_one_sentence(text, columns, words):
    assert words in refusal(text.encode(), "x.csv", *columns)


def test_a_column_of_the_wrong_name_is_corrected():
    with pytest.raises(Invalid, match="no column 'hieght'; did you mean 'height'"):
        choose(read_table(b"height,width\n1,2\n2,3", "x.csv"), ["hieght"])


def test_parquet_without_pyarrow(monkeypatch):
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(Invalid, match="pyarrow must be installed") as caught:
        parse(PARQUET, "x.parquet")
    is_sentence(str(caught.value))


def test_long_names_are_cut_and_cleaned():
    found = read_table(f"{'n' * 300}\x85,\u200bb\n1,2\n3,5\n".encode(), "x" * 300 + ".csv")
    assert [len(name) for name in found] == [NAME, 1]
    assert len(found.file) == NAME
    assert found.file.endswith(".csv")
    assert choose(found, list(found)).shape == (2,)


# ----------------------------------------------------------------------------------------- files that lie, and noise


def varint(number: int) -> bytes:
    """Thrift's form of an integer: zigzag, seven bits a byte."""
    number, parts = number << 1, []
    while number > 127:
        parts.append(number & 127 | 128)
        number >>= 7
    return bytes([*parts, number])


@pytest.mark.skipif(sys.platform != "linux", reason="where addresses are not limited, the page is found damaged")
@pytest.mark.parametrize("compression", ["snappy", "gzip", "zstd", "brotli", "lz4"])
@pytest.mark.parametrize("claim", [900_000_000, 2**31 - 1])
def test_a_page_that_claims_gigabytes(compression, claim):
    """The header of the page, the first thing in the file, says how much memory it takes to unpack it."""
    honest = pq({"a": np.arange(1000.0)}, compression=compression, use_dictionary=False, write_statistics=False)
    assert honest[4:7] == b"\x15\x00\x15"  # its kind is 0, and its size:
    end = next(at for at in range(7, 99) if honest[at] < 128) + 1
    chunk = parquet.ParquetFile(io.BytesIO(honest)).metadata.row_group(0).column(0)
    sizes = [b"\x16" + varint(size) for size in (chunk.total_uncompressed_size, chunk.total_compressed_size)]
    assert honest.count(b"".join(sizes)) == 1
    longer = b"\x16" + varint(chunk.total_compressed_size + len(varint(claim)) - (end - 7))
    lying = honest[:7] + varint(claim) + honest[end:].replace(b"".join(sizes), sizes[0] + longer)
    assert refusal(lying, "x.parquet") == "x.parquet takes more than 640 MB of memory to read, which is not done."
    assert "damaged" in refusal(honest[:7] + b"\x01" + honest[end:], "x.parquet")  # a size of -1
    assert read_table(honest, "x.parquet").rows == 1000


def survives(content: bytes, name: str) -> None:
    """Either a density that works or one sentence, in little memory of this process."""
    tracemalloc.start()
    refused, table = "", None
    try:
        found = read_table(content, name)
        table = choose(found, list(found)[:2])
    except Invalid as error:
        refused = str(error)
    finally:
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert peak < 20e6
    if table is None:
        assert re.search(r"[^.]\.$", refused), refused
        assert "\n" not in refused
    else:
        x = table.sample(5, Counted(0, "test"))
        assert x.isfinite().all()
        assert table.log_prob(x[:, 0] if table.shape == (1,) else x).isfinite().all()
        assert all(math.isfinite(end) for end in table.window())
        assert len(table.axes()) == len(table.columns)


fuzz = settings(deadline=None, derandomize=True, max_examples=200)
NAMES = st.sampled_from(["a.csv", "a.npy", "a.parquet", "a.txt", "a", "..", "\ud800.csv", "a\n.csv"])


@given(st.binary(max_size=300), NAMES)
@fuzz
def test_any_bytes(content, name):
    survives(content, name)


@given(st.sampled_from([b"\x93NUMPY\x01\x00", b"PAR1", b"\xef\xbb\xbf"]), st.binary(max_size=200), NAMES)
@fuzz
def test_any_bytes_behind_a_magic_word(magic, content, name):
    survives(magic + content + (magic if magic == b"PAR1" else b""), name)


@given(st.text("0123456789.,;|\t\r\n\"' -+eEinfaNx_é\u2028", max_size=120), NAMES)
@fuzz
def test_any_text(text, name):
    survives(text.encode(), name)


CELL = st.sampled_from(["1", "-2.5", "1e308", "-1e308", "5e-324", "1e999", "", "NaN", "x", '"', '"y"', "٣", "1" * 400])


@given(st.lists(st.lists(CELL, min_size=1, max_size=4), min_size=1, max_size=8), st.sampled_from(",;\t|"))
@fuzz
def test_any_cells(rows, delimiter):
    survives("\n".join(delimiter.join(row) for row in rows).encode(), "a.csv")


@given(st.lists(st.lists(CELL.filter(lambda c: '"' not in c), min_size=2, max_size=2), min_size=2, max_size=8))
@fuzz
def test_any_cells_in_two_columns(rows):
    survives("\n".join(",".join(row) for row in rows).encode(), "a.csv")


GOOD = {
    "a.csv": (
        "height,weight\n" + "\n".join(f"{h},{w}" for h, w in zip(HEIGHTS[:9], WEIGHTS[:9], strict=True))
    ).encode(),
    "a.npy": npy(np.stack([HEIGHTS, WEIGHTS], 1)[:9]),
    "b.npy": npy(np.array([(1, 2.5), (2, 3.5)], dtype=[("a", "i4"), ("b", "f8")])),
    "a.parquet": pq({"a": HEIGHTS[:50], "b": [*range(49), None]}, compression="zstd", row_group_size=30),
    "b.parquet": pq({"a": np.arange(60) % 7, "t": ["x"] * 60}, data_page_version="2.0", column_encoding=None),
    "c.parquet": pq({"a": np.arange(60)}, use_dictionary=False, column_encoding="DELTA_BINARY_PACKED"),
    "d.parquet": pq({"a": HEIGHTS[:60]}, use_dictionary=False, column_encoding="BYTE_STREAM_SPLIT", compression="gzip"),
}
SPOT = st.tuples(st.floats(0, 1, exclude_max=True), st.integers(0, 255), st.sampled_from(["set", "insert", "delete"]))


def mutate(content: bytes, spots: list[tuple[float, int, str]], keep: float) -> bytes:
    changed = bytearray(content)
    for where, byte, how in spots:
        at = int(where * len(changed))
        changed[at : at + (how != "insert")] = b"" if how == "delete" else bytes([byte])
    return bytes(changed[: math.ceil(keep * len(changed))])


@pytest.mark.parametrize("name", GOOD)
def test_damaged_files(name):
    survives(GOOD[name], name)
    assert read_table(GOOD[name], name).rows >= 2

    @given(st.lists(SPOT, min_size=1, max_size=4), st.sampled_from([1.0, 1.0, 1.0, 0.9, 0.5, 0.1]))
    @settings(deadline=None, derandomize=True, max_examples=250)
    def run(spots, keep):
        survives(mutate(GOOD[name], spots, keep), name)

    run()


@pytest.mark.parametrize("name", [name for name in GOOD if name.endswith("parquet")])
def test_a_wrong_byte_anywhere_in_parquet(name):
    """Each byte in turn: sizes, offsets, counts, encodings and types that are not what they were."""
    content = GOOD[name]
    for at in range(len(content)):
        survives(content[:at] + bytes([content[at] ^ (1 << at % 8)]) + content[at + 1 :], name)


SIZE = st.one_of(st.integers(-3, 9), st.integers(0, 2**70), st.booleans(), st.none(), st.text(max_size=2))
KIND = st.sampled_from(
    ["<f8", "<i2", "|u1", "|O", "<U3", "|S0", "|V0", "<c16", "<M8[ns]", "?", "", "f8,f8", "()f8", "8f8"]
)
DESCR = st.one_of(KIND, st.lists(st.tuples(st.text(max_size=3), KIND), max_size=4), SIZE, st.binary(max_size=3))


@given(DESCR, st.one_of(st.lists(SIZE, max_size=3).map(tuple), SIZE), st.binary(max_size=64), st.integers(0, 3))
@fuzz
def test_any_header_of_an_array(descr, shape, body, version):
    survives(npy_header(descr, shape, body, version), "a.npy")


@given(KIND, st.integers(0, 9), st.one_of(st.none(), st.integers(0, 4)), st.binary(max_size=64))
@fuzz
def test_likely_headers_of_an_array(descr, rows, columns, body):
    survives(npy_header(descr, (rows,) if columns is None else (rows, columns), body), "a.npy")


@pytest.mark.parametrize(
    "literal", ["(" * 9000, "-" * 9000 + "1", "[" * 90 + "]" * 90, "{'a': 1}", "1" * 9000, "'\\d'"]
)
def test_headers_that_are_no_header(literal):
    survives(b"\x93NUMPY\x01\x00" + struct.pack("<H", len(literal)) + literal.encode(), "a.npy")


def test_the_largest_files_are_read():
    assert read_table((b"1," * 59 + b"2\n") * 66_000, "x.csv").rows == 66_000
    assert "a line is too long" in refusal(b"12," * (BYTES // 3), "x.csv")


@pytest.mark.parametrize(
    "content", [b"12,34\n" * 50_000, b"12," * 100_000, b'"12\n",' * 50_000], ids=["long", "wide", "one"]
)
def test_text_takes_memory_in_proportion(content):
    """At most 40 bytes for one: 320 MB for the largest file, if all of it is one row."""
    tracemalloc.start()
    try:
        parse(content, "x.csv")
    except Invalid:
        assert content[:4] != b"12,3"
    finally:
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert peak < 40 * len(content)


# ------------------------------------------------------------------------------------------------------- the density


def line(n: int = 400, bandwidth: float = 0.2) -> Table:
    return Table(columns=(("height", tuple(HEIGHTS[:n])),), bandwidth=bandwidth)


def plane(n: int = 400, bandwidth: float = 0.2) -> Table:
    return Table(columns=(("height", tuple(HEIGHTS[:n])), ("weight", tuple(WEIGHTS[:n]))), bandwidth=bandwidth)


def test_columns_are_standardised_by_the_population_s_deviation():
    table = plane()
    for standard, values in zip(table.standards(), (HEIGHTS, WEIGHTS), strict=True):
        np.testing.assert_allclose(standard.values, (values - values.mean()) / values.std(ddof=0), rtol=0, atol=1e-12)
        assert standard.mean == pytest.approx(values.mean(), rel=1e-14)
        assert standard.std == pytest.approx(values.std(ddof=0), rel=1e-13)
    assert table.axes()[0] == (f"(height − {HEIGHTS.mean():.4g}) / {HEIGHTS.std():.3g}")
    assert len(Table(columns=(("n" * 80, (1e300, -1e300)),)).axes()[0]) < 100
    assert (line().shape, plane().shape) == ((1,), (2,))


@given(st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=2, max_size=20))
@fuzz
def test_any_finite_values_can_be_standardised(values):
    if min(values) == max(values):
        return
    standard = standardise(values)
    assert np.isfinite(standard.values).all()
    assert standard.values.mean() == pytest.approx(0, abs=1e-12)
    assert standard.values.std() == pytest.approx(1, abs=1e-12)
    assert min(values) <= standard.mean <= max(values)
    assert 0 <= standard.std < math.inf


@pytest.mark.parametrize("values", [(5e-324, 0.0), (1.0, math.nextafter(1.0, 2)), (1.7e308, -1.7e308)])
def test_two_values_are_one_deviation_from_their_mean(values):
    assert sorted(standardise(values).values) == pytest.approx([-1, 1], abs=1e-12)


@pytest.mark.parametrize("bandwidth", [0.01, 0.2, 1])
def test_samples_follow_the_density_on_the_line(bandwidth):
    """Kolmogorov's D of 100,000 samples against the trapezoid rule: neither too large nor too small for chance."""
    table, n = line(60, bandwidth), 100_000
    x = table.sample(n, Counted(1, "test"))
    assert (x.shape, x.dtype) == ((n, 1), torch.float32)
    grid = torch.linspace(-9, 9, 400_001, dtype=torch.float64)
    cdf = torch.cumulative_trapezoid(table.log_prob(grid).exp(), grid)
    found = torch.searchsorted(x[:, 0].double().sort().values, grid[1:]) / n
    assert 0.2 / math.sqrt(n) < float((found - cdf).abs().max()) < 2.2 / math.sqrt(n)


@pytest.mark.parametrize("bandwidth", [0.1, 0.5])
def test_samples_follow_the_density_in_the_plane(bandwidth):
    """χ² of 100,000 samples in the cells of a chessboard, within five deviations on either side."""
    table, n, cells, fine = plane(50, bandwidth), 100_000, 40, 10
    x = table.sample(n, Counted(2, "test"))
    assert (x.shape, x.dtype) == ((n, 2), torch.float32)
    half = (torch.arange(cells * fine, dtype=torch.float64) + 0.5) / (cells * fine) * 12 - 6
    density = table.log_prob(torch.cartesian_prod(half, half)).exp().reshape(cells, fine, cells, fine)
    expected = density.sum((1, 3)) * (12 / (cells * fine)) ** 2 * n
    found = torch.histogramdd(x, cells, range=[-6.0, 6.0, -6.0, 6.0]).hist.double()
    enough = expected > 10
    chi = ((found - expected) ** 2 / expected)[enough].sum()
    degrees = float(enough.sum())
    assert degrees > 80
    assert abs(float(chi) - degrees) < 5 * math.sqrt(2 * degrees)


def test_moments():
    """Mean 0 and variance 1 + h² in each coordinate, the correlation that of the columns."""
    x = plane(400, 0.5).sample(400_000, Counted(3, "test")).double()
    assert x.mean(0).tolist() == pytest.approx([0, 0], abs=0.01)
    covariance = np.corrcoef(HEIGHTS, WEIGHTS) + 0.25 * np.eye(2)
    np.testing.assert_allclose(torch.cov(x.T).numpy(), covariance, atol=0.012)


@pytest.mark.parametrize("bandwidth", [0.05, 1])
def test_density_integrates_to_one(bandwidth):
    grid = torch.linspace(-9, 9, 40_001, dtype=torch.float64)
    assert float(torch.trapezoid(line(100, bandwidth).log_prob(grid).exp(), grid)) == pytest.approx(1, abs=1e-9)
    grid = torch.linspace(-9, 9, 901, dtype=torch.float64)
    density = plane(40, bandwidth).log_prob(torch.cartesian_prod(grid, grid)).exp().reshape(901, 901)
    assert float(torch.trapezoid(torch.trapezoid(density, grid), grid)) == pytest.approx(1, abs=1e-6)


def test_log_prob_keeps_its_precision_and_its_type():
    x = torch.tensor([-50.0, 0.3, 1e6])
    table = line(3, 0.01)
    rows = table.centers()[:, 0].tolist()
    for value, found in zip(x.double().tolist(), table.log_prob(x.double()).tolist(), strict=True):
        nearest = [-0.5 * ((value - row) / 0.01) ** 2 for row in rows]
        top = max(nearest)
        total = (
            math.log(sum(math.exp(one - top) for one in nearest) / 3) + top - math.log(0.01 * math.sqrt(2 * math.pi))
        )
        assert found == pytest.approx(total, rel=1e-12)
    assert table.log_prob(x).dtype == torch.float32


@pytest.mark.parametrize("bandwidth", [0.01, 0.2, 1])
def test_mass_agrees_with_quadrature(bandwidth):
    table = line(50, bandwidth)
    edges = torch.linspace(-4, 4.5, 3001, dtype=torch.float64)
    exact = table.mass(edges)
    assert (exact.dtype, float(exact.sum())) == (torch.float64, pytest.approx(1, abs=1e-12))
    torch.testing.assert_close(exact, Distribution.mass(table, edges), rtol=1e-9, atol=1e-14)


def test_mass_keeps_its_digits_far_out_on_either_side():
    edges = torch.tensor([-20, -15, 0.0, 15, 20], dtype=torch.float64)
    left, *_, right = Table(columns=(("x", (-1.0, 1.0)),), bandwidth=1).mass(edges).tolist()
    assert left == right == pytest.approx(0.25 * math.erfc(14 / math.sqrt(2)), rel=1e-6)


def test_window_holds_nearly_all_samples_and_no_outlier_decides_it():
    for table in (line(3, 0.01), plane(400, 1), Table(columns=(("x", (*range(2000), 1e9)),), bandwidth=0.01)):
        low, high = table.window()
        x = table.sample(20_000, Counted(0, "test"))
        assert float(((x > low) & (x < high)).all(1).double().mean()) > 0.995
        assert high - low < (1 if len(table.columns[0][1]) > 2000 else 20)


def test_default_is_a_pleasant_example():
    table = Table()
    assert (table.shape, len(table.columns[0][1]), table.columns) == ((2,), 120, leaves(120))
    assert all(value == round(value, 1) and 10 <= value < 100 for _, values in table.columns for value in values)
    assert Table(columns=table.columns) == table  # a default is not validated
    assert leaves(120)[0][1][:5] == (84.3, 48.4, 78.9, 59.4, 85.1)


@pytest.mark.parametrize("table", [line(), plane(), Table(bandwidth=0.03)], ids=["line", "plane", "default"])
def test_json_round_trip(table):
    again = resolve("distributions", json.loads(json.dumps(table.to_dict())))
    assert again == table
    assert torch.equal(again.centers(), table.centers())
    experiment = Experiment(data=table)
    assert Experiment.from_json(experiment.to_json()) == experiment


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"columns": []}, "one column or two, not 0"),
        ({"columns": [["a", [1, 2]], ["b", [1, 2]], ["c", [1, 2]]]}, "one column or two, not 3"),
        ({"columns": [["", [1, 2]]]}, "needs a name"),
        ({"columns": [["n" * 81, [1, 2]]]}, "at most 80 characters"),
        ({"columns": [["a", [1, 2]], ["a", [1, 2]]]}, "different names, but both are called 'a'"),
        ({"columns": [["a", [1, 2]], ["b", [1, 2, 3]]]}, "equally long, not 2 and 3 rows"),
        ({"columns": [["a", [1]]]}, "2 to 2048 rows, not 1"),
        ({"columns": [["a", []]]}, "2 to 2048 rows, not 0"),
        ({"columns": [["a", [*range(2049)]]]}, "2 to 2048 rows, not 2049"),
        ({"columns": [["a", [1, 2]], ["b", [3, 3]]]}, "'b' is constant"),
        ({"columns": [["a", [1, math.nan]]]}, "must be a finite number"),
        ({"columns": [["a", [1, math.inf]]]}, "must be a finite number"),
        ({"columns": [["a", "12"]]}, "columns.0.1 must be"),
        ({"columns": 3}, "columns must be"),
        ({"columns": [["a"]]}, "columns.0.1 is missing"),
        ({"bandwidth": 0.001}, "bandwidth must be greater than or equal to 0.01"),
        ({"bandwidth": 2}, "bandwidth must be less than or equal to 1"),
    ],
)
def test_a_bad_table_is_refused_with_one_sentence(fields, words):
    with pytest.raises(Invalid, match=words):
        Table(**fields)


# ---------------------------------------------------------------------------- choosing, thinning, principal components


def long_table(n: int) -> bytes:
    return npy(np.stack([np.arange(n), np.arange(n) ** 2, np.arange(n) ** 3], 1).astype(float))


def test_a_long_table_is_thinned_always_in_the_same_way():
    found = read_table(long_table(5000), "x.npy")
    assert found.note == "2,048 of the 5,000 rows, a random choice that is always the same"
    table = choose(found, ["column 1", "column 3"])
    assert found.note in table.account()
    first, third = (np.array(values) for _, values in table.columns)
    assert len(first) == LIMIT == len(set(first))
    assert (np.diff(first) > 0).all()
    np.testing.assert_array_equal(first**3, third)
    # A fair choice: of the rows' numbers, the mean and the share below the middle, within five deviations.
    spread = math.sqrt(1 - LIMIT / 5000)
    assert abs(first.mean() - 2499.5) < 5 * 5000 / math.sqrt(12 * LIMIT) * spread
    assert abs((first < 2500).mean() - 0.5) < 5 * 0.5 / math.sqrt(LIMIT) * spread
    assert choose(read_table(long_table(5000), "x.npy"), ["column 1", "column 3"]) == table
    assert tuple(first[:5]) == choose(found, ["column 1"]).columns[0][1][:5] == FIRST
    short = read_table(long_table(LIMIT), "x.npy")
    assert (short.note, len(choose(short, ["column 2"]).columns[0][1])) == ("", LIMIT)


FIRST = (1, 3, 4, 5, 9)
"""The first rows chosen of 5000: on every machine, with every version of NumPy."""


def test_a_column_that_thinning_makes_constant_is_refused():
    column = b"x\n" + b"1\n" * 100_000 + b"2\n"
    assert "the same in 2,048 rows" in refusal(column, "x.csv", "x")


@pytest.mark.parametrize("k", [1, 2])
def test_principal_components_are_those_of_the_correlation_matrix(k):
    mixing = np.array([[3, 0, 0, 1], [0, 0.1, 0, 0], [1, 0, 900, 0.0]])
    rows = RANDOM.normal(size=(300, 3)) @ mixing + [0, 5, 0, -3] + 0.1 * RANDOM.normal(size=(300, 4))
    found = read_table(npy(rows), "x.npy")
    table = principal(found, list(found), k)
    assert [name for name, _ in table.columns] == [f"principal component {i} of 4" for i in (1, 2)][:k]
    sizes, vectors = np.linalg.eigh(np.corrcoef(rows.T))
    standard = (rows - rows.mean(0)) / rows.std(0)
    for i, (_, scores) in enumerate(table.columns, 1):
        loading = vectors[:, -i]
        expected = standard @ loading * np.sign(loading[np.abs(loading).argmax()])
        np.testing.assert_allclose(scores, expected, atol=1e-9)
        assert np.var(scores) == pytest.approx(sizes[-i], rel=1e-10)
    assert principal(found, list(found), k) == table


@pytest.mark.parametrize(
    ("names", "k", "words"),
    [
        ("abc", 3, "one or two principal components, not 3"),
        ("ab", 1, "three columns or more, not 2"),
        ("abd", 1, "'d' of x.csv is constant"),
        ("abc", 2, "Principal component 2 of x.csv is constant"),
        ("abe", 1, "'e' of x.csv lacks a value in 1 of 3 rows"),
    ],
)
def test_principal_components_that_make_no_sense(names, k, words):
    found = read_table(b"a,b,c,d,e\n1,2,5,7,1\n2,4,8,7,\n3,6,11,7,3\n", "x.csv")
    with pytest.raises(Invalid, match=words) as caught:
        principal(found, names, k)
    is_sentence(str(caught.value))


def test_load_table(tmp_path):
    path = tmp_path / "people.csv"
    path.write_text("name,a,b,c\nx,1,2,9\ny,2,1,4\nz,4,4,1\n", "utf-8")
    names = lambda table: [name for name, _ in table.columns]  # noqa: E731
    assert names(load_table(path)) == names(load_table(str(path))) == ["a", "b"]
    assert names(load_table(path, "c")) == ["c"]
    assert load_table(path, ["c", "a"]).columns == (("c", (9, 4, 1)), ("a", (1, 2, 4)))
    assert names(load_table(path, components=1)) == ["principal component 1 of 3"]
    assert load_table(path, ["a", "b", "c"], components=2) == load_table(path, components=2)
    (tmp_path / "one.csv").write_text("a\n1\n2\n", "utf-8")
    assert names(load_table(tmp_path / "one.csv")) == ["a"]


def test_load_table_refuses_what_is_no_file(tmp_path):
    with (tmp_path / "large.csv").open("wb") as file:
        file.truncate(2**40)  # sparse: takes no room, unless it is read
    (tmp_path / "empty.csv").touch()
    for name, words in {
        "none.csv": "no file none.csv",
        "large.csv": "8 MB",
        "empty.csv": "is empty",
        "": "is a folder; give the path of a file",
    }.items():
        with pytest.raises(Invalid, match=words) as caught:
            load_table(tmp_path / name)
        is_sentence(str(caught.value))
    with pytest.raises(Invalid, match="one column or two, not 3"):
        load_table_of_three(tmp_path)
    with pytest.raises(Invalid, match="no file"):
        load_table("a\0b.csv")


def load_table_of_three(folder):
    (folder / "x.csv").write_text("a,b,c\n1,2,3\n2,3,5\n", "utf-8")
    return load_table(folder / "x.csv", ["a", "b", "c"])


def test_a_file_that_cannot_be_opened(tmp_path, monkeypatch):
    path = tmp_path / "x.csv"
    path.write_text("1\n2", "utf-8")

    def closed(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(type(path), "open", closed)
    with pytest.raises(Invalid, match=r"x.csv cannot be read: you have no permission.") as caught:
        load_table(path)
    is_sentence(str(caught.value))

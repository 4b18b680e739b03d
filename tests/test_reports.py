"""What is said of a table that was read, or that was not: the report, columns by name, and files of other kinds."""

from __future__ import annotations

import base64
import copy
import io
import pickle
import re
import zipfile

import pyarrow as pa
import pytest
from pyarrow import parquet
from pyarrow.parquet import encryption

from ganviz import Experiment, Invalid, load_table
from ganviz.distributions._read_columns import ReadColumns
from ganviz.distributions._tables import principal
from ganviz.distributions.table import Table
from ganviz.readers._table import parse
from ganviz.readers.kinds import kind_of
from ganviz.readers.report import Report
from ganviz.readers.tables import read_table

pytestmark = pytest.mark.usefixtures("lasting_reader")


def test_a_report_is_a_value_and_survives_as_text():
    report = Report("x.csv", "3 rows", ("a", "b", "c"), (("d", "holds text"),), ("decimal commas",))
    assert Report.from_json(report.to_json()) == report
    chosen = report.choose(["c", "a"], "", "2 of 3")
    assert str(chosen) == (
        "x.csv: 3 rows. Taken: c, a. Left out: d holds text; b was not chosen. Assumed: decimal commas, 2 of 3."
    )
    assert str(Report("x", "2 rows", tuple(map(str, range(11))))).endswith("5, 6, 7, and 3 more.")


@pytest.fixture
def commas(tmp_path):
    file = tmp_path / "preise.csv"
    file.write_bytes("sep=;\npreis, €;n;ort\n1,5;10;Köln\n2,5;20;Ulm\n7;15;Bonn\n".encode("cp1252"))
    return file


def test_what_load_table_returns_carries_the_report(commas):
    table = load_table(commas, "n")
    assert table.account() == (
        "preise.csv: 3 rows. Taken: n. Left out: ort has 'Köln' in line 3; preis, € was not chosen. Assumed: "
        "semicolons between cells, decimal commas, names in line 2, letters as in Windows-1252 (Western Europe)."
    )
    bare = Table(columns=tuple(table.columns))
    assert (bare.account(), bare, hash(bare)) == ("", table, hash(table))
    experiment = Experiment(data=table)
    assert experiment == Experiment(data=bare)
    assert experiment.to_json() == Experiment(data=bare).to_json()
    assert experiment.data.account() == table.account() == experiment.replace(**{"data.bandwidth": 0.5}).data.account()
    assert Experiment.from_json(experiment.to_json()).data.account() == ""
    projected = read_table(b"a,b,c\n1,2,4\n2,5,1\n3,1,1\n", "x.csv")
    assert "projected on 1 principal component" in principal(projected, "abc", 1).account()


def test_columns_with_a_report_are_columns(commas):
    columns = load_table(commas).columns
    assert isinstance(columns, ReadColumns)
    for again in (pickle.loads(pickle.dumps(columns)), copy.deepcopy(columns)):
        assert again == columns
        assert again.report == columns.report


@pytest.mark.parametrize(
    ("asked", "names"),
    [
        ("n", ["n"]),
        ("preis, €", ["preis, €"]),
        ('"preis, €",n', ["preis, €", "n"]),
        (' n , "preis, €"', ["n", "preis, €"]),
    ],
)
def test_a_name_with_a_comma_can_be_asked_for(commas, asked, names):
    assert [name for name, _ in load_table(commas, asked).columns] == names


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ("preis,n", """a name with a comma is asked for in quotation marks: '"preis, €"'."""),
        ('"preis', "a quotation mark is left open in it"),
        ("nn", "did you mean 'n'?"),
        ("ort", "'ort' of preise.csv is not used: it has 'Köln' in line 3."),
        ("", "Choose one column or two, not 0"),
    ],
)
def test_a_name_that_is_not_there(commas, asked, words):
    with pytest.raises(Invalid, match=re.escape(words)):
        load_table(commas, asked)


# --------------------------------------------------------------------------------------------- what a file is instead


def zipped(*names: str) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name in names:
            archive.writestr(name, b"x" * 50)
    return file.getvalue()


KINDS = {
    "an Excel workbook; save it as CSV": zipped("[Content_Types].xml", "_rels/.rels", "xl/workbook.xml"),
    "an OpenDocument file; save it as CSV": zipped("mimetype", "content.xml"),
    "a Word document": zipped("[Content_Types].xml", "word/document.xml"),
    "a file of PyTorch": zipped("model/data.pkl"),
    "an archive of NumPy (.npz); save the table as .npy or CSV": zipped("x.npy"),
    "a zip archive; unpack it first": zipped("data.csv"),
    "an old Excel workbook or another old document": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600),
    "a PDF document": b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n" + bytes(99),
    "a web page; download the file itself": b"\n<!DOCTYPE html>\n<html><head></head></html>",
    "an XML document": b'\xef\xbb\xbf<?xml version="1.0"?><a/>',
    "an SVG drawing": b'<?xml version="1.0"?>\n<svg xmlns="http://www.w3.org/2000/svg"/>',
    "a notebook": b'{\n "cells": [\n  {"cell_type": "code"}]}',
    "JSON": b'[{"x": 1, "y": 2},\n {"x": 2, "y": 3}]',
    "a gzip archive; unpack it first": b"\x1f\x8b\x08\0" + bytes(50),
    "a PNG picture; a table was expected": b"\x89PNG\r\n\x1a\n" + bytes(50),
    "a JPEG picture": b"\xff\xd8\xff\xe0" + bytes(50),
    "a HEIC or AVIF picture": b"\0\0\0\x18ftypheic" + bytes(50),
    "an SQLite database": b"SQLite format 3\0" + bytes(50),
    "a pickle of Python objects, which can run a program when it is opened": b"\x80\x04\x95" + bytes(50),
    "an HDF5 file": b"\x89HDF\r\n\x1a\n" + bytes(50),
    "an Arrow or Feather file; export its table as CSV or Parquet": b"ARROW1\0\0" + bytes(50),
    "an encrypted Parquet file; write it without encryption": b"PARE" + bytes(50) + b"PARE",
    "a program": b"MZ\x90\0\x03" + bytes(99),
    "a pointer of Git LFS instead of the file itself": b"version https://git-lfs.github.com/spec/v1\noid sha256:0\n",
}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", ["data.csv", "data.parquet", "data.xlsx"])
def test_a_file_of_another_kind_is_called_what_it_is(kind, name):
    with pytest.raises(Invalid, match=rf"^{re.escape(f'{name} is {kind}')}[^\n]*\.$"):
        parse(KINDS[kind], name)


@pytest.mark.parametrize(
    "text", ["MZ,b\n1,2\n3,4", "BM,II\n1,2\n3,4", "{a},b\n1,2\n3,4", "[x],y\n1,2\n3,4", "PK,b\n1,2\n3,4"]
)
def test_a_text_is_no_other_kind(text):
    assert kind_of(text.encode()) is None
    assert len(parse(text.encode(), "x.csv")) == 2


def test_a_folder_is_no_table(tmp_path):
    with pytest.raises(Invalid, match="is a folder; give the path of a file"):
        load_table(tmp_path)


# ---------------------------------------------------------------------------------------------------------- Parquet


def encrypted(table: pa.Table, columns: list[str], plain_footer: bool) -> bytes:
    """A file of which some columns are encrypted, and the footer only where it is not plain."""

    class Keys(encryption.KmsClient):
        """The simplest client: a key is wrapped by having it encoded."""

        def wrap_key(self, key, master):
            return base64.b64encode(key)

        def unwrap_key(self, wrapped, master):
            return base64.b64decode(wrapped)

    connection = encryption.KmsConnectionConfig(
        custom_kms_conf={"footer": "0123456789012345", "column": "0123456789012345"}
    )
    config = encryption.EncryptionConfiguration(
        footer_key="footer", column_keys={"column": columns}, plaintext_footer=plain_footer, double_wrapping=False
    )
    properties = encryption.CryptoFactory(lambda _: Keys()).file_encryption_properties(connection, config)
    file = io.BytesIO()
    with parquet.ParquetWriter(file, table.schema, encryption_properties=properties) as writer:
        writer.write_table(table)
    return file.getvalue()


def test_an_encrypted_column_costs_itself_alone():
    """D15."""
    table = pa.table({"plain": [1.5, 2.5, 4.0], "secret": [1.0, 2.0, 5.0], "n": [1, 2, 3]})
    found = read_table(encrypted(table, ["secret"], plain_footer=True), "x.parquet")
    assert {name: values.tolist() for name, values in found.items()} == {"plain": [1.5, 2.5, 4], "n": [1, 2, 3]}
    assert dict(found.left_out) == {"secret": "is encrypted"}
    with pytest.raises(Invalid, match=r"^x\.parquet is an encrypted Parquet file; write it without encryption\.$"):
        read_table(encrypted(table, ["secret"], plain_footer=False), "x.parquet")


def test_a_nested_column_costs_itself_alone():
    nested = {"pair": [{f"{i}": 1.0 for i in range(80)}] * 3, "x": [1.5, 2.5, 4.0], "__index_level_0__": [4, 7, 9]}
    file = io.BytesIO()
    parquet.write_table(pa.table(nested), file)
    found = read_table(file.getvalue(), "x.parquet")
    assert {name: values.tolist() for name, values in found.items()} == {"x": [1.5, 2.5, 4]}
    assert found.left_out["__index_level_0__"] == "has no name of its own and numbers the rows"
    assert found.left_out["pair"].startswith("holds values of type struct")

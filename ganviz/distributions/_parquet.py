"""Tables in Parquet files."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Any

import numpy as np

from ganviz.distributions._columns import ROWS, Array, Columns, Format, check_counts, gather
from ganviz.distributions._thrift import Reader
from ganviz.option import Invalid

MAGIC = b"PAR1"
FOOTER = 256 * 1024
"""The longest description of a file, in bytes: it unpacks to up to 300 times as much."""
UNPACKED = 128_000_000
"""The most bytes that all pages may unpack to: a table of the most rows and columns needs 102 million."""
PAGES = 20_000
"""The most pages of a file."""
PARTS = 4096
"""The most entries of any list in the description."""

# Fields of a page's header, by their numbers in parquet.thrift.
UNPACKED_SIZE, PACKED_SIZE, DICTIONARY, VALUES = 2, 3, 7, 1


def recognises(content: bytes) -> bool:
    """Whether it begins and ends as Parquet does (a text may begin like that)."""
    return content.startswith(MAGIC) and content.endswith(MAGIC) and len(content) > 12


def read(content: bytes, file: str) -> Columns:
    """The numeric columns: integers, floats and decimals. Others, nested ones among them, are never unpacked.

    A small file can claim, or unpack to, any size: the footer and the header of each page that will be read are
    checked first. Needs pyarrow.
    """
    try:
        import pyarrow  # type: ignore[import-untyped]  # noqa: F401
    except ImportError:
        raise Invalid(f"{file} is a Parquet file, for which the package pyarrow must be installed.") from None
    if not recognises(content):
        raise Invalid(f"{file} is no Parquet file, or one that is cut short.")
    if int.from_bytes(content[-8:-4], "little") > FOOTER:
        raise Invalid(f"{file} is not read: it consists of too many parts, or it is damaged.")
    try:
        return gather(file, _columns(content, file))
    except Invalid:
        raise
    except Exception:  # Arrow raises errors of a dozen kinds about damaged files
        raise Invalid(f"{file} is a damaged Parquet file.") from None


def _columns(content: bytes, file: str) -> list[tuple[str, Array | str]]:
    """Each column's name with its values, or with the reason why it is not read."""
    import pyarrow as arrow
    from pyarrow import parquet

    limits = {"thrift_string_size_limit": FOOTER, "thrift_container_size_limit": PARTS}
    opened = parquet.ParquetFile(arrow.BufferReader(content), pre_buffer=False, **limits)
    schema = opened.schema_arrow
    numeric = [field.name for field in schema if _is_numeric(field.type)]
    _check_claims(content, opened.metadata, numeric, file)
    if len(set(schema.names)) < len(schema):
        # Columns are asked for by name, so none is read; that two have the same name is for `gather` to say.
        return [(name, "is there twice") for name in schema.names]
    table = opened.read(columns=numeric, use_threads=False)
    table.validate()
    numbers = {field.name: _numbers(table.column(field.name)) for field in table.schema if _is_numeric(field.type)}
    return [(field.name, numbers.get(field.name, f"holds values of type {field.type!s:.40}")) for field in schema]


def _is_numeric(kind: Any) -> bool:
    from pyarrow import types

    return bool(types.is_integer(kind) or types.is_floating(kind) or types.is_decimal(kind))


def _numbers(column: Any) -> Array:
    """Values of an Arrow column as float64, with NaN for null."""
    return np.array(column.cast("float64", safe=False).to_numpy(), dtype=np.float64)


def _check_claims(content: bytes, metadata: Any, numeric: list[str], file: str) -> None:
    """Raise `Invalid` where the footer, or the header of a page, says that the numeric columns are larger than is read;
    others are not read, so they may be of any size."""
    groups = [metadata.row_group(i) for i in range(metadata.num_row_groups)]
    check_counts(file, sum(max(0, group.num_rows) for group in groups), metadata.num_columns)
    chunks = [group.column(i) for group in groups for i in range(group.num_columns)]
    # Asked for "a", Arrow reads "a.b" too, be it a part of a structure or a column with a full stop in its name.
    prefixes = tuple(f"{name}." for name in numeric)
    chunks = [chunk for chunk in chunks if f"{chunk.path_in_schema}.".startswith(prefixes)]
    pages = list(islice((page for chunk in chunks for page in _pages(content, chunk)), PAGES + 1))
    unpacked = max(sum(chunk.total_uncompressed_size for chunk in chunks), sum(page[UNPACKED_SIZE] for page in pages))
    entries = max((page.get(DICTIONARY, {}).get(VALUES, 0) for page in pages), default=0)
    if unpacked > UNPACKED or entries > ROWS or len(pages) > PAGES:
        raise Invalid(f"{file} unpacks to more than {UNPACKED // 10**6} MB, which is not read.")


def _pages(content: bytes, chunk: Any) -> Iterator[dict[int, Any]]:
    """The headers of a column chunk's pages; raises `ValueError`, `IndexError` or `KeyError` where they are damaged."""
    start = min(at for at in (chunk.dictionary_page_offset, chunk.data_page_offset) if at)
    end = start + chunk.total_compressed_size
    if not 0 < start <= end <= len(content):
        raise ValueError("a chunk outside of the file")
    reader = Reader(content, start)
    while reader.at < end:
        page = reader.struct()
        if min(page[UNPACKED_SIZE], page[PACKED_SIZE]) < 0:
            raise ValueError("a page of negative size")
        reader.at += page[PACKED_SIZE]
        yield page


FORMAT = Format((".parquet", ".pq"), recognises, read)

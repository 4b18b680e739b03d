"""Tables in Parquet files."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from ganviz.distributions._columns import COLUMNS, ROWS, Array, Columns, Format, check_counts, gather
from ganviz.distributions._thrift import Reader
from ganviz.option import Invalid

MAGIC = b"PAR1"
FOOTER = 256 * 1024
"""The longest description of a file, in bytes: it unpacks to up to 300 times as much."""
UNPACKED = 128_000_000
"""The most bytes that all pages may unpack to: a table of the most rows and columns needs 102 million."""
PAGES = 20_000
"""The most pages of a file."""

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
        import pyarrow
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
    except (pyarrow.ArrowException, Exception):  # Arrow raises errors of a dozen kinds about damaged files
        raise Invalid(f"{file} is a damaged Parquet file.") from None


def _columns(content: bytes, file: str) -> list[tuple[str, Array | str]]:
    """Each column's name with its values or with the reason why it is not read."""
    import pyarrow as arrow
    from pyarrow import parquet

    opened = parquet.ParquetFile(
        arrow.BufferReader(content), pre_buffer=False, thrift_string_size_limit=FOOTER, thrift_container_size_limit=4096
    )
    metadata, schema = opened.metadata, opened.schema_arrow
    groups = [metadata.row_group(i) for i in range(metadata.num_row_groups)]
    check_counts(file, sum(group.num_rows for group in groups), max(len(schema), metadata.num_columns))
    numeric = [field.name for field in schema if _is_numeric(field.type)]
    if len(set(schema.names)) == len(schema):
        chunks = [group.column(i) for group in groups for i in range(group.num_columns)]
        _check_pages(content, [chunk for chunk in chunks if chunk.path_in_schema in numeric], file)
        table = opened.read(columns=numeric, use_threads=False)
        table.validate()
        numbers = {name: _numbers(table.column(name)) for name in numeric}
    else:  # `gather` will say so
        numbers = {}
    return [(field.name, numbers.get(field.name, f"its values are {field.type!s:.40}")) for field in schema]

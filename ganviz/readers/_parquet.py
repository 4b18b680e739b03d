"""Tables in Parquet files."""

from __future__ import annotations

from typing import Any

import numpy as np

from ganviz.invalid import Invalid
from ganviz.readers._row_labels import row_labels
from ganviz.readers.columns import Array, Columns, Format, check_counts, gather

MAGIC = b"PAR1"


def recognises(content: bytes) -> bool:
    """Whether it begins and ends as Parquet does (a text may begin like that)."""
    return content.startswith(MAGIC) and content.endswith(MAGIC) and len(content) > 12


def read(content: bytes, file: str) -> Columns:
    """The numeric columns: integers, floats and decimals. Others, nested ones among them, are never unpacked.

    A small file can claim, and unpack to, any size, and Arrow may end the process over a damaged one: it is read where
    that does no harm. Needs pyarrow.
    """
    try:
        import pyarrow  # type: ignore[import-untyped]  # noqa: F401
    except ImportError:
        raise Invalid(f"{file} is a Parquet file, for which the package pyarrow must be installed.") from None
    if not recognises(content):
        raise Invalid(f"{file} is no Parquet file, or one that is cut short.")
    try:
        return gather(file, _columns(content, file))
    except (Invalid, MemoryError):
        raise
    except Exception:  # Arrow raises errors of a dozen kinds about damaged files
        raise Invalid(f"{file} is a damaged Parquet file.") from None


def _columns(content: bytes, file: str) -> list[tuple[str, Array | str]]:
    """Each column's name with its values, or with the reason why it is not read."""
    import pyarrow as arrow
    from pyarrow import parquet

    opened = parquet.ParquetFile(arrow.BufferReader(content), pre_buffer=False)
    schema = opened.schema_arrow
    check_counts(file, opened.metadata.num_rows, len(schema))
    if len(set(schema.names)) < len(schema):
        # Columns are asked for by name, so none is read; that two have the same name is for `gather` to say.
        return [(name, "is there twice") for name in schema.names]
    return [(field.name, _content(opened, field)) for field in schema]


def _content(opened: Any, field: Any) -> Array | str:
    """A column's values, or the reason why they are not read: what one of them holds, or hides, costs no other."""
    if not _is_numeric(field.type):
        return f"holds values of type {field.type!s:.40}"
    try:
        values = _numbers(opened, field.name)
    except OSError as error:
        if "crypt" in str(error):
            return "is encrypted"
        raise
    return row_labels(field.name, values, headed=True) or values


def _is_numeric(kind: Any) -> bool:
    from pyarrow import types

    return bool(types.is_integer(kind) or types.is_floating(kind) or types.is_decimal(kind))


def _numbers(opened: Any, name: str) -> Array:
    """Values of a column as float64, with NaN for null: one column at a time, to bound the memory."""
    table = opened.read(columns=[name], use_threads=False)
    table.validate()
    return np.array(table.column(name).cast("float64", safe=False).to_numpy(), dtype=np.float64)


FORMAT = Format((".parquet", ".pq"), recognises, read, MAGIC)

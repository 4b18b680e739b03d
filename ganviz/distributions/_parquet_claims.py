"""What a Parquet file says about its size: its footer and the headers of its pages, checked before Arrow sees them.

A few hundred bytes can claim, and really unpack to, gigabytes; and pyarrow's own view of the footer ends the process
where the footer is inconsistent (26.0: a histogram in the statistics that is too short). The structures, and the
numbers of their fields, are those of parquet.thrift.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from ganviz.distributions._columns import ROWS, check_counts
from ganviz.distributions._thrift import BINARY, I32, I64, LIST, STRUCT, Fields, Reader
from ganviz.option import Invalid

UNPACKED = 128_000_000
"""The most bytes that the pages may unpack to: a table of the most rows and columns needs 102 million."""
PAGES = 20_000
"""The most pages."""
HEADER = 200
"""The most values in a page's header: with all its statistics it has about thirty."""

# FileMetaData
SCHEMA, GROUPS = (2, LIST), (4, LIST)
# SchemaElement
NAME, CHILDREN = (4, BINARY), (5, I32)
# RowGroup
CHUNKS, GROUP_ROWS = (1, LIST), (3, I64)
# ColumnChunk
ELSEWHERE, METADATA = (1, BINARY), (3, STRUCT)
# ColumnMetaData
UNPACKED_SIZE, PACKED_SIZE, DATA_AT, DICTIONARY_AT = (6, I64), (7, I64), (9, I64), (11, I64)
# PageHeader, DictionaryPageHeader
PAGE_UNPACKED, PAGE_PACKED, DICTIONARY, ENTRIES = (2, I32), (3, I32), (7, STRUCT), (1, I32)


Chunk = tuple[bytes, Fields]
"""A column's path, such as ``b"a.b"``, and the metadata of one of its pieces."""


def check_footer(content: bytes, length: int, file: str) -> list[Chunk]:
    """All chunks, from the footer of so many bytes. Raises `Invalid` for too many rows or columns; `ValueError` and
    other errors of Python's own where the footer is damaged."""
    start = len(content) - length - 8
    if start < 4:
        raise ValueError("a footer longer than the file")
    footer = Reader(content, start).struct()
    schema, groups = iter(footer[SCHEMA]), footer[GROUPS]
    paths = list(_leaves(schema, next(schema)[CHILDREN], b""))
    check_counts(file, sum(max(0, group[GROUP_ROWS]) for group in groups), len(paths))
    if any(group[GROUP_ROWS] < 0 or any(ELSEWHERE in chunk for chunk in group[CHUNKS]) for group in groups):
        raise ValueError("fewer rows than none, or a column in another file")
    # By position, as Arrow does: a chunk may claim to belong to another column.
    pairs = (pair for group in groups for pair in zip(paths, group[CHUNKS], strict=True))
    return [(path, chunk[METADATA]) for path, chunk in pairs]


def _leaves(schema: Iterator[Fields], count: int, prefix: bytes) -> Iterator[bytes]:
    """The paths of the columns in the next `count` elements; a structure is an element followed by its parts."""
    for _ in range(count):
        element = next(schema)
        path = prefix + element[NAME]
        if element.get(CHILDREN):
            yield from _leaves(schema, element[CHILDREN], path + b".")
        else:
            yield path


def check_pages(content: bytes, chunks: list[Chunk], names: list[str], file: str) -> None:
    """Raise `Invalid` where the columns of these names unpack to more than is read, and the errors of `check_footer`
    where their pages are damaged. Other columns will not be unpacked, so they may be of any size."""
    # Asked for "a", Arrow takes "a.b" along, be it a part of a structure or a column with a full stop in its name.
    prefixes = tuple(f"{name}.".encode() for name in names)
    taken = [metadata for path, metadata in chunks if (path + b".").startswith(prefixes)]
    pages = list(islice((page for chunk in taken for page in _pages(content, chunk)), PAGES + 1))
    unpacked = max(sum(chunk[UNPACKED_SIZE] for chunk in taken), sum(page[PAGE_UNPACKED] for page in pages))
    entries = max((page[DICTIONARY][ENTRIES] for page in pages if DICTIONARY in page), default=0)
    if unpacked > UNPACKED or entries > ROWS or len(pages) > PAGES:
        raise Invalid(f"{file} unpacks to more than {UNPACKED // 10**6} MB, which is not read.")


def _pages(content: bytes, chunk: Fields) -> Iterator[Fields]:
    """The headers of a chunk's pages, one behind the other from its beginning to its very end."""
    start = chunk[DATA_AT]
    if 0 < chunk.get(DICTIONARY_AT, 0) < start:
        start = chunk[DICTIONARY_AT]
    end = start + chunk[PACKED_SIZE]
    if not 0 <= start <= end <= len(content):
        raise ValueError("a chunk outside of the file")
    at = start
    while at < end:
        reader = Reader(content, at, HEADER)
        page = reader.struct()
        if page[PAGE_UNPACKED] < 0 or page[PAGE_PACKED] < 0:
            raise ValueError("a page of negative size")
        at = reader.at + page[PAGE_PACKED]
        yield page
    if at > end:
        raise ValueError("a page beyond its chunk")

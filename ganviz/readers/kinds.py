"""What a file is, by the bytes that it holds: so that a refusal can give the true reason."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

ENOUGH = 65_536
"""Bytes from the beginning of a file by which its kind is known."""

SAVE = "save it as CSV"
EXPORT = "export its table as CSV or Parquet"
UNPACK = "unpack it first"
PICTURE = "a table was expected"
DOWNLOAD = "download the file itself"


@dataclass(frozen=True)
class Kind:
    """A kind of file that is known by how it begins."""

    called: str
    """With its article: ``"an Excel workbook"``."""
    remedy: str
    """What to do with it where a table is wanted."""


BINARY = rb"(?=.{0,200}[\0-\x08])"
"""What follows words that a text may begin with too."""

BEGINNINGS = [
    (rb"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Excel workbook or another old document of Office", SAVE),
    (rb"%PDF-", "a PDF document", EXPORT),
    (rb"\{\\rtf", "an RTF document", EXPORT),
    (rb"\x1f\x8b", "a gzip archive", UNPACK),
    (rb"BZh[1-9]" + BINARY, "a bzip2 archive", UNPACK),
    (rb"\xfd7zXZ\0", "an xz archive", UNPACK),
    (rb"7z\xbc\xaf\x27\x1c", "a 7-Zip archive", UNPACK),
    (rb"Rar!\x1a\x07", "a RAR archive", UNPACK),
    (rb"\x28\xb5\x2f\xfd", "a Zstandard archive", UNPACK),
    (rb".{257}ustar", "a tar archive", UNPACK),
    (rb"\x89PNG\r\n\x1a\n", "a PNG picture", PICTURE),
    (rb"\xff\xd8\xff", "a JPEG picture", PICTURE),
    (rb"GIF8[79]a", "a GIF picture", PICTURE),
    (rb"BM.{4}\0\0\0\0", "a BMP picture", PICTURE),
    (rb"II\*\0|MM\0\*", "a TIFF picture", PICTURE),
    (rb"RIFF.{4}WEBP", "a WebP picture", PICTURE),
    (rb".{4}ftyp(?:hei|mif|avi)", "a HEIC or AVIF picture", PICTURE),
    (rb".{4}ftyp", "a film", PICTURE),
    (rb"SQLite format 3\0", "an SQLite database", EXPORT),
    (rb"\x89HDF\r\n\x1a\n", "an HDF5 file", EXPORT),
    (rb"ARROW1\0\0|FEA1" + BINARY, "an Arrow or Feather file", EXPORT),
    (rb"PARE" + BINARY, "an encrypted Parquet file", "write it without encryption"),
    (rb"PAR1" + BINARY, "a Parquet file", "give it the ending .parquet"),
    (rb"\x93NUMPY", "an array of NumPy (.npy)", "give it the ending .npy"),
    (rb"\x80[\x02-\x05]", "a pickle of Python objects, which can run a program when it is opened", EXPORT),
    (rb".{5}\0{3}\{\"", "a safetensors file", EXPORT),
    (rb"RDX[23]\n|X\n\0\0\0", "a file of R's objects", EXPORT),
    (rb"<stata_dta>", "a Stata file", EXPORT),
    (rb"\$FL[23]@\(#\)", "an SPSS file", EXPORT),
    (rb"MATLAB 5\.0 MAT-file", "a MATLAB file", EXPORT),
    (rb"(?:\x7fELF|MZ)" + BINARY, "a program", "a table was expected"),
    (
        rb"version https://git-lfs\.github",
        "a pointer of Git LFS instead of the file itself",
        "fetch it with git lfs pull",
    ),
    (rb"\s*(?i:<!doctype html|<html)", "a web page", DOWNLOAD),
    (rb"(?s:\s*(?:<\?xml.{0,2000})?<svg\b)", "an SVG drawing", PICTURE),
    (rb"\s*<\?xml", "an XML document", SAVE),
    (rb"\s*\{\s*\"(?:cells|nbformat|nbformat_minor)\"\s*:", "a notebook", EXPORT),
    (rb"\s*\{\s*[\"}]|\s*\[\s*[\[{\"]", "JSON", SAVE),
]
"""A pattern of the first bytes, what such a file is called, and what to do."""

MEMBERS = [
    (r"xl/", "an Excel workbook", SAVE),
    (r"Index/Document\.iwa", "a document of Numbers, Pages or Keynote", SAVE),
    (r"content\.xml", "an OpenDocument file", SAVE),
    (r"word/", "a Word document", EXPORT),
    (r"ppt/", "a PowerPoint document", EXPORT),
    (r"[^/]+/data\.pkl", "a file of PyTorch", EXPORT),
    (r".*\.npy$", "an archive of NumPy (.npz)", "save the table as .npy or CSV"),
]
"""The same for zip archives, by a name inside."""

_COMPILED = [(re.compile(pattern, re.DOTALL), Kind(called, remedy)) for pattern, called, remedy in BEGINNINGS]


def kind_of(content: bytes) -> Kind | None:
    """What a file is, of which this is all or the first `ENOUGH` bytes; None for a text like any other, and for a kind
    that nobody knows."""
    beginning = content[:ENOUGH].removeprefix(b"\xef\xbb\xbf")
    if beginning.startswith(b"PK\x03\x04"):
        return _zipped(content)
    return next((kind for pattern, kind in _COMPILED if pattern.match(beginning)), None)


def _zipped(content: bytes) -> Kind:
    names = list(_names(content))
    for pattern, called, remedy in MEMBERS:
        if any(re.match(pattern, name) for name in names):
            return Kind(called, remedy)
    return Kind("a zip archive", UNPACK)


def _names(content: bytes) -> Iterator[str]:
    """The names in front of the first files of a zip archive; nothing is unpacked."""
    for found in re.finditer(rb"PK\x03\x04", content[:ENOUGH]):
        length = int.from_bytes(content[found.start() + 26 : found.start() + 28], "little")
        yield content[found.start() + 30 : found.start() + 30 + length].decode("utf-8", "replace")

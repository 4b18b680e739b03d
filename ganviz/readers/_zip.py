"""Zip archives: what is in one, and never more of it than is allowed."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import IO

from ganviz.invalid import Invalid
from ganviz.readers._picture_files import BYTES, Source
from ganviz.readers.columns import file_name
from ganviz.readers.files import ENDINGS, FILES, not_used

BEGINS = b"PK"
"""What an archive begins with."""
DIRECTORY = 8_000_000
"""The most bytes of an archive's table of contents, all of which zipfile reads at once: 20,000 long names."""
END, END_64 = b"PK\x05\x06", b"PK\x06\x07"
"""What its last 22 bytes begin with (behind them only a comment), and the 20 before them in archives beyond 4 GB."""
COMMENT = 65_535
"""Bytes of the longest comment."""
HIDDEN = re.compile(r"(?:^|/)(?:\.|__MACOSX/)")
"""Names of what is not meant to be seen: macOS adds a second file to each, ``__MACOSX/._a.png``."""


@contextmanager
def opened(path: Path) -> Iterator[zipfile.ZipFile]:
    """The archive at a path. Raises `Invalid` where it is damaged, and whenever reading in it fails."""
    file = file_name(path.name)
    try:
        with path.open("rb") as stream:
            _check_directory(stream, file)
            with zipfile.ZipFile(stream) as archive:
                yield archive
    except (Invalid, MemoryError):
        raise
    except Exception:  # whatever a damaged archive makes zipfile, zlib or NumPy raise
        raise Invalid(f"{file} is damaged: it cannot be unpacked.") from None


def _check_directory(stream: IO[bytes], file: str) -> None:
    size = stream.seek(0, io.SEEK_END)
    stream.seek(max(0, size - COMMENT - 42))
    tail = stream.read()
    at = tail.rfind(END)
    if at < 0 or len(tail) - at < 22:
        raise Invalid(f"{file} is damaged: it does not end as a zip archive does; perhaps not all of it was copied.")
    if tail[max(0, at - 20) : at].startswith(END_64):
        raise Invalid(f"{file} is a zip archive of more than 4 GB or 65,535 files, which is not read.")
    if int.from_bytes(tail[at + 12 : at + 16], "little") > DIRECTORY:
        raise Invalid(f"{file} holds too many files.")


def members(archive: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    """The files in an archive that are meant to be seen."""
    return [info for info in archive.infolist() if not info.is_dir() and not HIDDEN.search(_name(info))]


def check(info: zipfile.ZipInfo, file: str) -> None:
    """Raise `Invalid` for a member that is encrypted, or compressed in a way that is not read."""
    if info.flag_bits & 1:
        raise Invalid(f"{file} is encrypted; unpack it with its password and zip it again without.")
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise Invalid(f"{file} is compressed in a way that is not read; the usual one is called deflate.")


def sources(archive: zipfile.ZipFile, infos: Sequence[zipfile.ZipInfo], file: str) -> list[Source]:
    """The PNG and JPEG files among the members, in the order of their folders and names. Raises `Invalid`."""
    chosen = sorted((info for info in infos if _name(info).lower().endswith(ENDINGS)), key=_parts)
    if not chosen:
        raise Invalid(
            f"{file} is a zip archive without pictures: it holds neither PNG or JPEG files nor arrays of NumPy."
        )
    if len(chosen) > FILES:
        raise Invalid(f"{file} holds {len(chosen):,} pictures; at most {FILES:,} files are read.")
    for info in chosen:
        check(info, file)
    return [Source(f"{file_name(_name(info))} in {file}", partial(_content, archive, info)) for info in chosen]


def left_out(infos: Sequence[zipfile.ZipInfo]) -> tuple[tuple[str, str], ...]:
    """What of the members is not used where they are pictures, and why."""
    pictures = [info for info in infos if _name(info).lower().endswith(ENDINGS)]
    return not_used(len(infos) - len(pictures), len({tuple(_parts(info)[:-1]) for info in pictures}))


def _content(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> bytes:
    """What a member unpacks to, and of one that unpacks to more than may be read, not much more."""
    with archive.open(info) as stream:
        return stream.read(BYTES + 1)


def _name(info: zipfile.ZipInfo) -> str:
    return info.filename.replace("\\", "/")


def _parts(info: zipfile.ZipInfo) -> list[str]:
    return _name(info).split("/")

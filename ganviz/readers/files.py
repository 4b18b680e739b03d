"""The files that lie at a path: those that hold pictures, by their names and kinds alone."""

from __future__ import annotations

import os
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from ganviz.invalid import Invalid
from ganviz.readers.collection import LEAST
from ganviz.readers.columns import file_name

ENDINGS = (".png", ".jpg", ".jpeg")
"""What the names of pictures end with, in lower case."""
FILES = 20_000
"""The most pictures in files of their own."""
ENTRIES = 200_000
"""The most entries of a folder that are looked at."""
MNIST = frozenset(
    f"{part}-images{mark}idx3-ubyte{ending}" for part in ("train", "t10k") for mark in "-." for ending in ("", ".gz")
)
"""Names of MNIST's files of pictures, as they were published and as some have unpacked them."""


def part_of(name: str) -> str:
    """``train`` or ``t10k``, for one of MNIST's files."""
    return name.partition("-")[0]


@dataclass(frozen=True)
class File:
    """A file as it was when it was looked at."""

    path: Path
    size: int
    """Bytes."""
    modified: int
    """When its content changed, in nanoseconds."""
    changed: int
    """When anything of it did, as far as the system tells; no program sets that."""
    number: int
    """Another one where the file was replaced by another."""


def find_files(path: str) -> tuple[File, ...]:
    """The file at a path; of a folder MNIST's files of pictures, else all PNG and JPEG files in the order of their
    names. None of them is opened. Raises `Invalid`, also for a single picture."""
    if path.startswith(("\\\\", "//")):
        raise Invalid("The path of another machine is not read; copy the pictures to this one.")
    try:
        place = Path(path).expanduser()
        if place.is_dir():
            return _in_folder(place)
        if place.is_file() and place.name.lower().endswith(ENDINGS):
            raise Invalid(
                f"{file_name(place.name)} is one picture; give the path of a folder with at least {LEAST} of them."
            )
        return (_file(place),)
    except OSError as error:
        raise Invalid(f"{path!r:.200} cannot be read: {error.strerror or 'it is not there'}.") from None
    except Invalid:
        raise
    except (ValueError, RuntimeError):  # a zero byte, or the home folder of nobody
        raise Invalid(f"{path!r:.200} is no path.") from None


def _file(path: Path) -> File:
    if not path.is_file():  # neither is a pipe, which might never end
        raise Invalid(f"There is no file or folder {str(path)!r:.200}; give its whole path.")
    about = path.stat()
    return File(path, about.st_size, about.st_mtime_ns, about.st_ctime_ns, about.st_ino)


def _in_folder(folder: Path) -> tuple[File, ...]:
    name = file_name(folder.resolve().name)
    with os.scandir(folder) as entries:
        seen = list(islice(entries, ENTRIES + 1))
    if len(seen) > ENTRIES:
        raise Invalid(f"The folder {name} has more than {ENTRIES:,} entries, which are not looked at.")
    files = [entry for entry in seen if not entry.name.startswith(".") and entry.is_file()]
    pictures = [entry for entry in files if entry.name.lower().endswith(ENDINGS)]
    of_mnist = [entry for entry in files if entry.name in MNIST]
    parts = {part_of(entry.name) for entry in of_mnist}
    if len(parts) == 1:
        lacking = "t10k" if "train" in parts else "train"
        raise Invalid(f"The folder {name} lacks the file {lacking}-images-idx3-ubyte.")
    chosen = of_mnist or pictures
    if not chosen:
        raise Invalid(f"The folder {name} holds no pictures: no .png, .jpg or .jpeg files, and none named as MNIST's.")
    if len(chosen) > FILES:
        raise Invalid(f"The folder {name} holds {len(chosen):,} pictures; at most {FILES:,} files are read.")
    return tuple(_file(Path(entry.path)) for entry in sorted(chosen, key=lambda entry: entry.name))

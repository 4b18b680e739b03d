"""The files that lie at a path: those that hold pictures, by their names and kinds alone."""

from __future__ import annotations

import os
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from ganviz.invalid import Invalid, because
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


@dataclass(frozen=True)
class Place:
    """What lies at a path, before any of it is opened."""

    name: str
    """Of the file or the folder, without its path."""
    files: tuple[File, ...]
    left_out: tuple[tuple[str, str], ...] = ()
    """What else lies there, and why it is not used."""


def find_files(path: str) -> Place:
    """The file at a path; of a folder MNIST's files of pictures, else all PNG and JPEG files in the order of their
    names, those of the folders in it where it has none itself. None of them is opened. Raises `Invalid`, also for a
    single picture."""
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
        return Place(file_name(place.name), (_file(place),))
    except OSError as error:
        raise Invalid(f"{path!r:.200} cannot be read: {because(error)}.") from None
    except Invalid:
        raise
    except (ValueError, RuntimeError):  # a zero byte, or the home folder of nobody
        raise Invalid(f"{path!r:.200} is no path.") from None


def not_used(others: int, folders: int) -> tuple[tuple[str, str], ...]:
    """What is said of other files beside pictures, and of the folders that these lie in."""
    files = (
        ("1 other file", "is no PNG or JPEG picture")
        if others == 1
        else (f"{others:,} other files", "are no PNG or JPEG pictures")
    )
    names = (f"the names of {folders:,} folders", "are not used as classes")
    return ((files,) if others else ()) + ((names,) if folders > 1 else ())


def _file(path: Path) -> File:
    if not path.is_file():  # neither is a pipe, which might never end
        raise Invalid(f"There is no file or folder {str(path)!r:.200}; give its whole path.")
    about = path.stat()
    return File(path, about.st_size, about.st_mtime_ns, about.st_ctime_ns, about.st_ino)


def _in_folder(folder: Path) -> Place:
    name = file_name(folder.resolve().name)
    seen = _visible(folder, name)
    of_mnist = [entry for entry in seen if entry.name in MNIST and entry.is_file()]
    if of_mnist:
        parts = {part_of(entry.name) for entry in of_mnist}
        if len(parts) == 1:
            lacking = "t10k" if "train" in parts else "train"
            raise Invalid(f"The folder {name} lacks the file {lacking}-images-idx3-ubyte.")
        return Place(name, _files(of_mnist, name))
    pictures = [entry for entry in seen if _is_picture(entry)]
    if pictures:
        inside = sum(entry.is_dir() for entry in seen)
        beside = (("the folders in it", "are not looked into, for there are pictures beside them"),) if inside else ()
        return Place(name, _files(pictures, name), not_used(len(seen) - inside - len(pictures), 0) + beside)
    return _in_folders([Path(entry.path) for entry in seen if entry.is_dir()], name)


def _in_folders(folders: list[Path], name: str) -> Place:
    """The pictures of all folders in one: a folder for each class, as torchvision's ImageFolder has them."""
    seen: list[os.DirEntry[str]] = []
    holding = 0
    for folder in sorted(folders):
        inside = _visible(folder, name)
        holding += any(map(_is_picture, inside))
        seen += inside
        if len(seen) > ENTRIES:
            raise _too_many(name)
    pictures = [entry for entry in seen if _is_picture(entry)]
    if not pictures:
        raise Invalid(
            f"The folder {name} holds no pictures: no .png, .jpg or .jpeg files, neither itself nor the folders in it, "
            "and none named as MNIST's."
        )
    others = sum(entry.is_file() for entry in seen) - len(pictures)
    return Place(name, _files(pictures, name), not_used(others, holding))


def _visible(folder: Path, name: str) -> list[os.DirEntry[str]]:
    """What is in a folder, without hidden files."""
    with os.scandir(folder) as entries:
        seen = list(islice(entries, ENTRIES + 1))
    if len(seen) > ENTRIES:
        raise _too_many(name)
    return [entry for entry in seen if not entry.name.startswith((".", "__MACOSX"))]


def _too_many(name: str) -> Invalid:
    return Invalid(f"The folder {name} has more than {ENTRIES:,} entries, which are not looked at.")


def _is_picture(entry: os.DirEntry[str]) -> bool:
    return entry.name.lower().endswith(ENDINGS) and entry.is_file()


def _files(entries: list[os.DirEntry[str]], name: str) -> tuple[File, ...]:
    """The files in the order of their folders and names."""
    if len(entries) > FILES:
        raise Invalid(f"The folder {name} holds {len(entries):,} pictures; at most {FILES:,} files are read.")
    paths = [Path(entry.path) for entry in entries]
    return tuple(_file(path) for path in sorted(paths, key=lambda path: (path.parent.name, path.name)))

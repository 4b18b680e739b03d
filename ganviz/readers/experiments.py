"""Experiments in files: JSON, as `ganviz train`, a person or another program has written it."""

from __future__ import annotations

from pathlib import Path

from ganviz.experiment import Experiment
from ganviz.invalid import Invalid
from ganviz.readers._bytes import whole
from ganviz.readers._encoding import unicode_of
from ganviz.readers.columns import file_name
from ganviz.readers.kinds import kind_of

ENDING = ".json"
MOST = 8_000_000
"""Bytes of a file that is read: the longest experiment, with a table in it, has some hundred thousand."""
ELSEWHERE = {
    "a notebook": "serve it with ganviz serve",
    "a safetensors file": "a run that was saved goes on with ganviz train --resume",
}
"""What to do instead with files of these kinds."""


def is_file(name: str) -> bool:
    """Whether what was typed means a file rather than a preset: by its ending or its folder, or because it is there."""
    return name.lower().endswith(ENDING) or Path(name).name != name or Path(name).exists()


def read_experiment(path: Path) -> Experiment:
    """The experiment in a file. Raises `Invalid`, with the file's name, for one that is missing or holds none."""
    file = file_name(path.name)
    if path.is_dir():
        inside = path / f"experiment{ENDING}"
        instead = f"give {str(inside)!r}" if inside.exists() else f"an experiment is a {ENDING} file"
        raise Invalid(f"{str(path)!r} is a folder; {instead}.")
    if not path.exists():
        raise Invalid(f"There is no file {str(path)!r}.")
    content = whole(path, MOST)
    kind = kind_of(content)
    if kind is not None and kind.called != "JSON":
        instead = ELSEWHERE.get(kind.called, f"an experiment is a {ENDING} file, such as ganviz train writes")
        raise Invalid(f"{file} is {kind.called}; {instead}.")
    try:
        return Experiment.from_json(_text(content, file))
    except Invalid as error:
        raise Invalid(f"{file}: {error}") from None


def _text(content: bytes, file: str) -> str:
    try:
        return content.decode(unicode_of(content))
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise Invalid(f"line {line} is no text in UTF-8, as JSON is; save it in that encoding.") from None

"""Which of Jupyter's files the server reads: those that its packages brought with them, and no configuration."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from itertools import chain
from pathlib import Path

from jupyter_core import paths

from ganviz.option import Invalid

NEEDED = {
    "voila": "voila/templates",
    "nbconvert": "nbconvert/templates",
    "jupyterlab_widgets": "labextensions/@jupyter-widgets/jupyterlab-manager",
    "anywidget": "labextensions/anywidget",
}
"""What a page needs of each package, below ``share/jupyter``."""

FINDERS = ("jupyter_path", "jupyter_config_path")
"""The functions of jupyter_core that say where data and configuration may be."""


def share(package: str) -> str:
    """The folder ``share/jupyter`` into which an importable package was installed.

    It is the nearest above the package: in an environment, below the user's own folder, in the system's. Raises
    `Invalid` where the files that a page needs of it are nowhere.
    """
    spec = find_spec(package)
    above = Path(spec.origin).parents if spec and spec.origin else ()
    beside = (place / "share" / "jupyter" for place in (*above, Path(sys.prefix)))
    for folder in chain(beside, map(Path, paths.jupyter_path())):
        if (folder / NEEDED[package]).is_dir():
            return str(folder)
    raise Invalid(f"The files {NEEDED[package]} of the package {package} are missing; install it anew.")


@contextmanager
def own_files() -> Iterator[None]:
    """While this lasts, Jupyter's packages find the files that they came with, and no others.

    The user's folders and the system's may hold another version's templates and extensions, or a configuration made
    for another server. Neither Jupyter's variables nor Voilà's settings keep all of them out, so this replaces the
    functions that say where to look, in every module that has imported them.
    """
    shares = list(dict.fromkeys(map(share, NEEDED)))

    def data(*below: str) -> list[str]:
        return [os.path.join(folder, *below) for folder in shares]

    ours = dict(zip(FINDERS, (data, list[str]), strict=True))
    theirs = {name: getattr(paths, name) for name in FINDERS}
    users = [
        (module, name)
        for module in list(sys.modules.values())
        for name in FINDERS
        if getattr(module, "__dict__", {}).get(name) is theirs[name]
    ]
    for module, name in users:
        setattr(module, name, ours[name])
    try:
        yield
    finally:
        for module, name in users:
            setattr(module, name, theirs[name])

"""What the argument of ``ganviz serve`` stands for."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import nbformat

from ganviz.cli.source import experiment_from
from ganviz.option import Invalid
from ganviz.presets import means_file
from ganviz.server.shown import EXPLORER, Shown


def shown(what: str | None) -> Shown:
    """What to show for an argument: a preset's name, a ``.json`` file, a notebook, or none.

    Raises `Invalid` for an unknown preset, and for a file that is missing or not what its name says.
    """
    if what is None:
        return Shown(EXPLORER, front=True)
    if what.lower().endswith(".ipynb"):
        return Shown(_notebook(Path(what)))
    experiment_from(what)
    return Shown(EXPLORER, experiment=str(Path(what).resolve()) if means_file(what) else what)


def _notebook(path: Path) -> Path:
    """The absolute path of a notebook that can be read, and run by this interpreter."""
    try:
        notebook = nbformat.read(path, as_version=4)
        nbformat.validate(notebook)
    except FileNotFoundError:
        raise Invalid(f"There is no file {str(path)!r}.") from None
    except Exception:  # nbformat says what it stumbles over in a dozen ways
        raise Invalid(f"{str(path)!r} cannot be read as a notebook.") from None
    language = _language(notebook.metadata)
    if language.lower() != "python":
        raise Invalid(f"{str(path)!r} is in {language}; pages are run by the Python that serves them.")
    return path.resolve()


def _language(about: Any) -> str:
    """The language that a notebook's metadata name; Python where they name none."""
    named = (about.get("language_info", {}).get("name"), about.get("kernelspec", {}).get("language"))
    return next((name for name in named if name and isinstance(name, str)), "Python")

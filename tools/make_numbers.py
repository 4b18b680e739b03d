"""Keeps in the course's notebooks what their training cells say.

    python tools/make_numbers.py [notebooks/03-who-is-ahead.ipynb ...]

A course page runs only the cells with an explorer; what the others print stands in the notebook. They are run here, in
order, on one thread, without the explorers between them, and get the tags that keep their outputs (nbstripout) and
leave them alone when the notebook is served (nbclient, and so Voilà). Outputs that nbval compares stay as they are.
"""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path
from typing import Any

import torch
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output

import ganviz
from ganviz.server.front.page import SKIPPED

NOTEBOOKS = Path(__file__).parents[1] / "notebooks"

KEPT, CHECKED = "keep_output", "nbval-check-output"


def main() -> None:
    """Run the training cells, and say how long each notebook took."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("notebooks", nargs="*", type=Path, default=sorted(NOTEBOOKS.glob("*.ipynb")))
    torch.set_num_threads(1)
    ganviz.explore = lambda *asked, **options: None  # type: ignore[assignment]
    for path in parser.parse_args().notebooks:
        begun, notebook = time.monotonic(), json.loads(path.read_text("utf-8"))
        keep(notebook)
        path.write_text(json.dumps(notebook, indent=1, ensure_ascii=False) + "\n", "utf-8")
        print(f"{path.name}: {time.monotonic() - begun:.0f} s", flush=True)


def keep(notebook: dict[str, Any]) -> None:
    """Give each cell without an explorer its outputs and tags. Raises what a cell raises."""
    shell = InteractiveShell()
    code = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    for number, cell in enumerate(code, start=1):
        source = "".join(cell["source"])
        with capture_output(display=False) as captured:
            result = shell.run_cell(source)
        result.raise_error()
        if "explore(" in source:
            continue
        tags = cell["metadata"].setdefault("tags", [])
        tags.extend(tag for tag in (KEPT, SKIPPED) if tag not in tags)
        if CHECKED not in tags:
            cell["outputs"] = outputs(captured.stdout, result.result, number)
            cell["execution_count"] = number if cell["outputs"] else None


def outputs(printed: str, value: object, number: int) -> list[dict[str, Any]]:
    """As a notebook has them: what was printed, and the value of the last line."""
    made: list[dict[str, Any]] = []
    # IPython prints the value too.
    written = printed.partition("Out[0]: ")[0].rstrip("\n")
    if written:
        made.append({"name": "stdout", "output_type": "stream", "text": written.splitlines(keepends=True)})
    if value is not None:
        data = {"text/plain": repr(value).splitlines(keepends=True)}
        made.append({"data": data, "execution_count": number, "metadata": {}, "output_type": "execute_result"})
    return made


if __name__ == "__main__":
    main()

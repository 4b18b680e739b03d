"""A notebook as a page: its prose as it is, its explorers alive, its other cells as they were run."""

from __future__ import annotations

import re
from html import escape
from pathlib import Path
from typing import Any

from nbformat import NotebookNode
from nbformat.v4 import new_markdown_cell

STYLE = (Path(__file__).parent / "page.css").read_text("utf-8")

SKIPPED = "skip-execution"
"""The tag of a cell that is not run, as nbclient has it; what it printed stands in the notebook."""

PICTURED = "ganviz"
"""In the metadata of a cell: its stored output is the picture of an explorer."""

BESIDE = re.compile(r"\[([^]]+)\]\(\.\./[^)]*\)")
"""A link to another file of the repository, which no page has beside it."""

NO_FLASH = """<script>
// The preset behind the # comes as soon as the kernel has heard of it; what is there until then is not shown.
if (location.hash.startsWith("#preset=")) document.documentElement.classList.add("ganviz-opening");
</script>"""


def as_page(notebook: NotebookNode, above: str = "", below: str = "") -> NotebookNode:
    """The notebook as Voilà shall show it, with `above` and `below` (HTML) around it.

    Voilà runs every cell, drops every stored output and hides all code. So a cell that is not to be run becomes prose:
    its code, and below it what it printed. Before each explorer stands its picture, until it is there.
    """
    cells = [new_markdown_cell(f"<style>\n{STYLE}</style>\n{NO_FLASH}\n{above}")]
    for cell in notebook.cells:
        if SKIPPED in cell.metadata.get("tags", []):
            cells.append(new_markdown_cell("\n\n".join([_code(cell.source), *map(_said, cell.outputs)])))
            continue
        if cell.cell_type == "markdown":
            cell.source = BESIDE.sub(r"\1", cell.source)
        if PICTURED in cell.metadata:
            shown = [output.get("data", {}) for output in cell.outputs]
            cells.extend(new_markdown_cell(_still(data)) for data in shown if "image/png" in data)
        cells.append(cell)
    if below:
        cells.append(new_markdown_cell(below))
    notebook.cells = cells
    return notebook


def _code(source: str) -> str:
    fence = "```"
    while fence in source:
        fence += "`"
    return f"{fence}python\n{source}\n{fence}"


def _said(output: Any) -> str:
    """An output: text, or a picture."""
    data = output.get("data", {})
    if "image/png" in data:
        return _image(data)
    return f'<pre class="ganviz-said">{escape(output.get("text") or data.get("text/plain", ""))}</pre>'


def _still(data: Any) -> str:
    return f'<div class="ganviz-still">{_image(data)}</div>'


def _image(data: Any) -> str:
    said = escape(data.get("text/plain", ""))
    return f'<img alt="{said}" src="data:image/png;base64,{data["image/png"].strip()}">'

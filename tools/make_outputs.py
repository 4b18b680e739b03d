"""Keeps in docs/one-instruction.md what its code prints.

    python tools/make_outputs.py [--out FILE]

A block of Python that is followed by a block of text is run, in order and in one namespace, and the text is what it
prints. Other blocks stay as they are.
"""

from __future__ import annotations

import argparse
import io
import re
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any

PAGE = Path(__file__).parents[1] / "docs" / "one-instruction.md"

CELL = re.compile(
    r"^```python\n(?P<code>(?:(?!```).*\n)*)```\n\n```text\n(?P<output>(?:(?!```).*\n)*)```$", re.MULTILINE
)


def made(page: str) -> str:
    """The page with what its code prints now."""
    known: dict[str, Any] = {}

    def printed(cell: re.Match[str]) -> str:
        with redirect_stdout(io.StringIO()) as output:
            exec(compile(cell["code"], PAGE.name, "exec"), known)
        return f"```python\n{cell['code']}```\n\n```text\n{output.getvalue()}```"

    return CELL.sub(printed, page)


def main() -> None:
    """Write the page, and say how many pieces of code it has."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=PAGE, metavar="FILE", help="another file to write to")
    out, page = parser.parse_args().out, PAGE.read_text("utf-8")
    out.write_text(made(page), "utf-8")
    print(f"{out.name}: {len(CELL.findall(page))} pieces of code")


if __name__ == "__main__":
    main()

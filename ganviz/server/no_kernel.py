"""What a page says that has no kernel."""

from __future__ import annotations

import sys
from html import escape
from pathlib import Path

TEXT = (Path(__file__).parent / "no_kernel.html").read_text("utf-8")

DOCUMENT = '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"><title>ganviz</title></head><body>\n'
"""What stands before the text where nothing of the page was sent yet."""

TOLD = """<p>This one could not be started:</p>
<pre>{reason}</pre>
<p>It was to be run by <code>{interpreter}</code>, the interpreter that serves this page; the server's terminal may say
more.</p>"""

LOGGED = "<p>This one could not be started. Whoever runs this server finds the reason in its log.</p>"


def no_kernel(reason: str, begun: bool) -> str:
    """The last piece of a page whose kernel could not be started, which takes the place of the whole.

    `reason`: in a line; empty: the visitor is told that it stands in the server's log. `begun`: whether the page's
    beginning was sent.
    """
    why = LOGGED
    if reason:
        why = TOLD.format(reason=escape(reason), interpreter=escape(sys.executable))
    return ("" if begun else DOCUMENT) + TEXT.replace("{why}", why)

"""What a command prints, on streams of any encoding, also when nobody reads them any more."""

from __future__ import annotations

import codecs
import io
import re
import sys
import unicodedata
from contextlib import suppress

PLAIN = {
    "—": "-",
    "–": "-",
    "−": "-",
    "…": "...",
    "·": "*",
    "×": "x",
    "→": "->",
    "≥": ">=",
    "≤": "<=",
    "½": "1/2",
    "⁻": "-",
    "√": "sqrt ",
    "∞": "inf",
    "ß": "ss",
}
"""What is written where an encoding lacks a sign: Windows' old code pages and the C locale lack most of them."""
RAISED = re.compile("[⁰¹²³⁴⁵⁶⁷⁸⁹⁻ⁿ]+")
HANDLER = "ganviz.plain"


def accept_all_encodings() -> None:
    """Have the standard streams write what their encoding lacks in plain signs, instead of failing."""
    codecs.register_error(HANDLER, _plain)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # neither one that was closed nor a test's
            stream.reconfigure(errors=HANDLER)


def say(text: str) -> None:
    """A line on the standard error stream, for a person who may have gone: then it is lost, and nothing else is."""
    with suppress(OSError, ValueError):
        print(f"ganviz: {text}", file=sys.stderr, flush=True)


def _plain(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    lacking = RAISED.sub(lambda power: f"^{power[0]}", error.object[error.start : error.end])
    return "".join(map(_in_ascii, lacking)), error.end


def _in_ascii(sign: str) -> str:
    if sign in PLAIN:
        return PLAIN[sign]
    if unicodedata.name(sign, "").startswith("GREEK SMALL LETTER "):
        return unicodedata.name(sign).split()[3].lower()
    return unicodedata.normalize("NFKD", sign).encode("ascii", "ignore").decode() or "?"

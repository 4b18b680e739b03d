"""Text small enough for a link: what stands behind the # of an address."""

from __future__ import annotations

import base64
import binascii
import re
import urllib.parse
import zlib

from ganviz.option import Invalid

MARK = "#ganviz="
"""What begins the part of a link that is ours."""

PRESET = "#preset="
"""What begins a link that names a preset."""

START = "&start="
"""What stands between an experiment and the start of a preset, as ``mnist-mlp@8000``, from which its run began."""

LONGEST = 400_000
"""Characters of a link that are read: an experiment with a drawing of thousands of points has some ten thousand."""

LARGEST = 2_000_000
"""Bytes that a link may unpack to."""


def pack(text: str) -> str:
    """The text, compressed, behind `MARK`, in characters that may stand in an address."""
    return MARK + base64.urlsafe_b64encode(zlib.compress(text.encode(), 9)).decode().rstrip("=")


def unpack(link: str) -> str:
    """The text of a whole address, or of what stands behind its #. Raises `Invalid` for one that holds no text of ours,
    and for one that would unpack to more than an experiment can be."""
    _, mark, code = link.rpartition(MARK)
    code = code.partition(START)[0]
    if not mark or len(code) > LONGEST:
        raise Invalid("This link holds no experiment.")
    try:
        packed = base64.b64decode(code + "=" * (-len(code) % 4), altchars=b"-_", validate=True)
        unpacker = zlib.decompressobj()
        text = unpacker.decompress(packed, LARGEST)
        if not unpacker.eof:
            raise ValueError("cut off, or a bomb")
        return text.decode()
    except (binascii.Error, zlib.error, ValueError):
        raise Invalid("This link is damaged: it was cut off, or mistyped.") from None


def with_start(link: str, preset: str, step: int) -> str:
    """The link to an experiment, to be opened at that start."""
    return f"{link}{START}{preset}@{step}"


def start_of(link: str) -> tuple[str, int] | None:
    """The preset and the step of the start that a link names, whether or not there is one; None where it names none.
    Raises `Invalid` where that is damaged."""
    _, mark, start = link.rpartition(MARK)[2].partition(START)
    if not mark:
        return None
    name, _, step = start.rpartition("@")
    if not re.fullmatch("[a-z0-9-]{1,100}", name) or not re.fullmatch("[0-9]{1,15}", step):
        raise Invalid("The start that this link names is damaged: it was cut off, or mistyped.")
    return name, int(step)


def preset_of(link: str) -> str:
    """The name of the preset that a link of that kind asks for, whether or not there is one; empty for another link."""
    _, mark, name = link.partition(PRESET)
    return urllib.parse.unquote(name[:100]) if mark else ""

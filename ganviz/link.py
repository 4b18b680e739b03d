"""Text small enough for a link: what stands behind the # of an address."""

from __future__ import annotations

import base64
import binascii
import zlib

from ganviz.option import Invalid

MARK = "#ganviz="
"""What begins the part of a link that is ours."""

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

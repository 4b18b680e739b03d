"""What page and kernel may say to each other: Jupyter's messages, read strictly before anything else reads them.

A frame of the protocol ``v1.kernel.websocket.jupyter.org`` is a count n, n offsets (all of 8 bytes, little-endian), and
then, one behind the other, the channel's name, header, parent header, metadata, content, and buffers. Jupyter's own
reader believes the count: a single frame that claims 2⁶³ offsets would keep the whole server busy for ever.
"""

from __future__ import annotations

import json
from itertools import pairwise
from typing import Any, NamedTuple

from ganviz.server.last_lines import readable

PROTOCOL = "v1.kernel.websocket.jupyter.org"

SENT = {
    "shell": {"comm_open", "comm_msg", "comm_close", "comm_info_request", "kernel_info_request"},
    "control": {"kernel_info_request"},
}
"""What a page may send on each channel; anything else is dropped."""

TOLD = {"status", "comm_open", "comm_msg", "comm_close", "comm_info_reply", "kernel_info_reply", "iopub_welcome"}
"""What a page is sent. Output and errors stay on the server's side: they name its files."""

BY_ITSELF = {"alive", "ready", "drawn", "plotly"}
"""Messages of `LiveFigure` that a page sends without anybody touching it."""

MOST_PARTS = 64
LONG_HEADER = 4096
SHORT = 65536
"""Bytes of a content that is looked into; longer ones are files and drawings."""


class Malformed(ValueError):
    """A frame that no Jupyter front end sends."""


class Message(NamedTuple):
    """One frame: its channel, the message's type, its content as JSON text."""

    channel: str
    kind: str
    content: bytes

    def allowed(self) -> bool:
        """Whether a page may send it: comm messages and kernel information, and no comm but the one that asks for the
        widgets' states; a page makes no widgets."""
        if self.kind not in SENT.get(self.channel, ()):
            return False
        return self.kind != "comm_open" or _object(self.content).get("target_name") == "jupyter.widget.control"

    def is_act(self) -> bool:
        """Whether the visitor did something, as far as one can see."""
        if self.kind != "comm_msg":
            return False
        if len(self.content) > SHORT:
            return True
        data = _object(self.content).get("data")
        if not isinstance(data, dict):
            return False
        said = data.get("content")
        by_itself = isinstance(said, dict) and said.get("kind") in BY_ITSELF
        return data.get("method") == "update" or (data.get("method") == "custom" and not by_itself)


def read(frame: bytes | str) -> Message:
    """The message of a frame. Raises `Malformed` for any that is not as the protocol has it."""
    channel, header, _, _, content, *_ = _parts(frame)
    if len(header) > LONG_HEADER:
        raise Malformed("a long header")
    kind = _object(header).get("msg_type")
    if not isinstance(kind, str):
        raise Malformed("no type")
    return Message(channel.decode("utf-8", "replace"), kind, content)


def printed(frame: bytes) -> str:
    """What a kernel wrote, from its frame: the text of a ``stream`` message, the traceback of an ``error``; without
    what would change a terminal."""
    content = _object(_parts(frame)[4])
    text = str(content.get("text") or "\n".join(map(str, content.get("traceback", ()))))
    return readable(text)


def _parts(frame: bytes | str) -> list[bytes]:
    """Channel, header, parent header, metadata, content, and buffers of a frame."""
    if not isinstance(frame, bytes):
        raise Malformed("text")
    count = int.from_bytes(frame[:8], "little")
    if not 6 <= count <= MOST_PARTS:
        raise Malformed(f"{count} offsets")
    ends = range(8, 8 * (count + 1), 8)
    offsets = [int.from_bytes(frame[i : i + 8], "little") for i in ends]
    bounds = [8 * (count + 1), *offsets, len(frame)]
    if any(low > high for low, high in pairwise(bounds)):
        raise Malformed("offsets that are out of order")
    return [frame[low:high] for low, high in pairwise(offsets)]


def _object(text: bytes) -> dict[str, Any]:
    """A JSON object; empty for content that is too long to be looked into. Raises `Malformed` for anything else."""
    if len(text) > SHORT:
        return {}
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        raise Malformed("no JSON") from None
    if not isinstance(found, dict):
        raise Malformed("no object")
    return found

"""A visitor without a browser: the page's address, the kernel's websocket, and the messages that a page would send."""

from __future__ import annotations

import json
import re
import time
import urllib.request
import uuid
from collections.abc import Callable, Iterator
from itertools import accumulate, pairwise
from typing import Any, NamedTuple

import websocket

PROTOCOL = "v1.kernel.websocket.jupyter.org"


class Heard(NamedTuple):
    """A message from the kernel."""

    channel: str
    kind: str
    content: dict[str, Any]
    parent: dict[str, Any]

    @property
    def said(self) -> dict[str, Any]:
        """What a widget says in a custom message."""
        data = self.content.get("data", {})
        return data.get("content", {}) if data.get("method") == "custom" else {}


def packed(channel: str, *parts: bytes) -> bytes:
    """A frame of the protocol."""
    pieces = [channel.encode(), *parts]
    offsets = list(accumulate(map(len, pieces), initial=8 * (len(pieces) + 2)))
    return b"".join(number.to_bytes(8, "little") for number in (len(offsets), *offsets)) + b"".join(pieces)


def unpacked(frame: bytes) -> Heard:
    count = int.from_bytes(frame[:8], "little")
    offsets = [int.from_bytes(frame[8 * i : 8 * i + 8], "little") for i in range(1, count + 1)]
    channel, header, parent, _, content, *_ = (frame[low:high] for low, high in pairwise(offsets))
    return Heard(channel.decode(), json.loads(header)["msg_type"], json.loads(content), json.loads(parent))


class Visitor:
    """Opens the page, connects to its kernel, and does what a page does: shows frames, says that it is alive."""

    def __init__(self, url: str, patience: float = 90, page: str = "explore") -> None:
        """`url`: of the server; `page`: what follows it. Raises `urllib.error.HTTPError` where no place is left."""
        self.url, self.session = url, uuid.uuid4().hex
        self.frames = 0
        self.on_frame: Callable[[dict[str, Any]], None] = lambda frame: None
        self.states: dict[str, dict[str, Any]] = {}
        with urllib.request.urlopen(url + page, timeout=patience) as answer:
            page = answer.read().decode()
        self.kernel = re.search(r'"kernelId": "([\w-]+)"', page)[1]
        self.connect(patience)

    def connect(self, patience: float = 30) -> None:
        """A connection to the kernel; a second one when the first was closed."""
        address = self.url.replace("http", "ws", 1) + f"api/kernels/{self.kernel}/channels?session_id={self.session}"
        self.socket = websocket.create_connection(address, timeout=patience, subprotocols=[PROTOCOL])
        self._beat = time.monotonic()

    def close(self) -> None:
        """Leave; also where the server has hung up already."""
        self.socket.close()
        self.socket.shutdown()

    # ------------------------------------------------------------------------------------------------------ saying

    def send(
        self, kind: str, content: dict[str, Any], channel: str = "shell", *buffers: bytes, metadata: Any = None
    ) -> str:
        """Send any message; its id."""
        message = uuid.uuid4().hex
        header = {"msg_id": message, "msg_type": kind, "username": "", "session": self.session, "version": "5.3"}
        header["date"] = "2026-01-01T00:00:00Z"
        parts = [json.dumps(part).encode() for part in (header, {}, metadata or {}, content)]
        self.socket.send_binary(packed(channel, *parts, *buffers))
        return message

    def say(self, model: str, said: dict[str, Any], *buffers: bytes) -> str:
        """A custom message of a widget."""
        return self.send(
            "comm_msg", {"comm_id": model, "data": {"method": "custom", "content": said}}, "shell", *buffers
        )

    def update(self, model: str, **state: Any) -> str:
        """Set traits of a widget, as its view would."""
        data = {"method": "update", "state": state, "buffer_paths": []}
        return self.send("comm_msg", {"comm_id": model, "data": data})

    def press(self, text: str) -> str:
        """Click a button."""
        return self.say(self.model(description=text), {"event": "click"})

    # ----------------------------------------------------------------------------------------------------- hearing

    def listen(self, seconds: float) -> Iterator[Heard]:
        """Whatever comes in that time; frames are acknowledged, and signs of life sent."""
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            self.socket.settimeout(min(left, 0.5))
            try:
                frame = self.socket.recv()
            except (TimeoutError, websocket.WebSocketTimeoutException):
                frame = b""
            if time.monotonic() - self._beat > 1:
                self._beat = time.monotonic()
                self._everywhere({"kind": "alive", "visible": True})
            if isinstance(frame, bytes) and frame:
                heard = unpacked(frame)
                self._remember(heard)
                yield heard

    def wait_for(self, fits: Callable[[Heard], bool], seconds: float = 30) -> Heard:
        """The first message that fits. Raises `TimeoutError`."""
        for heard in self.listen(seconds):
            if fits(heard):
                return heard
        raise TimeoutError("the kernel did not say it")

    def answer(self, message: str, kind: str, seconds: float = 30) -> Heard:
        """The answer to a message."""
        return self.wait_for(lambda heard: heard.kind == kind and heard.parent.get("msg_id") == message, seconds)

    def look(self, seconds: float = 60) -> None:
        """Get the states of all widgets, and say that the figures are ready."""
        comm = uuid.uuid4().hex
        opening = {"comm_id": comm, "target_name": "jupyter.widget.control", "data": {}}
        self.send("comm_open", opening, metadata={"version": "1.0.0"})
        self.send("comm_msg", {"comm_id": comm, "data": {"method": "request_states"}})
        told = self.wait_for(lambda heard: heard.content.get("data", {}).get("method") == "update_states", seconds)
        self.states = {model: about["state"] for model, about in told.content["data"]["states"].items()}
        self._everywhere({"kind": "ready", "visible": True})

    def model(self, **traits: Any) -> str:
        """The widget whose state has these values."""
        fitting = [m for m, state in self.states.items() if all(state.get(k) == v for k, v in traits.items())]
        assert fitting, f"no widget has {traits}"
        return fitting[0]

    def watch(self, frames: int, seconds: float = 30) -> None:
        """Wait until so many more frames of the stage have come."""
        wanted = self.frames + frames
        if any(self.frames >= wanted for _ in self.listen(seconds)):
            return
        raise TimeoutError(f"{wanted - self.frames} of {frames} frames did not come")

    def _everywhere(self, said: dict[str, Any]) -> None:
        for model, state in self.states.items():
            if "_spec" in state:
                self.say(model, said)

    def _remember(self, heard: Heard) -> None:
        data = heard.content.get("data", {})
        if heard.kind == "comm_open" and "state" in data:
            self.states[heard.content["comm_id"]] = data["state"]
            if "_spec" in data["state"]:
                self.say(heard.content["comm_id"], {"kind": "ready", "visible": True})
        elif data.get("method") in ("update", "echo_update"):
            self.states.get(heard.content["comm_id"], {}).update(data["state"])
        elif heard.said.get("kind") == "frame":
            self.say(heard.content["comm_id"], {"kind": "drawn", "sequence": heard.said["sequence"], "visible": True})
            # Only the stage has a state line.
            if "step" in heard.said.get("caption", ""):
                self.frames += 1
                self.on_frame(heard.said)

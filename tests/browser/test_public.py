"""The public server under attack. Each attack is refused, and the neighbour's session goes on."""

from __future__ import annotations

import base64
import contextlib
import http.client
import json
import re
import signal
import sys
import threading
import time
import urllib.error
import urllib.request
import zlib
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
import websocket
from conftest import free_port, serve
from visitor import PROTOCOL, Visitor, packed

from ganviz import Experiment, preset
from ganviz.server.shown import EXPLORER

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("public")


@pytest.fixture(scope="module")
def public(folder: Path) -> Iterator[str]:
    """What ``ganviz serve --public`` serves, front page and course and all, to two visitors at a time."""
    port = free_port()
    rules = ["--public", "--sessions", "2", "--preheat", "0", "--max-width", "100", "--max-upload", "1"]
    command = [sys.executable, "-m", "ganviz", "serve", *rules, "--host", "127.0.0.1", "--port", str(port)]
    server = serve(command, f"http://127.0.0.1:{port}/", folder)
    yield next(server)
    next(server, None)


@pytest.fixture(scope="module")
def _neighbour(public: str) -> Iterator[Visitor]:
    visitor = Visitor(public)
    visitor.look()
    visitor.press("▶ Play")
    thread = threading.Thread(target=watch_on, args=[visitor])
    thread.start()
    yield visitor
    visitor.close()
    thread.join()


def watch_on(visitor: Visitor) -> None:
    """Look at frames until the connection ends."""
    with contextlib.suppress(websocket.WebSocketException, OSError):
        while True:
            for _ in visitor.listen(60):
                pass


@pytest.fixture
def neighbour(_neighbour: Visitor) -> Iterator[Visitor]:
    """Somebody who only watches: whatever a test does, frames keep coming."""
    yield _neighbour
    wanted, until = _neighbour.frames + 5, time.monotonic() + 60
    while _neighbour.frames < wanted:
        assert time.monotonic() < until, "the neighbour sees no more frames"
        time.sleep(0.05)


@pytest.fixture(scope="module")
def _attacker(public: str) -> Iterator[Visitor]:
    visitor = Visitor(public)
    yield visitor
    visitor.close()


@pytest.fixture
def attacker(_attacker: Visitor, neighbour: Visitor) -> Visitor:
    """Somebody with a page of their own and bad intentions; connected anew where a test has lost the connection."""
    _attacker.close()
    _attacker.connect()
    _attacker.look()
    return _attacker


def closed(visitor: Visitor, seconds: float = 15) -> bool:
    """Whether the server ends the connection."""
    try:
        for _ in visitor.listen(seconds):
            pass
    except (websocket.WebSocketConnectionClosedException, OSError):
        return True
    return not visitor.socket.connected


def told(visitor: Visitor, sentence: str) -> None:
    """Wait until the page would show that sentence."""
    visitor.wait_for(lambda heard: sentence in json.dumps(heard.content), 20)


# ---------------------------------------------------------------------------------------------------- running code

CODE = {"code": "open('visited', 'w')", "silent": False, "store_history": False, "allow_stdin": False}
FORBIDDEN = [
    ("execute_request", "shell", CODE),
    ("execute_request", "control", CODE),
    ("inspect_request", "shell", {"code": "open", "cursor_pos": 2, "detail_level": 1}),
    ("complete_request", "shell", {"code": "import os; os.", "cursor_pos": 14}),
    ("history_request", "shell", {"hist_access_type": "tail", "n": 9, "output": True, "raw": True}),
    ("is_complete_request", "shell", {"code": "1"}),
    (
        "debug_request",
        "control",
        {"type": "request", "seq": 1, "command": "evaluate", "arguments": {"expression": "1"}},
    ),
    ("create_subshell_request", "control", {}),
    ("usage_request", "control", {}),
    ("interrupt_request", "control", {}),
    ("shutdown_request", "control", {"restart": False}),
    ("shutdown_request", "shell", {"restart": True}),
    ("input_reply", "stdin", {"value": "1"}),
]


def test_a_visitor_runs_no_code(attacker: Visitor, folder: Path) -> None:
    sent = {attacker.send(kind, content, channel) for kind, channel, content in FORBIDDEN}
    asked = {attacker.send("kernel_info_request", {}, channel) for channel in ("shell", "control")}
    answered = {heard.parent.get("msg_id") for heard in attacker.listen(4) if heard.channel in ("shell", "control")}
    assert asked <= answered, "what is allowed is answered on both channels, after all the rest"
    assert not sent & answered
    # A kernel's own folder is that of its notebook.
    assert not [*folder.rglob("visited"), *EXPLORER.parent.rglob("visited")]


def test_a_message_that_hides_its_type_is_no_way_in(attacker: Visitor) -> None:
    header = b'{"msg_id": "1", "msg_type": "comm_msg", "msg_type": "execute_request", "session": "", "version": "5.3"}'
    attacker.socket.send_binary(packed("shell", header, b"{}", b"{}", json.dumps(CODE).encode()))
    said = list(attacker.listen(2))
    assert not [heard for heard in said if heard.kind.startswith(("execute", "error"))]


# --------------------------------------------------------------------------------------------- what is no message

ENDLESS = (2**63).to_bytes(8, "little") + b"\0" * 64
FRAMES = {
    "a count without end": ENDLESS,
    "offsets backwards": packed("shell", b"{}", b"{}", b"{}", b"{}").replace((56).to_bytes(8, "little"), b"\xff" * 8),
    "nothing": b"\0",
    "nested without end": packed("shell", b"[" * 3000, b"{}", b"{}", b"{}"),
    "no type": packed("shell", b"{}", b"{}", b"{}", b"{}"),
    "more than 10 MB": packed("shell", b'{"msg_type": "comm_msg"}', b"{}", b"{}", b" " * (11 << 20)),
}


@pytest.mark.parametrize("frame", FRAMES)
def test_a_malformed_frame_ends_only_its_own_connection(frame: str, attacker: Visitor) -> None:
    try:
        attacker.socket.send_binary(FRAMES[frame])
    except OSError:  # closed before all of it was sent
        return
    assert closed(attacker)


def test_a_flood_ends_only_its_own_connection(attacker: Visitor) -> None:
    model = attacker.model(description="▶ Play")
    try:
        for _ in range(2500):
            attacker.say(model, {})
    except (websocket.WebSocketConnectionClosedException, OSError):
        return
    assert closed(attacker)


def test_the_older_protocol_is_not_spoken(attacker: Visitor, public: str) -> None:
    address = public.replace("http", "ws") + f"api/kernels/{attacker.kernel}/channels"
    with pytest.raises(websocket.WebSocketBadStatusException) as refused:
        websocket.create_connection(address, timeout=20)
    assert refused.value.status_code == 400


def test_many_connections_to_one_kernel_are_refused(attacker: Visitor, public: str) -> None:
    address = public.replace("http", "ws") + f"api/kernels/{attacker.kernel}/channels?session_id="

    def connect(i: int) -> websocket.WebSocket:
        return websocket.create_connection(address + str(i), timeout=20, subprotocols=[PROTOCOL])

    connected = [connect(i) for i in range(2)]
    with pytest.raises(websocket.WebSocketBadStatusException) as refused:
        connect(2)
    assert refused.value.status_code == 429
    for connection in connected:
        connection.close()


# -------------------------------------------------------------------------------------------- forged comm messages


def test_a_widened_slider_is_still_bounded(attacker: Visitor) -> None:
    slider = attacker.model(description="lr d")
    attacker.update(slider, max=12.0)
    attacker.update(slider, value=1e9)
    told(attacker, "lr_d must be less than or equal to 1")
    attacker.update(attacker.model(description="batch size"), index=10**6)
    attacker.press("Step")
    told(attacker, "step <b>1</b>")


def test_a_page_makes_no_widgets(attacker: Visitor) -> None:
    before = len(attacker.states)
    state = {"_model_module": "@jupyter-widgets/controls", "_model_module_version": "2.0.0"}
    state |= {"_model_name": "IntSliderModel", "_view_module": "@jupyter-widgets/controls"}
    state |= {"_view_module_version": "2.0.0", "_view_name": "IntSliderView"}
    for i in range(500):
        opening = {"comm_id": f"forged-{i}", "target_name": "jupyter.widget", "data": {"state": state}}
        attacker.send("comm_open", opening, metadata={"version": "2.1.0"})
    attacker.look()
    assert len(attacker.states) == before


def test_limits_are_kept_behind_the_widgets(attacker: Visitor) -> None:
    wide = preset("figure-1").replace(generator={"name": "mlp", "width": 512}).to_link()
    link = next(model for model, state in attacker.states.items() if "#ganviz=" in state.get("_esm", ""))
    attacker.say(link, {"kind": "open", "link": wide})
    told(attacker, "On this shared server width is at most 100, not 512.")
    attacker.say(link, {"kind": "open", "link": preset("figure-1").replace(batch_size=8192).to_link()})
    told(attacker, "On this shared server batch size is at most 1,024, not 8,192.")
    attacker.say(link, {"kind": "open", "link": Experiment().to_link()})
    told(attacker, "Your own experiment")


def test_a_hostile_link(attacker: Visitor) -> None:
    link = next(model for model, state in attacker.states.items() if "#ganviz=" in state.get("_esm", ""))
    bomb = base64.urlsafe_b64encode(zlib.compress(b" " * 10**8)).decode()
    script = base64.urlsafe_b64encode(zlib.compress(b'{"loss": "<script>alert(1)</script>"}')).decode()
    attacker.say(link, {"kind": "open", "link": f"#ganviz={bomb}"})
    told(attacker, "This link is damaged")
    attacker.say(link, {"kind": "open", "link": f"#ganviz={script}"})
    told(attacker, "&lt;script&gt;")
    attacker.say(link, {"kind": "open", "link": "#preset=" + "<script>" * 10**5})
    told(attacker, "There is no preset &#x27;&lt;script&gt;")


def test_an_upload_is_bounded(attacker: Visitor) -> None:
    attacker.update(attacker.model(description="data"), index=_table(attacker))
    told(attacker, "Load a table")
    loader = next(model for model, state in attacker.states.items() if "Load a table" in state.get("_esm", ""))
    attacker.say(loader, {"name": "large.csv"}, b"a,b\n" + b"1.5,2\n" * 250_000)
    told(attacker, "On this shared server a file has at most 1 MB.")
    attacker.say(loader, {"name": "small.csv"}, b"a,b\n" + b"".join(b"%d,%d\n" % (i, i * i % 17) for i in range(99)))
    told(attacker, "small.csv: 99 rows")


def _table(visitor: Visitor) -> int:
    labels = visitor.states[visitor.model(description="data")]["_options_labels"]
    return next(i for i, label in enumerate(labels) if label.startswith("table"))


def test_an_exception_in_the_kernel_stays_there(attacker: Visitor, folder: Path) -> None:
    attacker.update(attacker.model(description="loss"), index="no number")
    attacker.send("comm_open", {"comm_id": "x", "target_name": "jupyter.widget.control", "data": {}})
    said = [*attacker.listen(3)]
    text = json.dumps([heard.content for heard in said])
    assert not {heard.kind for heard in said} - {"status", "comm_msg", "comm_open", "comm_close"}
    assert not re.search(r"Traceback|site-packages|/ganviz/|File \\\\?\"", text)
    assert "Traceback" in (folder / "server.log").read_text("utf-8"), "whoever runs the server is told"


# ----------------------------------------------------------------------------------------------------------- files

ADDRESSES = [
    "etc/passwd",
    "explorer.ipynb",
    "explore.ipynb",
    "explore/explorer.ipynb",
    "explore/../explorer.ipynb",
    "course",
    "course/",
    "course/01-figure-1.ipynb",
    "course/11-nothing",
    "course/01-figure-1/../../../../../etc/passwd",
    "course/../../../../../../etc/passwd",
    "course/..%2f..%2f..%2f..%2f..%2f..%2f..%2fetc%2fpasswd",
    "course/%2e%2e/explorer.ipynb",
    "course/%00",
    "cards/",
    "cards/nothing.webp",
    "cards/ring.json",
    "cards/../explorer.ipynb",
    "cards/..%2f..%2fpresets%2fring.webp",
    "cards/%2e%2e/%2e%2e/%2e%2e/%2e%2e/%2e%2e/etc/passwd",
    "notebooks/01-figure-1.ipynb",
    "voila/files/explorer.ipynb",
    "voila/files/course/01-figure-1.ipynb",
    "voila/files/../../../../../../etc/passwd",
    "voila/static/../../../../../../../../etc/passwd",
    "voila/static/%2e%2e/%2e%2e/%2e%2e/%2e%2e/%2e%2e/%2e%2e/%2e%2e/etc/passwd",
    "voila/static/..%2f..%2f..%2f..%2f..%2f..%2f..%2fetc/passwd",
    "voila/static/..%5c..%5c..%5cetc%5cpasswd",
    "voila/static//etc/passwd",
    "voila/static/%2fetc%2fpasswd",
    "voila/static/%00/etc/passwd",
    "voila/templates/lab/static/../../../../../../../../etc/passwd",
    "voila/templates/lab/static/%2e%2e%2f%2e%2e%2f%2e%2e%2fconf.json",
    "voila/templates/%2e%2e/static/%2fetc%2fpasswd",
    "voila/templates/x/y/z",
    "voila/labextensions/../../../../../etc/passwd",
    "voila/labextensions/%252e%252e/%252e%252e/etc/passwd",
    "voila/api/themes/..%2f..%2f..%2f..%2fetc%2fpasswd",
    "voila/api/contents/",
    "voila/tree/",
    "voila/render/explorer.ipynb",
    "voila/query/1-1-1-1-1",
    "voila/execution/1-1-1-1-1",
    "api/kernels",
    "api/kernels/1-1-1-1-1",
    "api/contents/",
    "api/terminals",
    "login",
]


def fetch(url: str, path: str, method: str = "GET", body: bytes = b"") -> tuple[int, str]:
    """Status and text at an address that is sent as it stands."""
    host, port = re.match(r"http://([\d.]+):(\d+)/", url).groups()
    connection = http.client.HTTPConnection(host, int(port), timeout=30)
    connection.putrequest(method, f"/{path}", skip_host=False)
    if body:
        connection.putheader("Content-Length", str(len(body)))
    connection.endheaders()
    with contextlib.suppress(OSError):
        connection.send(body)
    with contextlib.closing(connection), connection.getresponse() as answer:
        return answer.status, answer.read().decode("utf-8", "replace")


@pytest.mark.parametrize("path", ADDRESSES)
def test_no_file_and_no_path_is_told(path: str, public: str) -> None:
    status, text = fetch(public, path)
    assert status in (400, 403, 404, 405, 500, 503)
    assert len(text) < 40
    assert not re.search(r"root:|Traceback|site-packages|/work|/home|/tmp", text)


def test_a_full_house_has_a_front_page_and_no_lesson(public: str, attacker: Visitor) -> None:
    """With the neighbour there are two of two."""
    with urllib.request.urlopen(public, timeout=30) as answer:
        page, headers = answer.read().decode(), answer.headers
    assert "course/01-figure-1" in page
    assert "default-src 'none'" in headers["Content-Security-Policy"], "it runs no script, not even one of ours"
    assert fetch(public, "cards/ring.webp")[0] == 200
    for place in ("explore", "course/01-figure-1", "explore?template=nope"):
        status, text = fetch(public, place)
        assert status == 503
        assert "All places are taken" in text


def test_the_pages_own_scripts_are_there(public: str) -> None:
    assert (
        fetch(public, "voila/static/voila.js")[0] == 200
        or fetch(public, "voila/templates/lab/static/voila.js")[0] == 200
    )


def test_nothing_is_changed_by_a_request(attacker: Visitor, public: str) -> None:
    for method in ("DELETE", "POST", "PUT", "PATCH"):
        assert fetch(public, f"api/kernels/{attacker.kernel}", method)[0] in (403, 405)
        assert fetch(public, f"voila/api/shutdown/{attacker.kernel}", method)[0] in (403, 404, 405)
    with contextlib.suppress(ConnectionResetError):  # it hangs up in the middle of such a body
        assert fetch(public, "", "POST", b"x" * 10**6)[0] == 400
    assert fetch(public, f"api/kernels/{attacker.kernel}")[0] == 200


# ---------------------------------------------------------------------------- more visitors than places; lost kernels


def process_of(kernel: str) -> psutil.Process:
    return next(p for p in psutil.process_iter(["cmdline"]) if kernel in " ".join(p.info["cmdline"] or []))


@pytest.mark.long
def test_who_comes_late_waits_and_who_loses_the_kernel_is_told(public: str, attacker: Visitor, watched) -> None:
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(f"{public}explore", timeout=30)
    with refused.value as answer:
        assert (answer.code, answer.headers["Retry-After"]) == (503, "10")
    page = watched.page
    page.goto(f"{public}explore", wait_until="commit")
    assert "All places are taken" in page.locator("h1").inner_text()

    # A visitor leaves: the kernel ends by itself, and the page that waits opens by itself.
    kernel = process_of(attacker.kernel)
    attacker.close()
    psutil.wait_procs([kernel], timeout=30)
    assert not kernel.is_running()
    page.wait_for_selector(".ganviz-figure[data-frames]", timeout=240_000)
    assert not page.locator(".ganviz-lost").count()

    mine = page.evaluate("JSON.parse(document.getElementById('jupyter-config-data').textContent).kernelId")
    process_of(mine).send_signal(signal.SIGKILL)
    killed = time.monotonic()
    page.wait_for_selector(".ganviz-lost", timeout=20_000)
    assert time.monotonic() - killed < 10
    assert "Session lost" in page.locator(".ganviz-lost").inner_text()
    watched.shot("public-lost")

"""What a reader's browser gets, measured in the browser: python tests/benchmarks/browser.py [PRESET ...] [--seconds 8]

Serves the app, opens it in a headless Chromium and prints bytes at page load, time to the first trained frame, frames
drawn a second while training at full speed, the training speed kept while drawing, and how soon a slider is answered:
for Figure 1, and for the stage of the plane.
"""

from __future__ import annotations

import argparse
import contextlib
import socket
import statistics
import sys
import tempfile
import threading
import time
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

sys.path.insert(0, str(Path(__file__).parent.parent / "browser"))
from conftest import FLAGS, chromium, free_port, serve
from driver import button, control, frames, open_page, state_line


class Relay:
    """Stands between browser and server and counts what the server sends: bytes on the wire, headers included."""

    def __init__(self, port: int) -> None:
        self.received = 0
        self._upstream = port
        self._door = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._door.getsockname()[1]}/"
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        while True:
            near, _ = self._door.accept()
            far = socket.create_connection(("127.0.0.1", self._upstream))
            for source, sink, counted in ((near, far, False), (far, near, True)):
                sink.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                threading.Thread(target=self._carry, args=(source, sink, counted), daemon=True).start()

    def _carry(self, source: socket.socket, sink: socket.socket, counted: bool) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                self.received += len(data) if counted else 0
                sink.sendall(data)
            sink.shutdown(socket.SHUT_WR)


def page_bytes(browser: Browser, port: int) -> int:
    """What the server sends until the figures are on the screen of a browser that has never been there."""
    relay = Relay(port)
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    open_page(context.new_page(), relay.url)
    context.close()
    return relay.received


def shown_step(page: Page) -> int:
    return int(page.eval_on_selector(".ganviz-figure", "figure => figure.dataset.step ?? 0"))


def first_frame(page: Page, url: str) -> dict[str, float]:
    start = time.perf_counter()
    open_page(page, url)
    opened = time.perf_counter() - start
    button(page, "Play").click()
    page.wait_for_function("Number(document.querySelector('.ganviz-figure').dataset.step) > 0", timeout=90_000)
    return {"page": opened, "trained": time.perf_counter() - start}


def pace(page: Page, seconds: float) -> tuple[float, float]:
    """(frames, training steps) a second."""
    drawn, trained, start = frames(page), shown_step(page), time.perf_counter()
    page.wait_for_timeout(1000 * seconds)
    took = time.perf_counter() - start
    return (frames(page) - drawn) / took, (shown_step(page) - trained) / took


def pace_undrawn(page: Page, seconds: float) -> float:
    """Training steps a second while the figures are hidden."""
    stage = "document.querySelector('.ganviz-stage-column').style.display"
    page.evaluate(f"{stage} = 'none'")
    page.wait_for_timeout(500)
    hidden, start = frames(page), time.perf_counter()
    trained = shown_step(page)
    page.wait_for_timeout(1000 * seconds)
    page.evaluate(f"{stage} = ''")
    # The first frame or two are from before.
    page.wait_for_function(f"Number(document.querySelector('.ganviz-figure').dataset.frames) > {hidden + 3}")
    return (shown_step(page) - trained) / (time.perf_counter() - start)


def slider_latency(page: Page, drags: int) -> tuple[list[float], list[float]]:
    """Milliseconds from a key on the learning rate's slider until the trainer has it, and until a frame shows it."""
    handle = control(page, "lr d").locator(".noUi-handle")
    handle.focus()
    data = "document.querySelector('.ganviz-figure').dataset"
    applied, seen = [], []
    for i in range(drags):
        changes = int(page.evaluate(f"{data}.changes"))
        pressed = time.time()
        page.keyboard.press("ArrowRight" if i % 2 else "ArrowLeft")
        page.wait_for_function(f"Number({data}.changes) > {changes}")
        seen.append(1000 * (time.time() - pressed))
        applied.append(1000 * (float(page.evaluate(f"{data}.changedAt")) - pressed))
        page.wait_for_timeout(60)
    return applied, seen


def quantiles(values: list[float]) -> str:
    return f"median {statistics.median(values):.0f} ms, p95 {sorted(values)[int(0.95 * len(values))]:.0f} ms"


def report(page: Page, url: str, options: argparse.Namespace) -> None:
    opened = first_frame(page, url)
    print(f"figure on screen    {opened['page']:.1f} s after opening the page")
    print(f"first trained frame {opened['trained']:.1f} s after opening the page")
    page.locator(".ganviz-toolbar select").select_option("full speed")
    # Until the step's program is there nothing is trained.
    ready = f"document.querySelector('.ganviz-caption').innerText.includes('{options.path}')"
    page.wait_for_function(ready, timeout=180_000)
    page.wait_for_timeout(2000)
    rounds = [(*pace(page, options.seconds), pace_undrawn(page, options.seconds)) for _ in range(3)]
    drawn, trained, undrawn = (statistics.median(column) for column in zip(*rounds, strict=True))
    print(f"frames drawn        {drawn:.1f} a second while training at full speed")
    print(f"training            {trained:.0f} steps/s drawn, {undrawn:.0f} undrawn: {trained / undrawn:.0%} kept")
    applied, seen = slider_latency(page, options.drags)
    print(f"slider to trainer   {quantiles(applied)}")
    print(f"slider to screen    {quantiles(seen)}")
    print(f"state line          {state_line(page)}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("presets", nargs="*", default=["figure-1", "ring"])
    parser.add_argument("--seconds", type=float, default=8, help="of each of six measurements of the pace")
    parser.add_argument("--drags", type=int, default=40, help="moves of the slider")
    parser.add_argument("--path", default="native", help="the path that must run before anything is measured")
    options = parser.parse_args()
    for preset in options.presets:
        print(f"\n{preset}")
        measure(preset, options)


def measure(preset: str, options: argparse.Namespace) -> None:
    port = free_port()
    command = [sys.executable, "-m", "ganviz", "serve", preset, "--no-browser", "--port", str(port)]
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        server = serve(command, f"http://127.0.0.1:{port}/", Path(folder))
        url = next(server)
        browser = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        try:
            report(browser.new_page(viewport={"width": 1280, "height": 800}), url, options)
            print(f"page load           {page_bytes(browser, port) / 1e6:.2f} MB on the wire, everything counted")
        finally:
            browser.close()
            next(server, None)


if __name__ == "__main__":
    main()

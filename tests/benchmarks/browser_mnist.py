"""What a reader of the MNIST app gets, measured in the browser: python tests/benchmarks/browser_mnist.py [--epochs 1]

For the stage: frames and steps a second with the preset's DCGAN and with one of 32 channels. For the wait: seconds from
Play until the classifier score, as the state line has it, reaches 5 (of 10 at most; real digits have 9.85), and that
with all the page's own costs: finding the faster path, drawing, measuring. For the memory: that of the kernel over an
epoch on the page.
"""

from __future__ import annotations

import argparse
import re
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
from browser import open_page, pace, shown_step
from playwright.sync_api import Page, sync_playwright

from ganviz import Experiment, preset

sys.path.insert(0, str(Path(__file__).parent.parent / "browser"))
from conftest import FLAGS, chromium, free_port, serve
from driver import button, state_line

EPOCH = 50_000


@contextmanager
def app(experiment: Experiment) -> Iterator[tuple[Page, psutil.Process]]:
    """The page of an experiment, and its kernel."""
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        port, file = free_port(), Path(folder) / "experiment.json"
        file.write_text(experiment.to_json(), "utf-8")
        command = [sys.executable, "-m", "ganviz", "serve", str(file), "--no-browser", "--port", str(port)]
        server = serve(command, f"http://127.0.0.1:{port}/", Path(folder))
        browser = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        try:
            page = browser.new_page(viewport={"width": 1280, "height": 1100})
            open_page(page, next(server))
            page.locator(".ganviz-toolbar select").select_option("full speed")
            yield page, kernel()
        finally:
            browser.close()
            next(server, None)


def kernel() -> psutil.Process:
    """The youngest kernel of this machine."""
    found = [
        p for p in psutil.process_iter(["cmdline", "create_time"]) if "ipykernel" in " ".join(p.info["cmdline"] or [])
    ]
    return max(found, key=lambda process: process.info["create_time"])


def score(page: Page) -> float:
    """The classifier score that the state line shows; 0 before there is one."""
    found = re.search(r"classifier score ([\d.]+)", state_line(page))
    return float(found[1]) if found else 0.0


def wait(name: str, enough: float, seconds: float, patience: float) -> None:
    """Print how long one waits for digits, and what training and drawing come to on the way."""
    with app(preset(name)) as (page, _):
        start = time.perf_counter()
        button(page, "Play").click()
        while score(page) < enough and time.perf_counter() - start < patience:
            page.wait_for_timeout(250)
        waited, step = time.perf_counter() - start, shown_step(page)
        drawn, trained = pace(page, seconds)
        print(f"| {name} | {waited:.0f} s, step {step:,} | {drawn:.1f} | {trained:.0f} |", flush=True)


def stage(channels: int, seconds: float) -> None:
    """Print the pace of the stage beside a larger DCGAN, from five seconds after Play on."""
    player = {"name": "dcgan", "channels": channels}
    with app(preset("mnist-dcgan").replace(generator=player, discriminator=player)) as (page, _):
        button(page, "Play").click()
        page.wait_for_timeout(5_000)
        drawn, trained = pace(page, seconds)
        print(f"| mnist-dcgan, {channels} channels | not measured | {drawn:.1f} | {trained:.0f} |", flush=True)


def memory(name: str, epochs: float) -> None:
    """Print the kernel's memory as an epoch goes by, measured ten times."""
    experiment = preset(name)
    steps = epochs * EPOCH / experiment.batch_size
    with app(experiment) as (page, process):
        button(page, "Play").click()
        for part in range(1, 11):
            page.wait_for_function(
                f"Number(document.querySelector('.ganviz-figure').dataset.step) > {part * steps / 10}", timeout=600_000
            )
            print(f"{name}, step {shown_step(page):,}: {process.memory_info().rss / 1e6:,.0f} MB", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--epochs", type=float, default=1)
    parser.add_argument("--score", type=float, default=5, help="the classifier score that is waited for")
    parser.add_argument("--patience", type=float, default=300, help="seconds after which that score is given up")
    parser.add_argument("--seconds", type=float, default=20, help="of each measurement of the pace")
    options = parser.parse_args()
    print(f"| preset | score {options.score:g} after | frames/s | steps/s |\n|---|---|---|---|")
    for name in ("mnist-mlp", "mnist-dcgan"):
        wait(name, options.score, options.seconds, options.patience)
    stage(32, options.seconds)
    print()
    memory("mnist-dcgan", options.epochs)


if __name__ == "__main__":
    main()

"""Takes the README's pictures from the app: python tests/benchmarks/picture.py [PRESET --steps N] [--out docs]"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

sys.path.insert(0, str(Path(__file__).parent.parent / "browser"))
from conftest import FLAGS, chromium, free_port, serve
from driver import button, open_page

DOCS = Path(__file__).parents[2] / "docs"

PICTURES = {"figure-1": 700, "ring-r3gan": 1500, "mnist-conditional": 1500}
"""Presets, and the step at which their picture is taken."""

HEIGHT = {"ring-r3gan": 920, "mnist-conditional": 1240}
"""Pixels of the window where 880 do not show everything."""


def take(preset: str, steps: int, folder: Path) -> None:
    """Write PRESET.png into the folder."""
    port = free_port()
    command = [sys.executable, "-m", "ganviz", "serve", preset, "--no-browser", "--port", str(port)]
    with tempfile.TemporaryDirectory() as logs, sync_playwright() as playwright:
        server = serve(command, f"http://127.0.0.1:{port}/", Path(logs))
        browser = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        try:
            window = {"width": 1280, "height": HEIGHT.get(preset, 880)}
            page = browser.new_page(viewport=window, device_scale_factor=1.5)
            open_page(page, next(server))
            button(page, "Play").click()
            page.wait_for_function(
                f"Number(document.querySelector('.ganviz-figure').dataset.step) > {steps}", timeout=900_000
            )
            button(page, "Pause").click()
            page.mouse.click(1100, 60)
            page.wait_for_timeout(4000)
            folder.mkdir(exist_ok=True)
            page.screenshot(path=str(folder / f"{preset}.png"))
        finally:
            browser.close()
            next(server, None)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("presets", nargs="*", default=list(PICTURES))
    parser.add_argument("--steps", type=int, help="at which step; default: the one that is known of a preset")
    parser.add_argument("--out", type=Path, default=DOCS)
    options = parser.parse_args()
    for preset in options.presets:
        take(preset, PICTURES[preset] if options.steps is None else options.steps, options.out)


if __name__ == "__main__":
    main()

"""Starts real servers and a real Chromium for the browser tests."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from driver import begin, open_page
from hostile import surround
from playwright.sync_api import Browser, ConsoleMessage, Page, sync_playwright

from ganviz import preset

SCREENSHOTS = Path(__file__).parent.parent / "screenshots"

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

WINDOW = {"width": 1280, "height": 800}

HARMLESS = (
    "net::ERR_NAME_NOT_RESOLVED",  # an icon font that Voilà's own template asks a CDN for
    "net::ERR_INTERNET_DISCONNECTED",
    "net::ERR_CONNECTION_REFUSED",
    "_JUPYTERLAB.CORE_OUTPUT",  # Voilà bundles an older JupyterLab core than the one beside it
    "#RUNTIME-012",  # the same, from the notebook's own extension
    "favicon",
    "Cannot read properties of undefined (reading 'schema')",  # Notebook 7 by itself, on an empty notebook
)
"""Console errors that the servers cause by themselves, on an empty notebook too."""


def chromium() -> str:
    """Path of a Chromium; ``CHROMIUM`` overrides."""
    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
    found = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, names)), None)
    if found is None:
        pytest.fail("The browser tests need Chromium: install it, or set CHROMIUM to its path.")
    return found


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(url: str, process: subprocess.Popen[bytes], log: Path, seconds: float = 90) -> None:
    """Wait until the server answers at all, whatever it says."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        try:
            with urllib.request.urlopen(url, timeout=5):
                return
        except urllib.error.HTTPError:
            return
        except OSError:
            if process.poll() is not None:
                break
            time.sleep(0.2)
    pytest.fail(f"The server did not come up:\n{log.read_text(encoding='utf-8')[-3000:]}")


def serve(
    command: list[str], url: str, folder: Path, variables: dict[str, str] | None = None, modules: Path | None = None
) -> Iterator[str]:
    """Run a server with private Jupyter folders; yields its address and ends it with everything it started.

    `variables`: further ones for it; `modules`: a folder from which it imports first. With the variable
    ``GANVIZ_HOSTILE``, ganviz is surrounded by hostile files and variables.
    """
    private = {f"JUPYTER_{kind}_DIR": str(folder / kind.lower()) for kind in ("CONFIG", "RUNTIME", "DATA")}
    environment = {**os.environ, **private, "IPYTHONDIR": str(folder / "ipython"), "OMP_NUM_THREADS": "1"}
    environment.setdefault("GANVIZ_CACHE", str(folder / "cache"))
    if os.environ.get("GANVIZ_HOSTILE") and "ganviz" in command and not variables:
        variables = surround(folder)
    environment |= variables or {}
    if modules:
        environment["PYTHONPATH"] = os.pathsep.join([str(modules), *filter(None, [environment.get("PYTHONPATH")])])
    log = folder / "server.log"
    with open(log, "wb") as output:
        process = subprocess.Popen(
            command, stdout=output, stderr=output, env=environment, cwd=folder, start_new_session=True
        )
    try:
        wait_for(url, process, log)
        yield url
    finally:
        with contextlib.suppress(ProcessLookupError):  # it may have ended by itself, and its log is shown then
            os.killpg(process.pid, signal.SIGINT)
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


@pytest.fixture(autouse=True, scope="session")
def _no_compiler() -> None:
    """One for each experiment that a test looks at would take the cores from all tests."""
    os.environ.setdefault("GANVIZ_NO_COMPILER", "1")


@pytest.fixture(scope="session")
def voila(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The explorer as ``ganviz serve figure-1`` serves it."""
    port = free_port()
    command = [sys.executable, "-m", "ganviz", "serve", "figure-1", "--no-browser", "--port", str(port)]
    yield from serve(command, f"http://127.0.0.1:{port}/", tmp_path_factory.mktemp("voila"))


DOORS = {
    "lab": ("jupyterlab", "lab/tree", "LabApp"),
    "notebook": ("notebook", "notebooks", "JupyterNotebookApp"),
}


@pytest.fixture(scope="session", params=DOORS)
def jupyter(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A JupyterLab, then a Notebook 7, in a folder with the notebooks; yields the address in front of their names."""
    module, path, app = DOORS[request.param]
    folder = tmp_path_factory.mktemp(module)
    notebooks = Path(__file__).parents[2] / "notebooks"
    for notebook in notebooks.glob("*.ipynb"):
        shutil.copy(notebook, folder)
    port = free_port()
    command = [
        *(sys.executable, "-m", module, "--no-browser", f"--port={port}", "--allow-root"),
        *("--IdentityProvider.token=", f"--{app}.expose_app_in_browser=True", f"--ServerApp.root_dir={folder}"),
        *("--LabApp.news_url=", "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate"),
    ]
    yield from serve(command, f"http://127.0.0.1:{port}/{path}/", folder)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        yield playwright.chromium.launch(executable_path=chromium(), args=FLAGS)


class Watched:
    """A page whose console errors are collected."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.errors: list[str] = []
        self.asked: list[str] = []
        """Addresses that the page asked for."""
        page.on("request", lambda request: self.asked.append(request.url))
        page.on("console", self._console)
        page.on("pageerror", lambda error: self._note(str(error)))

    def _console(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self._note(f"{message.text} {message.location.get('url', '')}")

    def _note(self, error: str) -> None:
        if not any(known in error for known in HARMLESS):
            self.errors.append(error)

    def shot(self, name: str) -> None:
        """Save a screenshot for somebody to look at."""
        SCREENSHOTS.mkdir(exist_ok=True)
        self.page.screenshot(path=str(SCREENSHOTS / f"{name}.png"))


@pytest.fixture
def watched(browser: Browser) -> Iterator[Watched]:
    page = browser.new_page(viewport=WINDOW)
    yield Watched(page)
    page.close()


@pytest.fixture(scope="module")
def _explorer(voila: str, browser: Browser) -> Iterator[Watched]:
    page = browser.new_page(viewport=WINDOW)
    watched = Watched(page)
    open_page(page, voila)
    yield watched
    page.close()


@pytest.fixture
def explorer(_explorer: Watched) -> Watched:
    """The explorer on one page for the tests of a file, each of which finds Figure 1 at step 0 and paused: a page and a
    kernel for each of them would take seven seconds of a core."""
    _explorer.page.set_viewport_size(WINDOW)
    begin(_explorer.page, preset("figure-1"))
    _explorer.errors.clear()
    return _explorer

"""A server amid hostile surroundings: its page is the same page, and one whose kernel cannot start says so."""

from __future__ import annotations

import re
import sys
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from conftest import free_port, serve
from driver import button, open_page, watch
from hostile import surround

pytestmark = pytest.mark.browser

NO_KERNELS = """
import pathlib, sys
if pathlib.Path({broken!r}).exists() and any("page_kernel" in argument for argument in sys.orig_argv):
    raise SystemExit("no kernels <today>")
"""
"""What Python runs when it starts: it ends kernels while there is a file."""

EXPLORER = "application/vnd.jupyter.widget-view+json"
"""What a page contains where its explorer will be."""

HEARTBEAT = "<script>window.voila_heartbeat()</script>\n"
"""What Voilà sends while a cell takes longer than a few seconds: as often as the machine is slow."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("surrounded")


@pytest.fixture
def broken(folder: Path) -> Iterator[Path]:
    """While this file is there no kernel starts."""
    file = folder / "broken"
    file.touch()
    yield file
    file.unlink(missing_ok=True)


@pytest.fixture(scope="module")
def surrounded(folder: Path) -> Iterator[str]:
    """The explorer as ``ganviz serve figure-1`` serves it amid hostile surroundings."""
    beginning = folder / "beginning"
    beginning.mkdir()
    (beginning / "sitecustomize.py").write_text(NO_KERNELS.format(broken=str(folder / "broken")), "utf-8")
    port = free_port()
    command = [sys.executable, "-m", "ganviz", "serve", "figure-1", "--no-browser", "--port", str(port)]
    yield from serve(command, f"http://127.0.0.1:{port}/", folder, surround(folder), beginning)


def source(url: str) -> str:
    """A page as it is sent, without what is drawn by lot for each, and without signs of life."""
    with urllib.request.urlopen(url, timeout=90) as answer:
        page = answer.read().decode().replace(HEARTBEAT, "")
    return re.sub(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9a-f]{32}|cell-id=[0-9a-f]+", "", page)


@pytest.mark.long
def test_the_page_is_the_same_page(voila: str, surrounded: str) -> None:
    with ThreadPoolExecutor(2) as pool:
        ordinary, other = pool.map(source, (voila, surrounded))
    assert EXPLORER in ordinary
    assert other == ordinary


@pytest.mark.long
def test_a_page_says_that_its_kernel_cannot_start(surrounded: str, broken: Path, watched) -> None:
    page = watched.page
    page.goto(surrounded, wait_until="commit")
    told = page.locator(".ganviz-no-kernel")
    told.wait_for(timeout=30_000)
    assert "This page has no kernel" in told.inner_text()
    assert told.locator("pre").inner_text() == "SystemExit: no kernels <today>"
    assert sys.executable in told.inner_text()
    assert not page.locator("#loading").count()
    assert page.title() == "ganviz: no kernel"
    watched.shot("no-kernel")
    assert watched.errors == []
    broken.unlink()
    assert EXPLORER in source(surrounded), "reloaded, it has one"


@pytest.mark.long
def test_the_page_plays(surrounded: str, watched) -> None:
    open_page(watched.page, surrounded)
    button(watched.page, "Play").click()
    watch(watched.page, 20)
    watched.shot("surrounded")
    assert watched.errors == []


@pytest.mark.long
def test_a_visitor_is_not_told_why_there_is_no_kernel(tmp_path: Path, watched) -> None:
    (tmp_path / "sitecustomize.py").write_text(NO_KERNELS.format(broken=str(tmp_path)), "utf-8")
    port = free_port()
    command = [sys.executable, "-m", "ganviz", "serve", "--public", "--host", "127.0.0.1", "--port", str(port)]
    server = serve(command, f"http://127.0.0.1:{port}/", tmp_path, modules=tmp_path)
    page = watched.page
    page.goto(f"{next(server)}explore", wait_until="commit")
    told = page.locator(".ganviz-no-kernel")
    told.wait_for(timeout=30_000)
    assert "Whoever runs this server finds the reason in its log." in told.inner_text()
    assert "SystemExit" not in page.content()
    assert "/" not in told.inner_text(), "no path"
    watched.shot("no-kernel-public")
    next(server, None)
    assert "SystemExit: no kernels <today>" in (tmp_path / "server.log").read_text("utf-8")

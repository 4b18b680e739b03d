"""What surrounds a server does not reach its pages: Jupyter's files, kernels of any name, folders for sockets; and what
a page says whose kernel could not be started. A server in such surroundings: tests/browser/test_hostile.py."""

from __future__ import annotations

import asyncio
import io
import os
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from jupyter_core import paths
from voila.paths import collect_template_paths

from ganviz.option import Invalid
from ganviz.server import interpreter, launch, own_files, start, transport
from ganviz.server.kernels import kept_ready
from ganviz.server.last_lines import last_lines
from ganviz.server.launch import Ended, Kernels, while_running, why_ended
from ganviz.server.no_kernel import no_kernel
from ganviz.server.notebook_page import Page
from ganviz.server.page_kernel import import_from

# ---------------------------------------------------------------------------------------------------------- files


def test_jupyter_finds_only_the_files_that_its_packages_brought(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "voila" / "templates" / "lab").mkdir(parents=True)
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path))
    monkeypatch.setenv("JUPYTER_CONFIG_PATH", str(tmp_path))
    assert paths.jupyter_path()[0] == str(tmp_path)
    with own_files.own_files():
        assert str(tmp_path) not in paths.jupyter_path()
        assert paths.jupyter_config_path() == []
        templates = collect_template_paths(["voila", "nbconvert"], "lab", prune=True)
        assert templates
        assert not any(path.startswith(str(tmp_path)) for path in templates)
        assert {Path(path).name for path in paths.jupyter_path("labextensions")} == {"labextensions"}
    assert paths.jupyter_path()[0] == str(tmp_path), "afterwards all is as before"
    assert paths.jupyter_config_path()


def test_the_files_of_a_package_are_in_the_nearest_folder_above_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / "user" / "lib" / "python3.11" / "site-packages" / "voila" / "__init__.py"
    found = SimpleNamespace(origin=str(package))
    monkeypatch.setattr(own_files, "find_spec", lambda name: found)
    for folder in (tmp_path, tmp_path / "user"):
        (folder / "share" / "jupyter" / "voila" / "templates").mkdir(parents=True)
        assert own_files.share("voila") == str(folder / "share" / "jupyter")
    monkeypatch.setitem(own_files.NEEDED, "voila", "voila/nothing")
    with pytest.raises(Invalid, match="voila/nothing of the package voila are missing; install it anew"):
        own_files.share("voila")


def test_sockets_are_where_their_paths_are_short_enough(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kernel = "/voila_12345678/kernel-01234567-89ab-cdef-0123-456789abcdef-ipc-1"
    for folder in (tmp_path / ("x" * n) for n in range(1, 90)):
        folder.mkdir()
        assert transport.fits(folder) == (len(str(folder) + kernel) <= 103)
    monkeypatch.setattr("tempfile.gettempdir", lambda: str(folder))
    assert transport.transport().Server.connection_dir_root == "/tmp"
    monkeypatch.setattr(transport, "SHORT", folder)
    assert "transport" not in transport.transport().KernelManager, "ports, where no path is short enough"


def test_no_folder_for_temporary_files(monkeypatch: pytest.MonkeyPatch) -> None:
    def none() -> str:
        raise FileNotFoundError(2, "No usable temporary directory found in []")

    monkeypatch.setattr("tempfile.gettempdir", none)
    with pytest.raises(Invalid, match="There is no folder that temporary files can be written to"):
        transport.transport()


def test_without_docstrings_there_is_no_server(monkeypatch: pytest.MonkeyPatch) -> None:
    start.must_have_docstrings()
    monkeypatch.setattr("sys.flags", SimpleNamespace(optimize=2))
    with pytest.raises(Invalid, match="does not run under python -OO"):
        start.must_have_docstrings()


# ------------------------------------------------------------------------------------------------------- the kernel


def test_every_name_stands_for_the_interpreter_that_serves() -> None:
    kernels = interpreter.OneInterpreter()
    assert list(kernels.get_all_specs()) == ["python3"]
    for name in ("python3", "conda-env-other-py", "../python3"):
        spec = kernels.get_kernel_spec(name)
        assert spec.argv == [sys.executable, str(interpreter.SCRIPT), "-f", "{connection_file}"]
        assert spec.metadata["kernel_provisioner"]["provisioner_name"] == "local-provisioner"


def test_a_kernel_is_as_isolated_as_its_server(monkeypatch: pytest.MonkeyPatch) -> None:
    flags = SimpleNamespace(isolated=1, ignore_environment=1, no_user_site=1)
    monkeypatch.setattr("sys.flags", flags)
    assert interpreter.command()[1:4] == ["-I", "-E", "-s"]


def test_a_kernel_imports_the_ganviz_that_serves_it(monkeypatch: pytest.MonkeyPatch) -> None:
    beside, installed = str(interpreter.SCRIPT.parent), "/usr/lib/python3.11/site-packages"
    monkeypatch.setattr("sys.path", [beside, "/usr/lib/python3.11", installed, "/editable"])
    import_from(Path("/checkout"))
    assert sys.path == ["/usr/lib/python3.11", "/checkout", installed, "/editable"]


# --------------------------------------------------------------------------------------- a kernel that cannot start


def ended(wrote: bytes = b"", status: int | None = 1, shutting_down: bool = False) -> Any:
    async def is_alive() -> bool:
        return False

    provisioner = SimpleNamespace(process=SimpleNamespace(returncode=status))
    return SimpleNamespace(
        error_output=io.BytesIO(wrote), provisioner=provisioner, shutting_down=shutting_down, is_alive=is_alive
    )


def test_the_reason_is_the_last_line_that_the_kernel_wrote() -> None:
    assert (
        why_ended(ended(b"Traceback\n  ...\n\x1b[31mImportError\x1b[0m: \x07no ipykernel\n\n"))
        == "ImportError: no ipykernel"
    )
    assert why_ended(ended(status=-9)) == "The system ended it, as it does when memory runs out."
    assert why_ended(ended(status=-11)) == "It was ended by signal 11."
    assert why_ended(ended(status=3)) == "It ended with status 3."
    assert why_ended(ended(status=None)) == "It ended before it answered."
    assert "in time" in why_ended(ended(b"KeyboardInterrupt", shutting_down=True))
    assert last_lines(io.BytesIO(b"x" * 10_000)) == "x" * 300
    assert last_lines(None) == ""


def test_a_page_does_not_wait_for_a_kernel_that_has_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(launch, "GLANCE", 0.01)

    async def pieces() -> AsyncIterator[str]:
        yield "head"
        await asyncio.sleep(1000)

    async def scenario() -> None:
        page = while_running(pieces(), [ended()])
        assert await anext(page) == "head"
        with pytest.raises(Ended, match="status 1"):
            await anext(page)

    asyncio.run(scenario())


def test_a_page_whose_kernel_runs_is_whole() -> None:
    async def pieces() -> AsyncIterator[str]:
        for piece in "abc":
            yield piece

    async def scenario() -> list[str]:
        return [piece async for piece in while_running(pieces(), [ended()])]

    assert asyncio.run(scenario()) == ["a", "b", "c"]


def test_a_page_tells_the_reason_to_its_own_reader_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GANVIZ_NO_PATHS", raising=False)
    page = Page.__new__(Page)
    page._headers_written, page.set_status = False, lambda status: None
    assert "<pre>ImportError: &lt;ipykernel&gt;</pre>" in page._no_kernel("ImportError: <ipykernel>")
    monkeypatch.setenv("GANVIZ_NO_PATHS", "1")
    told = page._no_kernel("ImportError: <ipykernel>")
    assert "ImportError" not in told
    assert sys.executable not in told
    assert "Whoever runs this server finds the reason in its log." in told


def test_a_page_that_has_begun_is_not_begun_again() -> None:
    assert no_kernel("", begun=False).startswith("<!DOCTYPE html>")
    assert "<html" not in no_kernel("", begun=True)


# ----------------------------------------------------------------------------------------------- kernels kept ready


def kept(kernel: str, failed: bool = False) -> asyncio.Future[Any]:
    task, page = asyncio.Future[Any](), asyncio.Future[Any]()
    if failed:
        page.set_exception(RuntimeError("Kernel died"))
    task.set_result({"kernel_id": kernel, "task": page})
    return task


class Pool:
    """What `kept_ready` needs of Voilà's kernel manager."""

    def __init__(self, *pool: asyncio.Future[Any]) -> None:
        self._pools, self.filled = {"a.ipynb": [*pool]}, 0

    def __contains__(self, kernel: str) -> bool:
        return kernel != "gone"

    def fill_if_needed(self, notebook_name: str) -> None:
        self.filled += 1


def test_a_kernel_that_was_kept_ready_and_has_ended_is_given_up() -> None:
    async def scenario() -> None:
        pool = Pool(kept("gone"), kept("failed", failed=True), kept("warm"), kept("next"))
        assert [kept_ready(pool, "a.ipynb") for _ in range(2)] == ["warm"] * 2
        assert (len(pool._pools["a.ipynb"]), pool.filled) == (2, 1)
        assert kept_ready(Pool(asyncio.Future()), "a.ipynb") == ""
        assert kept_ready(Pool(kept("gone")), "a.ipynb") == kept_ready(Pool(), "b.ipynb") == ""

    asyncio.run(scenario())


def test_a_kernel_that_cannot_be_launched(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(launch, "AGAIN", 0.0)
    tried: list[int] = []

    async def sometimes(self: Kernels, **how: Any) -> str:
        tried.append(1)
        if len(tried) < 3:
            raise OSError(12, os.strerror(12))
        return "kernel"

    monkeypatch.setattr(Kernels, "_launch", sometimes)
    kernels = Kernels.__new__(Kernels)
    with pytest.raises(OSError, match="memory"):
        asyncio.run(Kernels.start_kernel(kernels, env={"VOILA_PREHEAT": "False"}))
    assert asyncio.run(Kernels.start_kernel(kernels, env={"VOILA_PREHEAT": "True"})) == "kernel"

"""Binder: the badges lead somewhere, the pins fit, and the build, replayed without Docker, serves the page.

The replay (`make binder`) asks repo2docker, which mybinder.org runs, for the steps that it would write into a
Dockerfile, and takes them in a fresh environment. What it leaves out: the Debian base image, and conda, in whose stead
pip installs the same versions of what repo2docker puts into every image.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
import tomllib
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

ROOT = Path(__file__).parent.parent
PLACEHOLDER = "https://github.com/OWNER/ganviz"
REQUIREMENTS = ROOT / "binder" / "requirements.txt"

STEPS = """
import json, os
from pathlib import Path
from repo2docker.app import Repo2Docker
from repo2docker.buildpacks import PythonBuildPack

pack = PythonBuildPack(Repo2Docker().base_image)
pack.platform = "linux/amd64"
assert pack.detect(), "repo2docker finds no Python project"
scripts = [*pack.get_preassemble_scripts(), *pack.get_assemble_scripts()]
conda = Path(__import__("repo2docker").__file__).parent / "buildpacks" / "conda"
(lock,) = [name for name in pack.get_build_script_files() if name.endswith((".lock", ".yml"))]
packages = (conda.parent / lock).read_text().splitlines()
print(json.dumps({
    "python": pack.python_version,
    "steps": [script for _, script in scripts] + [f"./{script}" for script in pack.get_post_build_scripts()],
    "base": [line.rpartition("/")[2].rsplit("-", 2)[:2] for line in packages if line.startswith("http")],
    "start": pack.get_start_script(),
    "command": json.loads(__import__("re").search(r"^CMD (.*)$", pack.render(), 8).group(1)),
}))
"""

SERVERS = {"ipywidgets", "jupyter-offlinenotebook", "jupyter-resource-usage", "jupyterhub-base", "jupyter_server"}
SERVERS |= {"jupyterlab", "notebook"}
"""What repo2docker puts into every image, beside Python: its environment.yml."""


def plain(name: str) -> str:
    """A package's name in the one way in which all ways to write it agree."""
    return re.sub(r"[-_.]+", "-", name).lower()


def versions(lines: Iterable[str]) -> dict[str, str]:
    """The pins among the lines, each by its plain name."""
    pinned = (line.split("==") for line in lines if re.fullmatch(r"[\w.-]+==[\w.+]+", line))
    return {plain(name): version for name, version in pinned}


def pins() -> dict[str, str]:
    return versions(REQUIREMENTS.read_text("utf-8").splitlines())


def project() -> dict[str, Any]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]


def badges() -> dict[str, str]:
    """Each badge's title in the README, with its address."""
    readme = (ROOT / "README.md").read_text("utf-8")
    return dict(re.findall(r"\[!\[([^\]]+)\]\([^)]*\)\]\((https://mybinder\.org/[^)]+)\)", readme))


def path_asked_for(badge: str) -> str:
    (path,) = urllib.parse.parse_qs(urllib.parse.urlparse(badge).query)["urlpath"]
    return path


def test_two_badges_open_files_that_exist() -> None:
    voila, lab = (path_asked_for(address) for address in badges().values())
    assert voila.startswith("voila/render/")
    assert lab.startswith("lab/tree/")
    assert (ROOT / voila.removeprefix("voila/render/")).is_file()
    assert (ROOT / lab.removeprefix("lab/tree/")).is_file()


def test_badges_name_the_repository_that_the_project_names() -> None:
    repository = project().get("urls", {}).get("Repository", PLACEHOLDER).removeprefix("https://github.com/")
    assert len(badges()) == 2
    for address in badges().values():
        assert address.startswith(f"https://mybinder.org/v2/gh/{repository}/HEAD?")
    explained = "OWNER" in (ROOT / "CONTRIBUTING.md").read_text("utf-8")
    assert explained == (repository == "OWNER/ganviz")


def test_nothing_is_pinned_by_reference() -> None:
    """A line with -r, -c or -e, or a path, would install everything anew at each commit."""
    lines = [line for line in REQUIREMENTS.read_text("utf-8").splitlines() if line and not line.startswith("#")]
    assert re.fullmatch(r"--extra-index-url https://\S+/whl/cpu", lines[0])  # PyTorch's own
    assert len(versions(lines)) == len(lines) - 1


def test_pins_are_what_the_project_needs() -> None:
    for needed in map(Requirement, project()["dependencies"]):
        assert needed.specifier.contains(pins()[plain(needed.name)])
    assert pins()["torch"].endswith("+cpu")
    python = (ROOT / "binder" / "runtime.txt").read_text("utf-8").strip().removeprefix("python-")
    assert python in SpecifierSet(project()["requires-python"])
    assert os.access(ROOT / "binder" / "postBuild", os.X_OK)


def test_a_visitor_s_processes_keep_to_one_thread() -> None:
    ended = subprocess.run([ROOT / "binder" / "start", "printenv", "OMP_NUM_THREADS"], capture_output=True, check=True)
    assert ended.stdout == b"1\n"


# ------------------------------------------------------------------------------------------------------ the replay


@dataclass(frozen=True)
class Built:
    """An environment in which the steps were taken, in a copy of the repository."""

    python: Path
    repository: Path
    command: list[str]
    variables: dict[str, str]


def ran(*command: object, **more: object) -> str:
    """Its output; fails with what it said where it fails."""
    ended = subprocess.run([str(part) for part in command], capture_output=True, text=True, check=False, **more)
    assert ended.returncode == 0, f"{command}: {ended.stdout[-3000:]}{ended.stderr[-3000:]}"
    return ended.stdout


def fresh(folder: Path) -> Path:
    """The Python of a new environment."""
    ran(sys.executable, "-m", "venv", folder)
    return folder / "bin" / "python"


def copied(to: Path) -> Path:
    """The repository as a clone would have it, with what is not yet committed."""
    listed = ran("git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", cwd=ROOT)
    for name in filter(None, listed.split("\0")):
        if (ROOT / name).is_file():
            (to / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, to / name)
    return to


@pytest.fixture(scope="module")
def built() -> Iterator[Built]:
    with TemporaryDirectory(prefix="ganviz-binder-") as name:
        folder = Path(name)
        repository = copied(folder / "home")
        quick = os.environ | {"PIP_DISABLE_PIP_VERSION_CHECK": "1", "PIP_RETRIES": "1"}
        tool = fresh(folder / "repo2docker")
        ran(tool, "-m", "pip", "install", "--quiet", "jupyter-repo2docker", env=quick)
        plan = json.loads(ran(tool, "-c", STEPS, cwd=repository))
        assert plan["python"] == f"{sys.version_info.major}.{sys.version_info.minor}", "run this with Binder's Python"
        python = fresh(folder / "kernel")
        base = [f"{part}=={version}" for part, version in plan["base"] if part in SERVERS]
        assert base
        ran(python, "-m", "pip", "install", "--quiet", *(pin.replace("jupyterhub-base", "jupyterhub") for pin in base))
        prefix = str(folder / "kernel")
        variables = quick | {
            "KERNEL_PYTHON_PREFIX": prefix,
            "NB_PYTHON_PREFIX": prefix,
            "PATH": f"{prefix}/bin:{os.environ['PATH']}",
            "HOME": str(repository),
            **{f"JUPYTER_{kind}_DIR": str(folder / kind) for kind in ("CONFIG", "DATA", "RUNTIME")},
        }
        for step in plan["steps"]:
            ran("bash", "-c", step, cwd=repository, env=variables)
        start = plan["start"].replace("${REPO_DIR}", str(repository))
        yield Built(python, repository, [start, *plan["command"]], variables)


CLOSURE = """
import re, sys
from importlib.metadata import requires
from packaging.requirements import Requirement

seen, todo = set(), ["ganviz", "notebook"]
while todo:
    name = re.sub(r"[-_.]+", "-", todo.pop()).lower()
    if name not in seen:
        seen.add(name)
        needed = [Requirement(line) for line in requires(name) or []]
        todo += [each.name for each in needed if each.marker is None or each.marker.evaluate({"extra": ""})]
print(*seen)
"""


@pytest.mark.full
def test_every_package_that_ganviz_brings_is_pinned(built: Built) -> None:
    """So that the image of next year is the image of today."""
    installed = versions(ran(built.python, "-m", "pip", "freeze").splitlines())
    brought = set(ran(built.python, "-c", CLOSURE).split()) & set(installed)
    needed = {name: installed[name] for name in sorted(brought)}
    assert pins() == needed, "binder/requirements.txt should be\n" + "\n".join(map("==".join, needed.items()))


def get(address: str, patience: float) -> tuple[int, str]:
    """(status, text) of a page, asked for until there is a server."""
    for _ in range(int(patience)):
        try:
            with urllib.request.urlopen(address, timeout=patience) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as refusal:
            return refusal.code, refusal.read().decode()
        except (urllib.error.URLError, ConnectionError):
            time.sleep(1)
    raise AssertionError(f"no server at {address}")


@pytest.mark.full
def test_the_image_s_command_serves_the_badges(built: Built) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    # As a BinderHub starts it: the image's command, with an address and a token.
    command = [*built.command[:-1], "127.0.0.1", f"--port={port}"]
    more = ["--ServerApp.token=secret", "--ServerApp.open_browser=False", "--allow-root"]
    with (built.repository / "server.log").open("w") as log:
        server = subprocess.Popen([*command, *more], cwd=built.repository, env=built.variables, stdout=log, stderr=log)
    try:
        voila, lab = (path_asked_for(badge) for badge in badges().values())
        status, page = get(f"http://127.0.0.1:{port}/{voila}?token=secret", 120)
        assert status == 200
        assert "application/vnd.jupyter.widget-view+json" in page
        assert "Traceback" not in page
        status, page = get(f"http://127.0.0.1:{port}/{lab}?token=secret", 60)
        assert status == 200
        assert "JupyterLab" in page
        assert get(f"http://127.0.0.1:{port}/{voila}", 60)[1].count("widget-view") == 0  # the token is what lets in
    finally:
        server.terminate()
        server.wait(30)

"""Installation: with a C compiler, with PyPI's in its stead, and without any."""

from __future__ import annotations

import importlib.util
import json
import os
import platform
import shutil
import subprocess
import sys
import sysconfig
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from ganviz.machine import build, compilers

ROOT = Path(__file__).parents[1]
TRAIN = Path(__file__).with_name("train_installed.py")


# -------------------------------------------------------------------------------------------------------- the hook


class Hook:
    """What hatch_build.py counts on of hatchling, which is there only while a package is built."""

    def __init__(self, target: str) -> None:
        self.root, self.target_name, self.warned = str(ROOT), target, list[str]()
        self.app = SimpleNamespace(display_warning=self.warned.append)


@pytest.fixture
def hook(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> ModuleType:
    """hatch_build.py, which builds into a folder of the test."""
    name = "hatchling.builders.hooks.plugin.interface"
    monkeypatch.setitem(sys.modules, name, SimpleNamespace(BuildHookInterface=Hook))
    spec = importlib.util.spec_from_file_location("hatch_build", ROOT / "hatch_build.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    monkeypatch.setattr(build, "BUILT", tmp_path)
    monkeypatch.setattr(build, "build", lambda compiler, path: path.write_text("built"))
    monkeypatch.delenv(compilers.NO_COMPILER, raising=False)
    return module


@pytest.fixture
def no_compiler(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compilers, "_candidates", list)


@pytest.fixture
def fake_compiler(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compilers, "_candidates", lambda: [(sys.executable,)])


def data() -> dict[str, Any]:
    return {"pure_python": True, "artifacts": []}


def test_with_a_compiler_nothing_is_asked_for(hook: ModuleType, fake_compiler: None) -> None:
    assert hook.Kernels("wheel").dependencies() == []


def test_without_one_pypi_s_is_asked_for(hook: ModuleType, no_compiler: None, monkeypatch: pytest.MonkeyPatch) -> None:
    assert hook.Kernels("wheel").dependencies() == [hook.ZIG]
    assert hook.Kernels("sdist").dependencies() == []
    monkeypatch.setenv(compilers.NO_COMPILER, "1")
    assert hook.Kernels("wheel").dependencies() == []


def test_a_wheel_is_for_a_platform_and_holds_the_library_alone(
    hook: ModuleType, fake_compiler: None, tmp_path: Path
) -> None:
    (tmp_path / "machine-of-yesterday.so").touch()
    made, kernels = data(), hook.Kernels("wheel")
    kernels.initialize("standard", made)
    assert [path.name for path in tmp_path.iterdir()] == [build.file_name()]
    assert made["artifacts"] == [f"ganviz/machine/built/{build.file_name()}"]
    assert made["tag"] == f"py3-none-{hook._platform()}"
    assert not made["pure_python"]
    assert kernels.warned == []


def test_where_nothing_can_be_built_the_wheel_is_for_any_platform(hook: ModuleType, no_compiler: None) -> None:
    made, kernels = data(), hook.Kernels("wheel")
    kernels.initialize("standard", made)
    assert made == data()
    (said,) = kernels.warned
    assert "there is no C compiler" in said


@pytest.mark.parametrize("error", [compilers.NoLibrary("It complains."), PermissionError(13, "no")])
def test_a_build_that_fails_is_no_end(
    hook: ModuleType, fake_compiler: None, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    def fails(*arguments: object) -> None:
        raise error

    monkeypatch.setattr(build, "build", fails)
    made, kernels = data(), hook.Kernels("wheel")
    kernels.initialize("standard", made)
    assert made == data()
    assert len(kernels.warned) == 1


def test_a_source_archive_builds_nothing(hook: ModuleType, fake_compiler: None, tmp_path: Path) -> None:
    made = data()
    hook.Kernels("sdist").initialize("standard", made)
    assert made == data()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("system", "processor", "python", "name"),
    [
        ("linux", "x86_64", "linux-x86_64", "manylinux_2_17_x86_64.manylinux2014_x86_64.musllinux_1_1_x86_64"),
        ("linux", "riscv64", "linux-riscv64", "linux_riscv64"),
        ("darwin", "arm64", "macosx-10.13-universal2", "macosx_11_0_arm64"),
        ("win32", "AMD64", "win-amd64", "win_amd64"),
    ],
)
def test_platforms_by_their_names(
    hook: ModuleType, monkeypatch: pytest.MonkeyPatch, system: str, processor: str, python: str, name: str
) -> None:
    monkeypatch.setattr(sys, "platform", system)
    monkeypatch.setattr(platform, "machine", lambda: processor)
    monkeypatch.setattr(sysconfig, "get_platform", lambda: python)
    assert hook._platform() == name


# -------------------------------------------------------------------------------------------------------- for real


class Place:
    """A fresh environment, to which the packages of this one are lent: all but ganviz come from there."""

    def __init__(self, folder: Path, has_compiler: bool) -> None:
        self.folder, self.python = folder, folder / ("Scripts" if os.name == "nt" else "bin") / "python"
        subprocess.run([sys.executable, "-m", "venv", folder], check=True)
        (self.packages,) = folder.glob("[Ll]ib/**/site-packages")
        # After what an editable install writes, in the order of the alphabet.
        (self.packages / "zz_lent.pth").write_text(sysconfig.get_path("purelib") + "\n")
        self.variables = {**os.environ, "GANVIZ_CACHE": str(folder / "cache"), "PIP_RETRIES": "1"}
        self.variables |= {"ZIG_GLOBAL_CACHE_DIR": str(folder / "zig"), "OMP_NUM_THREADS": "1"}
        for name in ("CC", "PYTHONPATH", compilers.NO_COMPILER):
            self.variables.pop(name, None)
        if not has_compiler:
            self.variables["PATH"] = str(self.python.parent)

    def ran(self, *arguments: object, **variables: str) -> subprocess.CompletedProcess[str]:
        """A run of this environment's Python, which ends well."""
        command = [str(self.python), *map(str, arguments)]
        options = {"cwd": self.folder, "env": self.variables | variables, "timeout": 300}
        done = subprocess.run(command, capture_output=True, text=True, check=False, **options)
        assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-4000:]
        return done

    def trained(self) -> tuple[dict[str, Any], str]:
        """What an installed ganviz makes of two presets, and what it says."""
        done = self.ran(TRAIN, 200)
        return json.loads(done.stdout), done.stderr


Places = Callable[[str, bool], Place]


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Places:
    base = tmp_path_factory.mktemp("places")
    return lambda name, has_compiler: Place(base / name, has_compiler)


@pytest.fixture(scope="module")
def archive(place: Places) -> Path:
    """The source archive."""
    builder = place("builder", True)
    asked = [builder.python, "-m", "pip", "install", "--quiet", "hatchling>=1.27"]
    if subprocess.run(asked, env=builder.variables, capture_output=True, check=False).returncode:
        pytest.skip("PyPI cannot be reached, from where a build takes hatchling")
    out = builder.folder / "sdist"
    command = [builder.python, "-m", "hatchling", "build", "--target", "sdist", "--directory", out]
    subprocess.run(command, cwd=ROOT, env=builder.variables, capture_output=True, check=True)
    (made,) = out.iterdir()
    return made


def wheel_of(place: Place, source: Path, **variables: str) -> Path:
    out = place.folder / "wheels"
    place.ran("-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", out, source, **variables)
    (made,) = out.iterdir()
    return made


@pytest.mark.long
@pytest.mark.skipif(shutil.which("cc") is None, reason="there is no C compiler")
def test_wheel_and_archive_install_without_a_compiler_and_train_alike(archive: Path, place: Places) -> None:
    with tarfile.open(archive) as file:
        inside = {name.partition("/")[2] for name in file.getnames()}
        assert {
            "hatch_build.py",
            *(f"ganviz/machine/kernels/{path.name}" for path in build.KERNELS.iterdir()),
        } <= inside
        assert not [name for name in inside if name.startswith("ganviz/machine/built")]
        file.extractall(place("source", False).folder, filter="data")
    wheel = wheel_of(place("cc", True), archive)
    assert wheel.name.startswith("ganviz-")
    assert "-py3-none-" in wheel.name
    assert not wheel.name.endswith("-any.whl")
    with zipfile.ZipFile(wheel) as file:
        built = [name for name in file.namelist() if name.startswith("ganviz/machine/built/")]
    assert built == [f"ganviz/machine/built/{build.file_name()}"]

    by_wheel = place("wheel", False)
    by_wheel.ran("-m", "pip", "install", "--quiet", "--no-deps", wheel)
    found, said = by_wheel.trained()
    assert found["ganviz"] == str(by_wheel.packages / "ganviz")
    assert Path(found["library"]).is_relative_to(by_wheel.packages)
    assert set(found["paths"]) == {"native"}
    assert said == ""

    # The same from the sources, as `make demo` installs them: here ziglang compiles.
    by_zig = place("zig", False)
    (source,) = (by_zig.folder.parent / "source").glob("ganviz-*")
    by_zig.ran("-m", "pip", "install", "--quiet", "--no-deps", "--editable", source)
    other, said = by_zig.trained()
    assert other["ganviz"] == str(source / "ganviz")
    assert Path(other["library"]) == source / "ganviz" / "machine" / "built" / build.file_name()
    assert other["states"] == found["states"]
    assert said == ""


@pytest.mark.long
def test_without_the_kernels_ganviz_trains_and_says_what_is_missing(archive: Path, place: Places) -> None:
    bare = place("bare", False)
    wheel = wheel_of(bare, archive, **{compilers.NO_COMPILER: "1"})
    assert wheel.name.endswith("-py3-none-any.whl")
    bare.ran("-m", "pip", "install", "--quiet", "--no-deps", wheel)
    found, said = bare.trained()
    assert set(found["paths"]) == {"eager"}
    assert found["library"] is None
    assert said.count("\n") == 1
    assert "there is no C compiler" in said

"""The library: built, kept, found again, chosen for the processor, and sound in memory."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from conftest import BUILDS, runnable_variants
from matrices import numbers
from samples import PRECISIONS, same_bits, samples
from steps import preset_step

from ganviz import Trainer, preset
from ganviz.machine import build, compilers
from ganviz.machine import library as loading
from ganviz.machine.compilers import Compiler, NoLibrary, find_compiler
from ganviz.machine.draws import Counter, stream_key
from ganviz.machine.elementary import FUNCTIONS, elementary, power
from ganviz.machine.library import Library, find_library
from ganviz.machine.native_draws import NativeDraws
from ganviz.machine.products import product

EVERY_KERNEL = Path(__file__).with_name("every_kernel.py")
RANDOM_PROGRAMS = Path(__file__).with_name("random_programs.py")


@pytest.fixture
def nothing_found(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    """No library was built with the package or later, and none is loaded yet."""
    monkeypatch.setattr(loading, "BUILT", Path("nowhere"))
    monkeypatch.setenv("GANVIZ_CACHE", str(tmp_path / "empty"))
    loading._found.cache_clear()
    yield
    loading._found.cache_clear()


@pytest.fixture
def nothing_built(nothing_found: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nor is one built unnoticed."""

    def refuse(*arguments: object) -> None:
        raise AssertionError("it was built again")

    monkeypatch.setattr(loading, "build", refuse)


# ------------------------------------------------------------------------------------------------- the library


def test_a_library_is_found_again(kernels: Path, nothing_built: None) -> None:
    assert find_library(kernels.parent).path == kernels
    assert [path for path in kernels.parent.iterdir() if path.name.startswith(".machine-")] == []


def test_what_was_built_with_the_package_comes_first_and_needs_no_compiler(
    kernels: Path, nothing_built: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GANVIZ_NO_COMPILER", "1")
    monkeypatch.setattr(loading, "BUILT", kernels.parent)
    assert loading.library().path == kernels


def test_a_file_that_cannot_be_loaded_is_passed_over(
    kernels: Path, nothing_built: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Such as one for another processor, among what was built with the package."""
    (tmp_path / kernels.name).write_bytes(b"no library")
    monkeypatch.setattr(loading, "BUILT", tmp_path)
    assert find_library(kernels.parent).path == kernels


def test_a_file_that_cannot_be_loaded_is_built_anew(
    kernels: Path, nothing_found: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / kernels.name).write_bytes(kernels.read_bytes()[:100])
    monkeypatch.setattr(loading, "build", lambda compiler, path: shutil.copy(kernels, path))
    assert find_library(tmp_path).path == tmp_path / kernels.name


def test_a_file_that_cannot_be_loaded_or_built_anew_is_named(
    kernels: Path, nothing_found: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / kernels.name).write_bytes(b"no library")
    monkeypatch.setattr(compilers, "_candidates", list)
    with pytest.raises(NoLibrary, match=f"cannot be loaded: .*{kernels.name}"):
        find_library(tmp_path)


FIND = "import sys; from pathlib import Path; from ganviz.machine.library import *; print(library().path)"


@pytest.mark.long
def test_two_processes_that_build_at_once_both_have_a_library(tmp_path: Path) -> None:
    # A copy, with which nothing was built.
    shutil.copytree(build.KERNELS.parents[1], tmp_path / "ganviz", ignore=shutil.ignore_patterns("built", "data"))
    environment = {**os.environ, "PYTHONPATH": str(tmp_path), "GANVIZ_CACHE": str(tmp_path / "cache")}
    command = [sys.executable, "-c", FIND]
    both = [subprocess.Popen(command, cwd=tmp_path, env=environment, stdout=subprocess.PIPE) for _ in range(2)]
    found = [process.communicate(timeout=300)[0].decode().strip() for process in both]
    assert found == [str(tmp_path / "cache" / build.file_name())] * 2
    assert [path.name for path in (tmp_path / "cache").iterdir()] == [build.file_name()]


def test_another_source_is_another_library(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    names = {build.file_name(), build.file_name(("-g",))}
    shutil.copytree(build.KERNELS, tmp_path / "kernels")
    monkeypatch.setattr(build, "KERNELS", tmp_path / "kernels")
    assert build.file_name() in names
    with (tmp_path / "kernels" / "power.h").open("a") as file:
        file.write("\n")
    assert len(names | {build.file_name()}) == 3


def test_the_widest_variant_is_chosen(kernels: Path) -> None:
    found = Library(kernels)
    assert found.variant == found.runnable[-1]
    assert set(found.runnable) <= {variant.name for variant in build.variants()}
    flags = Path("/proc/cpuinfo")
    if flags.exists() and len(build.variants()) > 1:
        features = next((line.split() for line in flags.read_text().splitlines() if line.startswith("flags")), [])
        assert ("avx2" in found.runnable) == ({"avx2", "fma"} <= set(features))
        wanted = {"avx512f", "avx512vl", "avx512bw", "avx512dq"}
        assert ("avx512" in found.runnable) == ({"avx2", "fma"} | wanted <= set(features))


def test_a_variant_that_is_not_there_is_refused(kernels: Path) -> None:
    with pytest.raises(NoLibrary, match=r"cannot run 'neon'; it can run plain"):
        Library(kernels, "neon")


@pytest.mark.skipif(shutil.which("nm") is None, reason="there is no nm")
def test_it_needs_no_other_library(kernels: Path) -> None:
    listed = subprocess.run(
        ["nm", "-D", "--undefined-only", kernels], capture_output=True, text=True, check=True
    ).stdout
    assert [line for line in listed.splitlines() if line.split()[0] == "U"] == []


def test_a_file_that_is_none_is_refused(tmp_path: Path) -> None:
    (tmp_path / "machine.so").write_bytes(b"no library")
    with pytest.raises(NoLibrary, match="cannot be loaded"):
        Library(tmp_path / "machine.so")


# ------------------------------------------------------------------------------------------------ no compiler


def test_without_a_compiler_one_sentence_says_what_is_missing(
    monkeypatch: pytest.MonkeyPatch, nothing_built: None
) -> None:
    monkeypatch.setattr(compilers, "_candidates", list)
    with pytest.raises(NoLibrary, match=r"^The machine's kernels are not built, because there is no C compiler.*\.$"):
        loading.library()
    loading._found.cache_clear()
    monkeypatch.setenv("GANVIZ_NO_COMPILER", "1")
    with pytest.raises(NoLibrary, match="because GANVIZ_NO_COMPILER is set"):
        loading.library()


def test_what_is_missing_is_said_once_and_training_goes_on(
    monkeypatch: pytest.MonkeyPatch, nothing_built: None, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(compilers, "_candidates", list)
    for name in ("dirac-gan", "dirac-r1"):
        trainer = Trainer(preset(name))
        trainer.advance(1)
        assert (trainer.path, trainer.step_count) == ("eager", 1)
    (said,) = [record.getMessage() for record in caplog.records if record.levelname == "WARNING"]
    assert "there is no C compiler" in said
    assert said.endswith("Experiments are trained by PyTorch instead, more slowly.")


def test_a_compiler_that_is_too_old_is_passed_over(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    old = tmp_path / "cc"
    old.write_text('#!/bin/sh\n[ "$1" = --version ] && echo "cc 8.5.0"\n')
    old.chmod(0o755)
    monkeypatch.setenv("CC", str(old))
    assert find_compiler().command != (str(old),)


def test_a_compiler_that_does_not_start_is_passed_over(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    broken = tmp_path / "cc"
    broken.write_text("#!/bin/sh\nexit 1\n")
    broken.chmod(0o755)
    monkeypatch.setenv("CC", str(broken))
    assert find_compiler().command != (str(broken),)


def test_a_compiler_s_complaint_is_passed_on(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "processor.c").write_text("int supported_variants(void) { return unknown; }\n")
    for name in build.FAMILIES:
        (tmp_path / f"{name}.c").write_text("\n")
    monkeypatch.setattr(build, "KERNELS", tmp_path)
    with pytest.raises(NoLibrary, match=r"cannot compile the machine's kernels: .*unknown"):
        build.build(find_compiler(), tmp_path / "out" / "machine.so")
    assert list((tmp_path / "out").iterdir()) == []


def test_a_folder_that_cannot_be_written_is_named(
    nothing_found: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("GANVIZ_CACHE", str(tmp_path / "file" / "cache"))
    with pytest.raises(NoLibrary, match="cannot be kept in"):
        loading.library()


# ------------------------------------------------------------------------------------------------- other builds


def differing(one: Library, two: Library) -> list[str]:
    """What two libraries do not compute alike, bit for bit."""
    found, at = [], Counter(stream_key(0, "test"), 3)
    for dtype in PRECISIONS:
        for name in FUNCTIONS:
            x = samples(name, dtype, 20_000, seed=5)
            if not same_bits(elementary(one, name, x), elementary(two, name, x)):
                found.append(f"{name} {dtype.__name__}")
        x, y = abs(samples("exp", dtype, 20_000, seed=6)), samples("tanh", dtype, 20_000, seed=7)
        if not same_bits(power(one, x, y), power(two, x, y)):
            found.append(f"pow {dtype.__name__}")
        if not same_bits(*(NativeDraws(library).normal(at, 10_001, dtype) for library in (one, two))):
            found.append(f"normal {dtype.__name__}")
        for m, n, k in ((97, 61, 300), (3, 70, 65), (200, 2, 140), (1, 130, 20)):
            rng = np.random.default_rng(8)
            a, b, bias = numbers(rng, (m, k), dtype), numbers(rng, (n, k), dtype).T, numbers(rng, (n,), dtype)
            if not same_bits(*(product(library, a, b, bias) for library in (one, two))):
                found.append(f"product {dtype.__name__} {m}×{n}×{k}")
    for n in (1000, 5000):
        if not same_bits(*(NativeDraws(library).permutation(at, n) for library in (one, two))):
            found.append(f"permutation of {n}")
    return found


@pytest.mark.long
@pytest.mark.parametrize("name", BUILDS)
def test_other_builds_change_no_bit(name: str, widest: Library, built: Callable[[str], Path]) -> None:
    """Of elementary functions, products and draws."""
    for variant in widest.runnable:
        assert differing(Library(built(name), variant), widest) == [], variant


@pytest.fixture(scope="module")
def sanitized(tmp_path_factory: pytest.TempPathFactory, widest: Library) -> Path:
    """The library, built with sanitizers for addresses and undefined behaviour."""
    if sys.platform != "linux" or shutil.which("gcc") is None:
        pytest.skip("the sanitizers are gcc's, preloaded as Linux does it")
    path = tmp_path_factory.mktemp("sanitized") / "machine.so"
    sanitizers = ("-g", "-fsanitize=address,undefined", "-fno-sanitize-recover=all")
    with runnable_variants(widest):
        build.build(Compiler(("gcc",), "gcc"), path, sanitizers)
    return path


def ended(script: Path, library: Path, *arguments: object, sanitizers: bool) -> subprocess.CompletedProcess[str]:
    """A script run by itself, with what the sanitizers need."""
    environment = {**os.environ, "PYTHONPATH": str(build.KERNELS.parents[2])}
    if sanitizers:
        found = subprocess.run(["gcc", "-print-file-name=libasan.so"], capture_output=True, text=True, check=True)
        environment |= {"LD_PRELOAD": found.stdout.strip(), "ASAN_OPTIONS": "detect_leaks=0"}
    command = [sys.executable, str(script), str(library), *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, env=environment, timeout=1200)


@pytest.mark.long
def test_sanitizers_find_nothing(widest: Library, sanitized: Path) -> None:
    found = ended(EVERY_KERNEL, sanitized, sanitizers=True)
    assert found.returncode == 0, found.stderr[-4000:]
    assert tuple(found.stdout.split()) == widest.runnable


@pytest.mark.long
def test_sanitizers_find_one_number_too_many(sanitized: Path) -> None:
    found = ended(EVERY_KERNEL, sanitized, "overrun", sanitizers=True)
    assert "use-after-poison" in found.stderr


@pytest.fixture(scope="module")
def real_programs(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Steps of presets, as text."""
    folder = tmp_path_factory.mktemp("programs")
    for name in ("dirac-r1", "figure-1"):
        (folder / f"{name}.json").write_text(preset_step(name)[0].to_json())
    return sorted(folder.iterdir())


def test_programs_that_nobody_wrote_do_no_harm(kernels: Path, real_programs: list[Path]) -> None:
    as_expected(ended(RANDOM_PROGRAMS, kernels, 200, 0, *real_programs, sanitizers=False))


@pytest.mark.long
def test_ten_thousand_programs_that_nobody_wrote_do_no_harm(sanitized: Path, real_programs: list[Path]) -> None:
    as_expected(ended(RANDOM_PROGRAMS, sanitized, 10_000, 1, *real_programs, sanitizers=True))


def as_expected(found: subprocess.CompletedProcess[str]) -> None:
    """Some are no programs, some are malformed, and some run; nothing else happens."""
    assert found.returncode == 0, found.stderr[-4000:]
    counted = json.loads(found.stdout)
    assert min(counted["no program"], counted["malformed"], counted["ran"]) > sum(counted.values()) / 10

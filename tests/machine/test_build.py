"""The library: built, kept, found again, chosen for the processor, and sound in memory."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from matrices import numbers
from samples import PRECISIONS, same_bits, samples

from ganviz.machine import build, compilers
from ganviz.machine import library as loading
from ganviz.machine.compilers import Compiler, NoLibrary, find_compiler, zig
from ganviz.machine.draws import Counter, stream_key
from ganviz.machine.elementary import FUNCTIONS, elementary, power
from ganviz.machine.library import Library, library_file
from ganviz.machine.native_draws import NativeDraws
from ganviz.machine.products import product

SCRIPT = Path(__file__).with_name("every_kernel.py")


@pytest.fixture
def nothing_built(monkeypatch: pytest.MonkeyPatch) -> None:
    """No library is loaded yet, and none is built unnoticed."""

    def refuse(*arguments: object) -> None:
        raise AssertionError("it was built again")

    monkeypatch.setattr(loading, "build", refuse)
    monkeypatch.setattr(loading, "BUILT", Path("nowhere"))
    loading.library.cache_clear()


# ------------------------------------------------------------------------------------------------- the library


def test_a_library_is_found_again(kernels: Path, nothing_built: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loading, "BUILT", kernels.parent)
    assert library_file() == kernels
    assert [path for path in kernels.parent.iterdir() if path.name.startswith(".machine-")] == []


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
    with pytest.raises(NoLibrary, match=r"^The machine's kernels are not built: there is no C compiler .*\.$"):
        loading.library()
    monkeypatch.setenv("GANVIZ_NO_COMPILER", "1")
    with pytest.raises(NoLibrary, match="this machine compiles nothing"):
        loading.library()


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


def test_a_folder_that_cannot_be_written_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("GANVIZ_CACHE", str(tmp_path / "file" / "cache"))
    monkeypatch.setattr(loading, "BUILT", Path("nowhere"))
    loading.library.cache_clear()
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
@pytest.mark.parametrize("vector_bytes", [16, 32, 64])
def test_the_width_of_vectors_changes_no_bit(widest: Library, tmp_path: Path, vector_bytes: int) -> None:
    """Also of vectors longer than the processor's, which the compiler cuts: the text of AVX-512 is tried anywhere."""
    path = tmp_path / "machine.so"
    build.build(find_compiler(), path, ("-UVECTOR_BYTES", f"-DVECTOR_BYTES={vector_bytes}", "-Wno-psabi"))
    for variant in widest.runnable:
        assert differing(Library(path, variant), widest) == []


@pytest.mark.long
def test_zig_s_build_gives_the_same_bits(widest: Library, tmp_path: Path) -> None:
    compiler = zig()
    if compiler is None:
        pytest.skip("ziglang is not installed")
    build.build(compiler, tmp_path / "machine.so")
    for variant in widest.runnable:
        assert differing(Library(tmp_path / "machine.so", variant), widest) == []


@pytest.mark.long
def test_optimisation_changes_no_bit(widest: Library, tmp_path: Path) -> None:
    for level in ("-O1", "-O3"):
        build.build(find_compiler(), tmp_path / f"{level}.so", (level,))
        assert differing(Library(tmp_path / f"{level}.so"), widest) == []


@pytest.mark.long
@pytest.mark.skipif(sys.platform != "linux", reason="the sanitizers are preloaded as Linux does it")
def test_sanitizers_find_nothing(widest: Library, tmp_path: Path) -> None:
    if shutil.which("gcc") is None:
        pytest.skip("there is no gcc")
    compiler = Compiler(("gcc",), "gcc")
    build.build(compiler, tmp_path / "machine.so", ("-g", "-fsanitize=address,undefined", "-fno-sanitize-recover=all"))
    named = subprocess.run(["gcc", "-print-file-name=libasan.so"], capture_output=True, text=True, check=True).stdout
    environment = {
        **os.environ,
        "LD_PRELOAD": named.strip(),
        "ASAN_OPTIONS": "detect_leaks=0",
        "PYTHONPATH": str(build.KERNELS.parents[2]),
    }
    command = [sys.executable, str(SCRIPT), str(tmp_path / "machine.so")]
    ended = subprocess.run(command, capture_output=True, text=True, env=environment, timeout=600)
    assert ended.returncode == 0, ended.stderr[-4000:]
    assert tuple(ended.stdout.split()) == widest.runnable

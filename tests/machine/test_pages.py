"""The pages on programs and the machine say what is so: results, quotes, how a kernel is added; kernels and bounds."""

from __future__ import annotations

import importlib.util
import re
import shutil
from pathlib import Path

import numpy as np
import pytest
import test_kernels
from instructions import KERNELS, STORAGES
from samples import BOUNDS

from ganviz.machine import build
from ganviz.machine import library as loading
from ganviz.machine.compilers import NoLibrary, find_compiler
from ganviz.machine.library import Library
from ganviz.programs.families import FAMILIES
from ganviz.programs.families.maps import MAPS
from ganviz.programs.rules.numbers import ONE

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "one-instruction.md").read_text("utf-8")
MACHINE = (ROOT / "docs" / "machine.md").read_text("utf-8")


def blocks(word: str) -> list[tuple[str, str]]:
    """The blocks of code that are from a file, or go into one: its name, and the code."""
    return re.findall(rf"^{word} `(.+?)`:\n\n```\w+\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)


def test_its_code_prints_what_stands_there(kernels: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loading, "BUILT", kernels.parent)  # not built once more
    spec = importlib.util.spec_from_file_location("make_outputs", ROOT / "tools" / "make_outputs.py")
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    assert len(script.CELL.findall(PAGE)) == PAGE.count("```text")
    assert script.made(PAGE).splitlines() == PAGE.splitlines()


def test_what_it_quotes_stands_in_the_files() -> None:
    quoted = blocks("From")
    assert len(quoted) == 5
    for name, code in quoted:
        assert code in (ROOT / name).read_text("utf-8"), name


def test_the_files_and_tests_that_it_names_are_there() -> None:
    for name in re.findall(r"`((?:ganviz|tests|tools)/[\w/.]+)`", PAGE):
        assert (ROOT / name).is_file(), name
    for name in re.findall(r"`(test_\w+)`", PAGE):
        assert hasattr(test_kernels, name), name


def test_its_new_kernel_is_new_and_has_its_neighbour() -> None:
    for name, code in blocks("Into"):
        text = (ROOT / name).read_text("utf-8")
        assert code not in text
        assert text.count(neighbour(code)) == 1, name


def neighbour(code: str) -> str:
    """The same of `floor`, as far as it is the same; of a function its first line."""
    return code.strip().partition(" {")[0].replace("ceil", "floor")


def added(text: str, code: str) -> str:
    """A file of C with the code behind its neighbour: a function, or an entry in a table."""
    at = text.index(neighbour(code))
    if "INLINE" in code:
        end = text.index("\n}\n", at) + len("\n}\n")
        return text[:end] + code + text[end:]
    return f"{text[:at]}{code.strip()} {text[at:]}"


@pytest.fixture
def with_the_new_kernel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[Library]:
    """A library that has it, in each variant; NumPy and the rules have it too."""
    shutil.copytree(build.KERNELS, tmp_path / "kernels")
    for name, code in blocks("Into"):
        path = tmp_path / "kernels" / Path(name).name
        if path.exists():
            path.write_text(added(path.read_text("utf-8"), code), "utf-8")
        else:
            ((kernel, meaning),) = eval(f"{{{code}}}", {"np": np}).items()
            monkeypatch.setitem(MAPS if name.endswith("maps.py") else ONE, kernel, meaning)
    monkeypatch.setattr(build, "KERNELS", tmp_path / "kernels")
    try:
        build.build(find_compiler(), tmp_path / "machine.so")
    except NoLibrary as reason:
        pytest.skip(str(reason))
    return [Library(tmp_path / "machine.so", name) for name in Library(tmp_path / "machine.so").runnable]


@pytest.mark.long
def test_its_new_kernel_is_right(with_the_new_kernel: list[Library], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(test_kernels, "KERNELS", (*test_kernels.KERNELS, "ceil"))
    test_kernels.test_machine_and_numpy_have_the_same_kernels(with_the_new_kernel)
    for seed in range(50):
        test_kernels.tried("ceil", seed, with_the_new_kernel)
    for storage in STORAGES:
        test_kernels.test_special_numbers_become_what_torch_makes_of_them("ceil", storage, with_the_new_kernel)
    for library in with_the_new_kernel:
        assert {"ceil_f32", "ceil_f64"} <= set(library.kernels)


# ------------------------------------------------------------------------------------------------------ docs/machine.md


def test_the_machine_s_page_lists_every_kernel_once() -> None:
    table = MACHINE.partition("| family | kernels |")[2].partition("\n\n")[0]
    assert sorted(re.findall(r"`(\w+)`", table)) == sorted(KERNELS)
    for family, kernels in re.findall(r"^\| (\w+).*? \| (.+) \|$", table, re.MULTILINE):
        assert set(re.findall(r"`(\w+)`", kernels)) <= set(FAMILIES[family].kernels)


def test_the_machine_s_page_promises_the_bounds_that_are_tested() -> None:
    rows = re.findall(r"^\| (`.+?`) \|.*\| ([\d.]+) \|$", MACHINE, re.MULTILINE)
    promised = {name: float(bound) for names, bound in rows for name in re.findall(r"`(\w+)`", names)}
    promised.pop("pow")  # of two numbers: test_elementary.py
    assert promised == pytest.approx(BOUNDS, abs=0.002)


def test_the_machine_s_page_names_files_that_are_there() -> None:
    for name in re.findall(r"`((?:ganviz|tests|tools)/[\w/.]+\.\w+|hatch_build\.py)`", MACHINE):
        assert (ROOT / name).is_file(), name

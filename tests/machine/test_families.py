"""Families of kernels: each is one file, and that says all that there is to say of it."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from dataclasses import FrozenInstanceError, replace
from pathlib import Path

import numpy as np
import pytest
from instructions import CASES, KERNELS, STORAGES, Writer, case_of

from ganviz.machine.library import Library
from ganviz.programs import families, reference
from ganviz.programs.encoding import encoded
from ganviz.programs.families import FAMILIES, family_of
from ganviz.programs.program import Instruction
from ganviz.programs.validation import Malformed, check

NEW = '''
"""Reversal: a row (n,) from its end."""

from ganviz.programs.family import Family
from ganviz.programs.operands import all_dense, counted, one_shape, one_storage


FAMILY = Family(
    kernels={"reversed": lambda x: x[::-1]},
    checks=(counted(1, 1), one_shape(1), one_storage(), all_dense),
    words=lambda instruction, memory: [*memory.at(*instruction.views), memory.work, *instruction.inputs[0].shape],
    work=lambda instruction: 4096,
    steps=lambda instruction: 2**40,
)
'''


def test_each_file_is_a_family_and_nothing_is_left_out() -> None:
    files = {path.stem for path in Path(families.__file__).parent.glob("*.py")} - {"__init__"}
    assert set(FAMILIES) == files == set(CASES)
    for name, family in FAMILIES.items():
        assert importlib.import_module(f"ganviz.programs.families.{name}").FAMILY is family


def test_each_kernel_of_the_library_belongs_to_one_family(widest: Library) -> None:
    assert len(set(KERNELS)) == len(KERNELS)
    for name, family in FAMILIES.items():
        for kernel in family.kernels:
            assert family_of(kernel) is family, name
    for named in widest.kernels:
        kernel = named.removesuffix("_f32_f64").removesuffix("_f64_f32").removesuffix("_f32").removesuffix("_f64")
        assert family_of(kernel)


def test_there_is_no_family_of_another_kernel() -> None:
    with pytest.raises(KeyError, match="juggle"):
        family_of("juggle")


def test_a_family_is_a_value() -> None:
    with pytest.raises(FrozenInstanceError):
        family_of("add").is_elementwise = False


@pytest.mark.parametrize("kernel", KERNELS)
def test_the_machine_has_what_a_family_calls_its_kernels(kernel: str, widest: Library) -> None:
    for storage in STORAGES:
        program = case_of(kernel, storage, np.random.default_rng(1)).program
        assert {family_of(one.kernel).machine_name(one) for one in program.instructions} <= set(widest.kernels)


@pytest.fixture
def with_a_new_family(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """One more file, as if it lay in the room."""
    (tmp_path / "reversal.py").write_text(NEW, "utf-8")
    monkeypatch.setattr(families, "__path__", [*families.__path__, str(tmp_path)])
    importlib.invalidate_caches()
    monkeypatch.setattr(families, "FAMILIES", families._found())
    yield
    sys.modules.pop("ganviz.programs.families.reversal")
    del families.reversal


@pytest.mark.usefixtures("with_a_new_family")
def test_a_new_family_is_one_file() -> None:
    """What it computes, which operands it takes and how long that takes, and its words."""
    writer = Writer(np.random.default_rng(), False)
    x, out = writer.filled((3,), (1,), "float32", np.array([1, 2, 3], np.float32)), writer.dense((3,), "float32")
    reverse = Instruction("reversed", (out,), (x,))
    case = writer.case(reverse)
    assert reference.run(case.program, case.inputs)["output 1"].tolist() == [3, 2, 1]
    with pytest.raises(Malformed, match=r"The program takes 1.1e\+12 steps"):
        check(case.program)
    apart = replace(reverse, outputs=(out.shaped((3,), (0,)),))
    with pytest.raises(Malformed, match="'reversed': numbers do not lie side by side that it takes to lie so"):
        check(replace(case.program, instructions=(apart,)))
    code, at = encoded(case.program, {"reversed_f32": 77}), [block.at for block in case.program.blocks]
    assert code.words.tolist() == [77, 6, at[1], at[0], code.memory - 4096, 3]

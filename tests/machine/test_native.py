"""Whole step programs run by the machine: equal bits in every variant, however many steps a call, wherever."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from conftest import BUILDS
from instructions import KERNELS, STORAGES, case_of, native
from samples import same_bits
from steps import PRESETS, STEPS, Given, differing, preset_step

from ganviz.engine.step_program import SCALARS
from ganviz.machine.library import Library
from ganviz.programs import reference
from ganviz.programs.native import Native
from ganviz.programs.program import Block, Instruction, Program
from ganviz.programs.view import View

Array = npt.NDArray[np.generic]


@pytest.fixture(scope="module", params=PRESETS)
def step(request: pytest.FixtureRequest) -> tuple[Program, Given, Given]:
    return preset_step(request.param)


def course(program: Program, start: Given, given: Given, library: Library, at_once: int) -> Given:
    """The scalars of every step, and the state at the end; `at_once` steps a call."""
    machine = Native(program, library)
    for name, array in start.items():
        machine.inputs[name][...] = array
    kept, steps = [], len(next(iter(given.values())))
    for first in range(0, steps, at_once):
        part = {name: array[first : first + at_once] for name, array in given.items()}
        done, found = machine.advance(min(at_once, steps - first), part, [SCALARS])
        assert done == min(at_once, steps - first)
        kept.append(found[SCALARS])
    return {SCALARS: np.concatenate(kept), **state_of(machine)}


def state_of(machine: Native) -> Given:
    return {name: array.copy() for name, array in machine.inputs.items() if name.startswith("state")}


def test_steps_at_once_and_variants_change_no_bit(step: tuple[Program, Given, Given], widest: Library) -> None:
    expected = course(*step, widest, STEPS)
    assert np.isfinite(expected[SCALARS]).all()
    assert len(np.unique(expected[SCALARS][:, 0])) > STEPS // 2, "it goes on"
    for at_once in (1, 7):
        assert differing(course(*step, widest, at_once), expected) == [], at_once
    for variant in widest.runnable[:-1]:
        assert differing(course(*step, Library(widest.path, variant), STEPS), expected) == [], variant


def test_a_step_is_numpys(step: tuple[Program, Given, Given], widest: Library) -> None:
    program, start, _ = step
    machine = Native(program, widest)
    for name, array in start.items():
        machine.inputs[name][...] = array
    machine.run()
    for name, array in reference.run(program, start).items():
        np.testing.assert_allclose(
            machine.outputs[name], array, rtol=0, atol=1e-4 * (np.abs(array).max(initial=0) + 1e-6)
        )


def test_it_goes_on_from_a_saved_state(step: tuple[Program, Given, Given], widest: Library, tmp_path: Path) -> None:
    """Written and read: the program as text, the state as numbers; at another place in memory."""
    program, start, given = step
    whole = course(program, start, given, widest, STEPS)
    half = {name: array[: STEPS // 2] for name, array in given.items()}
    np.savez(tmp_path / "state", **{**start, **drop_scalars(course(program, start, half, widest, 5))})
    with np.load(tmp_path / "state.npz") as file:
        saved = dict(file)
    rest = {name: array[STEPS // 2 :] for name, array in given.items()}
    after = course(Program.from_json(program.to_json()), saved, rest, widest, 7)
    assert same_bits(after.pop(SCALARS), whole.pop(SCALARS)[STEPS // 2 :])
    assert differing(after, whole) == []


def drop_scalars(found: Given) -> Given:
    return {name: array for name, array in found.items() if name != SCALARS}


OTHER_PROCESS = """
import sys
import numpy as np
sys.path[:0] = {tests!r}
from test_native import course
from ganviz.machine.library import Library
from ganviz.programs.program import Program
with np.load("inputs.npz") as start, np.load("given.npz") as given:
    found = course(Program.from_json(open("program.json").read()), dict(start), dict(given), Library({library!r}), 64)
np.savez("found.npz", **found)
"""


def test_another_process_finds_the_same(widest: Library, tmp_path: Path) -> None:
    program, start, given = preset_step("figure-1")
    (tmp_path / "program.json").write_text(program.to_json())
    np.savez(tmp_path / "inputs", **start)
    np.savez(tmp_path / "given", **given)
    code = OTHER_PROCESS.format(tests=[str(path) for path in Path(__file__).parents[:2]], library=str(widest.path))
    subprocess.run([sys.executable, "-W", "ignore", "-c", code], cwd=tmp_path, check=True, timeout=120)
    with np.load(tmp_path / "found.npz") as found:
        assert differing(dict(found), course(program, start, given, widest, 64)) == []


# ---------------------------------------------------------------------------------------------------------- one by one


def passing_on() -> Program:
    """a, b and c go round, d becomes a, and e is a + b."""
    views = [View(i, "float32", 0, (3,), (1,)) for i in range(5)]
    a, b, c, _, e = views
    add = Instruction("add", (e.reshaped((1, 3)),), (a.reshaped((1, 3)), b.reshaped((1, 3))))
    blocks = tuple(Block("float32", 3, 64 * i) for i in range(5))
    names = ("a", "b", "c", "d")
    outputs = (("a", b), ("b", c), ("c", a), ("d", a), ("e", e))
    return Program((add,), blocks, (), tuple(zip(names, views, strict=False)), outputs, 320)


def test_outputs_that_are_inputs_change_places(library: Library) -> None:
    machine = Native(passing_on(), library)
    for i, array in enumerate(machine.inputs.values()):
        array[...] = 10.0**i
    done, found = machine.advance(5, {}, ["a", "d", "e"])
    assert done == 5
    assert found["a"][:, 0].tolist() == [10, 100, 1, 10, 100]
    assert found["d"][:, 0].tolist() == [1, 10, 100, 1, 10]
    assert found["e"][:, 0].tolist() == [11, 110, 101, 11, 110]
    assert [array[0] for array in machine.inputs.values()] == [100, 1, 10, 10]


def test_it_stops_where_it_is_told_to(library: Library) -> None:
    machine = Native(passing_on(), library)
    machine.stop[0] = 1
    done, found = machine.advance(5, {}, ["e"])
    assert (done, found["e"].shape) == (1, (1, 3))
    assert machine.advance(0, {}, ["e"])[0] == 0


@pytest.mark.parametrize(
    "array",
    [
        np.zeros((4, 3), np.float32),
        np.zeros((5, 3)),
        np.zeros((5, 4), np.float32),
        np.zeros((5, 6), np.float32)[:, ::2],
    ],
)
def test_arrays_that_do_not_fit_are_refused(widest: Library, array: Array) -> None:
    machine = Native(passing_on(), widest)
    machine.advance(5, {"d": np.zeros((5, 3), np.float32)}, [])
    with pytest.raises(ValueError, match="'d' is an array"):
        machine.advance(5, {"d": array}, [])


def test_instructions_without_numbers_are_left_out(library: Library) -> None:
    program = passing_on()
    (add,) = program.instructions
    none = replace(
        add,
        outputs=(add.outputs[0].shaped((0, 3), (3, 1)),),
        inputs=tuple(v.shaped((0, 3), (3, 1)) for v in add.inputs),
    )
    machine = Native(replace(program, instructions=(none,)), library)
    machine.inputs["a"][...] = 1
    machine.run()
    assert not machine.outputs["e"].any()


# -------------------------------------------------------------------------------------------------------- other builds


@pytest.mark.long
@pytest.mark.parametrize("name", BUILDS)
def test_other_builds_give_the_same_bits(name: str, widest: Library, built: Callable[[str], Path]) -> None:
    """Of every kernel on random cases, and of the steps of presets."""
    others = [Library(built(name), variant) for variant in widest.runnable]
    cases = [(kernel, storage, seed) for kernel in KERNELS for storage in STORAGES for seed in range(30)]
    for kernel, storage, seed in cases:
        case = case_of(kernel, storage, np.random.default_rng(seed))
        wanted = native(case, widest)
        for library in others:
            assert differing(native(case, library), wanted) == [], (library.variant, case.program.instructions)
    for preset in PRESETS:
        step = preset_step(preset)
        wanted = course(*step, widest, STEPS)
        for library in others:
            assert differing(course(*step, library, STEPS), wanted) == [], (library.variant, preset)

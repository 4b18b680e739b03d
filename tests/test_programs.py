"""Programs: what they compute is what eager torch computes."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch
from conftest import ROOMS, every, small, trainer_for
from hypothesis import given, settings
from hypothesis import strategies as st

from ganviz import Experiment, preset
from ganviz.engine.game import Game
from ganviz.engine.noise import Noise
from ganviz.engine.settings import bind, numbers
from ganviz.engine.step_program import SCALARS, step_program
from ganviz.engine.tree import named_leaves
from ganviz.machine.library import library
from ganviz.presets import preset_names
from ganviz.programs import reference
from ganviz.programs.cannot_lower import CannotLower
from ganviz.programs.capture import capture
from ganviz.programs.lowering import lowered
from ganviz.programs.native import Native
from ganviz.programs.placement import lifetimes
from ganviz.programs.program import Program
from ganviz.programs.validation import check
from ganviz.programs.view import View, dense_strides, merged

FIRST = 3
"""The step that is compared: optimizers have moments by then."""


def is_toy(experiment: Experiment) -> bool:
    return len(experiment.data.shape) < 3


def quick(name: str) -> Experiment:
    experiment = preset(name)
    return experiment.replace(batch_size=min(16, experiment.batch_size))


def compared(experiment: Experiment, tolerance: float = 1e-3, of_scalars: float = 1e-5) -> Program:
    """The program of an experiment's step, one step of which is what eager torch computes from the same state, by NumPy
    and by the machine: losses and norms to `of_scalars`, the state to `tolerance`, each of its own scale."""
    game, noise = Game(experiment), Noise(experiment, torch.float32)
    values = numbers(experiment, lambda value: torch.tensor(value, dtype=torch.float32))
    bound, state = bind(experiment, values), game.initial_state()
    for i in range(FIRST):
        state, _ = game.step(state, bound, noise.step(i * experiment.d_steps, i))
    draws = noise.step(FIRST * experiment.d_steps, FIRST)
    program = step_program(experiment, torch.float32)
    check(program)
    wanted, scalars = game.step(state, bound, draws)
    example = {"state": state, "settings": values, "draws": draws}
    given = {name: leaf.detach().numpy() for name, leaf in named_leaves(example)}
    for found in (reference.run(program, given), by_the_machine(program, given)):
        close(found.pop(SCALARS), scalars.numpy(), of_scalars)
        for name, leaf in named_leaves({"state": wanted}):
            close(found.pop(name), leaf.numpy(), tolerance)
        assert not found
    return program


def by_the_machine(program: Program, given: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    machine = Native(program, library())
    for name, array in given.items():
        machine.inputs[name][...] = array
    machine.run()
    return {name: array.copy() for name, array in machine.outputs.items()}


def close(found: np.ndarray, wanted: np.ndarray, tolerance: float) -> None:
    assert found.shape == wanted.shape
    scale = np.abs(wanted).max(initial=0) + 1e-6
    np.testing.assert_allclose(found, wanted, rtol=0, atol=tolerance * scale)


QUICK = ("dirac-r1", "figure-1", "no-discriminator")
TOYS = [
    pytest.param(name, marks=[] if name in QUICK else pytest.mark.long)
    for name in preset_names()
    if is_toy(preset(name)) and name != "too-fast"  # which loses its numbers at once
]


@pytest.mark.parametrize("name", TOYS)
def test_a_presets_step_is_what_eager_computes(name):
    compared(quick(name))


LOOSE = {"mmd_gan": 2e-3}
"""Kernels see differences of D's outputs alone: the gradient of its last biases is nothing but rounding, of which Adam
makes a step of one learning rate."""


@pytest.mark.long
@pytest.mark.parametrize("option", every(*ROOMS))
def test_an_options_step_is_what_eager_computes(option):
    experiment = trainer_for(option.room, option()).experiment
    if not is_toy(experiment):
        pytest.skip("pictures are trained by torch")
    compared(experiment, LOOSE.get(option.option_name(), 1e-3))


@pytest.fixture(scope="module")
def program() -> Program:
    return compared(small(regularizers=["r1"]))


# --------------------------------------------------------------------------------------------------- programs as values


def test_it_is_written_and_read(program):
    again = Program.from_json(program.to_json())
    assert again == program
    assert again.digest == program.digest
    other = replace(program, instructions=program.instructions[::-1])
    assert other.digest != program.digest


def test_the_same_experiment_has_the_same_program(program):
    assert compared(small(regularizers=["r1"])).digest == program.digest
    assert compared(small()).digest != program.digest


def test_no_two_blocks_that_are_alive_share_memory(program):
    lives = lifetimes(program)
    used = sorted({view.block for instruction in program.instructions for view in instruction.views})
    shared = 0
    for i, a in enumerate(used):
        for b in used[i + 1 :]:
            one, two = program.blocks[a], program.blocks[b]
            overlaps = one.at < two.at + two.bytes and two.at < one.at + one.bytes
            together = lives[a][0] <= lives[b][1] and lives[b][0] <= lives[a][1]
            assert not (overlaps and together)
            shared += overlaps
    assert shared, "memory is used again"
    assert program.memory < sum(block.bytes for block in program.blocks)


# ------------------------------------------------------------------------------------------------------------ lowering


def test_what_cannot_be_lowered_is_said_by_name():
    def function(named):
        return {"y": torch.linalg.det(named["x"])}

    with pytest.raises(CannotLower, match=r"^aten\._linalg_det.*: no instruction stands for it"):
        lowered(capture(function, {"x": torch.eye(3, dtype=torch.float32)}))


def test_constants_are_computed_once_and_zeros_keep_their_sign():
    def function(named):
        fixed = torch.arange(4, dtype=torch.float32).exp() * torch.full((4,), -0.0, dtype=torch.float32)
        return {"y": named["x"] + fixed, "z": torch.zeros(4, dtype=torch.float32) * named["x"]}

    program = lowered(capture(function, {"x": torch.ones(4, dtype=torch.float32)}))
    assert not [one for one in program.instructions if one.kernel == "exp"]
    signs = {str(number) for _, numbers in program.constants for number in numbers}
    assert signs == {"-0.0", "0.0"}


X = np.arange(24, dtype=np.float32).reshape(2, 3, 4) - 7.5

FUNCTIONS = {
    "transposed sum": lambda x: (x.transpose(0, 2) + 1).sum((0, 2)),
    "mean apart": lambda x: x.mean((0, 2), keepdim=True),
    "flip": lambda x: x.flip(1),
    "repeat": lambda x: x.repeat(2, 1, 3),
    "pad": lambda x: torch.nn.functional.pad(x, (1, 2, -1, 0), value=3.0),
    "cat": lambda x: torch.cat([x, x.transpose(0, 0) * 2], 1),
    "stack": lambda x: torch.stack([x[0], x[1]], 1),
    "slices": lambda x: x[:, ::2, 1:] - x[:, 1:2, :3],
    "unbind": lambda x: torch.unbind(x, 2)[1] * 3,
    "masked": lambda x: torch.where(x > 0, x, 0.5 * x),
    "whole": lambda x: (torch.arange(4) // 2 + (x > 1).long().sum()).float(),
    "sorted": lambda x: torch.sort(x.square(), 1)[0],
    "places": lambda x: torch.sort(x.square(), 1)[1],
    "running": lambda x: x.cumsum(1),
    "rows": lambda x: x[torch.tensor([1, 0, 1])],
    "spread": lambda x: x.var((0, 1)) + x.std(),
    "product": lambda x: x[0] @ x[1].t() + x[0].sum(1),
    "vectors": lambda x: torch.dot(x[0, 0], x[1, 2]) + torch.mv(x[0], x[1, 0]).sum(),
    "double": lambda x: (x.double() / 3).sum(0),
    "clamped": lambda x: x.clamp(-2, 3) + x.clamp_min(0) - x.clamp(max=1),
    "norm": lambda x: torch.linalg.vector_norm(x, dim=(1, 2)),
    "logic": lambda x: ((x > 0) & (x < 5) | ~(x > -5)).float(),
    "power": lambda x: x.abs() ** 1.5 + x**2 + 2.0**x + x.abs() ** 0.5,
    "reversed": lambda x: 3 - x,
    "cut": lambda x: x.long().float() + x.double().long().float(),
    "truth": lambda x: (x - 0.5).bool().double() * 2 + x.bool().long(),
    "uniform": lambda x: torch.exp(torch.full((2, 3, 4), 2.0, dtype=torch.float32)) + x,
    "nothing": lambda x: x[:0].sum(0),
}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_an_operation_is_what_torch_computes(name):
    program = lowered(capture(lambda named: {"y": FUNCTIONS[name](named["x"])}, {"x": torch.from_numpy(X)}))
    check(program)
    wanted = FUNCTIONS[name](torch.from_numpy(X)).numpy()
    np.testing.assert_allclose(reference.run(program, {"x": X})["y"], wanted, rtol=2e-6, atol=1e-6)


# --------------------------------------------------------------------------------------------------------------- views


@given(st.lists(st.integers(1, 4), max_size=4), st.randoms())
@settings(max_examples=100)
def test_views_are_numpys(shape, chance):
    """The same numbers after any way of looking at them, and merged dimensions walk the same numbers in order."""
    array = np.arange(int(np.prod(shape))).reshape(shape)
    view = View(0, "float64", 0, tuple(shape), dense_strides(tuple(shape)))
    for _ in range(chance.randrange(4)):
        if not array.ndim:
            break
        at = chance.randrange(array.ndim)
        how = chance.choice(["permute", "slice", "select", "back", "wider"])
        if how == "permute":
            order = chance.sample(range(array.ndim), array.ndim)
            array, view = array.transpose(order), view.permuted(order)
        elif how == "slice":
            start = chance.randrange(array.shape[at])
            array, view = array.take(range(start, array.shape[at]), at), view.sliced(at, start, array.shape[at] - start)
        elif how == "back":
            array, view = np.flip(array, at), view.sliced(at, array.shape[at] - 1, array.shape[at], -1)
        elif how == "wider":
            array = np.broadcast_to(np.expand_dims(array, 0), (3, *array.shape))
            view = view.expanded(array.shape)
        else:
            array, view = array.take(0, at), view.selected(at, 0)
    assert numbers_of(view) == array.ravel().tolist()
    assert view.span == (array.min(), array.max())
    rows, (steps,) = merged(view.shape, [view.strides])
    assert numbers_of(view.shaped(rows, steps)) == array.ravel().tolist()
    if view.is_dense:
        assert numbers_of(view.reshaped((view.size,))) == array.ravel().tolist()
    assert view.is_uniform == (len(set(array.ravel().tolist())) == 1)


def numbers_of(view: View) -> list[int]:
    """Which numbers of its block a view shows, in order."""
    steps = zip(np.ndindex(*view.shape), [view.strides] * view.size, strict=True)
    return [view.offset + sum(i * step for i, step in zip(place, strides, strict=True)) for place, strides in steps]

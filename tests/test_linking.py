"""Programs one after another, fused, and written in place: what they compute stays the same."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from conftest import small

from ganviz import Experiment, preset
from ganviz.engine.draw_program import draw_program, keys_of
from ganviz.engine.noise import Noise
from ganviz.engine.step_program import STEP_PROGRAMS
from ganviz.engine.tree import named_leaves
from ganviz.programs import reference
from ganviz.programs.builder import Builder
from ganviz.programs.families.products import FUSED
from ganviz.programs.fusion import fuse
from ganviz.programs.linking import Part, linked
from ganviz.programs.program import Program
from ganviz.programs.validation import check
from ganviz.programs.view import View


def mapped(kernel: str, x: str, y: str, *numbers: float) -> Program:
    """y = kernel(x), of three numbers."""
    builder = Builder()
    view = builder.new((3,), "float64")
    return builder.program([(x, view)], [(y, builder.mapped(kernel, (3,), [view], *numbers))])


X = np.array([1.0, -2.0, 3.0])


def test_a_later_part_takes_what_an_earlier_one_makes():
    parts = [Part(mapped("scale", "x", "y", 2.0)), Part(mapped("shift", "y", "z", 1.0))]
    whole = linked(parts, {"out": "z"})
    check(whole)
    assert [name for name, _ in whole.inputs] == ["x"]
    assert np.array_equal(reference.run(whole, {"x": X})["out"], 2 * X + 1)


def test_a_part_may_be_there_again_under_other_names():
    double = mapped("scale", "x", "y", 2.0)
    whole = linked([Part(double), Part(double, {"x": "y"}, {"y": "twice"})], {"y": "y", "twice": "twice"})
    found = reference.run(whole, {"x": X})
    assert np.array_equal(found["y"], 2 * X)
    assert np.array_equal(found["twice"], 4 * X)


def test_a_state_is_written_where_it_was():
    whole = linked([Part(mapped("scale", "x", "x", 2.0))], {"x": "x"})
    check(whole)
    assert dict(whole.inputs)["x"].block == dict(whole.outputs)["x"].block
    assert np.array_equal(reference.run(whole, {"x": X})["x"], 2 * X)


def test_a_state_that_is_read_later_is_not():
    """x becomes 2x, and y is made of the x of before."""
    parts = [Part(mapped("scale", "x", "x after", 2.0)), Part(mapped("shift", "x", "y", 1.0))]
    whole = linked(parts, {"x": "x after", "y": "y"})
    check(whole)
    assert dict(whole.inputs)["x"].block != dict(whole.outputs)["x"].block
    found = reference.run(whole, {"x": X})
    assert np.array_equal(found["x"], 2 * X)
    assert np.array_equal(found["y"], X + 1)


def test_an_output_that_no_part_has():
    with pytest.raises(KeyError):
        linked([Part(mapped("scale", "x", "y", 2.0))], {"z": "z"})


def layer(keep_product: bool) -> tuple[Program, View]:
    builder = Builder()
    a, b = (builder.new(shape, "float32") for shape in ((5, 4), (4, 3)))
    product = builder.product(a, b)
    out = builder.mapped("relu", (5, 3), [product])
    outputs = [("out", out), *([("product", product)] if keep_product else [])]
    return builder.program([("a", a), ("b", b)], outputs), product


def test_an_activation_is_computed_with_the_product():
    program, _ = layer(keep_product=False)
    assert [one.kernel for one in program.instructions] == ["product_relu"]
    rng = np.random.default_rng(0)
    a, b = rng.normal(size=(5, 4)).astype(np.float32), rng.normal(size=(4, 3)).astype(np.float32)
    assert np.allclose(reference.run(program, {"a": a, "b": b})["out"], np.maximum(a @ b, 0), atol=1e-6)


def test_a_product_that_is_needed_by_itself_is_kept():
    program, _ = layer(keep_product=True)
    assert [one.kernel for one in program.instructions] == ["product", "relu"]
    assert fuse(program) == program


def test_a_games_step_is_fused_and_in_place():
    program = STEP_PROGRAMS.of(preset("figure-1"), torch.float32)
    kernels = {one.kernel for one in program.instructions}
    assert {"product_relu", "product_leaky", "product_leaky_slope", "product_threshold_slope"} <= set(FUSED) & kernels
    inputs, outputs = dict(program.inputs), dict(program.outputs)
    assert all(outputs[name] == inputs[name] for name in outputs if name in inputs)


@pytest.mark.parametrize(
    "experiment",
    [
        small(regularizers=["instance_noise", "gradient_penalty"]),
        small(data="ring", latent={"name": "normal", "dim": 2}),
    ],
    ids=["line", "plane"],
)
@pytest.mark.parametrize("player", ["d", "g"])
def test_a_minibatch_drawn_by_a_program(experiment: Experiment, player: str):
    """Bit for bit what the eager path draws."""
    program, update = draw_program(player, experiment, torch.float32), 2**33 + 5
    keys = {name: np.array(key, np.float64) for name, key in keys_of(program, experiment.seed)}
    found = reference.run(program, {**keys, "update": np.array(float(update))})
    wanted = dict(named_leaves(Noise(experiment, torch.float32).draw(player, update)))
    assert found.keys() == wanted.keys()
    for name, leaf in wanted.items():
        assert np.array_equal(found[name], leaf.numpy()), name

"""Searching what is sorted, adding at places that are numbers, and windows that overlap: as torch does, in every
variant. That no place leads beyond memory is tried in test_kernels."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor

from ganviz.machine.library import Library
from ganviz.programs import reference
from ganviz.programs.cannot_lower import CannotLower
from ganviz.programs.capture import capture
from ganviz.programs.lowering import lowered
from ganviz.programs.native import Native

ROW = torch.tensor([-np.inf, -2, -0.0, 0, 0, 1, 1, 1, 5e8, np.inf], dtype=torch.float64)
ASKED = torch.tensor([[-np.inf, -3, -2, -1e-300, -0.0, 0], [0.5, 1, 2, 1e9, np.inf, np.nan]], dtype=torch.float64)
PLACES = [3, 0, 3, 9, 3, 1]

FUNCTIONS: dict[str, Callable[[Tensor, Tensor], Tensor]] = {
    "below": lambda row, x: torch.searchsorted(row, x),
    "up to": lambda row, x: torch.searchsorted(row, x, right=True),
    "up to, by its side": lambda row, x: torch.searchsorted(row, x, side="right"),
    "floats": lambda row, x: torch.searchsorted(row.float(), x.float()) - 1,
    "one": lambda row, x: torch.searchsorted(row, x[1, 0]),
    "among none": lambda row, x: torch.searchsorted(row[:0], x),
    "for none": lambda row, x: torch.searchsorted(row, x[:0]),
    "across": lambda row, x: torch.searchsorted(row[3:8:2].contiguous(), x.T.contiguous()),
    "added": lambda row, x: row.clone().scatter_add(0, torch.tensor(PLACES), x[0, 3:].repeat(2)),
    "added floats": lambda row, x: (
        row.new_zeros(10).float().scatter_add(0, torch.tensor(PLACES), x[0, 3:].float().repeat(2))
    ),
    "counted": lambda row, x: x.new_zeros(11).scatter_add(0, torch.searchsorted(row, x[1]), torch.ones_like(x[1])),
    "windows": lambda row, x: row[3:9].unfold(0, 3, 1) @ x[0, 3:],
    "windows apart": lambda row, x: x[:, 1:].unfold(1, 2, 3).exp(),
    "convolved": lambda row, x: (row[3:9].unfold(0, 4, 2) @ x[0].unfold(0, 3, 1)).flip(1),
}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_it_is_what_torch_computes(name: str, kernels: Path, widest: Library) -> None:
    function, given = FUNCTIONS[name], {"row": ROW.nan_to_num(0, 9e9, -9e9), "x": ASKED.nan_to_num(7, 9e9, -9e9)}
    wanted = function(given["row"], given["x"]).numpy()
    program = lowered(capture(lambda named: {"y": function(named["row"], named["x"])}, given))
    inputs = {name: tensor.numpy() for name, tensor in given.items()}
    for found in [reference.run(program, inputs), *(run(program, inputs, kernels, each) for each in widest.runnable)]:
        np.testing.assert_allclose(found["y"], wanted, rtol=1e-15)


def run(program, inputs, kernels, variant):
    native = Native(program, Library(kernels, variant))
    for name, array in inputs.items():
        native.inputs[name][...] = array
    native.run()
    return native.outputs


@pytest.mark.parametrize("right", [False, True])
def test_special_numbers(right: bool, kernels: Path, widest: Library) -> None:
    """Infinity, both zeros and NaN, which comes last."""
    given = {"row": ROW, "x": ASKED}
    program = lowered(capture(lambda named: {"y": torch.searchsorted(named["row"], named["x"], right=right)}, given))
    inputs = {name: tensor.numpy() for name, tensor in given.items()}
    wanted = torch.searchsorted(ROW, ASKED, right=right).numpy()
    for found in [reference.run(program, inputs), *(run(program, inputs, kernels, each) for each in widest.runnable)]:
        assert (found["y"] == wanted).all()


@pytest.mark.parametrize(
    "function",
    [
        lambda x: torch.searchsorted(x, x),
        lambda x: x.scatter_add(1, torch.zeros(2, 6, dtype=torch.int64), x),
    ],
)
def test_what_is_left_to_torch(function: Callable[[Tensor], Tensor]) -> None:
    with pytest.raises(CannotLower, match="several"):
        lowered(capture(lambda named: {"y": function(named["x"])}, {"x": ASKED}))

"""Optimizers against PyTorch's own, in float64."""

from __future__ import annotations

import pytest
import torch

from ganviz.option import resolve

PAIRS = {
    "sgd": ({}, torch.optim.SGD, {}),
    "sgd-momentum": ({"momentum": 0.9}, torch.optim.SGD, {"momentum": 0.9}),
    "adam": ({"beta1": 0.5, "beta2": 0.99}, torch.optim.Adam, {"betas": (0.5, 0.99)}),
    "adam-default": ({"beta1": 0.9, "beta2": 0.999}, torch.optim.Adam, {"betas": (0.9, 0.999)}),
    "adam-zero": ({"beta1": 0.0, "beta2": 0.9}, torch.optim.Adam, {"betas": (0.0, 0.9)}),
    "rmsprop": ({"alpha": 0.95}, torch.optim.RMSprop, {"alpha": 0.95}),
}


@pytest.mark.parametrize("name", PAIRS)
def test_agrees_with_pytorch(name):
    fields, reference, keywords = PAIRS[name]
    ours = resolve("optimizers", {"name": name.partition("-")[0], **fields})
    start = torch.linspace(-2, 2, 9, dtype=torch.float64)
    parameter = torch.nn.Parameter(start.clone())
    theirs = reference([parameter], lr=0.03, **keywords)
    vector, slots = start, ours.init(start)
    for step in range(60):
        parameter.grad = parameter.detach() ** 3 - torch.cos(3 * parameter.detach()) + 0.1 * step
        gradient = vector**3 - torch.cos(3 * vector) + 0.1 * step
        theirs.step()
        vector, slots = ours.update(vector, gradient, slots, torch.tensor(0.03, dtype=torch.float64))
    assert torch.allclose(vector, parameter.detach(), rtol=1e-9, atol=1e-11)
    assert not torch.allclose(vector, start, atol=0.1)

"""Where the steps are computed."""

from __future__ import annotations

import os

import torch
from torch import Tensor

from ganviz.engine.tree import Tree, leaves, refill, transform
from ganviz.option import Invalid

SINGLE = ("mps",)
"""Kinds of devices that have no double precision: Apple's."""


def best(shape: tuple[int, ...], dtype: torch.dtype) -> torch.device:
    """The device on which samples of that shape are trained on fastest.

    A GPU (cuda, or mps in single precision) for pictures where there is one. The steps of a toy are so small that
    launching them takes longer than computing them: those stay on the CPU. ``$GANVIZ_DEVICE`` overrules both.
    """
    if wanted := os.environ.get("GANVIZ_DEVICE"):
        return checked(wanted, dtype)
    if len(shape) == 1:
        return torch.device("cpu")
    if torch.cuda.is_available():
        return torch.device("cuda")
    if torch.backends.mps.is_available() and dtype == torch.float32:
        return torch.device("mps")
    return torch.device("cpu")


def checked(name: str, dtype: torch.dtype = torch.float32) -> torch.device:
    """A device by its name, to compute with numbers of that type. Raises `Invalid` where this machine, or this torch,
    has no such device, and where the device has no such numbers."""
    try:
        one = torch.ones((), device=name, dtype=torch.float32)
        # A device that nothing comes back from, such as meta, is none that one can train on.
        one.item()
    # Which of them it is depends on the device and on how torch was built.
    except (RuntimeError, AssertionError, NotImplementedError):
        raise Invalid(f"There is no device {name[:40]!r} here; cpu is always there.") from None
    if dtype == torch.float64 and widest(one.device) != dtype:
        raise Invalid(f"{name[:40]!r} has no double precision; train in float32 there, or on cpu.")
    return one.device


def widest(device: torch.device) -> torch.dtype:
    """The most precise numbers that the device computes with."""
    return torch.float32 if device.type in SINGLE else torch.float64


def place(tree: Tree, device: torch.device) -> Tree:
    """The tree on that device. Counters kept in double precision become single where there is no double, which is exact
    for sixteen million updates."""

    def moved(leaf: Tensor) -> Tensor:
        return leaf.to(device, widest(device) if leaf.dtype == torch.float64 else leaf.dtype)

    # What is there already is left as it is: nothing is copied in a run on the CPU.
    there = all(leaf.device.type == device.type for leaf in leaves(tree))
    return tree if there else transform(moved, tree)


def fetch(tree: Tree, precisions: list[torch.dtype]) -> Tree:
    """The tree on the CPU, each leaf in its own precision, given in the order of `leaves`."""
    pairs = zip(leaves(tree), precisions, strict=True)
    return refill(tree, iter([leaf.to("cpu", precision) for leaf, precision in pairs]))

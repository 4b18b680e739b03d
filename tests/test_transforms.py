"""The step as a function of tensors: vmap maps over it, make_fx captures it; branching on a live number is refused."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from functools import partial
from itertools import cycle
from pathlib import Path

import pytest
import torch
from conftest import small
from test_programs import compared
from test_session import Viewer

from ganviz import Experiment, Invalid, Trainer, options
from ganviz.engine.game import Game
from ganviz.engine.noise import Noise
from ganviz.engine.settings import bind, numbers
from ganviz.engine.tree import Tree, leaves, refill, transform
from ganviz.gradients import derivatives, slopes

LINE = {"batch_size": 12}
PLANE = {"batch_size": 12, "data": "ring", "latent": {"name": "normal", "dim": 2}}


def pairs() -> Iterator[tuple[str, dict[str, object]]]:
    """Every loss with a regularizer, until each of both has occurred, on the line and in the plane in turn."""
    losses, regularizers, places = options("losses"), options("regularizers"), cycle((LINE, PLANE))
    for i in range(max(len(losses), len(regularizers))):
        loss = losses[i % len(losses)]
        yield f"{loss}-{regularizers[i]}", {**next(places), "loss": loss, "regularizers": [regularizers[i]]}
        if i < len(losses):
            yield loss, {**next(places), "loss": loss}
    for regularizer in regularizers:
        yield regularizer, {**LINE, "regularizers": [regularizer]}
    for optimizer in options("optimizers"):
        yield optimizer, {**PLANE, "optimizer_g": optimizer, "optimizer_d": optimizer}
    for schedule in options("schedules"):
        yield schedule, {**LINE, "schedule": schedule}
    yield "pictures", {"data": "mnist", "latent": {"name": "normal", "dim": 8}, "batch_size": 4}


def cases() -> list[object]:
    found = {}
    for name, fields in pairs():
        try:
            found[name] = small(**fields)
        except Invalid:
            continue
    return [pytest.param(experiment, id=name) for name, experiment in found.items()]


def stacked(trees: list[Tree]) -> Tree:
    """Trees of one shape as one, the members along a new first axis."""
    return refill(trees[0], iter([torch.stack(each) for each in zip(*map(leaves, trees), strict=True)]))


def scaled(factor: float, number: torch.Tensor) -> torch.Tensor:
    return number * factor


@pytest.mark.parametrize("experiment", cases())
def test_the_step_of_several_members_is_that_of_each(experiment):
    """Three members with other parameters, draws and live numbers, in double precision; a step from the beginning and
    one from where optimizers and regularizers remember something."""
    members = [experiment.replace(seed=seed) for seed in range(3)]
    game = Game(experiment, torch.float64)
    states = [Game(member, torch.float64).initial_state() for member in members]
    live = numbers(experiment, partial(torch.tensor, dtype=torch.float64))
    values = [transform(partial(scaled, 1 - 0.1 * i), live) for i in range(3)]

    def step(state: Tree, live: Tree, draw: Tree) -> tuple[Tree, torch.Tensor]:
        return game.step(state, bind(experiment, live), draw)

    for n in range(2):
        draws = [Noise(member, torch.float64).step(n * experiment.d_steps, n) for member in members]
        together = torch.func.vmap(step)(stacked(states), stacked(values), stacked(draws))
        alone = list(map(step, states, values, draws))
        for i, member in enumerate(alone):
            for one, all_of_them in zip(leaves(list(member)), leaves(list(together)), strict=True):
                assert one.dtype == all_of_them.dtype
                assert torch.allclose(all_of_them[i], one, rtol=1e-9, atol=1e-11)
        states = [state for state, _ in alone]


@pytest.mark.long
@pytest.mark.parametrize("experiment", [case for case in cases() if "-" in case.id])
def test_the_program_of_a_pair_computes_what_eager_does(experiment):
    """Each option by itself, more strictly: test_programs.py. G's loss is that against a D which Adam has just moved by
    what rounding left of gradients that nearly cancel (hinge with dropout)."""
    compared(experiment, 2e-3, of_scalars=2e-3)


def test_all_options_are_among_them():
    tried = [param.values[0] for param in cases()]
    assert {experiment.loss.option_name() for experiment in tried} == set(options("losses"))
    named = {option.option_name() for experiment in tried for option in experiment.regularizers}
    assert named == set(options("regularizers"))


# ------------------------------------------------------------------------------------------------------- gradients


def cubic(x: torch.Tensor) -> torch.Tensor:
    """x³ + 2 x y² of each row (x, y), (n,)."""
    return x[:, 0] ** 3 + 2 * x[:, 0] * x[:, 1] ** 2


@pytest.mark.parametrize("mapped", [False, True], ids=["plain", "in vmap"])
def test_derivatives_are_those_worked_out_on_paper(mapped):
    points = torch.tensor([[1.0, 2.0], [-0.5, 0.25]], dtype=torch.float64)

    def found(x: torch.Tensor) -> list[torch.Tensor]:
        return [slopes(cubic, x).t(), *derivatives(cubic, x, 3)]

    results = [each[0] for each in torch.func.vmap(found)(points[None])] if mapped else found(points)
    x, y = points.t()
    zero, one = torch.zeros_like(x), torch.ones_like(x)
    gradient = [3 * x**2 + 2 * y**2, 4 * x * y]
    expected = [gradient, [x**3 + 2 * x * y**2], gradient, [6 * x, 4 * y, 4 * y, 4 * x]]
    expected.append([6 * one, zero, zero, 4 * one, zero, 4 * one, 4 * one, zero])
    for result, exact in zip(results, expected, strict=True):
        assert torch.allclose(result, torch.stack(exact))


# ------------------------------------------------------------------------------------------- branching is refused

BRANCHES = '''
"""Branches."""

import torch
from torch import Tensor

from ganviz.losses.minimax import Minimax
from ganviz.contracts.loss import LogLoss
from ganviz.option import live


class Branches(LogLoss):
    """The minimax game, but for an `if` on a live number, which a step cannot see change."""

    margin: float = live(0.5, ge=0, le=1, description="Where it branches.")

    def g_fake(self, score: Tensor) -> Tensor:
        return -torch.nn.functional.softplus(score) if 2 * self.margin > 0.5 else score

    def g_at(self, d: float) -> float:
        return 0.0
'''


@pytest.fixture
def branches(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Experiment]:
    (tmp_path / "branches.py").write_text(BRANCHES, "utf-8")
    losses = importlib.import_module("ganviz.losses")
    monkeypatch.setattr(losses, "__path__", [*losses.__path__, str(tmp_path)])
    monkeypatch.setattr(losses, "branches", None, raising=False)
    importlib.invalidate_caches()
    yield small(loss="branches")
    sys.modules.pop("ganviz.losses.branches", None)


def test_a_half_step_of_d_says_nothing_of_what_g_does(branches):
    trainer = Trainer(branches, path="eager")
    trainer.step_discriminator()
    with pytest.raises(Invalid, match="branches on a live number"):
        trainer.step()


def test_an_option_that_branches_on_a_live_number_is_refused(branches):
    trainer = Trainer(branches)
    for _ in range(2):
        with pytest.raises(Invalid, match=r"^branches in losses branches on a live number: compute with it instead"):
            trainer.step()
    assert trainer.step_count == 0
    trainer.change(loss="minimax")
    trainer.step()


@pytest.mark.parametrize("path", ["eager", "native"])
def test_a_session_survives_it(branches, path):
    viewer = Viewer(branches, path)
    try:
        viewer.session.play()
        frame = viewer.until(lambda frame: frame.status.trouble != "")
        assert frame.status.trouble.startswith("branches in losses branches on a live number")
        viewer.session.change(loss="minimax")
        viewer.session.play()
        viewer.until(lambda frame: frame.view.snapshot.step > 2)
    finally:
        viewer.session.close()

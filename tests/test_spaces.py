"""What every space promises: a look that is a pure function of tensors, a snapshot of arrays, answers that last."""

from __future__ import annotations

import pickle
from dataclasses import fields

import numpy as np
import pytest
import torch
from conftest import small
from torch.fx.experimental.proxy_tensor import make_fx

from ganviz import Experiment, Invalid, Trainer, options
from ganviz.engine.settings import bind, numbers
from ganviz.engine.tree import leaves, refill, transform
from ganviz.option import resolve
from ganviz.spaces.images.requests import CloseUp, Draw, Generate, Judge, Nearest, Neighbours, Saliency

SEEN = {
    "line": {"data": "mixture", "latent": {"name": "normal", "dim": 1}},
    "line, estimated": {"data": "gaussian", "latent": {"name": "uniform", "dim": 2}},
    "plane": {"data": "ring", "latent": {"name": "normal", "dim": 2}},
    "plane, a curve": {"data": "two_moons", "latent": {"name": "uniform", "dim": 1}},
    "images": {"data": "mnist", "latent": {"name": "normal", "dim": 4}},
    "images of a class": {"data": {"name": "mnist", "conditional": True}, "latent": {"name": "normal", "dim": 4}},
}


FEW = {"sliced_wasserstein": {"name": "sliced_wasserstein", "directions": 3}}


def looked_at(seen: str, loss: str = "nonsaturating", **fields: object) -> Trainer:
    trainer = Trainer(small(**SEEN[seen], loss=FEW.get(loss, loss), **fields))
    trainer.advance(3)
    return trainer


def look_of(trainer: Trainer):
    """The look as a function of the state and the live numbers alone, and both of them."""
    probe, experiment = trainer.probe(), trainer.experiment
    values = numbers(experiment, torch.tensor)
    return lambda state, values: probe.observer.observe(state, bind(experiment, values)), probe.run.state, values


def test_every_space_is_looked_at():
    spaces = {Experiment(**given).data.space for given in SEEN.values()}
    assert spaces == set(options("spaces"))


LOOKS = [(seen, loss) for seen in ("line", "plane") for loss in options("losses")]
LOOKS += [(seen, loss) for seen in SEEN if seen not in ("line", "plane") for loss in ("nonsaturating", "mmd_gan")]


@pytest.mark.parametrize(("seen", "loss"), LOOKS)
def test_a_look_can_be_captured(seen, loss):
    look, state, values = look_of(looked_at(seen, loss=loss))
    captured = make_fx(look)(state, values)
    later = looked_at(seen, loss=loss, seed=5).run_value.state
    for now in (state, later):
        whole, again = look(now, values), captured(now, values)
        assert whole.keys() == again.keys()
        for name, tensor in whole.items():
            assert torch.equal(tensor, again[name]), name


# What all members share is laid out anew for each of them.
@pytest.mark.filterwarnings("ignore:torch.searchsorted")
@pytest.mark.parametrize(("seen", "loss"), LOOKS)
def test_looks_at_many_runs_in_one_call_are_those_at_each(seen, loss):
    has_d = resolve("losses", loss).outputs() > 0
    trainer = looked_at(seen, loss=loss, regularizers=["ema", "spectral_norm"] if has_d else ["ema"])
    look, state, values = look_of(trainer)
    members = [other(state, by) for by in (0, 0.1, -0.2)]
    settings = [other(values, by) for by in (0, 0.05, 0.1)]
    many = torch.func.vmap(look)(stacked(members), stacked(settings))
    for i, (member, own) in enumerate(zip(members, settings, strict=True)):
        for name, tensor in look(member, own).items():
            scale = float(tensor.abs().max()) + 1e-12
            off = ((many[name][i] - tensor).abs() > 1e-5 * scale).double().mean()
            # Two samples at one place along a line may be sorted either way.
            assert off <= (0.02 if (loss, name) == ("sliced_wasserstein", "pull") else 0), name
    fake = many["arrows_x" if "arrows_x" in many else "fake"]
    assert not torch.equal(fake[0], fake[1])


def other(tree: object, by: float) -> object:
    """The same with all its real numbers moved by a share."""
    return transform(lambda leaf: leaf * (1 + by) if leaf.is_floating_point() else leaf, tree)


def stacked(trees: list) -> object:
    return refill(trees[0], (torch.stack(several) for several in zip(*map(leaves, trees), strict=True)))


REQUESTS = [
    Draw(70),
    Neighbours((3, 7)),
    CloseUp(2, 9, (0.5, 0.5), None),
    Generate(np.zeros((2, 4), dtype=np.float32)),
    Judge(np.zeros((2, 28, 28), dtype=np.float32)),
    Saliency(np.zeros((2, 28, 28), dtype=np.float32)),
    Nearest(np.zeros((2, 28, 28), dtype=np.float32)),
]


@pytest.mark.parametrize("seen", SEEN)
def test_a_snapshot_holds_arrays_and_travels(seen):
    trainer = looked_at(seen)
    snapshot = trainer.snapshot(*(REQUESTS[:3] if seen.startswith("images") else ()))
    copy = pickle.loads(pickle.dumps(snapshot))
    assert type(copy) is type(snapshot)
    for field in fields(snapshot):
        mine, its = getattr(snapshot, field.name), getattr(copy, field.name)
        if field.name == "answers":
            assert mine.keys() == its.keys()
            for request, answer in mine.items():
                assert all(np.array_equal(array, its[request][name]) for name, array in answer.items())
        elif isinstance(mine, np.ndarray):
            assert np.array_equal(mine, its)
            assert mine.dtype == its.dtype
        else:
            assert mine == its
            assert isinstance(mine, Experiment | int | bool | dict | tuple)


def test_an_answer_belongs_to_its_moment():
    trainer = looked_at("images")
    probe = trainer.probe()
    before = {request: probe.answer(request) for request in REQUESTS}
    assert np.array_equal(before[REQUESTS[0]]["x"][:64], probe.snapshot().fake)
    trainer.advance(3)
    trainer.change(loss={"name": "least_squares"})
    for request, answer in before.items():
        again = probe.answer(request)
        assert answer.keys() == again.keys()
        assert all(np.array_equal(array, again[name]) for name, array in answer.items()), request
    assert not np.array_equal(before[REQUESTS[0]]["x"], trainer.answer(REQUESTS[0])["x"])


def test_what_cannot_be_asked_is_told():
    with pytest.raises(Invalid, match="Draw cannot be asked of gaussian"):
        Trainer(small(data="gaussian")).answer(Draw(3))

"""Conditions of any dimension, on the line, in the plane and on pictures, against independent computations.

Digits, their first user, have test_conditional.py.
"""

from __future__ import annotations

from abc import ABC

import numpy as np
import pytest
import torch
from conftest import every
from torch import Tensor
from torch.nn import functional as F

from ganviz import Experiment, Invalid, Trainer, options
from ganviz.contracts.counted import Counted
from ganviz.contracts.distribution import Distribution, Pairs
from ganviz.contracts.source import Source
from ganviz.distributions._images import ImageDistribution
from ganviz.engine.game import Game
from ganviz.engine.noise import Noise
from ganviz.losses._kernels import mmd
from ganviz.networks.dcgan import Dcgan
from ganviz.option import resolve
from ganviz.spaces.images.requests import Judge, Saliency

MLP = {"name": "mlp", "width": 6, "depth": 1, "activation": "tanh"}


class Drawn(Distribution, ABC):
    """Samples of which nothing is known but how they are drawn."""

    def sample(self, n: int, source: Source) -> Tensor:
        return self.draw(n, source).x

    def log_prob(self, x: Tensor) -> Tensor:
        raise NotImplementedError

    def window(self) -> tuple[float, float]:
        return -1.5, 1.5


class Waves(Drawn):
    """On the line, with a point of the plane: x = sin(c₁) + 0.1 noise, whatever c₂ is."""

    @property
    def condition_dim(self) -> int:
        return 2

    def draw(self, n: int, source: Source) -> Pairs:
        condition = source.normal(n, 2)
        return Pairs(condition[:, :1].sin() + 0.1 * source.normal(n, 1), condition)


class Corners(Drawn):
    """In the plane, with a class of three: near (0, 0), (4, 0) or (0, 4)."""

    @property
    def shape(self) -> tuple[int, ...]:
        return (2,)

    @property
    def condition_dim(self) -> int:
        return 3

    def condition_names(self) -> list[str]:
        return ["origin", "right", "up"]

    def each_condition(self) -> Tensor:
        return torch.eye(3)

    def draw(self, n: int, source: Source) -> Pairs:
        condition = F.one_hot(source.integers(3, n), 3).float()
        return Pairs(4 * condition[:, 1:] + 0.1 * source.normal(n, 2), condition)


class Blots(ImageDistribution):
    """Pictures, with forty numbers: the grey of each pixel of the first row and of twelve of the second."""

    @property
    def condition_dim(self) -> int:
        return 40

    def training(self) -> Tensor:
        return torch.zeros(1, 28, 28, dtype=torch.uint8)

    validation = held_out = training

    def draw(self, n: int, source: Source) -> Pairs:
        condition = source.uniform(n, 40)
        return Pairs(F.pad(condition, (0, 744)).reshape(n, 1, 28, 28), condition)

    def sample(self, n: int, source: Source) -> Tensor:
        return self.draw(n, source).x

    def held_out_conditions(self, rows: Tensor) -> Tensor:
        return torch.zeros(len(rows), 40)


DATA = [Waves, Corners, Blots]


def belongs(x: Tensor, condition: Tensor) -> bool:
    """Whether the samples are such as come with those conditions."""
    flat = x.flatten(1)
    if condition.shape[1] == 2:
        return bool(((flat - condition[:, :1].sin()).abs() < 0.6).all())
    if condition.shape[1] == 3:
        return bool(((flat - 4 * condition[:, 1:]).abs() < 0.6).all())
    return torch.equal(flat[:, :40], condition)


def experiment(data: type[Distribution], **fields: object) -> Experiment:
    about = {"latent": {"name": "normal", "dim": 2}, "generator": MLP, "discriminator": MLP, "batch_size": 8}
    return Experiment(**{**about, "data": data(), **fields})


def by_hand(data: type[Distribution], x: Tensor, condition: Tensor) -> Tensor:
    """Pairs as D's first layer gets them, flat."""
    zeros = torch.zeros(len(x), 16 if data is Blots else 0, dtype=x.dtype)
    return torch.cat([x.flatten(1), condition, zeros], 1)


# -------------------------------------------------------------------------------------------------------------- draws


@pytest.mark.parametrize("option", every("distributions"))
def test_sample_draws_what_draw_draws(option):
    if option().lacking():
        pytest.skip("needs a file")
    drawn = option().draw(20, Counted(1, "test"))
    assert torch.equal(drawn.x, option().sample(20, Counted(1, "test")))
    assert drawn.condition.shape == (20, option().condition_dim)


@pytest.mark.parametrize("data", DATA)
@pytest.mark.parametrize("player", ["d", "g"])
def test_a_fake_is_told_what_the_real_sample_in_its_row_is_told(data, player):
    noise = Noise(experiment(data, loss="relativistic"), torch.float32)
    draw, other = noise.draw(player, 3), noise.draw(player, 4)
    assert draw["z"].shape == (8, 2 + data().condition_dim)
    assert belongs(draw["real"], draw["z"][:, 2:])
    assert not belongs(draw["real"], other["z"][:, 2:])


@pytest.mark.parametrize("data", DATA)
def test_pairs_come_apart_again(data):
    drawn = data().draw(5, Counted(0, "test"))
    pairs = data().pair(drawn.x, drawn.condition)
    assert pairs.shape[1:] == data().pair_shape
    assert torch.equal(pairs.flatten(1), by_hand(data, drawn.x, drawn.condition))
    x, condition = data().unpair(pairs)
    assert torch.equal(x, drawn.x)
    assert torch.equal(condition, drawn.condition)


def test_shapes_of_pairs():
    assert [data().pair_shape for data in DATA] == [(3,), (5,), (1, 30, 28)]


# -------------------------------------------------------------------------------------------------------------- games


@pytest.mark.parametrize("data", DATA)
def test_both_paths_agree(data):
    fields = experiment(data, regularizers=["r1", "instance_noise"])
    eager, native = Trainer(fields, path="eager"), Trainer(fields)
    before = eager.state
    for trainer in (eager, native):
        trainer.step()
        assert not torch.equal(before["g"]["parameters"], trainer.state["g"]["parameters"])
    assert native.path == "native"
    for name, scalar in eager.scalars.items():
        assert native.scalars[name] == pytest.approx(scalar, rel=1e-5, abs=1e-7)


@pytest.mark.parametrize("loss", options("losses"))
@pytest.mark.parametrize("data", DATA)
def test_every_loss_is_played_on_pairs(data, loss):
    trainer = Trainer(experiment(data, loss=loss))
    trainer.advance(2)
    assert all(np.isfinite(value) for value in trainer.scalars.values())
    assert trainer.generate(5).shape == (5, *data().shape)
    some = np.random.default_rng(0).normal(size=(4, *data().pair_shape))
    assert np.isfinite(trainer.discriminate(some)).all()


@pytest.mark.parametrize("name", options("regularizers"))
@pytest.mark.parametrize("data", DATA)
def test_every_regularizer_takes_finite_steps_on_pairs(data, name):
    trainer = Trainer(experiment(data, regularizers=[name]))
    before = trainer.state
    trainer.advance(3)
    assert all(np.isfinite(value) for value in trainer.scalars.values())
    assert not torch.equal(before["d"]["parameters"], trainer.state["d"]["parameters"])


@pytest.mark.parametrize("data", DATA)
def test_a_loss_without_a_discriminator_compares_pairs(data):
    trainer = Trainer(experiment(data, loss="mmd"), dtype=torch.float64)
    draw = Noise(trainer.experiment, torch.float64).draw("g", 0)
    w0, b0, w1, b1 = (
        Game(trainer.experiment, torch.float64).g_layout.unflatten(trainer.state["g"]["parameters"]).values()
    )
    x = torch.tanh(draw["z"] @ w0.T + b0) @ w1.T + b1
    x = torch.sigmoid(x) if data is Blots else x
    fake, real = (by_hand(data, side, draw["z"][:, 2:]) for side in (x, draw["real"]))
    trainer.step()
    assert trainer.scalars["loss_g"] == pytest.approx(float(mmd("gaussian", real, fake, 1.0)), rel=1e-9)


def linear(data: type[Distribution], **fields: object) -> tuple[Trainer, Tensor, Tensor]:
    """A game in float64 whose D is linear; its weights by the sample and by the rest of a pair."""
    trainer = Trainer(
        experiment(data, discriminator={"name": "mlp", "depth": 0}, loss="wasserstein", **fields), dtype=torch.float64
    )
    trainer.state["d"]["parameters"][:] = Counted(3, "d").normal(
        len(trainer.state["d"]["parameters"]), dtype=torch.float64
    )
    dim = int(np.prod(data().shape))
    return trainer, trainer.state["d"]["parameters"][:dim], trainer.state["d"]["parameters"][dim:-1]


def added_by(name: str, data: type[Distribution]) -> tuple[Tensor, Tensor, Tensor]:
    """What a penalty adds to the gradient of a linear D, and D's weights by the sample and by the rest."""
    bare, *_ = linear(data)
    trainer, w, v = linear(data, regularizers=[name])
    return trainer.gradients(trainer.state)[1] - bare.gradients(bare.state)[1], w, v


def pull(name: str, w: Tensor) -> Tensor:
    """The gradient of the penalty by the weights `w`, which are D's slope: worked out on paper."""
    return {
        "r1": 0.1 * w,
        "r2": 0.1 * w,
        "zero_centred": 0.1 * w,
        "gradient_penalty": 20 * (w.norm() - 1) * w / w.norm(),
        "lipschitz_penalty": 20 * (w.norm() - 1).clamp_min(0) * w / w.norm(),
        "dragan": 20 * (w.norm() - 1) * w / w.norm(),
    }[name]


@pytest.mark.parametrize("name", ["r1", "r2", "zero_centred", "gradient_penalty", "lipschitz_penalty", "dragan"])
@pytest.mark.parametrize("data", DATA)
def test_penalties_see_no_slope_by_the_condition(data, name):
    added, w, v = added_by(name, data)
    assert len(v) > 0
    assert torch.allclose(added[: len(w)], pull(name, w), rtol=1e-9, atol=1e-12)
    assert torch.allclose(added[len(w) :], torch.zeros(len(v) + 1, dtype=torch.float64), atol=1e-12)


@pytest.mark.parametrize("data", DATA)
def test_points_between_real_and_fake_keep_their_common_condition(data):
    """A penalty on a D that is not linear, against autograd on the pairs themselves."""
    mlp = {"name": "mlp", "width": 5, "depth": 1, "activation": "softplus"}
    bare, trainer = (
        Trainer(experiment(data, discriminator=mlp, regularizers=chosen), dtype=torch.float64)
        for chosen in ([], [{"name": "zero_centred", "gamma": 3.0}])
    )
    draw, game = Noise(trainer.experiment, torch.float64).draw("d", 0), Game(trainer.experiment, torch.float64)
    u = draw["regularizers"]["zero_centred"]["u"]
    with torch.no_grad():
        fake = game.generate(trainer.state["g"]["parameters"], draw["z"]).flatten(1)
    x = (u * draw["real"].flatten(1) + (1 - u) * fake).requires_grad_()
    d = trainer.state["d"]["parameters"].clone().requires_grad_()
    w0, b0, w1, b1 = game.d_layout.unflatten(d).values()
    score = F.softplus(by_hand(data, x, draw["z"][:, 2:]) @ w0.T + b0) @ w1.T + b1
    (slope,) = torch.autograd.grad(score.sum(), x, create_graph=True)
    (wanted,) = torch.autograd.grad(1.5 * slope.square().sum(1).mean(), d, allow_unused=True)
    added = trainer.gradients(trainer.state)[1] - bare.gradients(bare.state)[1]
    assert float(wanted.abs().max()) > 1e-4
    assert torch.allclose(added, wanted, rtol=1e-7, atol=1e-12)


@pytest.mark.parametrize("data", DATA)
def test_noise_on_what_d_sees_leaves_conditions_alone(data):
    """On a linear Wasserstein D the gradient is the difference of the mean pairs: 0 where they share the condition."""
    trainer, w, v = linear(data, regularizers=[{"name": "instance_noise", "std": 2.0}])
    by_d = trainer.gradients(trainer.state)[1]
    assert float(by_d[: len(w)].abs().max()) > 0.01
    assert torch.allclose(by_d[len(w) : -1], torch.zeros_like(v), atol=1e-12)


@pytest.mark.parametrize("data", DATA)
def test_a_pack_is_made_of_pairs(data):
    """Scores of packs by a linear D, from the pairs themselves."""
    trainer, *_ = linear(data, regularizers=[{"name": "packing", "m": 2}])
    draw = Noise(trainer.experiment, torch.float64).draw("d", 0)
    w0, b0, w1, b1 = (
        Game(trainer.experiment, torch.float64).g_layout.unflatten(trainer.state["g"]["parameters"]).values()
    )
    x = torch.tanh(draw["z"] @ w0.T + b0) @ w1.T + b1
    x = torch.sigmoid(x) if data is Blots else x
    weights, _ = Game(trainer.experiment, torch.float64).d_layout.unflatten(trainer.state["d"]["parameters"]).values()
    k, dim = data().condition_dim, x.shape[1]

    def total(x: Tensor) -> Tensor:
        condition = draw["z"][:, 2:]
        if data is Blots:  # one channel a picture
            return by_hand(data, x, condition).reshape(4, -1) @ weights[0]
        first, second = x[::2].flatten(1), x[1::2].flatten(1)
        return torch.cat([first, second, condition[::2], condition[1::2]], 1) @ weights[0]

    assert weights.shape == (1, 2 * (dim + k + (16 if data is Blots else 0)))
    trainer.step_discriminator()
    assert trainer.scalars["loss_d"] == pytest.approx(float(total(x).mean() - total(draw["real"]).mean()), rel=1e-9)


def test_a_dcgan_takes_a_condition_of_several_rows():
    """As without them, plus yᵀVφ(x)."""
    network, noise = Dcgan(channels=8), Counted(4, "test")
    parameters = {name: value.double() for name, value in network.init((1, 30, 28), (1,), noise).items()}
    seen = noise.uniform(4, 1, 30, 28, dtype=torch.float64)
    hidden = []
    bare = {name: value for name, value in parameters.items() if name != "told.weight"}
    plain = network.apply(bare, seen[:, :, :28], lambda layer, a: (hidden.append(a), a)[1])
    wanted = (
        plain + torch.einsum("ny,yu,nu->n", seen[:, 0, 28:].flatten(1), parameters["told.weight"], hidden[-1])[:, None]
    )
    assert torch.allclose(network.apply(parameters, seen), wanted, rtol=1e-10)


def test_g_learns_what_belongs_to_a_condition():
    """Of three classes: a G that ignored them would be 4 away from most."""
    mlp = {"name": "mlp", "width": 32, "depth": 2}
    trainer = Trainer(experiment(Corners, generator=mlp, discriminator=mlp, loss="mmd", batch_size=64, lr_g=5e-3))
    trainer.advance(200)
    fakes = trainer.generate(300, ["right", "origin", "up"])
    means = torch.stack([fakes[i::3].mean(0) for i in range(3)])
    assert torch.allclose(means, torch.tensor([[4.0, 0.0], [0.0, 0.0], [0.0, 4.0]]).float(), atol=0.7)
    own, wrong, far = trainer.discriminate([[4, 0, 0, 1, 0], [4, 0, 1, 0, 0], [9, 9, 0, 1, 0]])
    assert abs(own) < 0.2, "the witness of a law that is met"
    assert (wrong, far) == pytest.approx((0, 0), abs=0.2)


# ---------------------------------------------------------------------------------------------------------- sentences


def test_what_cannot_be_had_is_said():
    line, plane = Trainer(experiment(Waves)), Trainer(experiment(Corners))
    with pytest.raises(Invalid, match="not drawn yet"):
        line.snapshot()
    with pytest.raises(Invalid, match="another one for every condition"):
        plane.density(np.zeros((1, 2)))
    with pytest.raises(Invalid, match=r"pairs of shape \(3,\), not \(1,\)"):
        line.discriminate(np.zeros((4, 1)))
    with pytest.raises(Invalid, match="has no names"):
        line.generate(3, ["a"])
    with pytest.raises(Invalid, match="G can be told origin, right, up here, not 'left'"):
        plane.generate(3, ["left"])
    assert resolve("networks", "dirac").objection(experiment(Waves, latent="constant")) is not None


def test_pictures_with_a_continuous_condition_can_be_looked_at():
    trainer = Trainer(experiment(Blots))
    trainer.advance(1)
    snapshot = trainer.snapshot()
    assert snapshot.z.shape == (64, 2 + 40)
    told = snapshot.fake[:3], snapshot.z[:3, 2:]
    assert np.allclose(trainer.answer(Judge(*told))["score"], snapshot.on_fake[:3], atol=1e-6)
    assert trainer.answer(Saliency(*told))["slope"].shape == (3, 28, 28)

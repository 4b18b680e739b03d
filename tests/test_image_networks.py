"""Networks on pictures: their shapes and sizes, their arithmetic done a second time, and the whole library on them."""

from __future__ import annotations

import itertools
import logging
import math
import re

import numpy as np
import pytest
import torch
from conftest import same

from ganviz import Experiment, Trainer, options
from ganviz.contracts.counted import Counted
from ganviz.distributions.mnist import FOLDER
from ganviz.networks.dcgan import Dcgan
from ganviz.networks.maxout import Maxout
from ganviz.networks.mlp import Mlp
from ganviz.option import Invalid
from ganviz.readers.idx import parse, read_bytes

PATHS = ("eager", "native")

PICTURE = (1, 28, 28)
TINY = {
    "dcgan": {"name": "dcgan", "channels": 8},
    "maxout": {"name": "maxout", "width": 12, "pieces": 3, "irange": 0.05},
}


def pictures(d: str = "dcgan", g: str = "dcgan", **fields: object) -> Experiment:
    """A quick experiment on MNIST."""
    about = {"data": "mnist", "latent": {"name": "normal", "dim": 5}, "batch_size": 8}
    return Experiment(**{**about, "generator": TINY[g], "discriminator": TINY[d], **fields})


def made(network, inputs, outputs) -> dict[str, torch.Tensor]:
    """Its parameters in float64, those that start at a constant disturbed, so that each has its say."""
    parameters = network.init(inputs, outputs, Counted(3, "test"))
    noise = Counted(4, "test")
    return {name: value.double() + 0.1 * noise.normal(*value.shape) for name, value in parameters.items()}


def random(*shape: int) -> torch.Tensor:
    return Counted(5, "test").uniform(*shape, dtype=torch.float64)


def count(network, inputs, outputs) -> int:
    return sum(value.numel() for value in network.init(inputs, outputs, Counted(0, "test")).values())


# ---------------------------------------------------------------------------------------------- shapes and sizes


def test_the_players_of_2014_have_as_many_parameters_as_theirs():
    assert count(Maxout(), PICTURE, (1,)) == 1_231_441
    assert count(Mlp(width=1200), (100,), PICTURE) == 2_503_984


def test_the_dcgan_s_parameters():
    c, coarse = 8, 16 * 49
    units, kernels = 8 * c, 16 * 2 * c * c
    normalised = 2 * (units + 2 * c + c)
    assert count(Dcgan(channels=c), (5,), PICTURE) == (5 + coarse) * units + kernels + 16 * c + 1 + normalised
    first, last = (16 * 3 + 1) * c, 2 * (units + 1)
    assert count(Dcgan(channels=c), (3, 28, 28), (2,)) == first + kernels + 2 * c + (coarse + 1) * units + last


@pytest.mark.parametrize(
    ("network", "inputs"), [(Dcgan(channels=8), PICTURE), (Dcgan(channels=8), (3, 28, 28)), (Maxout(width=7), PICTURE)]
)
def test_hidden_layers_are_as_they_say(network, inputs):
    seen = []

    def keep(layer, activations):
        seen.append((layer, tuple(activations.shape[1:])))
        return activations

    score = network.apply(made(network, inputs, (2,)), random(4, *inputs), keep)
    assert seen == list(enumerate(network.hidden()))
    assert score.shape == (4, 2)


@pytest.mark.parametrize("network", [Dcgan(channels=8), Maxout(width=7)])
@pytest.mark.parametrize(("inputs", "outputs"), [((5,), PICTURE), (PICTURE, (1,))])
def test_a_sample_does_not_depend_on_its_neighbours(network, inputs, outputs):
    parameters, x = made(network, inputs, outputs), random(6, *inputs)
    together = network.apply(parameters, x)
    alone = torch.cat([network.apply(parameters, one[None]) for one in x])
    assert torch.allclose(together, alone, rtol=1e-12, atol=1e-13)


@pytest.mark.parametrize("inputs_outputs", [((5,), (1,)), (PICTURE, PICTURE), ((1, 14, 14), (1,)), ((5,), (3, 28, 28))])
def test_a_dcgan_of_other_shapes_is_refused(inputs_outputs):
    with pytest.raises(Invalid, match=r"maps a latent to a picture of 28×28 or back"):
        Dcgan().init(*inputs_outputs, Counted(0, "test"))


@pytest.mark.parametrize("data", ["gaussian", "ring"])
@pytest.mark.parametrize("player", ["generator", "discriminator"])
def test_a_dcgan_on_a_toy_is_refused_with_a_sentence(data, player):
    with pytest.raises(Invalid, match=rf"^A dcgan network needs pictures of 28×28 pixels, and {data} has none\.$"):
        Experiment(data=data, **{player: "dcgan"})
    assert Dcgan().objection(pictures()) is None


# ----------------------------------------------------------------------------- the arithmetic, done a second time


def test_a_maxout_unit_is_the_largest_of_its_pieces():
    network = Maxout(width=4, pieces=3, depth=2)
    parameters, x = made(network, (5,), (2,)), random(3, 5) - 0.5
    named = {name: value.numpy() for name, value in parameters.items()}
    for row, expected in zip(x.numpy(), network.apply(parameters, x).numpy(), strict=True):
        h = row
        for layer in (0, 1):
            weight, bias = named[f"{layer}.weight"], named[f"{layer}.bias"]
            h = np.array([max(weight[3 * i + j] @ h + bias[3 * i + j] for j in range(3)) for i in range(4)])
        assert np.allclose(named["2.weight"] @ h + named["2.bias"], expected, rtol=1e-12, atol=1e-14)


def convolved(x: np.ndarray, kernel: np.ndarray) -> np.ndarray:
    """y_o(i, j) = Σ_c Σ_ab K_oc(a, b) x_c(2i + a − 1, 2j + b − 1), one sample (c, s, s), zeros outside."""
    side = x.shape[1] // 2
    padded = np.pad(x, ((0, 0), (1, 1), (1, 1)))
    y = np.zeros((len(kernel), side, side))
    for i, j in itertools.product(range(side), repeat=2):
        y[:, i, j] = (kernel * padded[None, :, 2 * i : 2 * i + 4, 2 * j : 2 * j + 4]).sum((1, 2, 3))
    return y


def spread(x: np.ndarray, kernel: np.ndarray) -> np.ndarray:
    """Its transpose: each pixel (i, j) of map c adds K_oc to the 4×4 pixels of map o around (2i, 2j)."""
    side = x.shape[1]
    y = np.zeros((len(kernel), 2 * side + 2, 2 * side + 2))
    for i, j in itertools.product(range(side), repeat=2):
        y[:, 2 * i : 2 * i + 4, 2 * j : 2 * j + 4] += np.einsum("ocab,c->oab", kernel, x[:, i, j])
    return y[:, 1:-1, 1:-1]


def leaky(x: np.ndarray) -> np.ndarray:
    return np.where(x > 0, x, 0.2 * x)


def test_the_dcgan_as_discriminator_is_two_convolutions_and_two_linear_layers():
    network = Dcgan(channels=8)
    parameters, x = made(network, (2, 28, 28), (3,)), random(2, 2, 28, 28)
    k = {name: value.numpy() for name, value in parameters.items()}
    for picture, expected in zip(x.numpy(), network.apply(parameters, x).numpy(), strict=True):
        h = 2 * picture - 1
        for layer in ("0", "1"):
            h = leaky(convolved(h, k[f"{layer}.weight"]) + k[f"{layer}.bias"][:, None, None])
        h = leaky(k["2.weight"] @ h.ravel() + k["2.bias"])
        assert np.allclose(k["3.weight"] @ h + k["3.bias"], expected, rtol=1e-11, atol=1e-12)


def test_the_dcgan_as_generator_normalises_and_spreads():
    network = Dcgan(channels=8)
    parameters, z = made(network, (5,), PICTURE), random(2, 5) - 0.5
    k = {name: value.numpy() for name, value in parameters.items()}

    def activated(h: np.ndarray, layer: int) -> np.ndarray:
        h = (h - h.mean()) / np.sqrt(h.var() + 1e-5)
        one_a_map = (-1, *[1] * (h.ndim - 1))
        return np.maximum(h * k[f"{layer}.scale"].reshape(one_a_map) + k[f"{layer}.shift"].reshape(one_a_map), 0)

    for latent, expected in zip(z.numpy(), network.apply(parameters, z).numpy(), strict=True):
        h = activated(k["0.weight"] @ latent, 0)
        h = activated((k["1.weight"] @ h).reshape(16, 7, 7), 1)
        h = activated(spread(h, k["2.weight"]), 2)
        h = spread(h, k["3.weight"]) + k["3.bias"]
        assert np.allclose(h, expected, rtol=1e-11, atol=1e-12)


# ------------------------------------------------------------------------------------------------ where they start


def mean_picture() -> np.ndarray:
    """The mean of the first 50,000 pictures, read from the file itself."""
    name = "train-images-idx3-ubyte"
    return parse(read_bytes(FOLDER / f"{name}.gz"), name)[:50_000].mean(0, dtype=np.float64) / 255


def logit(p: np.ndarray) -> np.ndarray:
    return np.log(p) - np.log1p(-p)


@pytest.mark.parametrize("g", [{"name": "mlp", "width": 4}, TINY["maxout"]])
def test_a_flat_generator_starts_at_the_mean_of_each_pixel(g):
    trainer = Trainer(pictures(generator=g), dtype=torch.float64)
    bias = trainer.state["g"]["parameters"][-784:].numpy()
    expected = logit(np.clip(mean_picture(), 1e-7, 1 - 1e-7)).ravel()
    assert (mean_picture() == 0).sum() > 50, "some pixels are always empty"
    assert np.allclose(bias, expected, rtol=1e-6)


def test_a_dcgan_starts_at_the_mean_of_all_pixels():
    trainer = Trainer(pictures(), dtype=torch.float64)
    assert float(trainer.state["g"]["parameters"][-1]) == pytest.approx(logit(mean_picture().mean()), rel=1e-6)


def test_a_toy_starts_where_torch_would():
    """In torch.nn.Linear's range, 1/√(fan-in), for weight and bias of each layer in turn, one draw behind the other."""
    trainer = Trainer(Experiment(generator={"name": "mlp", "width": 6, "depth": 1}))
    source, drawn = Counted(0, "init/g"), []
    for fan_in, fan_out in ((1, 6), (6, 1)):
        bound = 1 / math.sqrt(fan_in)
        for shape in ((fan_out, fan_in), (fan_out,)):
            drawn.append((bound * (2 * source.uniform(*shape) - 1)).flatten())
    assert torch.equal(trainer.state["g"]["parameters"], torch.cat(drawn))
    assert trainer.experiment.data.centre() is None


@pytest.mark.parametrize(("network", "irange"), [(Mlp(width=300, irange=0.05), 0.05), (Maxout(), 0.005)])
def test_the_initial_range(network, irange):
    parameters = network.init((100,), (3,), Counted(0, "test"))
    for name, value in parameters.items():
        if name.endswith("bias"):
            assert torch.equal(value, torch.zeros_like(value))
        else:
            assert irange * 0.97 < float(value.abs().max()) <= irange
            assert float(value.std()) == pytest.approx(irange / math.sqrt(3), rel=0.05)


# ---------------------------------------------------------------------------------------- the whole library on them


def finite(trainer: Trainer) -> None:
    before = trainer.state
    trainer.advance(2)
    fake = trainer.generate(4)
    assert fake.shape == (4, *PICTURE)
    assert 0 <= float(fake.min()) <= float(fake.max()) <= 1
    assert not same(before["g"], trainer.state["g"])
    for player in "gd":
        assert trainer.state[player]["parameters"].isfinite().all()


@pytest.mark.parametrize("d", ["dcgan", "maxout"])
@pytest.mark.parametrize("loss", options("losses"))
def test_every_loss_trains_on_pictures(loss, d):
    finite(Trainer(pictures(d, loss=loss)))


@pytest.mark.parametrize("d", ["dcgan", "maxout"])
@pytest.mark.parametrize("regularizer", options("regularizers"))
def test_every_regularizer_acts_on_pictures(regularizer, d):
    finite(Trainer(pictures(d, regularizers=[regularizer])))


@pytest.mark.parametrize("optimizer", options("optimizers"))
def test_every_optimizer_moves_a_dcgan(optimizer):
    finite(Trainer(pictures(optimizer_g=optimizer, optimizer_d=optimizer)))


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@pytest.mark.parametrize(
    ("d", "regularizers"),
    [
        ("dcgan", [{"name": "r1", "gamma": 1.0}, "ema"]),
        ("dcgan", ["gradient_penalty", "spectral_norm", "packing"]),
    ],
)
def test_convolutions_are_left_to_pytorch(d, regularizers, dtype, caplog):
    eager, trainer = (Trainer(pictures(d, regularizers=regularizers), dtype=dtype, path=path) for path in PATHS)
    with caplog.at_level(logging.INFO, logger="ganviz"):
        trainer.advance(2)
    assert trainer.path == "eager"
    (told,) = (record.getMessage() for record in caplog.records)
    assert re.match(r"This experiment is trained by PyTorch.*: aten.conv.* no instruction stands for it", told), told
    eager.advance(2)
    assert same(eager.state, trainer.state)


def test_fully_connected_players_of_pictures_are_not():
    experiment = pictures("maxout", regularizers=[{"name": "dropout", "rate": 0.5, "input_rate": 0.2}]).replace(
        generator="mlp"
    )
    eager, native = (Trainer(experiment, path=path) for path in PATHS)
    for trainer in (eager, native):
        trainer.step()
    assert native.path == "native"
    for name, scalar in eager.scalars.items():
        assert native.scalars[name] == pytest.approx(scalar, rel=1e-4)


def test_a_penalty_s_gradient_through_convolutions():
    """R1's part of D's gradient, against differences of γ/2 · mean ‖∇ₓD‖² along a direction, in float64."""
    experiment = pictures(regularizers=[{"name": "r1", "gamma": 2.0}])
    trainer = Trainer(experiment, dtype=torch.float64)
    bare = Trainer(experiment.replace(regularizers=[]), dtype=torch.float64)
    added = trainer.gradients(trainer.state)[1] - bare.gradients(bare.state)[1]
    real, flat = trainer._transitions.noise.draw("d", 0)["real"], trainer.state["d"]["parameters"]
    network, layout = trainer.experiment.discriminator, trainer._transitions.game.d_layout

    def penalty(d: torch.Tensor) -> float:
        x = real.clone().requires_grad_()
        (slope,) = torch.autograd.grad(network.apply(layout.unflatten(d), x).sum(), x)
        return float(slope.square().sum((1, 2, 3)).mean())

    direction = Counted(0, "direction").normal(*flat.shape, dtype=torch.float64)
    width = 1e-6
    difference = (penalty(flat + width * direction) - penalty(flat - width * direction)) / (2 * width)
    assert float(added @ direction) == pytest.approx(difference, rel=1e-6)
    assert abs(difference) > 1e-3

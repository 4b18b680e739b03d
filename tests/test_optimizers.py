"""Optimizers against PyTorch's own, or steps written by hand, in float64; schedules against their formulas."""

from __future__ import annotations

import math

import pytest
import torch
from conftest import small

from ganviz import Experiment, Trainer
from ganviz.option import Invalid, resolve


class BrakingSgd(torch.optim.SGD):
    """PyTorch's own, which does what it should with a negative momentum but refuses to be made with one."""

    def __init__(self, parameters, lr, momentum):
        super().__init__(parameters, lr=lr)
        self.param_groups[0]["momentum"] = momentum


PAIRS = {
    "sgd": ({}, torch.optim.SGD, {}),
    "sgd-momentum": ({"momentum": 0.9}, torch.optim.SGD, {"momentum": 0.9}),
    "adam": ({"beta1": 0.5, "beta2": 0.99}, torch.optim.Adam, {"betas": (0.5, 0.99)}),
    "adam-default": ({"beta1": 0.9, "beta2": 0.999}, torch.optim.Adam, {"betas": (0.9, 0.999)}),
    "adam-zero": ({"beta1": 0.0, "beta2": 0.9}, torch.optim.Adam, {"betas": (0.0, 0.9)}),
    "sgd-brake": ({"momentum": -0.5}, BrakingSgd, {"momentum": -0.5}),
    "adamw": ({"beta1": 0.5, "decay": 0.3}, torch.optim.AdamW, {"betas": (0.5, 0.999), "weight_decay": 0.3}),
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


def course(name: str, steps: int, lr: float = 0.03, **fields) -> list[torch.Tensor]:
    """The parameters after each step of one optimizer on a fixed landscape."""
    option = resolve("optimizers", {"name": name, **fields})
    vector = torch.linspace(-2, 2, 9, dtype=torch.float64)
    slots, seen = option.init(vector), [vector]
    for _ in range(steps):
        vector, slots = option.update(vector, landscape(vector), slots, torch.tensor(lr, dtype=torch.float64))
        seen.append(vector)
    return seen


def landscape(vector: torch.Tensor) -> torch.Tensor:
    return vector**3 - torch.cos(3 * vector)


def test_optimistic_steps_use_twice_the_gradient_less_the_last():
    seen = course("optimistic", 6)
    assert torch.allclose(seen[1], seen[0] - 0.03 * landscape(seen[0]))
    for before, now, after in zip(seen, seen[1:], seen[2:], strict=False):
        assert torch.allclose(after, now - 0.03 * (2 * landscape(now) - landscape(before)), atol=1e-15)


def test_optimistic_adam_uses_twice_the_move_less_the_last():
    parameter = torch.nn.Parameter(torch.linspace(-2, 2, 9, dtype=torch.float64))
    adam, last = torch.optim.Adam([parameter], lr=0.03, betas=(0.5, 0.999)), None
    for expected in course("optimistic_adam", 8)[1:]:
        here = parameter.detach().clone()
        parameter.grad = landscape(here)
        adam.step()
        move = here - parameter.detach()
        parameter.data = here - 2 * move + (move if last is None else last)
        last = move
        assert torch.allclose(parameter.detach(), expected, atol=1e-12)


def test_lookahead_comes_back_every_k_steps():
    parameter = torch.nn.Parameter(torch.linspace(-2, 2, 9, dtype=torch.float64))
    slow = parameter.detach().clone()
    adam = torch.optim.Adam([parameter], lr=0.03, betas=(0.5, 0.999))
    for step, expected in enumerate(course("lookahead", 12, k=4, alpha=0.3)[1:], 1):
        parameter.grad = landscape(parameter.detach())
        adam.step()
        if step % 4 == 0:
            slow = slow + 0.3 * (parameter.detach() - slow)
            parameter.data = slow.clone()
        assert torch.allclose(parameter.detach(), expected, atol=1e-12)


def test_extragradient_takes_its_gradient_ahead():
    option = resolve("optimizers", "extragradient")
    here, lr = torch.linspace(-2, 2, 9, dtype=torch.float64), torch.tensor(0.03, dtype=torch.float64)
    ahead = option.ahead(here, landscape(here), {}, lr)
    assert torch.allclose(ahead, here - 0.03 * landscape(here))
    after, _ = option.update(here, landscape(ahead), {}, lr)
    assert torch.allclose(after, here - 0.03 * landscape(ahead))


def factor(schedule: dict, updates: int) -> float:
    return float(resolve("schedules", schedule).factor(torch.tensor(updates, dtype=torch.float64)))


@pytest.mark.parametrize(("epochs", "rate"), [(100, 0.0819), (250, 0.0607), (500, 0.0368), (1000, 0.0135)])
def test_the_decay_of_the_2014_code(epochs, rate):
    """0.1 at the start, 500 updates an epoch, divided by 1.000004 after each."""
    assert 0.1 * factor({"name": "exponential"}, 500 * epochs) == pytest.approx(rate, abs=5e-5)


def test_the_decay_stops_at_its_floor():
    assert factor({"name": "exponential"}, 500 * 5750) > 1e-5
    assert factor({"name": "exponential"}, 500 * 5760) == pytest.approx(1e-5)


@pytest.mark.parametrize(
    ("updates", "linear", "cosine"),
    [
        (0, 1.0, 1.0),
        (25, 0.8, 1 - 0.8 * (1 - math.cos(math.pi / 4)) / 2),
        (50, 0.6, 0.6),
        (100, 0.2, 0.2),
        (900, 0.2, 0.2),
    ],
)
def test_linear_and_cosine_schedules(updates, linear, cosine):
    assert factor({"name": "linear", "steps": 100, "final": 0.2}, updates) == pytest.approx(linear)
    assert factor({"name": "cosine", "steps": 100, "final": 0.2}, updates) == pytest.approx(cosine)


def test_a_schedule_scales_the_steps_of_both_players():
    fields = {"optimizer_g": "sgd", "optimizer_d": "sgd"}
    halves = {"name": "linear", "steps": 1, "final": 0.5}
    constant, halved = (Trainer(small(**fields, schedule=s), dtype=torch.float64) for s in ("constant", halves))
    for step, share in ((0, 1.0), (1, 0.5)):
        for player, act in (("d", "step_discriminator"), ("g", "step_generator")):
            start = {**halved.state}
            constant.begin(start)
            moved = []
            for trainer in (constant, halved):
                getattr(trainer, act)()
                moved.append(trainer.state[player]["parameters"] - start[player]["parameters"])
            assert torch.allclose(moved[1], share * moved[0], atol=1e-15), step


@pytest.mark.parametrize("momentum", [-0.9, -0.5, 0.3])
def test_momentum_adds_up_past_gradients(momentum):
    """θₜ − θₜ₊₁ = lr Σ μⁱ gₜ₋ᵢ."""
    path = course("sgd", 20, momentum=momentum)
    for t in range(20):
        expected = sum(momentum**i * landscape(path[t - i]) for i in range(t + 1))
        assert torch.allclose(path[t] - path[t + 1], 0.03 * expected, rtol=1e-9, atol=1e-14)


def test_momentum_has_a_range():
    for wrong in (-0.95, 1.0):
        with pytest.raises(Invalid, match="momentum"):
            resolve("optimizers", {"name": "sgd", "momentum": wrong})


def test_lookahead_between_standing_still_and_adam():
    """With α = 1 it is Adam; with α = 0 it is back at the start after every k-th step."""
    assert torch.equal(course("lookahead", 12, k=3, alpha=1.0)[-1], course("adam", 12)[-1])
    path = course("lookahead", 12, k=3, alpha=0.0)
    for t, vector in enumerate(path):
        assert torch.equal(vector, path[0]) == (t % 3 == 0)


def test_adamw_decays_beside_adams_step():
    """Where the gradient vanishes it shrinks by 1 − lr λ a step: Adam's scaling has no say in it."""
    option, lr = resolve("optimizers", {"name": "adamw", "decay": 0.1}), torch.tensor(0.03, dtype=torch.float64)
    start = torch.linspace(-2, 2, 9, dtype=torch.float64)
    vector, slots = start, option.init(start)
    for _ in range(7):
        vector, slots = option.update(vector, torch.zeros_like(vector), slots, lr)
    assert torch.allclose(vector, start * (1 - 0.003) ** 7, rtol=1e-12)


def bilinear(optimizer_g: object, optimizer_d: object, **fields: object) -> Trainer:
    """G moves with ψ and D against θ, both by 0.2, from (1, −1)."""
    experiment = Experiment(
        data="dirac",
        latent="constant",
        generator={"name": "dirac", "start": 1.0},
        discriminator={"name": "dirac", "start": -1.0},
        loss="wasserstein",
        optimizer_g=optimizer_g,
        optimizer_d=optimizer_d,
        **{"updates": "simultaneous", "lr_g": 0.2, "lr_d": 0.2, "batch_size": 1, **fields},
    )
    return Trainer(experiment, dtype=torch.float64)


def point(trainer: Trainer) -> tuple[float, float]:
    return float(trainer.state["g"]["parameters"]), float(trainer.state["d"]["parameters"])


def walk(steps: int, make: object) -> list[tuple[float, float]]:
    """The bilinear game played by PyTorch's optimizers, simultaneously: (θ, ψ) after each step."""
    theta, psi = (torch.nn.Parameter(torch.tensor([start], dtype=torch.float64)) for start in (1.0, -1.0))
    players, seen = [make([theta]), make([psi])], []
    for _ in range(steps):
        theta.grad, psi.grad = -psi.detach().clone(), theta.detach().clone()
        for player in players:
            player.step()
        seen.append((theta.item(), psi.item()))
    return seen


@pytest.mark.parametrize("name", PAIRS)
def test_plays_the_bilinear_game_as_pytorch_does(name):
    fields, reference, keywords = PAIRS[name]
    option = {"name": name.partition("-")[0], **fields}
    trainer = bilinear(option, option)
    for expected in walk(150, lambda parameters: reference(parameters, lr=0.2, **keywords)):
        trainer.step()
        assert point(trainer) == pytest.approx(expected, rel=1e-7, abs=1e-9)


class Returning(torch.optim.Adam):
    """Adam that goes a share of its way back every k steps: Lookahead around PyTorch's own."""

    def __init__(self, parameters, k, share):
        super().__init__(parameters, lr=0.2, betas=(0.5, 0.999))
        self.slow, self.k, self.share, self.steps = parameters[0].detach().clone(), k, share, 0

    def step(self):
        super().step()
        self.steps += 1
        if self.steps % self.k == 0:
            (parameter,) = self.param_groups[0]["params"]
            self.slow = self.slow + self.share * (parameter.detach() - self.slow)
            parameter.data = self.slow.clone()


class Optimistic(torch.optim.Adam):
    """Adam whose move is twice its own less the last one."""

    def __init__(self, parameters):
        super().__init__(parameters, lr=0.2, betas=(0.5, 0.999))
        self.last = None

    def step(self):
        (parameter,) = self.param_groups[0]["params"]
        here = parameter.detach().clone()
        super().step()
        move = here - parameter.detach()
        parameter.data = here - 2 * move + (move if self.last is None else self.last)
        self.last = move


@pytest.mark.parametrize(
    ("option", "make"),
    [
        ({"name": "lookahead", "k": 4, "alpha": 0.3}, lambda parameters: Returning(parameters, 4, 0.3)),
        ("optimistic_adam", Optimistic),
    ],
)
def test_plays_the_bilinear_game_as_defined(option, make):
    trainer = bilinear(option, option)
    for expected in walk(150, make):
        trainer.step()
        assert point(trainer) == pytest.approx(expected, rel=1e-7, abs=1e-9)


@pytest.mark.parametrize(
    ("optimizer_g", "optimizer_d", "updates", "expected"),
    [
        # ahead lies (1 − 0.2, −1 − 0.2); G moves by 0.2 ψ there, D by −0.2 θ there
        ("extragradient", "extragradient", "simultaneous", (1 - 0.24, -1 - 0.16)),
        ("sgd", "sgd", "simultaneous", (1 - 0.2, -1 - 0.2)),
        # who does not look ahead stands still when the other one looks
        ("extragradient", "sgd", "simultaneous", (1 - 0.2, -1 - 0.16)),
        ("sgd", "extragradient", "simultaneous", (1 - 0.24, -1 - 0.2)),
        # D goes first, to −1.16; G then sees D ahead at −1.16 − 0.2
        ("extragradient", "extragradient", "alternating", (1 - 0.2 * 1.36, -1 - 0.16)),
        ("sgd", "sgd", "alternating", (1 - 0.24, -1 - 0.2)),
    ],
)
def test_extragradient_looks_where_both_players_will_be(optimizer_g, optimizer_d, updates, expected):
    trainer = bilinear(optimizer_g, optimizer_d, updates=updates)
    trainer.step()
    assert point(trainer) == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize(
    ("schedule", "updates", "expected"),
    [
        ("constant", 10**6, 1.0),
        ({"name": "linear", "steps": 1000}, 999, 0.001),
        ({"name": "linear", "steps": 1000, "final": 1}, 700, 1.0),
        ({"name": "cosine", "steps": 1200}, 200, (1 + math.cos(math.pi / 6)) / 2),
        ({"name": "cosine", "steps": 1200, "final": 0.2}, 400, 0.2 + 0.8 * 0.75),
        ("exponential", 0, 1.0),
        ("exponential", 1, 1 / 1.000004),
        ({"name": "exponential", "rate": 0.01, "floor": 0}, 1000, 1.01**-1000),
        ({"name": "exponential", "rate": 0.01, "floor": 0.25}, 139, 1.01**-139),
        ({"name": "exponential", "rate": 0.01, "floor": 0.25}, 140, 0.25),
    ],
)
def test_other_fields_of_schedules(schedule, updates, expected):
    assert factor(schedule, updates) == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize(
    "schedule",
    [
        {"name": "linear", "steps": 8, "final": 0.25},
        {"name": "cosine", "steps": 8, "final": 0.25},
        {"name": "exponential", "rate": 0.01, "floor": 0.9},
    ],
)
def test_update_t_uses_the_factor_after_t_updates(schedule):
    """G alone, against the slope −1: it goes as far as the factors of its own updates say, and D has made none."""
    trainer = bilinear("sgd", "sgd", schedule=schedule)
    for _ in range(12):
        trainer.step_generator()
    expected = 1 - 0.2 * sum(factor(schedule, t) for t in range(12))
    assert point(trainer) == pytest.approx((expected, -1.0), rel=1e-12)
    trainer.step_discriminator()
    assert point(trainer)[1] == pytest.approx(-1 - 0.2 * expected, rel=1e-12)


def test_a_schedule_can_change_while_training_runs():
    trainer = bilinear("sgd", "sgd", schedule={"name": "linear", "steps": 2, "final": 0.5})
    for _ in range(2):
        trainer.step_generator()
    trainer.change(schedule={"name": "linear", "steps": 2, "final": 0.25})
    trainer.step_generator()
    trainer.change(schedule="constant")
    trainer.step_generator()
    assert point(trainer)[0] == pytest.approx(1 - 0.2 * (1 + 0.75 + 0.25 + 1), rel=1e-12)

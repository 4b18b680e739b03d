"""The game: one training step as a pure function of the run's state."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

import torch
from torch import Tensor

from ganviz.distributions.base import Distribution
from ganviz.experiment import Experiment
from ganviz.latents.base import Latent
from ganviz.networks.base import Network, Parameters
from ganviz.regularizers.base import Regularizer, Turn
from ganviz.training.layout import Layout
from ganviz.training.noise import generator_for
from ganviz.training.settings import Settings
from ganviz.training.tree import Tree

State = dict[str, Any]
"""The whole state of a run, a tree of tensors:
``g`` and ``d`` each hold ``parameters`` (one flat vector), ``optimizer`` (its slots) and ``updates`` (int64, how many
so far); ``d`` also holds ``regularizers`` (their slots, by name)."""

SCALARS = ("loss_d", "loss_g", "grad_d", "grad_g")
"""What a step reports, in order: both losses without penalties, and the norm of each player's whole gradient."""


class Game:
    """The two players of an experiment. It holds no numbers: those are the state, the settings and the noise."""

    def __init__(self, experiment: Experiment, dtype: torch.dtype = torch.float32) -> None:
        self.experiment = experiment
        self.dtype = dtype
        self.data = cast(Distribution, experiment.data)
        self.latent = cast(Latent, experiment.latent)
        self.generator = cast(Network, experiment.generator)
        self.discriminator = cast(Network, experiment.discriminator)
        g, d = self._initial_parameters()
        self.g_layout, self.d_layout = Layout.of(g), Layout.of(d)

    def _initial_parameters(self) -> tuple[Parameters, Parameters]:
        seed, shape = self.experiment.seed, self.data.shape
        g = self.generator.init((self.latent.dim,), shape, generator_for(seed, "init/g"))
        d = self.discriminator.init(shape, (1,), generator_for(seed, "init/d"))
        return tuple({name: value.to(self.dtype) for name, value in side.items()} for side in (g, d))  # type: ignore[return-value]

    def initial_state(self) -> State:
        """The state before the first update; decided by the experiment alone."""
        g, d = self._initial_parameters()
        flat_g, flat_d = self.g_layout.flatten(g), self.d_layout.flatten(d)
        zero = torch.zeros((), dtype=torch.int64)
        return {
            "g": {
                "parameters": flat_g,
                "optimizer": self.experiment.optimizer_g.init(flat_g),  # type: ignore[attr-defined]
                "updates": zero,
            },
            "d": {
                "parameters": flat_d,
                "optimizer": self.experiment.optimizer_d.init(flat_d),  # type: ignore[attr-defined]
                "updates": zero.clone(),
                "regularizers": {
                    option.option_name(): self.initial_slots(cast(Regularizer, option), flat_d)
                    for option in self.experiment.regularizers
                },
            },
        }

    def initial_slots(self, regularizer: Regularizer, parameters: Tensor) -> Tree:
        """A regularizer's own state when it is switched on against D's flat `parameters`."""
        generator = generator_for(self.experiment.seed, f"init/{regularizer.option_name()}")
        return regularizer.init(self.d_layout.unflatten(parameters), generator)

    def carry_over(self, state: State, old: Experiment) -> State:
        """The state of a run that goes on under these options and was under those of `old` so far: options that are
        new get a fresh state of their own, everything else is kept."""
        g, d = dict(state["g"]), dict(state["d"])
        for player, name in ((g, "optimizer_g"), (d, "optimizer_d")):
            optimizer = getattr(self.experiment, name)
            if type(optimizer) is not type(getattr(old, name)):
                player["optimizer"] = optimizer.init(player["parameters"])
        d["regularizers"] = {
            option.option_name(): d["regularizers"].get(option.option_name())
            or self.initial_slots(cast(Regularizer, option), d["parameters"])
            for option in self.experiment.regularizers
        }
        return {"g": g, "d": d}

    def generate(self, state: State, z: Tensor) -> Tensor:
        """G(z): (n, dim) → (n, *shape)."""
        return self.generator.apply(self.g_layout.unflatten(state["g"]["parameters"]), z)

    def score(self, state: State, settings: Settings, x: Tensor) -> Tensor:
        """D's raw score as the players see it: (n, *shape) → (n, 1)."""
        d = state["d"]
        named, _ = self._effective(d["parameters"], d["regularizers"], settings, update=False)
        return self.discriminator.apply(named, x)

    def _effective(self, parameters: Tensor, slots: Tree, settings: Settings, update: bool) -> tuple[Parameters, Tree]:
        """D's parameters after the regularizers that act on the network, and those regularizers' new state."""
        named, advanced = self.d_layout.unflatten(parameters), {}
        for regularizer in settings.regularizers:
            name = regularizer.option_name()
            named, advanced[name] = regularizer.network(named, slots[name], update)
        return named, advanced

    def discriminator_turn(self, state: State, settings: Settings, noise: Tree) -> tuple[State, Tensor, Tensor]:
        """D's next state, its loss and its gradient's norm. G is not touched."""
        d, real = state["d"], noise["real"]
        with torch.no_grad():
            fake = self.generate(state, noise["z"])
        parameters = d["parameters"].detach().requires_grad_()
        named, slots = self._effective(parameters, d["regularizers"], settings, update=True)

        def score(x: Tensor) -> Tensor:
            return self.discriminator.apply(named, x)

        real_score, fake_score = torch.split(score(torch.cat([real, fake])), len(real))
        loss = settings.loss.d_loss(real_score, fake_score)
        penalties = self._penalties(score, real, fake, settings, noise)
        (gradient,) = torch.autograd.grad(sum(penalties, start=loss), parameters)
        flat, optimizer = settings.optimizer_d.update(d["parameters"], gradient, d["optimizer"], settings.lr_d)
        for regularizer in settings.regularizers:
            flat = regularizer.clamp(flat)
        after = {"parameters": flat, "optimizer": optimizer, "updates": d["updates"] + 1, "regularizers": slots}
        return after, loss.detach(), torch.linalg.vector_norm(gradient)

    def _penalties(
        self, score: Callable[[Tensor], Tensor], real: Tensor, fake: Tensor, settings: Settings, noise: Tree
    ) -> list[Tensor]:
        """The terms that regularizers add to D's loss."""
        terms = (
            regularizer.term(Turn(score, real, fake, noise["regularizers"][regularizer.option_name()]))
            for regularizer in settings.regularizers
        )
        return [term for term in terms if term is not None]

    def generator_turn(self, state: State, settings: Settings, noise: Tree) -> tuple[State, Tensor, Tensor]:
        """G's next state, its loss and its gradient's norm. D is not touched."""
        g, d = state["g"], state["d"]
        with torch.no_grad():
            named, _ = self._effective(d["parameters"], d["regularizers"], settings, update=False)
            sees_real = settings.loss.generator_needs_real
            real_score = self.discriminator.apply(named, noise["real"]) if sees_real else None
        parameters = g["parameters"].detach().requires_grad_()
        fake = self.generator.apply(self.g_layout.unflatten(parameters), noise["z"])
        loss = settings.loss.g_loss(real_score, self.discriminator.apply(named, fake))
        (gradient,) = torch.autograd.grad(loss, parameters)
        flat, optimizer = settings.optimizer_g.update(g["parameters"], gradient, g["optimizer"], settings.lr_g)
        after = {"parameters": flat, "optimizer": optimizer, "updates": g["updates"] + 1}
        return after, loss.detach(), torch.linalg.vector_norm(gradient)

    def step(self, state: State, settings: Settings, noise: Tree) -> tuple[State, Tensor]:
        """One iteration of Algorithm 1: k updates of D, one of G.

        `noise` holds a list ``d`` of k draws for D's turns and a draw ``g`` for G's. Returns the new state and the
        `SCALARS`, shape (4,). In simultaneous play G answers the D from before its last update.
        """
        before = state
        for draw in noise["d"]:
            before = state
            d, loss_d, grad_d = self.discriminator_turn(state, settings, draw)
            state = {"g": state["g"], "d": d}
        opponent = before if self.experiment.updates == "simultaneous" else state
        g, loss_g, grad_g = self.generator_turn(opponent, settings, noise["g"])
        return {"g": g, "d": state["d"]}, torch.stack([loss_d, loss_g, grad_d, grad_g])

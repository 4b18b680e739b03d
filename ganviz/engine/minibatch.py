"""Minibatch: one update's draws, on which both losses are functions of both players' parameter vectors."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from ganviz.contracts.network import Tap, untapped
from ganviz.contracts.regularizer import Player, Regularizer, Side, TermInputs
from ganviz.engine.players import Players
from ganviz.engine.settings import Settings
from ganviz.engine.tree import Tree
from ganviz.gradients import gradient

Score = Callable[[Tensor], Tensor]
"""D as a function of samples alone, whose conditions are those of the minibatch: so no slope is one by the condition.
The samples are the minibatch's n, as grouped, or several times so many, one minibatch behind the other."""


@dataclass(frozen=True)
class Minibatch:
    """The game on one minibatch. `g` and `d` below are flat parameter vectors; losses are without penalties."""

    game: Players
    settings: Settings
    noise: Tree
    """The draws, see `Noise.draw`."""
    slots: Tree
    """The state of D's regularizers."""
    updates: Tensor
    """The counter of the player whose turn it is."""

    def seen(self, x: Tensor, side: Side) -> Tensor:
        """The samples as D sees them, without their conditions."""
        for regularizer in self.settings.regularizers:
            if regularizer.acts_on_samples:
                x = regularizer.samples(x, side, self._drawn(regularizer), self.updates)
        return self._grouped(x)

    def _grouped(self, x: Tensor) -> Tensor:
        for regularizer in self.settings.regularizers:
            x = regularizer.group(x)
        return x

    def paired(self, x: Tensor) -> Tensor:
        """Samples as D sees them together with the minibatch's conditions, the same for real and fake ones."""
        if not self.game.data.condition_dim:
            return x
        condition = self._grouped(self.game.condition(self.noise["z"]))
        return self.game.data.pair(x, condition.repeat(len(x) // len(condition), 1))

    def real(self) -> Tensor:
        """The real minibatch as D sees it."""
        return self.seen(self.noise["real"], "real")

    def fake(self, g: Tensor) -> Tensor:
        """The fake minibatch as D sees it, differentiable by `g`."""
        return self.seen(self.game.generate(g, self.noise["z"]), "fake")

    def discriminator(self, d: Tensor, update: bool = False) -> tuple[Score, Tree]:
        """D as a function, and its regularizers' next state."""
        if not self.game.has_discriminator:
            return (lambda x: self.paired(x).flatten(1)), self.slots
        named, slots = self.game.effective(d, self.slots, self.settings.regularizers, update)
        tap = self._tap()
        return (lambda x: self.game.judge(named, self.settings.regularizers, self.paired(x), tap)), slots

    def _tap(self) -> Tap:
        tapping = [regularizer for regularizer in self.settings.regularizers if regularizer.acts_on_samples]

        def tap(layer: int, activations: Tensor) -> Tensor:
            for regularizer in tapping:
                activations = regularizer.tap(layer, activations, self._drawn(regularizer))
            return activations

        return tap if tapping else untapped

    def _drawn(self, regularizer: Regularizer) -> dict[str, Tensor]:
        drawn: dict[str, Tensor] = self.noise["regularizers"].get(regularizer.option_name(), {})
        return drawn

    def loss_d(self, score: Score, real: Tensor, fake: Tensor) -> Tensor:
        """D's loss on the two minibatches as it sees them."""
        if any(regularizer.joint for regularizer in self.settings.regularizers):
            return self.settings.loss.d_loss(score(real), score(fake))
        # In one go: half the calls.
        real_score, fake_score = torch.split(score(torch.cat([real, fake])), len(real))
        return self.settings.loss.d_loss(real_score, fake_score)

    def loss_g(self, score: Score, fake: Tensor) -> Tensor:
        """G's loss on its minibatch as D sees it."""
        real_score = score(self.real()) if self.settings.loss.generator_needs_real else None
        return self.settings.loss.g_loss(real_score, score(fake))

    def field(self, g: Tensor, d: Tensor) -> tuple[Tensor, Tensor]:
        """Each player's gradient of its own loss by its own parameters, both differentiable by both."""

        def loss_g(g: Tensor) -> tuple[Tensor, Tensor]:
            fake = self.fake(g)
            return self.loss_g(self.discriminator(d)[0], fake), fake

        def loss_d(d: Tensor) -> tuple[Tensor, tuple[()]]:
            return self.loss_d(self.discriminator(d)[0], self.real(), fake), ()

        by_g, _, fake = gradient(loss_g, g, again=True)
        return by_g, gradient(loss_d, d, again=True)[0]

    def descend(self, g: Tensor, d: Tensor, step: float | Tensor) -> Tensor:
        """D after one plain gradient step on its loss, differentiable by `g` (and by `d`)."""

        def loss_d(d: Tensor) -> tuple[Tensor, tuple[()]]:
            return self.loss_d(self.discriminator(d)[0], self.real(), self.fake(g)), ()

        return d - step * gradient(loss_d, d, again=True)[0]

    def terms(self, player: Player, inputs: Callable[..., TermInputs]) -> list[Tensor]:
        """What regularizers add to the player's loss."""
        added = []
        for regularizer in self.settings.of(player):
            its = inputs(noise=self._drawn(regularizer))
            added.append(regularizer.term(its) if player == "d" else regularizer.generator_term(its))
        return [term for term in added if term is not None]

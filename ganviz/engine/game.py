"""The game: one training step as a pure function of the run's state."""

from __future__ import annotations

from functools import partial

import torch
from torch import Tensor

from ganviz.contracts.regularizer import Player, TermInputs
from ganviz.engine.minibatch import Minibatch
from ganviz.engine.players import PLAYERS, Players, State
from ganviz.engine.settings import Settings
from ganviz.engine.tree import Tree
from ganviz.gradients import gradient

Gradient = tuple[Tensor, Tensor, Tree]
"""A player's gradient, its loss, and the next state of its regularizers."""


class Game(Players):
    """The two players, and how they move: their numbers are the state, the settings and the noise."""

    def discriminator_turn(self, state: State, settings: Settings, noise: Tree) -> tuple[State, Tensor, Tensor]:
        """D's next state, its loss and its gradient's norm. G is not touched."""
        if not self.has_discriminator:
            return self._idle_turn(state, settings, noise)
        at = self._ahead(state, settings, noise, state["d"]["updates"])
        gradient, loss, slots = self._gradient_d(at, settings, noise, state["d"]["updates"])
        after = self._updated("d", state["d"] | {"regularizers": slots}, gradient, settings)
        return after, loss, torch.linalg.vector_norm(gradient)

    def generator_turn(self, state: State, settings: Settings, noise: Tree) -> tuple[State, Tensor, Tensor]:
        """G's next state, its loss and its gradient's norm. D is not touched."""
        at = self._ahead(state, settings, noise, state["g"]["updates"])
        gradient, loss, _ = self._gradient_g(at, settings, noise, state["g"]["updates"])
        return self._updated("g", state["g"], gradient, settings), loss, torch.linalg.vector_norm(gradient)

    def gradients(self, state: State, settings: Settings, noise_g: Tree, noise_d: Tree) -> tuple[Tensor, Tensor]:
        """(G's gradient, D's gradient) at one and the same state, each flat, penalties included."""
        by_g, *_ = self._gradient_g(state, settings, noise_g, state["g"]["updates"])
        by_d, *_ = self._gradient_d(state, settings, noise_d, state["d"]["updates"])
        return by_g, by_d

    def _gradient_d(self, state: State, settings: Settings, noise: Tree, updates: Tensor) -> Gradient:
        """D's gradient, flat, its loss without penalties, and its regularizers' next state."""
        batch = Minibatch(self, settings, noise, state["d"]["regularizers"], updates)
        g = state["g"]["parameters"].detach()

        def objective(d: Tensor) -> tuple[Tensor, tuple[Tensor, Tree]]:
            score, slots = batch.discriminator(d, update=True)
            with torch.no_grad():
                fake = batch.fake(g)
            real = batch.real()
            loss = batch.loss_d(score, real, fake)
            terms = batch.terms("d", partial(TermInputs, score, real, fake, field=lambda: batch.field(g, d)))
            return sum(terms, start=loss), (loss, slots)

        slope, _, (loss, slots) = gradient(objective, state["d"]["parameters"])
        return slope, loss.detach(), slots

    def _gradient_g(self, state: State, settings: Settings, noise: Tree, updates: Tensor) -> Gradient:
        """G's gradient, flat, its loss without penalties; its regularizers' state does not move here."""
        batch = Minibatch(self, settings, noise, state["d"]["regularizers"], updates)
        d = state["d"]["parameters"].detach()

        def objective(g: Tensor) -> tuple[Tensor, Tensor]:
            answered = d
            for regularizer in settings.of("g"):
                answered = regularizer.opponent(answered, partial(batch.descend, g))
            score, _ = batch.discriminator(answered)
            fake = batch.fake(g)
            loss = batch.loss_g(score, fake)
            real = batch.real() if "real" in noise else fake
            terms = batch.terms("g", partial(TermInputs, score, real, fake, field=lambda: batch.field(g, d)))
            return sum(terms, start=loss), loss

        slope, _, loss = gradient(objective, state["g"]["parameters"])
        return slope, loss.detach(), state["g"]["regularizers"]

    def _ahead(self, state: State, settings: Settings, noise: Tree, updates: Tensor) -> State:
        """Where gradients are taken: here, unless an optimizer looks ahead; then where its player will be."""
        moved = dict(state)
        for player in PLAYERS:
            gradient_of = self._gradient_g if player == "g" else self._gradient_d
            optimizer = settings.optimizer(player)
            if optimizer.looks_ahead and (player == "g" or self.has_discriminator):
                its, (gradient, *_) = state[player], gradient_of(state, settings, noise, updates)
                lr = settings.lr(player, its["updates"])
                ahead = optimizer.ahead(its["parameters"], gradient, its["optimizer"], lr)
                moved[player] = its | {"parameters": ahead}
        return moved

    def _updated(self, player: Player, its: State, gradient: Tensor, settings: Settings) -> State:
        """A player's state after an update against `gradient`."""
        slots, flat = dict(its["regularizers"]), its["parameters"]
        for regularizer in settings.of(player):
            gradient = regularizer.gradient(player, gradient, flat, slots[regularizer.option_name()])
        lr = settings.lr(player, its["updates"])
        flat, optimizer = settings.optimizer(player).update(flat, gradient, its["optimizer"], lr)
        for regularizer in settings.of(player):
            name = regularizer.option_name()
            flat, slots[name] = regularizer.after(player, flat, slots[name])
        return {"parameters": flat, "optimizer": optimizer, "updates": its["updates"] + 1, "regularizers": slots}

    def _idle_turn(self, state: State, settings: Settings, noise: Tree) -> tuple[State, Tensor, Tensor]:
        """D's turn where the loss has no D: it passes, and the loss is only looked at."""
        batch, d = Minibatch(self, settings, noise, {}, state["d"]["updates"]), state["d"]
        with torch.no_grad():
            score, _ = batch.discriminator(d["parameters"])
            loss = batch.loss_d(score, batch.real(), batch.fake(state["g"]["parameters"]))
        return d | {"updates": d["updates"] + 1}, loss, torch.zeros_like(loss)

    def step(self, state: State, settings: Settings, noise: Tree) -> tuple[State, Tensor]:
        """One iteration of Algorithm 1: k updates of D, one of G.

        `noise` holds a list ``d`` of k draws for D's turns and a draw ``g`` for G's. Returns the new state and the
        `ganviz.engine.run.SCALARS`, shape (4,). In simultaneous play G answers the D from before its last update.
        """
        before = state
        for draw in noise["d"]:
            before = state
            d, loss_d, grad_d = self.discriminator_turn(state, settings, draw)
            state = {"g": state["g"], "d": d}
        opponent = before if self.experiment.updates == "simultaneous" else state
        g, loss_g, grad_g = self.generator_turn(opponent, settings, noise["g"])
        return {"g": g, "d": state["d"]}, torch.stack([loss_d, loss_g, grad_d, grad_g])

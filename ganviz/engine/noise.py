"""All random numbers of a run, as a function of the seed and of how many updates a player has made.

The random streams need no state of their own: update i of a player always sees the same minibatch, whichever path
runs it, whatever was drawn on the screen in between, after a resume and after a rewind. Each quantity has its own
stream, so that switching a regularizer on does not change the minibatches.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

import torch

from ganviz.contracts.counted import Counted
from ganviz.contracts.regularizer import Shapes
from ganviz.contracts.source import Source
from ganviz.engine.tree import Tree, transform
from ganviz.experiment import Experiment

CPU = torch.device("cpu")


def generator_needs_real(experiment: Experiment) -> bool:
    """Whether anything in the generator's turn looks at real samples."""
    return (
        experiment.loss.generator_needs_real
        or any(option.generator_needs_real for option in experiment.regularizers)
        or experiment.optimizer_d.looks_ahead
    )


def draws_of(experiment: Experiment, player: str, source_of: Callable[[str], Source]) -> Tree:
    """What player ``"d"`` or ``"g"`` sees in one of its updates, made of the numbers of a source for each stream.

    ``z``: G's inputs, latents with the conditions behind them, (n, dim + condition_dim); ``real``: the samples that
    have those conditions, (n, *shape), where they are needed; ``regularizers``: what each of these drew.
    """
    n, data = experiment.batch_size, experiment.data
    drawn: Tree = {"z": experiment.latent.sample(n, source_of(f"{player}/z"))}
    needs_real = player == "d" or generator_needs_real(experiment)
    if data.condition_dim:
        # Each fake is told what the real sample in its row is told: those two are interpolated, and compared.
        pairs = data.draw(n, source_of(f"{player}/real"))
        drawn["z"] = torch.cat([drawn["z"], pairs.condition], 1)
        if needs_real:
            drawn["real"] = pairs.x
    elif needs_real:
        drawn["real"] = data.sample(n, source_of(f"{player}/real"))
    # To look ahead, each player must know where the other is going.
    looks_ahead = experiment.optimizer_g.looks_ahead or experiment.optimizer_d.looks_ahead
    shapes = Shapes(data.shape, experiment.discriminator.hidden())
    drawn["regularizers"] = {
        (name := regularizer.option_name()): regularizer.noise(n, shapes, source_of(f"{player}/{name}"))
        for regularizer in experiment.regularizers
        if player in regularizer.players() or regularizer.acts_on_samples or looks_ahead
    }
    return drawn


class Noise:
    """The draws of an experiment, made when they are asked for; those of the last step are kept."""

    def __init__(self, experiment: Experiment, dtype: torch.dtype, device: torch.device = CPU) -> None:
        """Drawn on the CPU, so that every device sees the same numbers, and then moved."""
        self._experiment, self._dtype, self._device = experiment, dtype, device
        self._kept = lru_cache(maxsize=experiment.d_steps + 1)(self._drawn)

    def draw(self, player: str, update: int) -> Tree:
        """What a player sees in its update number `update`, counted from 0: see `draws_of`."""
        return self._kept(player, update)

    def step(self, d_updates: int, g_updates: int) -> Tree:
        """What `Game.step` needs after so many updates of each player: k draws for D, one for G."""
        draws = [self.draw("d", d_updates + i) for i in range(self._experiment.d_steps)]
        return {"d": draws, "g": self.draw("g", g_updates)}

    def _drawn(self, player: str, update: int) -> Tree:
        seed = self._experiment.seed
        drawn = draws_of(self._experiment, player, lambda stream: Counted(seed, stream, update))
        if (self._dtype, self._device) == (torch.float32, CPU):
            return drawn
        return transform(lambda leaf: leaf.to(self._device, self._dtype), drawn)

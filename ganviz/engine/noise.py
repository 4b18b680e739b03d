"""All random numbers of a run, as a function of the seed and of how many updates a player has made.

The random streams need no state of their own: update i of a player always sees the same minibatch, whichever path
runs it, whatever was drawn on the screen in between, after a resume and after a rewind. Each quantity has its own
stream, so that switching a regularizer on does not change the minibatches.
"""

from __future__ import annotations

import hashlib

import torch
from torch import Generator, Tensor

from ganviz.contracts.regularizer import Shapes
from ganviz.engine.tree import Tree
from ganviz.experiment import Experiment

CPU = torch.device("cpu")

BLOCK = 32
"""Updates drawn at once: sampling a distribution costs much the same for one minibatch and for many."""


def generator_for(seed: int, stream: str) -> Generator:
    """A generator that depends on nothing but the seed and the stream's name."""
    digest = hashlib.blake2b(f"{seed}/{stream}".encode(), digest_size=8).digest()
    return Generator().manual_seed(int.from_bytes(digest, "big") >> 1)


def generator_needs_real(experiment: Experiment) -> bool:
    """Whether anything in the generator's turn looks at real samples."""
    return (
        experiment.loss.generator_needs_real
        or any(option.generator_needs_real for option in experiment.regularizers)
        or experiment.optimizer_d.looks_ahead
    )


class Noise:
    """The draws of an experiment, made a block at a time and kept until the next block is needed."""

    def __init__(self, experiment: Experiment, dtype: torch.dtype, device: torch.device = CPU) -> None:
        """Drawn on the CPU, so that every device sees the same numbers, and then moved."""
        self._device = device
        self._seed, self._batch, self._dtype = experiment.seed, experiment.batch_size, dtype
        self._d_steps = experiment.d_steps
        self._data = experiment.data
        self._latent = experiment.latent
        self._regularizers = experiment.regularizers
        self._shapes = Shapes(self._data.shape, experiment.discriminator.hidden())
        # To look ahead, each player must know where the other is going.
        self._looks_ahead = any(o.looks_ahead for o in (experiment.optimizer_g, experiment.optimizer_d))
        self._needs_real = {"d": True, "g": generator_needs_real(experiment)}
        self._blocks: dict[str, tuple[int, list[Tree]]] = {}

    def draw(self, player: str, update: int) -> Tree:
        """What player ``"d"`` or ``"g"`` sees in its update number `update`, counted from 0.

        ``z``: G's inputs, latents with the conditions behind them, (n, dim + condition_dim); ``real``: the samples that
        have those conditions, (n, *shape), where they are needed; ``regularizers``: what each of these drew.
        """
        block, row = divmod(update, BLOCK)
        number, rows = self._blocks.get(player, (-1, []))
        if number != block:
            rows = self._rows(player, block)
            self._blocks[player] = (block, rows)
        return rows[row]

    def step(self, d_updates: int, g_updates: int) -> Tree:
        """What `Game.step` needs after so many updates of each player: k draws for D, one for G."""
        draws = [self.draw("d", d_updates + i) for i in range(self._d_steps)]
        return {"d": draws, "g": self.draw("g", g_updates)}

    def _rows(self, player: str, block: int) -> list[Tree]:
        """One draw for each update of a block."""
        z = self._latent.sample(BLOCK * self._batch, self._stream(f"{player}/z", block))
        columns = {"z": z}
        if self._needs_real[player] or self._data.condition_dim:
            # Each fake is told what the real sample in its row is told: those two are interpolated, and compared.
            drawn = self._data.draw(BLOCK * self._batch, self._stream(f"{player}/real", block))
            columns["z"] = torch.cat([z, drawn.condition], 1)
            if self._needs_real[player]:
                columns["real"] = drawn.x
        rows: list[Tree] = [
            dict(zip(columns, row, strict=True))
            for row in zip(*(self._split(column) for column in columns.values()), strict=True)
        ]
        for row, own in zip(rows, self._regularizer_rows(player, block), strict=True):
            row["regularizers"] = own
        return rows

    def _regularizer_rows(self, player: str, block: int) -> list[Tree]:
        """What the regularizers drew for each update of a block: ``{regularizer: {name: tensor}}``."""
        rows: list[Tree] = [{} for _ in range(BLOCK)]
        for regularizer in self._regularizers:
            if not (player in regularizer.players() or regularizer.acts_on_samples or self._looks_ahead):
                continue
            name = regularizer.option_name()
            generator = self._stream(f"{player}/{name}", block)
            drawn = regularizer.noise(BLOCK * self._batch, self._shapes, generator)
            columns = {key: self._split(value) for key, value in drawn.items()}
            for i, row in enumerate(rows):
                row[name] = {key: parts[i] for key, parts in columns.items()}
        return rows

    def _stream(self, name: str, block: int) -> Generator:
        return generator_for(self._seed, f"{name}/{block}")

    def _split(self, column: Tensor) -> list[Tensor]:
        """A column's rows for each update of the block."""
        return list(torch.split(column.to(self._device, self._dtype), self._batch))

"""The live side of an experiment: options whose numbers are inputs of the step."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from torch import Tensor

from ganviz.contracts.loss import Loss
from ganviz.contracts.optimizer import Optimizer
from ganviz.contracts.regularizer import Player, Regularizer
from ganviz.contracts.schedule import Schedule
from ganviz.engine.device import widest
from ganviz.experiment import Experiment
from ganviz.option import Option

Numbers = dict[str, Any]
"""A tree of scalar tensors: every live float of an experiment, by slot and field."""


@dataclass(frozen=True)
class Settings:
    """The options of a step, their live floats replaced by scalar tensors."""

    loss: Loss
    regularizers: tuple[Regularizer, ...]
    optimizer_g: Optimizer
    optimizer_d: Optimizer
    lr_g: Tensor
    lr_d: Tensor
    schedule: Schedule

    def optimizer(self, player: Player) -> Optimizer:
        """The player's optimizer."""
        return self.optimizer_g if player == "g" else self.optimizer_d

    def lr(self, player: Player, updates: Tensor) -> Tensor:
        """The player's learning rate in its update after so many of them."""
        counted = updates.to(widest(updates.device))
        return (self.lr_g if player == "g" else self.lr_d) * self.schedule.factor(counted)

    def of(self, player: Player) -> tuple[Regularizer, ...]:
        """The regularizers that take part in the player's updates."""
        return tuple(regularizer for regularizer in self.regularizers if player in regularizer.players())


def numbers(experiment: Experiment, scalar: Callable[[float], Tensor]) -> Numbers:
    """Every live float of the experiment as a tensor made by `scalar`."""

    def of(option: Option) -> dict[str, Tensor]:
        return {name: scalar(value) for name, value in option.numbers().items()}

    return {
        "loss": of(experiment.loss),
        "regularizers": {option.option_name(): of(option) for option in experiment.regularizers},
        "optimizer_g": of(experiment.optimizer_g),
        "optimizer_d": of(experiment.optimizer_d),
        "lr_g": scalar(experiment.lr_g),
        "lr_d": scalar(experiment.lr_d),
        "schedule": of(experiment.schedule),
    }


def bind(experiment: Experiment, values: Numbers) -> Settings:
    """The experiment's options with `values` in place of their live floats."""
    return Settings(
        loss=experiment.loss.bind(values["loss"]),
        regularizers=tuple(
            option.bind(values["regularizers"][option.option_name()]) for option in experiment.regularizers
        ),
        optimizer_g=experiment.optimizer_g.bind(values["optimizer_g"]),
        optimizer_d=experiment.optimizer_d.bind(values["optimizer_d"]),
        lr_g=values["lr_g"],
        lr_d=values["lr_d"],
        schedule=experiment.schedule.bind(values["schedule"]),
    )

"""Experiment: the frozen description of a run."""

from __future__ import annotations

import json
from typing import Annotated, Any, Literal, Self

from pydantic import model_validator

from ganviz.contracts.distribution import Distribution
from ganviz.contracts.latent import Latent
from ganviz.contracts.loss import Loss
from ganviz.contracts.network import Network
from ganviz.contracts.optimizer import Optimizer
from ganviz.contracts.regularizer import Regularizer
from ganviz.contracts.schedule import Schedule
from ganviz.experiment.diff import Diff, difference
from ganviz.experiment.in_room import InRoom
from ganviz.experiment.paths import at, changed
from ganviz.link import pack, unpack
from ganviz.option import FrozenModel, Invalid, Option, live, rebuild


class Experiment(FrozenModel):
    """Everything that decides a run: same Experiment, same machine, same numbers.

    Each option is given by its name, by ``{"name": ..., field: value}``, or as an object. Learning rates are per
    update, not per epoch; `d_steps` is the paper's k. Raises `Invalid` with one sentence when a value is out of its
    range, an option is unknown, or two of them contradict each other.
    """

    data: Annotated[Distribution, InRoom("distributions")] = rebuild(
        "gaussian", description="The density p_data that G should learn."
    )
    latent: Annotated[Latent, InRoom("latents")] = rebuild(
        "uniform", description="The density p_z that G pushes forward to p_g."
    )
    generator: Annotated[Network, InRoom("networks")] = rebuild("mlp", description="The network G: z → x.")
    discriminator: Annotated[Network, InRoom("networks")] = rebuild(
        "mlp", description="The network D: x → a raw score, larger = more real."
    )
    loss: Annotated[Loss, InRoom("losses")] = live("nonsaturating", description="What each player minimises.")
    regularizers: Annotated[tuple[Regularizer, ...], InRoom("regularizers")] = live(
        (), description="Any number of them at once."
    )
    optimizer_g: Annotated[Optimizer, InRoom("optimizers")] = live("adam", description="How G descends.")
    optimizer_d: Annotated[Optimizer, InRoom("optimizers")] = live("adam", description="How D descends.")
    updates: Literal["alternating", "simultaneous"] = live(
        "alternating",
        description="Alternating is Algorithm 1: k updates of D, then one of G. "
        "Simultaneous takes G's gradient at the D from before its last update.",
    )
    lr_g: float = live(1e-3, gt=0, le=1, log=True, description="Learning rate of the generator.")
    lr_d: float = live(1e-3, gt=0, le=1, log=True, description="Learning rate of the discriminator.")
    schedule: Annotated[Schedule, InRoom("schedules")] = live(
        "constant", description="How both learning rates change as training goes on."
    )
    d_steps: int = live(1, ge=1, le=50, description="Updates of D for one of G: the paper's k.")
    batch_size: int = live(256, ge=1, le=8192, log=True, description="Samples in a minibatch.")
    seed: int = rebuild(0, ge=0, le=2**31 - 1, description="Decides the initial weights and every random number.")

    @model_validator(mode="before")
    @classmethod
    def _resolve_defaults(cls, values: dict[str, Any]) -> dict[str, Any]:
        """Write out the defaults, so that they are validated (pydantic leaves them as they stand)."""
        return {name: info.default for name, info in cls.model_fields.items() if name not in values} | values

    @model_validator(mode="after")
    def _no_contradiction(self) -> Self:
        kinds = [option.option_name() for option in self.regularizers]
        for kind in kinds:
            if kinds.count(kind) > 1:
                raise Invalid(f"The regularizer {kind!r} is there twice; give it once, with one weight.")
        for option in self.options():
            if reason := option.objection(self):
                raise Invalid(reason)
        return self

    def options(self) -> list[Option]:
        """Every option of the experiment, the regularizers one by one."""
        values = [getattr(self, name) for name in type(self).model_fields]
        single = [value for value in values if isinstance(value, Option)]
        return [*single, *self.regularizers]

    def to_dict(self) -> dict[str, Any]:
        """A tree of plain values, the form of the JSON file."""
        return self.model_dump(mode="json")

    def to_json(self) -> str:
        """The experiment as JSON text; `from_json` reads it back to an equal Experiment."""
        return json.dumps(self.to_dict(), indent=2)

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Read `to_json`'s text. Raises `Invalid` for text that is no JSON object or no valid experiment."""
        try:
            fields = json.loads(text)
        except json.JSONDecodeError as error:
            raise Invalid(f"This is no valid JSON: {error.msg} at line {error.lineno}, column {error.colno}.") from None
        except RecursionError:
            raise Invalid("This is no experiment: its JSON is nested too deeply.") from None
        except ValueError:  # a whole number of thousands of digits
            raise Invalid("This is no experiment: its JSON holds a number that is far too long.") from None
        if not isinstance(fields, dict):
            raise Invalid('An experiment is a JSON object of fields, such as {"loss": "minimax"}.')
        return cls(**fields)

    def to_link(self) -> str:
        """The experiment as the last part of an address, ``#ganviz=…``: whatever was drawn or loaded is in it."""
        return pack(json.dumps(self.to_dict(), separators=(",", ":")))

    @classmethod
    def from_link(cls, link: str) -> Self:
        """Read `to_link`'s text, alone or at the end of an address. Raises `Invalid` for any other."""
        return cls.from_json(unpack(link))

    def at(self, path: str) -> object:
        """The value at a path, such as ``"data.mean"`` or ``"regularizers.r1.gamma"``. Raises `Invalid`, naming the
        nearest path, where there is none."""
        return at(self, path)

    def replace(self, **fields: Any) -> Self:
        """A copy with other values at some paths, validated anew: ``replace(lr_g=1e-4, **{"data.mean": 2})``.

        ``"regularizers.r1"`` switches that regularizer on (a name, or an object with its fields) or, with None, off;
        ``"data.name"`` is another option with its own defaults. Raises `Invalid` for what is not there or does not fit.
        """
        return type(self)(**changed(self, fields))

    def diff(self, other: Experiment) -> Diff:
        """What must change to get from this experiment to `other`, by path, and whether a running training can take it:
        ``replace`` with both its parts gives `other`."""
        return difference(self, other)

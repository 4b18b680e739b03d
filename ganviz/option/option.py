"""Option: one choice in a room."""

from __future__ import annotations

from abc import ABC
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Self, Unpack

from pydantic import ConfigDict
from pydantic.fields import FieldInfo

from ganviz.docstring import docstring
from ganviz.invalid import Invalid
from ganviz.option.field import hint
from ganviz.option.model import FrozenModel

if TYPE_CHECKING:
    from ganviz.experiment import Experiment


class Option(FrozenModel):
    """One choice in a room.

    A subclass is abstract or final: abstract where it lists ``ABC`` among its bases (the room's contract, or what
    several options have in common), else final, in a file of its own. A subclass of a final one raises `Invalid`.
    """

    room: ClassVar[str]
    """The package that holds the option, such as ``"losses"``; set by each room's base class."""

    def __init_subclass__(cls, **config: Unpack[ConfigDict]) -> None:
        super().__init_subclass__(**config)
        for base in cls.__bases__:
            if issubclass(base, Option) and base is not Option and not base.is_abstract():
                raise Invalid(
                    f"{cls.__name__} may not derive from {base.__name__}, which is a final option; derive it from "
                    f"{base.__bases__[0].__name__}."
                )

    @classmethod
    def is_abstract(cls) -> bool:
        """Whether it is there for others to derive from, and no option by itself."""
        return cls is Option or ABC in cls.__bases__

    @classmethod
    def called(cls) -> str:
        return cls.option_name()

    @classmethod
    def option_name(cls) -> str:
        """The name in JSON and in the drop-down: the name of the option's file."""
        return cls.__module__.rpartition(".")[2]

    @classmethod
    def contract(cls) -> type[Option]:
        """The abstract base that says what an option of this room must do."""
        return next(base for base in cls.__mro__ if Option in base.__bases__)

    @classmethod
    def help(cls) -> str:
        """The docstring: formula, paper, conventions, what to watch."""
        return docstring(cls)

    @classmethod
    def gist(cls) -> str:
        """The docstring's first paragraph, in one line."""
        return " ".join(cls.help().partition("\n\n")[0].split())

    @classmethod
    def knobs(cls) -> dict[str, FieldInfo]:
        """The option's fields in order of definition."""
        return dict(cls.model_fields)

    def numbers(self) -> dict[str, float]:
        """The live floats: inputs of the training step, so that changing one needs no new graph."""
        return {name: float(getattr(self, name)) for name in self.live_floats()}

    @classmethod
    def live_floats(cls) -> Iterator[str]:
        """Names of the fields in `numbers`."""
        return (n for n, f in cls.model_fields.items() if f.annotation is float and hint(f, "live"))

    def bind(self, numbers: Mapping[str, Any]) -> Self:
        """A copy whose live floats are replaced, unvalidated: by tensors, inside the training step."""
        return self.model_copy(update=dict(numbers))

    def objection(self, experiment: Experiment) -> str | None:
        """Why this option makes no sense in that experiment, as a sentence; None where it does."""
        return None

    def lacking(self) -> str | None:
        """What the reader must give before a run with this option can begin, as a sentence; None for nearly all, whose
        defaults are enough."""
        return None

    def structure(self) -> object:
        """What the shapes of the networks' parameters owe to this option; None for nearly all. Exchanging options of
        different structure needs a new run."""
        return None

    @property
    def family(self) -> str:
        """What it has in common with some others of its room, in a word; a drop-down keeps them together."""
        return ""

    def to_dict(self) -> dict[str, Any]:
        """The form used in JSON: the name and the fields."""
        return {"name": self.option_name(), **self.model_dump(mode="json")}

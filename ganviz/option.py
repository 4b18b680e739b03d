"""What an option is, and how it is found.

An option is a frozen pydantic model: its docstring is its help, its fields are its sliders. It lives in a *room*, a
package such as ``ganviz.losses``, in a file called what the option is called in JSON. Nothing lists the options: to
add one is to add its file.
"""

from __future__ import annotations

import importlib
import inspect
import json
import pkgutil
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic.fields import FieldInfo

from ganviz.invalid import Invalid as Invalid
from ganviz.invalid import nearest as nearest

if TYPE_CHECKING:
    from ganviz.experiment import Experiment


def live(default: Any, *, description: str, log: bool = False, **bounds: Any) -> Any:
    """A field that may change between two steps of a running training; ``log`` asks for a logarithmic slider."""
    return Field(default, description=description, json_schema_extra={"live": True, "log": log}, **bounds)


def rebuild(default: Any, *, description: str, log: bool = False, control: str = "", **bounds: Any) -> Any:
    """A field whose change starts a new run: other networks, another seed, other data. ``control`` names the control
    that sets it (a file of ``ganviz.widgets.editors``) where its type and range do not say enough."""
    extra: dict[str, Any] = {"live": False, "log": log, "control": control}
    return Field(default, description=description, json_schema_extra=extra, **bounds)


def hint(field: FieldInfo, name: str) -> Any:
    """A mark that `live` or `rebuild` left on a field: ``"live"``, ``"log"`` or ``"control"``."""
    extra = field.json_schema_extra
    return extra.get(name) if isinstance(extra, dict) else None


class Settled(BaseModel):
    """A frozen model whose errors are sentences: what `Option` and `Experiment` have in common."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False, arbitrary_types_allowed=True)

    def __init__(self, **fields: Any) -> None:
        try:
            super().__init__(**fields)
        except ValidationError as error:
            raise Invalid(sentence(error, type(self))) from None


class Option(Settled):
    """One choice in a room. Subclasses are abstract (a room's base) or final (one file each)."""

    room: ClassVar[str]
    """The package that holds the option, such as ``"losses"``; set by each room's base class."""
    kind: ClassVar[str] = ""
    """What it has in common with some others of its room; a drop-down keeps them together."""

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
        return inspect.cleandoc(cls.__doc__ or "")

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

    def to_dict(self) -> dict[str, Any]:
        """The form used in JSON: the name and the fields."""
        return {"name": self.option_name(), **self.model_dump(mode="json")}


def names(room: str) -> list[str]:
    """Names of all options in a room, in alphabetical order, without importing them.

    Raises `Invalid` for a room that does not exist.
    """
    try:
        package = importlib.import_module(f"ganviz.{room}")
    except ModuleNotFoundError:
        raise Invalid(f"There is no room called {room!r}.") from None
    found = (module.name for module in pkgutil.iter_modules(package.__path__))
    return sorted(name for name in found if name != "base" and not name.startswith("_"))


def find(room: str, name: str) -> type[Option]:
    """The option's class. Raises `Invalid`, naming the nearest option, when there is none of that name."""
    known = names(room)
    if name not in known:
        raise Invalid(f"There is no {name[:80]!r} in {room}{nearest(name[:80], known)}")
    module = importlib.import_module(f"ganviz.{room}.{name}")
    return next(
        thing
        for thing in vars(module).values()
        if isinstance(thing, type)
        and issubclass(thing, Option)
        and thing.__module__ == module.__name__
        and not inspect.isabstract(thing)
        and not thing.__name__.startswith("_")
    )


def resolve(room: str, value: Any) -> Option:
    """An option from a name, from ``{"name": ..., field: value}``, or from itself. Raises `Invalid`."""
    if isinstance(value, Option):
        if value.room != room:
            raise Invalid(f"{value.option_name()!r} belongs to {value.room}, not to {room}.")
        return value
    if isinstance(value, str):
        return find(room, value)()
    if isinstance(value, Mapping) and isinstance(value.get("name"), str):
        fields = {str(key): item for key, item in value.items() if key != "name"}
        return find(room, value["name"])(**fields)
    raise Invalid(f"An option of {room} is a name or an object with a name, not {json.dumps(value, default=repr):.80}.")


def sentence(error: ValidationError, model: type[BaseModel]) -> str:
    """pydantic's first complaint as one sentence that names the field, its range and what was given."""
    first = error.errors(include_url=False)[0]
    where = ".".join(str(part) for part in first["loc"])
    given = first.get("input")
    if first["type"] == "extra_forbidden":
        owner = model.option_name() if issubclass(model, Option) else model.__name__
        return f"{owner} has no field {where!r}{nearest(where, list(model.model_fields))}"
    if first["type"] == "value_error":
        return str(first["ctx"]["error"])
    text = first["msg"].replace("Input should be", "must be").replace("Field required", "is missing")
    shown = "" if first["type"] == "missing" else f" (got {given!r:.80})"
    return f"{where} {text[0].lower()}{text[1:]}{shown}."

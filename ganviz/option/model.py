"""FrozenModel: the base of options and experiments."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, get_args

from pydantic import BaseModel, ConfigDict, ValidationError, ValidationInfo, field_validator

from ganviz.invalid import Invalid, nearest


class FrozenModel(BaseModel):
    """A frozen pydantic model whose errors are sentences."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False, arbitrary_types_allowed=True)

    def __init__(self, **fields: Any) -> None:
        try:
            super().__init__(**fields)
        except ValidationError as error:
            raise Invalid(_sentence(error, type(self))) from None

    @field_validator("*", mode="before")
    @classmethod
    def _no_boolean_is_a_number(cls, value: Any, info: ValidationInfo) -> Any:
        """To Python, and so to pydantic, True is 1 and 1 is true."""
        name = str(info.field_name)
        annotation = cls.model_fields[name].annotation
        kinds = _parts(annotation)
        if bool not in kinds and kinds & {int, float} and bool in map(type, _leaves(value)):
            wanted = "be a number" if annotation in (int, float) else "hold numbers, no true or false"
            raise Invalid(f"{name} must {wanted} (got {value!r:.80}).")
        if kinds == {bool} and type(value) is not bool:
            raise Invalid(f"{name} must be true or false (got {value!r:.80}).")
        return value

    @classmethod
    def called(cls) -> str:
        """What a sentence about one of its fields calls it."""
        return cls.__name__


def _parts(annotation: Any) -> frozenset[Any]:
    """The types that a type is made of, such as float of ``tuple[float, ...]``; itself where it is simple."""
    inner = get_args(annotation)
    return frozenset().union(*map(_parts, inner)) if inner else frozenset([annotation])


def _leaves(value: object) -> Iterator[object]:
    """What a tree of lists and tuples holds, in any order; a file may nest them deeper than Python calls."""
    waiting = [value]
    while waiting:
        if isinstance(part := waiting.pop(), list | tuple):
            waiting.extend(part)
        else:
            yield part


def _sentence(error: ValidationError, model: type[FrozenModel]) -> str:
    """pydantic's first complaint as one sentence that names the field, its range and what was given."""
    first = error.errors(include_url=False)[0]
    where = ".".join(str(part) for part in first["loc"])
    if first["type"] == "extra_forbidden":
        return f"{model.called()} has no field {where[:80]!r}{nearest(where[:80], model.model_fields)}"
    if first["type"] == "value_error":
        return str(first["ctx"]["error"])
    text = first["msg"].replace("Input should be", "must be").replace("Field required", "is missing")
    shown = "" if first["type"] == "missing" else f" (got {first.get('input')!r:.80})"
    return f"{where} {text[0].lower()}{text[1:]}{shown}."

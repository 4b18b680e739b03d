"""FrozenModel: the base of options and experiments."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from ganviz.invalid import Invalid, nearest


class FrozenModel(BaseModel):
    """A frozen pydantic model whose errors are sentences."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False, arbitrary_types_allowed=True)

    def __init__(self, **fields: Any) -> None:
        try:
            super().__init__(**fields)
        except ValidationError as error:
            raise Invalid(_sentence(error, type(self))) from None

    @classmethod
    def called(cls) -> str:
        """What a sentence about one of its fields calls it."""
        return cls.__name__


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

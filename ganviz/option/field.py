"""Fields of an option or an experiment, and whether they may change in a running training."""

from __future__ import annotations

from typing import Any

from pydantic import Field
from pydantic.fields import FieldInfo


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

"""The registry: finds the options of a room by its files.

A room is named by its package, such as ``"losses"``, or by its contract, such as `Loss`; what is found then has the
contract's type. Files whose names begin with an underscore, and ``base.py``, hold no options.
"""

from __future__ import annotations

import importlib
import json
import logging
import pkgutil
from collections.abc import Mapping
from functools import cache
from typing import TypeVar, overload

from ganviz.invalid import Invalid, nearest
from ganviz.option.load import load
from ganviz.option.option import Option

log = logging.getLogger("ganviz")

T = TypeVar("T", bound=Option)


def names(room: str) -> list[str]:
    """Names of all options in a room, in alphabetical order, without importing them.

    Raises `Invalid` for a room that does not exist.
    """
    try:
        folders = importlib.import_module(f"ganviz.{room}").__path__
    except (ModuleNotFoundError, AttributeError):  # there is no such module, or it is no package
        raise Invalid(f"There is no room called {room[:80]!r}.") from None
    found = (module.name for module in pkgutil.iter_modules(folders))
    return sorted(name for name in found if name != "base" and not name.startswith("_"))


@overload
def find(room: type[T], name: str) -> type[T]: ...
@overload
def find(room: str, name: str) -> type[Option]: ...
def find(room: type[Option] | str, name: str) -> type[Option]:
    """The option's class. Raises `Invalid`, naming the nearest option, when there is none of that name, and for a file
    that is broken or half-written, saying why."""
    place = room if isinstance(room, str) else room.room
    known = names(place)
    if name not in known:
        raise Invalid(f"There is no {name[:80]!r} in {place}{nearest(name[:80], known)}")
    return load(place, name)


@overload
def available(room: type[T]) -> Mapping[str, type[T]]: ...
@overload
def available(room: str) -> Mapping[str, type[Option]]: ...
def available(room: type[Option] | str) -> Mapping[str, type[Option]]:
    """The classes of all options of a room that can be used, by name; `broken` says what is wrong with the others."""
    return _sorted_out(room)[0]


def broken(room: type[Option] | str) -> dict[str, str]:
    """Why the other options of a room cannot be used, each in a sentence, by name; as a rule there are none."""
    return _sorted_out(room)[1]


@overload
def resolve(room: type[T], value: object) -> T: ...
@overload
def resolve(room: str, value: object) -> Option: ...
def resolve(room: type[Option] | str, value: object) -> Option:
    """An option from a name, from ``{"name": ..., field: value}``, or from itself. Raises `Invalid`."""
    place = room if isinstance(room, str) else room.room
    if isinstance(value, Option):
        if value.room != place:
            raise Invalid(f"{value.option_name()!r} belongs to {value.room}, not to {place}.")
        return value
    if isinstance(value, str):
        return find(room, value)()
    if isinstance(value, Mapping) and isinstance(value.get("name"), str):
        fields: dict[str, object] = {str(key): item for key, item in value.items() if key != "name"}
        return find(room, value["name"])(**fields)
    given = json.dumps(value, default=repr)
    raise Invalid(f"An option of {place} is a name or an object with a name, not {given:.80}.")


def _sorted_out(room: type[Option] | str) -> tuple[dict[str, type[Option]], dict[str, str]]:
    """A room's options, and why the others are none."""
    usable: dict[str, type[Option]] = {}
    reasons: dict[str, str] = {}
    for name in names(room if isinstance(room, str) else room.room):
        try:
            usable[name] = find(room, name)
        except Invalid as error:
            reasons[name] = str(error)
            _warn_once(str(error))
    return usable, reasons


@cache
def _warn_once(reason: str) -> None:
    log.warning("%s", reason)

"""Paths into an experiment, such as ``"lr_d"``, ``"data.mean"`` or ``"regularizers.r1.gamma"``.

A path is a field of the experiment, and behind a dot a field of the option that stands there; of several options
(the regularizers) one is chosen by its name first. ``name`` is which option it is, as in JSON: ``"data.name"``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from ganviz.experiment.in_room import room_of
from ganviz.option import FrozenModel, Invalid, Option, find, nearest, resolve

if TYPE_CHECKING:
    from ganviz.experiment.experiment import Experiment

Changes = Mapping[str, object]
"""New values by path."""


def field_of(path: str) -> str:
    """The field of the experiment that a path leads into."""
    return path.partition(".")[0]


def leaves(node: object, path: str = "") -> dict[str, object]:
    """The path and the value of everything that has no parts. Experiments that agree in all of them are equal, but for
    the order of the regularizers."""
    parts = _parts(node)
    if not parts:
        return {path: node}
    return {
        place: leaf
        for name, part in parts.items()
        for place, leaf in leaves(part, f"{path}.{name}" if path else name).items()
    }


def at(experiment: Experiment, path: str) -> object:
    """The value at a path. Raises `Invalid`, naming the nearest path, where there is none."""
    node: object = experiment
    walked: list[str] = []
    for name in path.split("."):
        parts = _parts(node)
        if name not in parts:
            raise _missing(path, walked, node)
        node = parts[name]
        walked.append(name)
    return node


def changed(experiment: Experiment, changes: Changes) -> dict[str, object]:
    """The experiment's fields with new values at some paths, not validated together yet.

    A path to one of several options switches it on or, with None, off. Where a field and something inside it are both
    given, the field comes first, in whatever order they stand.
    """
    whole, inside = _split(changes)
    known = type(experiment).model_fields
    fields = {name: getattr(experiment, name) for name in known} | whole
    for name, inner in inside.items():
        path = f"{name}.{next(iter(inner))}"
        if name not in known:
            raise _missing(path, [], experiment)
        room = room_of(known[name])
        if room is None:
            raise _missing(path, [name], fields[name])
        several = isinstance(getattr(experiment, name), tuple)
        fields[name] = _switched(fields[name], inner, room) if several else _with(resolve(room, fields[name]), inner)
    return fields


def _parts(node: object) -> dict[str, object]:
    """What stands one step further, by name."""
    if isinstance(node, tuple) and all(isinstance(item, Option) for item in node):
        return {option.option_name(): option for option in node}
    if not isinstance(node, FrozenModel):
        return {}
    name = {"name": node.option_name()} if isinstance(node, Option) else {}
    return {**name, **{field: getattr(node, field) for field in type(node).model_fields}}


def _missing(path: str, walked: list[str], node: object) -> Invalid:
    """What is said of a path that leads nowhere, where `walked` leads to `node` and there is no way on."""
    said, here = f"There is no {path[:80]!r} in an experiment", ".".join(walked)
    if isinstance(node, tuple) and not node:
        return Invalid(f"{said}: nothing is switched on in {here!r}.")
    known = [".".join([*walked, name]) for name in _parts(node)]
    asked = ".".join(path.split(".")[: len(walked) + 1])
    return Invalid(said + (nearest(asked[:80], known) if known else f": {here!r} has no parts."))


def _split(changes: Changes) -> tuple[dict[str, object], dict[str, dict[str, object]]]:
    """Values of the fields named first in some paths, and the rest of the longer paths under theirs."""
    whole: dict[str, object] = {}
    inside: dict[str, dict[str, object]] = {}
    for path, value in changes.items():
        name, dot, rest = path.partition(".")
        if dot:
            inside.setdefault(name, {})[rest] = value
        else:
            whole[name] = value
    return whole, inside


def _with(option: Option, changes: Changes) -> Option:
    """The option with some fields changed; under another name, that option with its own defaults elsewhere."""
    name = changes.get("name", option.option_name())
    kept = {field: getattr(option, field) for field in option.knobs()} if name == option.option_name() else {}
    return resolve(option.room, {"name": name, **kept, **changes})


def _switched(options: object, changes: Changes, room: str) -> tuple[Option, ...]:
    """Several options with some switched on or off, and some changed inside; new ones stand behind the others."""
    given = options if isinstance(options, list | tuple) else (options,)
    on = {option.option_name(): option for option in (resolve(room, item) for item in given)}
    whole, inside = _split(changes)
    for name in (*whole, *inside):
        find(room, name)  # raises where there is no such option at all
    for name, value in whole.items():
        if value is None:
            on.pop(name, None)
            continue
        option = resolve(room, value)
        if option.option_name() != name:
            raise Invalid(f"At '{room}.{name}' can only be {name!r}, or None to switch it off.")
        on[name] = option
    for name, inner in inside.items():
        if name not in on:
            raise Invalid(f"There is no '{room}.{name}.{next(iter(inner))}' here: {name!r} is not switched on.")
        on[name] = _with(on[name], inner)
    return tuple(on.values())

"""Diff: how two experiments differ."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ganviz.option import FrozenModel, Option, hint

if TYPE_CHECKING:
    from ganviz.experiment.experiment import Experiment


@dataclass(frozen=True)
class Diff:
    """Paths of the values that differ, each with its new value: live changes apart from those that rebuild. A
    regularizer that is switched off has the new value None."""

    live: dict[str, Any] = field(default_factory=dict)
    """Changes that a running training can take between two steps."""
    rebuild: dict[str, Any] = field(default_factory=dict)
    """Changes that need a new run."""

    def __bool__(self) -> bool:
        return bool(self.live or self.rebuild)


def difference(old: Experiment, new: Experiment) -> Diff:
    """What must be replaced in `old` to get `new`."""
    diff = Diff()
    _compare_fields("", old, new, diff)
    return diff


def _compare_fields(path: str, old: FrozenModel, new: FrozenModel, diff: Diff) -> None:
    for name, info in type(old).model_fields.items():
        _compare(f"{path}{name}", getattr(old, name), getattr(new, name), bool(hint(info, "live")), diff)


def _compare(path: str, old: object, new: object, is_live: bool, diff: Diff) -> None:
    """Note in `diff` where two values of a field differ; the same option with other numbers is told field by field."""
    before, after = _by_name(old), _by_name(new)
    if before is not None and after is not None:
        _compare_several(path, before, after, is_live, diff)
    elif isinstance(old, Option) and isinstance(new, Option) and type(old) is type(new):
        _compare_fields(f"{path}.", old, new, diff)
    elif old != new:
        is_live = is_live and _structure(old) == _structure(new)
        (diff.live if is_live else diff.rebuild)[path] = new


def _compare_several(path: str, before: dict[str, Option], after: dict[str, Option], is_live: bool, diff: Diff) -> None:
    """Note what differs one by one, or all of them as a whole where only that gives the order of `after`."""
    apart = Diff()
    for name in before | after:
        _compare(f"{path}.{name}", before.get(name), after.get(name), is_live, apart)
    # In what order `replace` leaves them: new ones stand behind those that stay, live ones first.
    places = [*before, *(place.removeprefix(f"{path}.") for place in (*apart.live, *apart.rebuild))]
    if [name for name in dict.fromkeys(places) if name in after] == list(after):
        diff.live.update(apart.live)
        diff.rebuild.update(apart.rebuild)
    else:
        (diff.rebuild if apart.rebuild else diff.live)[path] = tuple(after.values())


def _by_name(value: object) -> dict[str, Option] | None:
    """Several options by their names; None for any other value."""
    if not isinstance(value, tuple) or not all(isinstance(item, Option) for item in value):
        return None
    return {option.option_name(): option for option in value}


def _structure(value: object) -> object:
    return value.structure() if isinstance(value, Option) else None

"""What a rule is, and the register of all."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

Rule = Callable[..., Any]
"""Takes the builder, torch's own idea of the result (a fake tensor, or a list of them) and the operation's arguments,
views in place of tensors; returns a view, or a list of them."""

RULES: dict[str, Rule] = {}
"""By the operation's name, with its overload where that matters: ``"add.Tensor"``, ``"exp"``."""

REFUSED: set[str] = set()
"""Operations that no instructions stand for, known beforehand, so that nothing is captured in vain."""

Found = TypeVar("Found", bound=Rule)


def lowers(*names: str) -> Callable[[Found], Found]:
    """Register a rule for operations of these names."""

    def register(rule: Found) -> Found:
        RULES.update(dict.fromkeys(names, rule))
        return rule

    return register

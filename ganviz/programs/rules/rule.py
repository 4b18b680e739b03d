"""What a rule is, and the register of all."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

import torch


@dataclass(frozen=True)
class Kind:
    """What is known of a tensor before its numbers."""

    shape: torch.Size
    dtype: torch.dtype


Rule = Callable[..., Any]
"""Takes the builder, the result's `Kind`, or a list of them, and the operation's arguments, views in place of tensors;
returns a view, or a list of them."""

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

"""Report: what was taken of a file, what was left out and why, and what was assumed."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Self

LISTED = 8
"""Names that a sentence lists; of more it says how many there are."""


@dataclass(frozen=True)
class Report:
    """What became of a file that was read; as text, a few plain sentences."""

    file: str
    """Its name, or its folder's, without the path."""
    amount: str
    """How much it holds: ``"120 rows"``."""
    taken: tuple[str, ...]
    """What is used: the names of columns."""
    left_out: tuple[tuple[str, str], ...] = ()
    """What is not, and why, as a sentence without its full stop: ``("city", "has 'Köln' in line 2")``."""
    assumed: tuple[str, ...] = ()
    """What the file itself does not say: ``"decimal commas"``."""

    def choose(self, names: Sequence[str], *assumed: str) -> Self:
        """The report when only some of what could be taken is used, in this order."""
        others = tuple((name, "was not chosen") for name in self.taken if name not in names)
        return replace(
            self, taken=tuple(names), left_out=self.left_out + others, assumed=(*self.assumed, *filter(None, assumed))
        )

    def __str__(self) -> str:
        left_out = [f"{what} {why}" for what, why in self.left_out]
        parts = [
            f"{self.file}: {self.amount}",
            f"Taken: {_listed(self.taken, ', ')}" if self.taken else "",
            f"Left out: {_listed(left_out, '; ')}" if left_out else "",
            f"Assumed: {', '.join(self.assumed)}" if self.assumed else "",
        ]
        return " ".join(f"{part}." for part in parts if part)

    def to_json(self) -> str:
        """The report as text that goes from one process to another."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Read `to_json`'s text."""
        fields = json.loads(text)
        left_out = tuple((what, why) for what, why in fields["left_out"])
        return cls(fields["file"], fields["amount"], tuple(fields["taken"]), left_out, tuple(fields["assumed"]))


def _listed(items: Sequence[str], mark: str) -> str:
    more = len(items) - LISTED
    return mark.join(items[:LISTED]) + (f"{mark}and {more} more" if more > 0 else "")

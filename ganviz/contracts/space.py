"""Space: the base of every kind of sample there is to look at."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, ClassVar, cast

from ganviz.contracts.distribution import Distribution
from ganviz.option import Invalid, Option, names, nearest, resolve

if TYPE_CHECKING:
    from ganviz.engine.observer import Observer
    from ganviz.engine.players import Players


class Space(Option, ABC):
    """Where samples lie: on the line, in the plane, among pictures. A distribution, a metric and a figure name it."""

    room: ClassVar[str] = "spaces"
    heading: ClassVar[str]
    """Of the presets in this space, on the front page."""
    about: ClassVar[str]
    """A line about what is to be seen of them, below the heading."""
    rank: ClassVar[int] = 100
    """Where they stand on that page, from top to bottom."""

    @abstractmethod
    def observer(self, game: Players) -> Observer:
        """What looks at the states of a game whose samples lie here."""


def space_of(data: Distribution) -> Space:
    """The space of the data's samples. Raises `Invalid` where there is none of the name that they give."""
    known = names("spaces")
    if data.space not in known:
        where = f"there is no space {data.space!r}{nearest(data.space, known)}"
        raise Invalid(f"Samples of {data.option_name()} can be trained on but not looked at: {where}")
    # The registry knows options; that those of this room are spaces is the room's promise.
    return cast(Space, resolve("spaces", data.space))

"""List the options of every room, with their fields."""

from __future__ import annotations

import argparse
import textwrap
from typing import Any

from ganviz.cli.table import table
from ganviz.option import Invalid, Option, available, broken, find, hint, nearest

ROOMS = (
    "distributions",
    "latents",
    "networks",
    "losses",
    "regularizers",
    "optimizers",
    "schedules",
    "spaces",
    "metrics",
    "figures",
)


def arguments(parser: argparse.ArgumentParser) -> None:
    """What ``ganviz options`` takes."""
    parser.add_argument("room", nargs="?", help=f"one of {', '.join(ROOMS)}")
    parser.add_argument("name", nargs="?", help="an option of the room, for its whole documentation")


def run(options: argparse.Namespace) -> int:
    """Print the rooms, one room with its fields, or one option with its documentation; of an option whose file is
    broken, why."""
    if options.room is not None and options.room not in ROOMS:
        raise Invalid(f"There is no room {options.room!r}{nearest(options.room, list(ROOMS))}")
    if options.name is not None:
        print(find(options.room, options.name).help(), end="\n\n")
        print(_fields(find(options.room, options.name)) or "It has no fields.")
        return 0
    for room in [options.room] if options.room else ROOMS:
        print(room)
        for name, option in available(room).items():
            print(f"  {name}: {textwrap.shorten(option.help().partition(chr(10))[0], 100)}")
            if options.room and option.knobs():
                print(textwrap.indent(_fields(option), "      "))
        for name, reason in broken(room).items():
            print(f"  {name}: left out. {reason}")
    return 0


def _fields(option: type[Option]) -> str:
    rows = [
        (name, _range(field.metadata), f"default {_short(field.default)}", _kind(field), field.description or "")
        for name, field in option.knobs().items()
    ]
    return table(rows) if rows else ""


def _kind(field: Any) -> str:
    return "live" if hint(field, "live") else "rebuilds"


def _range(marks: list[Any]) -> str:
    signs = {"ge": "≥ ", "gt": "> ", "le": "≤ ", "lt": "< "}
    return ", ".join(
        f"{sign}{getattr(mark, key):g}" for mark in marks for key, sign in signs.items() if hasattr(mark, key)
    )


def _short(value: Any) -> str:
    return textwrap.shorten(str(value), 30)

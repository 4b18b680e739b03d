"""The policy of a public server: how many visitors, how long, how much each."""

from __future__ import annotations

import argparse
import os
from dataclasses import dataclass

from ganviz.cli.kernels import ARRIVAL
from ganviz.cli.public.memory import available
from ganviz.lab.limits import Limits
from ganviz.option import Invalid

SESSION = 400 << 20
"""Bytes of memory that one session takes, torch included: 300 to 330 MB measured, and some air."""

RESERVE = 600 << 20
"""Bytes left for the server itself and for the rest of the machine."""

SCARCE = RESERVE // 2
"""Bytes left on the machine below which the largest session is ended: one on pictures can grow to three times
`SESSION`."""

PER_CORE = 8
"""Sessions for each core; more only when asked for by number. Visitors read more than they train: where four for each
core all play at full speed, each gets some eight frames a second (tests/benchmarks/visitors.py)."""


@dataclass(frozen=True)
class Policy:
    """What `Visits` and the handlers go by."""

    sessions: int
    """Visitors at a time; further ones wait."""
    preheated: int
    """Kernels that are kept ready for the next visitors, beside those sessions."""
    idle: float
    """Seconds without an act of the visitor after which a session is ended."""
    limits: Limits
    """What a visitor may ask for."""
    per_address: int = 0
    """Sessions of one address; 0: no limit."""
    memory: int = 1500 << 20
    """Bytes of a kernel beyond which it is ended, for the others' sake."""
    arrival: float = ARRIVAL
    """Seconds that a whole page has to connect to its kernel before that is ended."""


def arguments(parser: argparse.ArgumentParser) -> None:
    """What ``ganviz serve --public`` takes besides."""
    group = parser.add_argument_group("a public server")
    group.add_argument("--public", action="store_true", help="serve anybody: visitors run no code, and are limited")
    group.add_argument("--sessions", type=int, metavar="N", help="visitors at a time (default by the free memory)")
    about = "sessions of one address (default 0: no limit; a class, or all behind a proxy, share one)"
    group.add_argument("--per-address", type=int, metavar="N", default=0, help=about)
    group.add_argument("--preheat", type=int, metavar="N", default=1, help="kernels kept ready (default 1; 0: none)")
    group.add_argument("--idle", type=float, metavar="MINUTES", default=20.0, help="end idle sessions (default 20)")
    group.add_argument("--max-width", type=int, metavar="N", default=256, help="widest network (default 256)")
    group.add_argument("--max-depth", type=int, metavar="N", default=4, help="most hidden layers (default 4)")
    group.add_argument("--max-channels", type=int, metavar="N", default=32, help="largest DCGAN (default 32)")
    group.add_argument("--max-batch", type=int, metavar="N", default=1024, help="largest minibatch (default 1024)")
    group.add_argument("--max-upload", type=float, metavar="MB", default=2.0, help="largest file (default 2)")


def policy(options: argparse.Namespace) -> Policy:
    """The policy that the arguments ask for. Raises `Invalid` for numbers that make no sense."""
    for name in ("sessions", "per_address", "preheat", "max_width", "max_depth", "max_channels", "max_batch"):
        given, least = getattr(options, name), 0 if name in ("per_address", "preheat") else 1
        if given is not None and given < least:
            raise Invalid(f"--{name.replace('_', '-')} must be at least {least}.")
    if not options.idle > 0 or not 0 <= options.max_upload <= 8:
        raise Invalid("--idle must be above 0, and --max-upload from 0 to 8.")
    return Policy(
        sessions=options.sessions or _fitting(options.preheat),
        preheated=options.preheat,
        idle=60 * options.idle,
        per_address=options.per_address,
        limits=Limits(
            width=options.max_width,
            depth=options.max_depth,
            channels=options.max_channels,
            batch_size=options.max_batch,
            upload=int(1e6 * options.max_upload),
        ),
    )


def _fitting(preheated: int) -> int:
    """As many sessions as fit into the memory that is free now, and are not too many for the cores."""
    return max(1, min(PER_CORE * (os.cpu_count() or 1), (available() - RESERVE) // SESSION - preheated))

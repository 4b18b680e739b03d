"""What the arguments of ``ganviz serve --public`` ask for."""

from __future__ import annotations

import argparse

from ganviz.lab.limits import Limits
from ganviz.option import Invalid
from ganviz.server.public.policy import Policy, fitting


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
        sessions=options.sessions or fitting(options.preheat),
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

"""Start a server: its port, the variables of its kernels, and Voilà itself."""

from __future__ import annotations

import errno
import logging
import os
import shutil
import socket
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

from ganviz.invalid import because
from ganviz.lab import limits
from ganviz.option import Invalid
from ganviz.server.shown import Shown

if TYPE_CHECKING:
    from ganviz.server.app import Server
    from ganviz.server.public.policy import Policy

PORT = 8866
"""Where the app is served unless the reader says otherwise; the next free port when it is taken."""

OWN = ("127.0.0.1", "localhost", "::1")
"""Addresses that only this computer reaches."""

EVERYWHERE = "0.0.0.0"
"""The address that stands for all networks of this computer."""


def tell_kernels(experiment: str, host: str, rules: Policy | None) -> None:
    """Set the variables that kernels inherit."""
    os.environ["GANVIZ_EXPERIMENT"] = experiment
    # Networks this small are slower on two threads, and the browser needs the other core.
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    if host not in OWN or rules:
        # Visitors sit at other machines, and should not look around in the files of this one.
        os.environ.setdefault("GANVIZ_NO_PATHS", "1")
    if rules:
        os.environ[limits.VARIABLE] = rules.limits.model_dump_json()
        # What was built when ganviz was installed is used; no visitor has the machine compile.
        os.environ.setdefault("GANVIZ_NO_COMPILER", "1")


def free_port(host: str, wanted: int | None) -> int:
    """The wanted port, or the first free one from the default on. Raises `Invalid` when the wanted one is taken."""
    if wanted is not None and not 1 <= wanted <= 65535:
        raise Invalid(f"A port is a number from 1 to 65535, not {wanted}.")
    for port in [wanted] if wanted else range(PORT, PORT + 50):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
                return port
            except OSError as error:
                reason = error
    if reason.errno == errno.EADDRINUSE and wanted:
        raise Invalid(f"Port {wanted} is in use; choose another one with --port, or leave --port out.")
    raise Invalid(f"ganviz cannot listen on {host}: {because(reason)}.")


def must_have_docstrings() -> None:
    """Raise `Invalid` where Python leaves them out: Jupyter's server cannot be imported then."""
    if sys.flags.optimize > 1:
        raise Invalid("Jupyter's server does not run under python -OO (or PYTHONOPTIMIZE=2); python -O will do.")


def serve(begin: Shown, host: str, port: int, ready: Callable[[], None]) -> None:
    """Run a standalone Voilà, which never runs code sent by a visitor, in this process; `ready` is called once."""
    must_have_docstrings()
    from ganviz.server.app import Server
    from ganviz.server.settings import configuration, preheating

    settings = configuration(host, port)
    # While the reader looks at the front page, a kernel for the laboratory can be made ready.
    settings.merge(preheating(int(begin.front)))
    _start(Server(config=settings), begin, ready)


def serve_publicly(begin: Shown, host: str, port: int, ready: Callable[[], None], rules: Policy) -> None:
    """The same for anybody who comes."""
    must_have_docstrings()
    from ganviz.server.public.server import PublicServer
    from ganviz.server.settings import configuration, preheating

    settings = configuration(host, port)
    settings.merge(preheating(rules.preheated))
    app = PublicServer(config=settings)
    app.policy = rules
    _start(app, begin, ready)


def _start(app: Server, begin: Shown, ready: Callable[[], None]) -> None:
    from ganviz.server.own_files import own_files

    app.ready, app.front, app.notebook_path = ready, begin.front, str(begin.notebook)
    with own_files():
        app.initialize([])
        logging.getLogger("tornado").setLevel(logging.CRITICAL if not sys.flags.dev_mode else logging.INFO)
        # Here Voilà says what went wrong in a cell, which the page does not tell; by itself it says so to nobody.
        errors = logging.StreamHandler()
        errors.setLevel(logging.ERROR)
        logging.getLogger("traitlets").addHandler(errors)
        try:
            app.start()
        finally:
            # Voilà removes it, too, when it has listened; it may have failed before that.
            shutil.rmtree(app.connection_dir, ignore_errors=True)

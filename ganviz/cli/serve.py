"""Serve the front page, an explorer or a notebook as a page of its own, and open the browser."""

from __future__ import annotations

import argparse
import errno
import logging
import os
import socket
import sys
import threading
import webbrowser
from collections.abc import Callable
from typing import TYPE_CHECKING

from ganviz.cli.public.policy import Policy, policy
from ganviz.cli.public.policy import arguments as public_arguments
from ganviz.cli.shown import Shown, shown
from ganviz.cli.source import experiment_from
from ganviz.lab import limits
from ganviz.option import Invalid

if TYPE_CHECKING:
    from ganviz.cli.server import Server

PORT = 8866
"""Where the app is served unless the reader says otherwise; the next free port when it is taken."""

OWN = ("127.0.0.1", "localhost", "::1")
"""Addresses that only this computer reaches."""

EVERYWHERE = "0.0.0.0"
"""The address that stands for all networks of this computer."""


def arguments(parser: argparse.ArgumentParser) -> None:
    """What ``ganviz serve`` takes."""
    about = "a preset, or a .json or .ipynb file; without it the front page: all presets and the course"
    parser.add_argument("what", nargs="?", metavar="PRESET_OR_FILE", help=about)
    parser.add_argument("--port", type=int, help=f"port to serve on (default {PORT}, or the next free one)")
    parser.add_argument("--host", help="address to serve on (default this computer only; with --public every network)")
    parser.add_argument("--no-browser", action="store_true", help="do not open a browser")
    public_arguments(parser)


def run(options: argparse.Namespace) -> int:
    """Serve until interrupted."""
    rules = policy(options) if options.public else None
    host = options.host or (EVERYWHERE if rules else OWN[0])
    begin = shown(options.what)
    if rules:
        rules.limits.admit(experiment_from(begin.experiment))
    _tell_kernels(begin.experiment, host, rules)
    port = _free_port(host, options.port)
    address = f"http://{socket.gethostname() if host == EVERYWHERE else host}:{port}/"
    if options.port is None and port != PORT:
        print(f"Port {PORT} is in use, so this is port {port}.")

    def ready() -> None:
        whom = f" for {rules.sessions} visitors at a time" if rules else ""
        print(f"ganviz is at {address}{whom} — press Ctrl-C to end it.", flush=True)
        if not (options.no_browser or rules):
            # In a thread: some browsers keep the caller until they have the page, which this thread has to serve.
            threading.Thread(target=webbrowser.open, args=[address], daemon=True).start()

    if rules:
        _public(begin, host, port, ready, rules)
    else:
        _voila(begin, host, port, ready)
    print("ganviz has ended.")
    return 0


def _tell_kernels(experiment: str, host: str, rules: Policy | None) -> None:
    """Set the variables that kernels inherit."""
    os.environ["GANVIZ_EXPERIMENT"] = experiment
    # Networks this small are slower on two threads, and the browser needs the other core.
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    if host not in OWN or rules:
        # Visitors sit at other machines, and should not look around in the files of this one.
        os.environ.setdefault("GANVIZ_NO_PATHS", "1")
    if rules:
        os.environ[limits.VARIABLE] = rules.limits.model_dump_json()
        # A compiler for each visitor who turns a knob would take the machine from all of them.
        os.environ.setdefault("GANVIZ_NO_COMPILER", "1")


def _free_port(host: str, wanted: int | None) -> int:
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
    raise Invalid(f"ganviz cannot listen on {host}: {reason.strerror}.")


def _voila(begin: Shown, host: str, port: int, ready: Callable[[], None]) -> None:
    """Run a standalone Voilà, which never runs code sent by a visitor, in this process; `ready` is called once."""
    from ganviz.cli.server import Server
    from ganviz.cli.settings import configuration, preheating

    settings = configuration(host, port)
    # While the reader looks at the front page, a kernel for the laboratory can be made ready.
    settings.merge(preheating(int(begin.front)))
    _start(Server(config=settings), begin, ready)


def _public(begin: Shown, host: str, port: int, ready: Callable[[], None], rules: Policy) -> None:
    """The same for anybody who comes."""
    from ganviz.cli.public.server import PublicServer
    from ganviz.cli.settings import configuration, preheating

    settings = configuration(host, port)
    settings.merge(preheating(rules.preheated))
    app = PublicServer(config=settings)
    app.policy = rules
    _start(app, begin, ready)


def _start(app: Server, begin: Shown, ready: Callable[[], None]) -> None:
    app.ready, app.front = ready, begin.front
    app.initialize([str(begin.notebook)])
    logging.getLogger("tornado").setLevel(logging.CRITICAL if not sys.flags.dev_mode else logging.INFO)
    app.start()

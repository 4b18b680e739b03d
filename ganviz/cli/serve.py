"""Serve the front page, an explorer or a notebook as a page of its own, and open the browser."""

from __future__ import annotations

import argparse
import socket
import threading
import webbrowser

from ganviz.cli.policy import arguments as public_arguments
from ganviz.cli.policy import policy
from ganviz.cli.shown import shown
from ganviz.cli.source import experiment_from
from ganviz.server import start
from ganviz.server.start import EVERYWHERE, OWN, PORT


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
    start.tell_kernels(begin.experiment, host, rules)
    port = start.free_port(host, options.port)
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
        start.serve_publicly(begin, host, port, ready, rules)
    else:
        start.serve(begin, host, port, ready)
    print("ganviz has ended.")
    return 0

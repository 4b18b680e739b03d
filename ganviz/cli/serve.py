"""Serve the explorer as a page of its own and open the browser."""

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
from pathlib import Path

from ganviz.cli.source import experiment_from
from ganviz.option import Invalid

PORT = 8866
"""Where the app is served unless the reader says otherwise; the next free port when it is taken."""

OWN = ("127.0.0.1", "localhost", "::1")
"""Addresses that only this computer reaches."""

NOTEBOOK = Path(__file__).parent.parent / "app" / "explorer.ipynb"


def arguments(parser: argparse.ArgumentParser) -> None:
    """What ``ganviz serve`` takes."""
    parser.add_argument("experiment", nargs="?", default="figure-1", metavar="PRESET_OR_FILE")
    parser.add_argument("--port", type=int, help=f"port to serve on (default {PORT}, or the next free one)")
    parser.add_argument("--host", default="127.0.0.1", help="address to serve on (default this computer only)")
    parser.add_argument("--no-browser", action="store_true", help="do not open a browser")


def run(options: argparse.Namespace) -> int:
    """Serve until interrupted."""
    experiment_from(options.experiment)
    os.environ["GANVIZ_EXPERIMENT"] = _absolute(options.experiment)
    # Kernels inherit this: networks this small are slower on two threads, and the browser needs the other core.
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    if options.host not in OWN:
        # Visitors sit at other machines, and should not look around in the files of this one.
        os.environ.setdefault("GANVIZ_NO_PATHS", "1")
    port = _free_port(options.host, options.port)
    address = f"http://{options.host}:{port}/"
    if options.port is None and port != PORT:
        print(f"Port {PORT} is in use, so this is port {port}.")

    def ready() -> None:
        print(f"ganviz is at {address} — press Ctrl-C to end it.", flush=True)
        if not options.no_browser:
            # In a thread: some browsers keep the caller until they have the page, which this thread has to serve.
            threading.Thread(target=webbrowser.open, args=[address], daemon=True).start()

    _voila(options.host, port, ready)
    print("ganviz has ended.")
    return 0


def _absolute(experiment: str) -> str:
    return str(Path(experiment).resolve()) if experiment.endswith(".json") else experiment


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


def _voila(host: str, port: int, ready: Callable[[], None]) -> None:
    """Run a standalone Voilà, which never runs code sent by a visitor, in this process; `ready` is called once."""
    from traitlets.config import Config

    from ganviz.cli.server import Server

    settings = Config()
    settings.Server.ip, settings.Server.port, settings.Server.port_retries = host, port, 0
    settings.Server.log_level = logging.ERROR
    settings.VoilaConfiguration.allow_template_override = "NO"
    settings.VoilaConfiguration.allow_theme_override = "NO"
    settings.VoilaConfiguration.show_tracebacks = False
    settings.VoilaConfiguration.file_allowlist = []
    # The page uses these; whatever else is installed beside JupyterLab would only make it longer to load.
    settings.VoilaConfiguration.extension_allowlist = [
        "@jupyter-widgets/jupyterlab-manager",
        "@voila-dashboards/widgets-manager8",
        "anywidget",
    ]
    if os.name == "posix":
        # Sockets in the file system, which other users of this computer cannot listen to.
        settings.KernelManager.transport = "ipc"
    app = Server(config=settings)
    app.ready = ready
    app.initialize([str(NOTEBOOK)])
    logging.getLogger("tornado").setLevel(logging.CRITICAL if not sys.flags.dev_mode else logging.INFO)
    app.start()

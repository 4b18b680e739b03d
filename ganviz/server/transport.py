"""How the server and its kernels talk: sockets in a folder of the server's, or ports of this computer."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from traitlets.config import Config

from ganviz.option import Invalid

LONGEST = 103
"""Bytes of a socket's path that every system takes; Linux takes 107."""

BELOW = len("/voila_12345678/kernel-01234567-89ab-cdef-0123-456789abcdef-ipc-1")
"""Bytes of a socket's path below the folder for temporary files, as Voilà and Jupyter name it."""

SHORT = Path("/tmp")
"""Where sockets are when the user's own folder for temporary files has too long a name, as on macOS."""


def transport() -> Config:
    """Voilà's settings for it. Raises `Invalid` where no temporary file can be written."""
    settings = Config()
    if os.name != "posix":
        return settings
    try:
        wanted = Path(tempfile.gettempdir())
    except FileNotFoundError:
        raise Invalid("There is no folder that temporary files can be written to; set TMPDIR to one.") from None
    for folder in (wanted, SHORT):
        if fits(folder):
            # Sockets in the file system, which other users of this computer cannot listen to.
            settings.KernelManager.transport = "ipc"
            settings.Server.connection_dir_root = str(folder)
            break
    return settings


def fits(folder: Path) -> bool:
    """Whether kernels can have their sockets somewhere in a folder."""
    longest = max(len(os.fsencode(path)) for path in (folder, os.path.realpath(folder)))
    return longest + BELOW <= LONGEST and os.access(folder, os.W_OK | os.X_OK)

"""What ganviz asks of Voilà."""

from __future__ import annotations

import logging
import os

from traitlets.config import Config


def configuration(host: str, port: int) -> Config:
    """What every ganviz server asks of Voilà."""
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
    # A kernel that died is not replaced by a blank one: the page could not tell them apart.
    settings.KernelRestarter.restart_limit = 0
    settings.KernelRestarter.time_to_dead = 1.0
    if os.name == "posix":
        # Sockets in the file system, which other users of this computer cannot listen to.
        settings.KernelManager.transport = "ipc"
    return settings


def preheating(kernels: int) -> Config:
    """Voilà's settings for so many kernels that are kept ready."""
    settings = Config()
    if kernels:
        settings.VoilaConfiguration.preheat_kernel = True
        settings.VoilaConfiguration.default_pool_size = kernels
        # Not at once: heating the next kernel would compete with the visitor who has just been given one.
        settings.VoilaKernelManager.fill_delay = 30.0
    return settings

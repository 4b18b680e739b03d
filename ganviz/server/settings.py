"""What ganviz asks of Voilà."""

from __future__ import annotations

import logging

from traitlets.config import Config

from ganviz.server.transport import transport


def configuration(host: str, port: int) -> Config:
    """What every ganviz server asks of Voilà. Raises `Invalid` where no temporary file can be written."""
    settings = transport()
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
    settings.VoilaConfiguration.multi_kernel_manager_class = "ganviz.server.launch.Kernels"
    settings.VoilaConfiguration.kernel_spec_manager_class = "ganviz.server.interpreter.OneInterpreter"
    settings.VoilaExecutor.cell_error_instruction = "The server's terminal says what it was."
    # Else a folder named "lab" in the current one would count as a template.
    settings.VoilaExporter.extra_template_basedirs = []
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

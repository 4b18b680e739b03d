"""Surroundings that would spoil a page: a folder and a user with a configuration, kernels and templates for something
else, and variables to match."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

SETTINGS = {
    "Voila": {
        "base_url": "/elsewhere/",
        "token": "hostile",
        "static_root": "/nowhere",
        "server_url": "/nowhere/",
    },
    "VoilaConfiguration": {
        **{"template": "hostile", "theme": "dark", "strip_sources": False, "progressive_rendering": True},
        **{"extension_denylist": ["anywidget"], "file_allowlist": [".*"], "show_tracebacks": True},
        "kernel_spec_manager_class": "hostile.Kernels",
    },
    "VoilaExporter": {"exclude_output": True},
    "VoilaExecutor": {"timeout": 1, "startup_timeout": 0},
    "MultiKernelManager": {"default_kernel_name": "hostile"},
    "MappingKernelManager": {"cull_idle_timeout": 1, "cull_connected": True},
    "KernelManager": {"transport": "carrier-pigeon"},
    "PasswordIdentityProvider": {"hashed_password": "argon2:hostile"},
    "Session": {"key": "hostile"},
}
ENDING = "import os\nos._exit(3)\n"
"""What ends the process that reads it as Python."""


def surround(folder: Path) -> dict[str, str]:
    """Fill a folder with them; the variables that lead there."""
    config, data, ipython = folder / "hostile-config", folder / "hostile-data", folder / "hostile-ipython"
    for place in (folder, config):
        _settings(place)
    _data(data)
    for name in ("ipython_config.py", "ipython_kernel_config.py", "startup/00-hostile.py"):
        _write(ipython / "profile_default" / name, ENDING)
    # A folder of the name of a template in the current one.
    _write(folder / "lab" / "conf.json", "{")
    _write(folder / "startup.py", ENDING)
    temporary = folder / ("temporary-files-in-a-folder-with-a-name-too-long-for-sockets" + "-" * 30)
    temporary.mkdir()
    return {
        **{"JUPYTER_CONFIG_DIR": str(config), "JUPYTER_CONFIG_PATH": str(config)},
        **{"JUPYTER_DATA_DIR": str(data), "JUPYTER_PATH": str(data), "JUPYTER_PREFER_ENV_PATH": "0"},
        **{"JUPYTER_RUNTIME_DIR": str(folder / "startup.py" / "runtime"), "JUPYTER_PLATFORM_DIRS": "1"},
        **{"JUPYTER_TOKEN": "hostile", "JUPYTER_DEFAULT_PROVISIONER_NAME": "hostile"},
        **{"IPYTHONDIR": str(ipython), "PYTHONSTARTUP": str(folder / "startup.py"), "TMPDIR": str(temporary)},
    }


def _settings(place: Path) -> None:
    for name in ("voila", "jupyter_config", "jupyter_server_config", "jupyter_notebook_config"):
        _write(place / f"{name}.json", SETTINGS)
        _write(place / f"{name}.py", ENDING)
    disabled = {"@jupyter-widgets/jupyterlab-manager": True, "anywidget": True}
    _write(place / "labconfig" / "page_config.json", {"disabledExtensions": disabled})


def _data(place: Path) -> None:
    kernel = {"argv": ["false", "{connection_file}"], "display_name": "Hostile", "language": "python"}
    _write(place / "kernels" / "python3" / "kernel.json", kernel)
    for template in (place / "voila" / "templates" / "lab", place / "nbconvert" / "templates" / "lab"):
        _write(template / "index.html.j2", "hostile")
        _write(template / "conf.json", {"traitlet_configuration": SETTINGS["VoilaConfiguration"], "base_template": "x"})
        _write(template / "static" / "voila-style.js", "hostile")
    for name in ("anywidget", "@jupyter-widgets/jupyterlab-manager"):
        about = {"name": name, "version": "0.0.1", "jupyterlab": {"_build": {"load": "hostile.js"}}}
        _write(place / "labextensions" / name / "package.json", about)
    _write(place / "labextensions" / "hostile" / "package.json", "{")


def _write(path: Path, content: str | dict[str, Any]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content if isinstance(content, str) else json.dumps(content), "utf-8")

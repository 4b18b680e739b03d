"""The kernel of every page: the interpreter that serves it, whatever kernels are installed under whatever names."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from jupyter_client.kernelspec import NATIVE_KERNEL_NAME, KernelSpec, KernelSpecManager

SCRIPT = Path(__file__).parent / "page_kernel.py"

NAMED = {"name": NATIVE_KERNEL_NAME, "display_name": "Python 3", "language": "python"}
"""What a notebook's metadata say of this kernel."""

# Which program starts a kernel may be said by a variable of Jupyter's, unless it is said here.
METADATA = {"kernel_provisioner": {"provisioner_name": "local-provisioner", "config": {}}}


def command() -> list[str]:
    """The command of a kernel: this interpreter, as isolated as it is itself."""
    flags = {"-I": sys.flags.isolated, "-E": sys.flags.ignore_environment, "-s": sys.flags.no_user_site}
    return [sys.executable, *(flag for flag, set_ in flags.items() if set_), str(SCRIPT), "-f", "{connection_file}"]


class OneInterpreter(KernelSpecManager):
    """Finds one kernel, for every name that a notebook may give it."""

    def find_kernel_specs(self) -> dict[str, str]:
        """The names of all kernels, and their folders."""
        return {NATIVE_KERNEL_NAME: str(SCRIPT.parent)}

    def get_kernel_spec(self, kernel_name: str) -> KernelSpec:
        """The kernel of that name."""
        about: dict[str, Any] = {"display_name": NAMED["display_name"], "language": NAMED["language"]}
        return KernelSpec(argv=command(), metadata=METADATA, **about)

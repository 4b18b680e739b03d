"""The kernel of a page: IPython's, without anybody's configuration and startup files.

Run as a script and not as a module: then nothing of ganviz is imported before a notebook asks for it.
"""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
"""The folder of the package ganviz that serves the page."""


def import_from(root: Path) -> None:
    """Let imports find what is in `root` after Python's own modules and before all installed ones, as in the server,
    and not what is beside this script."""
    beside = str(Path(__file__).parent)
    sys.path[:] = [path for path in sys.path if path != beside]
    installed = (i for i, path in enumerate(sys.path) if Path(path).name in ("site-packages", "dist-packages"))
    sys.path.insert(next(installed, len(sys.path)), str(root))


if __name__ == "__main__":
    import_from(ROOT)

    from ipykernel.kernelapp import IPKernelApp

    class PageKernel(IPKernelApp):
        """IPython's kernel, as it is without any configuration."""

        def init_profile_dir(self) -> None:
            """The profile is a new folder beside the connection file, which the server removes when it ends."""
            self.config.ProfileDir.location = str(Path(self.connection_file).parent / "profile")
            self.config.HistoryManager.enabled = False
            self.auto_create = True
            super().init_profile_dir()  # type: ignore[no-untyped-call]

        def load_config_file(self, *how: object, **more: object) -> None:
            """No configuration is read."""

        def init_code(self) -> None:
            """No startup file is run."""

    PageKernel.launch_instance()

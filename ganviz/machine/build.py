"""From kernels in C to one shared library, which holds them for every kind of processor of a family.

Building knows nothing of loading: an installer can call `build`, and `library` what it made.
"""

from __future__ import annotations

import hashlib
import os
import platform
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from ganviz.machine.compilers import Compiler

KERNELS = Path(__file__).parent / "kernels"

BUILT = Path(__file__).parent / "built"
"""Where the library lies that was built when ganviz was installed."""

FAMILIES = ("elementary", "draws", "maps", "reductions", "moves", "orders", "products", "programs")
"""Kernels that are built once for each variant."""

COMMON = ("processor",)
"""What runs on any processor, to find out which variants do."""

FLAGS = (
    "-std=gnu11",
    "-O2",
    *(("-fPIC",) if sys.platform != "win32" else ()),  # Windows knows no other code
    "-fvisibility=hidden",
    "-ffreestanding",  # there is no C library to call
    "-ffp-contract=off",  # a product and a sum are fused where the source says so, and nowhere else
    "-fno-math-errno",  # a square root is an instruction
    "-Wall",
    "-Wextra",
    "-Werror",
)


@dataclass(frozen=True)
class Variant:
    """The same kernels for processors that can do more."""

    name: str
    vector_bytes: int
    flags: tuple[str, ...] = ()


PLAIN = Variant("plain", 16)

X86 = (
    PLAIN,
    Variant("avx2", 32, ("-mavx2", "-mfma")),
    Variant("avx512", 64, ("-mavx2", "-mfma", "-mavx512f", "-mavx512vl", "-mavx512bw", "-mavx512dq")),
)


def variants() -> tuple[Variant, ...]:
    """Those of this computer's family of processors, the widest last."""
    return X86 if platform.machine().lower() in ("x86_64", "amd64") else (PLAIN,)


def file_name(extra: tuple[str, ...] = ()) -> str:
    """The library's name: a digest of what the kernels are. Equal names, equal numbers, by whichever compiler."""
    digest = hashlib.sha256(repr((sys.platform, platform.machine(), FLAGS, extra, variants())).encode())
    for path in sorted(KERNELS.iterdir()):
        digest.update(f"\0{path.name}\0".encode() + path.read_bytes())
    ending = {"win32": ".dll", "darwin": ".dylib"}.get(sys.platform, ".so")
    return f"machine-{digest.hexdigest()[:32]}{ending}"


def build(compiler: Compiler, path: Path, extra: tuple[str, ...] = ()) -> None:
    """Compile and link all kernels; the file appears under its name only when it is whole.

    `extra` are more flags, such as those of a sanitizer. Raises `NoLibrary` with what the compiler complains of.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=path.parent, prefix=".machine-") as folder:
        whole = Path(folder) / path.name
        objects = compiled(compiler, Path(folder), extra)
        compiler("-shared", *_linking(extra), *extra, *map(str, objects), "-o", str(whole))
        _appear(whole, path)


def compiled(compiler: Compiler, folder: Path, extra: tuple[str, ...] = ()) -> list[Path]:
    """All kernels in every variant, as files in a folder that wait to be linked."""
    wanted = [(name, PLAIN) for name in COMMON] + [(name, variant) for variant in variants() for name in FAMILIES]
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        return list(pool.map(partial(_compiled, compiler, folder, extra), wanted))


def _appear(whole: Path, path: Path) -> None:
    """Give the file its name, once all of it is on the disk: to load half a library ends the process."""
    with whole.open("rb+") as file:
        os.fsync(file.fileno())
    try:
        os.replace(whole, path)
    except PermissionError:
        # Windows does not replace a file that is in use: another process has built the same, and has loaded it.
        if not path.exists():
            raise


def _compiled(compiler: Compiler, folder: Path, extra: tuple[str, ...], what: tuple[str, Variant]) -> Path:
    name, variant = what
    made = folder / f"{name}-{variant.name}.o"
    about = (f"-DVARIANT={variant.name}", f"-DVECTOR_BYTES={variant.vector_bytes}", *variant.flags)
    compiler(*FLAGS, *about, *extra, "-c", str(KERNELS / f"{name}.c"), "-o", str(made))
    return made


def _linking(extra: tuple[str, ...]) -> tuple[str, ...]:
    """Without any other library, and refused if one is missing; without what only debuggers read. A sanitizer brings
    its own."""
    if extra or sys.platform != "linux":
        return ()
    return ("-nostdlib", "-Wl,-z,defs", "-s")

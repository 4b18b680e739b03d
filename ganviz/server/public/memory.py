"""How much memory there is, and how much a process has."""

from __future__ import annotations

import os
from pathlib import Path

CGROUP = Path("/sys/fs/cgroup")
UNKNOWN = 4 << 30
"""Bytes taken for available where the system does not say."""


def available() -> int:
    """Bytes that new processes can have: what the machine has free, or what is left to this container."""
    return min([_free(), *_left_to_container()])


def resident(pid: int) -> int:
    """Bytes of a process that are in memory; 0 where that cannot be known."""
    try:
        pages = int(Path(f"/proc/{pid}/statm").read_text(encoding="utf-8").split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError, IndexError):
        return 0


def _free() -> int:
    try:
        lines = Path("/proc/meminfo").read_text(encoding="utf-8").splitlines()
        return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("MemAvailable:"))
    except (OSError, ValueError, StopIteration):
        return UNKNOWN


def _left_to_container() -> list[int]:
    try:
        most = (CGROUP / "memory.max").read_text("utf-8").strip()
        return [] if most == "max" else [int(most) - int((CGROUP / "memory.current").read_text("utf-8"))]
    except (OSError, ValueError):
        return []

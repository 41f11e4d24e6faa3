"""On what figures were taken, so that they can be read later."""

from __future__ import annotations

import os
import platform
from pathlib import Path


def machine() -> str:
    """The machine, and how busy it is with other things: figures count when that is next to nothing."""
    cores = len(os.sched_getaffinity(0))
    memory = _said("/proc/meminfo", "MemTotal").split()
    gigabytes = int(memory[0]) / 2**20 if memory else 0
    return (
        f"{cores} cores of {_said('/proc/cpuinfo', 'model name') or platform.machine()}, {gigabytes:.0f} GB, "
        f"{platform.system()} {platform.release()}, Python {platform.python_version()}; {busy()}"
    )


def busy() -> str:
    """The load average of the last minute."""
    return f"load {os.getloadavg()[0]:.2f}"


def _said(path: str, name: str) -> str:
    """What a file of the kernel says of *name*, where there is such a file."""
    lines = Path(path).read_text().splitlines() if Path(path).exists() else []
    return next((line.partition(":")[2].strip() for line in lines if line.startswith(name)), "")

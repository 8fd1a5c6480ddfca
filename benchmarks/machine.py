"""What the figures were measured on, without names or paths."""

import os
import platform
import re
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Final

_SYNCS: Final = 50
_BLOCK: Final = b"\0" * 8192


@dataclass(frozen=True, slots=True)
class Machine:
    """`load` is the number of busy processes before the run: much of it is others' work."""

    cores: int
    processor: str
    memory_gib: float
    python: str
    postgres: str
    sync_ms: float
    load: float


def describe_machine(*, postgres: str, folder: Path) -> Machine:
    """Look around; `folder` is on the disk where the data will lie."""
    return Machine(
        cores=cores(),
        processor=_first(Path("/proc/cpuinfo"), r"model name\s*:\s*(.+)") or platform.machine(),
        memory_gib=int(_first(Path("/proc/meminfo"), r"MemTotal:\s*(\d+) kB") or 0) / 2**20,
        python=platform.python_version(),
        postgres=postgres,
        sync_ms=_sync_ms(folder),
        load=os.getloadavg()[0],
    )


def cores() -> int:
    """Count the cores that we may use."""
    return len(os.sched_getaffinity(0))


def _first(path: Path, pattern: str) -> str | None:
    found = re.search(pattern, path.read_text())
    return found.group(1).strip() if found else None


def _sync_ms(folder: Path) -> float:
    """Measure how long it takes until 8 KiB, the size of a WAL page, are on the disk."""
    with tempfile.TemporaryFile(dir=folder) as file:
        started = time.perf_counter()
        for _ in range(_SYNCS):
            file.write(_BLOCK)
            file.flush()
            os.fsync(file.fileno())
        return (time.perf_counter() - started) / _SYNCS * 1000

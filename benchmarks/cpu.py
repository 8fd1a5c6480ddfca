"""How much processor time a tree of processes has used, by the kernel's own books."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Final

_TICKS_PER_SECOND: Final = os.sysconf("SC_CLK_TCK")


def cpu_seconds(roots: Mapping[str, int]) -> dict[str, float]:
    """Add up, for each named root process, what it and all that descend from it have used so far."""
    parents, used = _read_processes()
    totals = dict.fromkeys(roots, 0.0)
    names = {pid: name for name, pid in roots.items()}
    for pid in parents:
        name = _ancestor(pid, parents, names)
        if name is not None:
            totals[name] += used[pid]
    return totals


def cores_used(
    before: Mapping[str, float], after: Mapping[str, float], *, seconds: float
) -> dict[str, float]:
    """Turn two readings into the average number of cores in between."""
    return {name: (after[name] - before[name]) / seconds for name in before}


def parent_of(pid: int) -> int:
    return int(_fields(Path("/proc") / str(pid))[1])


def _read_processes() -> tuple[dict[int, int], dict[int, float]]:
    parents: dict[int, int] = {}
    used: dict[int, float] = {}
    for folder in Path("/proc").iterdir():
        if not folder.name.isdecimal():
            continue
        try:
            fields = _fields(folder)
        except (FileNotFoundError, ProcessLookupError):
            continue
        parents[int(folder.name)] = int(fields[1])
        # utime, stime, and the same of children that have ended: proc(5), fields 14 to 17.
        used[int(folder.name)] = sum(int(field) for field in fields[11:15]) / _TICKS_PER_SECOND
    return parents, used


def _fields(folder: Path) -> list[str]:
    """Give the fields after the command, which stands in brackets and may hold anything."""
    return (folder / "stat").read_text().rpartition(")")[2].split()


def _ancestor(pid: int, parents: Mapping[int, int], names: Mapping[int, str]) -> str | None:
    while pid in parents:
        if pid in names:
            return names[pid]
        pid = parents[pid]
    return None

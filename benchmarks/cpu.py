"""How much processor time a tree of processes has used, by the kernel's own books."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Final

#: Everything that runs and is not measured: other programs, and a host that gives its cores to others.
OTHERS: Final = "others"

_TICKS_PER_SECOND: Final = os.sysconf("SC_CLK_TCK")
_MACHINE: Final = "machine"


def cpu_seconds(roots: Mapping[str, int]) -> dict[str, float]:
    """Add up, for each named root process, what it and all that descend from it have used so far.

    Two such readings go to `cores_used`.
    """
    parents, used = _read_processes()
    totals = dict.fromkeys(roots, 0.0)
    names = {pid: name for name, pid in roots.items()}
    for pid in parents:
        name = _ancestor(pid, parents, names)
        if name is not None:
            totals[name] += used[pid]
    return {**totals, _MACHINE: _machine_seconds()}


def cores_used(
    before: Mapping[str, float], after: Mapping[str, float], *, seconds: float
) -> dict[str, float]:
    """Turn two readings into the average number of cores in between, those of `OTHERS` included."""
    cores = {name: (after[name] - before[name]) / seconds for name in before}
    machine = cores.pop(_MACHINE)
    return {**cores, OTHERS: max(0.0, machine - sum(cores.values()))}


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


def _machine_seconds() -> float:
    """Give what all cores together have spent on anything: proc(5), /proc/stat."""
    user, nice, system, _idle, _iowait, irq, softirq, steal = (
        int(field) for field in Path("/proc/stat").read_text().split(maxsplit=9)[1:9]
    )
    return (user + nice + system + irq + softirq + steal) / _TICKS_PER_SECOND


def _fields(folder: Path) -> list[str]:
    """Give the fields after the command, which stands in brackets and may hold anything."""
    return (folder / "stat").read_text().rpartition(")")[2].split()


def _ancestor(pid: int, parents: Mapping[int, int], names: Mapping[int, str]) -> str | None:
    while pid in parents:
        if pid in names:
            return names[pid]
        pid = parents[pid]
    return None

"""The processes of one API service as though they were one, in the names that a single process has."""

import os
import resource
from collections.abc import Iterator
from multiprocessing import active_children
from typing import Final

from prometheus_client import ProcessCollector
from prometheus_client.metrics_core import Metric as Family
from prometheus_client.registry import Collector
from prometheus_client.samples import Sample

_CPU: Final = "process_cpu_seconds_total"
#: What all have together; everything else is the first one's, which started them: limits, and the start.
_SUMMED: Final = frozenset(
    {_CPU, "process_virtual_memory_bytes", "process_resident_memory_bytes", "process_open_fds"}
)


class ProcessFamilyCollector(Collector):
    """Adds up this process and those that it has started; the time of those that have ended stays counted."""

    def collect(self) -> Iterator[Family]:
        first, *others = (_samples(pid) for pid in (os.getpid(), *_children()))
        for family in first:
            for place, sample in enumerate(family.samples):
                if sample.name in _SUMMED:
                    value = sample.value + sum(_value(other, sample.name) for other in others)
                    family.samples[place] = Sample(sample.name, sample.labels, value + _of_the_ended(sample))
            yield family


def _children() -> list[int]:
    return [child.pid for child in active_children() if child.pid is not None]


def _samples(pid: int) -> list[Family]:
    return list(ProcessCollector(pid=lambda: pid, registry=None).collect())


def _value(families: list[Family], name: str) -> float:
    """Give 0 for a process that has ended meanwhile."""
    return sum(sample.value for family in families for sample in family.samples if sample.name == name)


def _of_the_ended(sample: Sample) -> float:
    if sample.name != _CPU:
        return 0.0
    ended = resource.getrusage(resource.RUSAGE_CHILDREN)
    return ended.ru_utime + ended.ru_stime

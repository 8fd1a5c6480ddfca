"""Aims as ratios of one run, and what stood in the way of one that was missed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Final

from benchmarks.cpu import OTHERS
from benchmarks.table import markdown_table, parties

#: A party this close to a whole core, or to all cores together, has nothing left to give.
_BUSY: Final = 0.85
#: With more cores than this in other hands, a miss says nothing.
_DISTURBED: Final = 0.25


@dataclass(frozen=True, slots=True)
class Aim:
    """`ratios` are ours over the baseline, one of each round; `wanted` is `None` for a ratio without an aim.

    `cores` is who was busy while ours ran; `python` names our own party, and `processes` how many it has.
    """

    what: str
    ratios: Sequence[float]
    wanted: float | None
    cores: Mapping[str, float]
    python: str
    processes: int = 1

    @property
    def measured(self) -> float:
        return median(self.ratios)

    @property
    def is_missed(self) -> bool:
        return self.wanted is not None and self.measured < self.wanted


def aim_table(aims: Sequence[Aim], *, cores: int) -> str:
    """Set measured ratios beside the wanted ones, with a sentence for each that was missed."""
    rows = []
    for aim in aims:
        wanted = "" if aim.wanted is None else f"≥ {aim.wanted:g}"
        verdict = "" if aim.wanted is None else ("**missed**" if aim.is_missed else "met")
        rows.append((aim.what, wanted, _ratio(aim), verdict))
    missed = [f"- {aim.what}: {obstacle(aim, cores=cores)}\n" for aim in aims if aim.is_missed]
    return "\n".join([markdown_table(("ratio", "aim", "measured", ""), rows), *missed])


def obstacle(aim: Aim, *, cores: int) -> str:
    """Say in one sentence what kept ours from going faster."""
    busy, total = parties(aim.cores), sum(aim.cores.values())
    if aim.cores[OTHERS] >= _DISTURBED:
        return f"other programs were running; measure again on a quiet machine ({busy})."
    if aim.cores[aim.python] >= _BUSY * aim.processes:
        return f"in the way is the {aim.python}'s own Python, which keeps its core busy ({busy})."
    if total >= _BUSY * cores:
        return f"in the way is that all {cores} cores are busy ({busy}): every party waits for the others."
    return f"in the way are waits for commits and answers; {total:.2f} of {cores} cores were busy ({busy})."


def _ratio(aim: Aim) -> str:
    if len(aim.ratios) == 1:
        return f"{aim.measured:.2f}"
    return f"{aim.measured:.2f} ({min(aim.ratios):.2f} to {max(aim.ratios):.2f})"

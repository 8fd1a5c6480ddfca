"""All policies on one scenario and seed, and how ours stands between a job queue and who knows everything."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from statistics import median
from typing import Final

from services.simulation.rehearse import Policy, rehearse
from services.simulation.result import Result
from services.simulation.scenario import Scenario

#: What the rehearsal holds our policy to.
GAP_TO_CLOSE: Final = 0.95
SMALL_GAP: Final = 20
NEAR_ENOUGH: Final = 5
AMPLIFICATION: Final = 1.2


@dataclass(frozen=True, slots=True)
class Trial:
    """Results of one seed; `needed_calls` is what our policy has to ask whatever happens.

    That is what it asks of the same portal without faults, and a question for every dossier in a push whose
    answer was lost: to send it again unasked would double entries.
    """

    scenario: str
    seed: int
    results: Mapping[Policy, Result]
    needed_calls: int

    @property
    def gap(self) -> int:
        """Count the falsely late dossiers between a job queue and who knows everything."""
        return self.results[Policy.FIFO].false_late - self.results[Policy.CLAIRVOYANT].false_late

    @property
    def closed(self) -> float:
        """Give the part of the gap that our policy closes; one where there is none."""
        saved = self.results[Policy.FIFO].false_late - self.results[Policy.DEADLINE].false_late
        return saved / self.gap if self.gap > 0 else 1.0

    @property
    def amplification(self) -> float:
        """Give our calls per needed call."""
        return self.results[Policy.DEADLINE].portal_calls / max(self.needed_calls, 1)

    def faults(self) -> list[str]:
        """Name what our policy owes; empty if nothing."""
        ours = self.results[Policy.DEADLINE]
        best = self.results[Policy.CLAIRVOYANT].false_late
        near = ours.false_late - best <= NEAR_ENOUGH
        others = min(result.false_late for result in self.results.values())
        checks = {
            f"clairvoyant has {best} falsely late, and another {others}": best <= others,
            f"closes {self.closed:.3f} of a gap of {self.gap}": (
                near if self.gap < SMALL_GAP else self.closed >= GAP_TO_CLOSE
            ),
            f"{ours.false_late} falsely late": ours.false_late <= self.results[Policy.FIFO].false_late,
            f"{ours.synced} of {ours.dossiers} synced": ours.synced == ours.dossiers,
            f"{ours.duplicates} entries twice": ours.duplicates == 0,
            f"amplification {self.amplification:.2f}": self.amplification <= AMPLIFICATION,
        }
        return [f"{self.scenario}, seed {self.seed}: {text}" for text, kept in checks.items() if not kept]


def try_out(scenario: Scenario, seed: int) -> Trial:
    """Rehearse all policies, and ours once more on a portal without faults."""
    # Drawn once; what a policy does to a dossier is not kept in it.
    drawn = replace(scenario, recorded=scenario.cases(seed), traffic=None)
    results = {policy: rehearse(drawn, policy, seed) for policy in Policy}
    ours = results[Policy.DEADLINE]
    at_rest = rehearse(_without_faults(drawn), Policy.DEADLINE, seed) if _has_faults(drawn) else ours
    return Trial(scenario.name, seed, results, at_rest.portal_calls + ours.answers_lost)


def trial_table(trials: Sequence[Trial]) -> Iterator[str]:
    """Give a Markdown table: falsely late dossiers per policy, median over seeds with least and most.

    The gap is what ours closes at the least, calls what it makes at the most per needed call.
    """
    yield "| scenario | seeds | dossiers | naive | fifo | deadline | clairvoyant | gap closed | calls |"
    yield "|---|---|---|---|---|---|---|---|---|"
    for name in dict.fromkeys(trial.scenario for trial in trials):
        group = [trial for trial in trials if trial.scenario == name]
        late = [_spread([t.results[policy].false_late for t in group]) for policy in Policy]
        wide = [t.closed for t in group if t.gap >= SMALL_GAP]
        closed = f"{min(wide):.1%}" if wide else "no gap"
        most = max(t.amplification for t in group)
        dossiers = group[0].results[Policy.DEADLINE].dossiers
        seeds = f"{min(t.seed for t in group)}-{max(t.seed for t in group)}"
        yield f"| {name} | {seeds} | {dossiers:,} | {' | '.join(late)} | {closed} | {most:.2f} |"


def _spread(values: Sequence[int]) -> str:
    least, most, middle = min(values), max(values), round(median(values))
    return f"{middle:,}" if least == most else f"{middle:,} ({least:,}-{most:,})"


def _has_faults(scenario: Scenario) -> bool:
    return bool(scenario.outages or scenario.climate or scenario.portal.answer_loss)


def _without_faults(scenario: Scenario) -> Scenario:
    return replace(scenario, outages=(), climate=None, portal=replace(scenario.portal, answer_loss=0.0))

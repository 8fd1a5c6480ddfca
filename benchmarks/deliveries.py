"""Bringing dossiers to the portal: all contenders in turn, at every latency."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from benchmarks.aims import Aim
from benchmarks.database import BenchServers
from benchmarks.delivery_trial import Deliveries, StartWorker, arq_worker, measure_delivery, our_worker
from benchmarks.report import Part
from benchmarks.size import Size
from benchmarks.table import markdown_table, parties

_TEXT: Final = """\
## Bringing dossiers to the portal

Dossiers with three progress entries each are waiting, none of them on the portal. The clock runs from the
first claim until the last one is on record as synced. The portal is the mock portal; its ledger is
checked afterwards for exactly the dossiers and entries that were due, none twice. The latency is added to
every answer.

- **ours**: the sync worker with its default settings (50 dossiers per call, up to 8 calls in flight), and
  with one dossier per call.
- **arq**: one job per dossier (`arq_baseline.py`), queued before the clock starts: look the dossier up,
  create it, send its entries, write the state back by the ORM. With arq's defaults (10 jobs at once, a
  poll every 0.5 s), with 50 jobs, and with 50 jobs and a poll every 0.02 s, which is the best that could
  be made of it.
"""


@dataclass(frozen=True, slots=True)
class Contender:
    """A way of delivering, and how many dossiers take it some seconds, by latency in milliseconds."""

    name: str
    start: StartWorker
    dossiers: dict[int, int]


OURS: Final = Contender("ours, 50 per call", our_worker(50), {0: 12_000, 50: 8_000})
OURS_SINGLY: Final = Contender("ours, 1 per call", our_worker(1), {0: 600, 50: 300})
ARQ: Final = Contender("arq, defaults", arq_worker(max_jobs=10, poll_seconds=0.5), {0: 300, 50: 200})
ARQ_50: Final = Contender("arq, 50 jobs", arq_worker(max_jobs=50, poll_seconds=0.5), {0: 600, 50: 600})
ARQ_QUICK: Final = Contender(
    "arq, 50 jobs, quick poll", arq_worker(max_jobs=50, poll_seconds=0.02), {0: 600, 50: 600}
)
CONTENDERS: Final = (OURS, ARQ, ARQ_50, ARQ_QUICK, OURS_SINGLY)
LATENCIES_MS: Final = (0, 50)
WANTED: Final = 20.0
WANTED_SINGLY: Final = 2.0


def measure(servers: BenchServers, size: Size, *, say: Callable[[str], None]) -> Part:
    """Run everybody once at every latency; `say` gets a line for each trial."""
    trials: list[Deliveries] = []
    for latency_ms in LATENCIES_MS:
        for contender in CONTENDERS:
            trial = measure_delivery(
                servers,
                contender.name,
                contender.start,
                dossiers=contender.dossiers[latency_ms] // size.fewer,
                latency_ms=latency_ms,
            )
            say(f"{trial.contender}, {latency_ms} ms: {trial.per_second:,.0f} dossiers/s")
            trials.append(trial)
    return Part(_TEXT, _table(trials), _aims(trials))


def _aims(trials: Sequence[Deliveries]) -> list[Aim]:
    return [
        _aim(trials, ours, baseline, latency_ms, wanted)
        for latency_ms in LATENCIES_MS
        for ours, baseline, wanted in (
            (OURS, ARQ, WANTED),
            (OURS, ARQ_50, None),
            (OURS, ARQ_QUICK, None),
            (OURS_SINGLY, ARQ, WANTED_SINGLY),
        )
    ]


def _aim(
    trials: Sequence[Deliveries],
    ours: Contender,
    baseline: Contender,
    latency_ms: int,
    wanted: float | None,
) -> Aim:
    trial, other = _trial_of(trials, ours, latency_ms), _trial_of(trials, baseline, latency_ms)
    return Aim(
        what=f"{ours.name} / {baseline.name}, {latency_ms} ms",
        ratios=[trial.per_second / other.per_second],
        wanted=wanted,
        cores=trial.cores,
        python="worker",
    )


def _trial_of(trials: Sequence[Deliveries], contender: Contender, latency_ms: int) -> Deliveries:
    return next(t for t in trials if (t.contender, t.latency_ms) == (contender.name, latency_ms))


def _table(trials: Sequence[Deliveries]) -> str:
    rows = [
        (
            trial.contender,
            str(trial.latency_ms),
            f"{trial.dossiers:,}",
            f"{trial.seconds:.1f}",
            f"{trial.portal_calls:,}",
            f"{trial.per_second:,.0f}",
            f"{trial.cpu_ms:.2f}",
            parties(trial.cores),
        )
        for trial in trials
    ]
    head = ("", "latency ms", "dossiers", "seconds", "portal calls", "dossiers/s", "CPU ms", "cores used")
    return markdown_table(head, rows)

"""Taking dossiers in: all contenders in turn, round by round."""

from collections.abc import Callable, Iterator, Sequence
from statistics import median
from typing import Final

from benchmarks.aims import Aim
from benchmarks.create_trial import (
    CONNECTIONS,
    WARM_SECONDS,
    Creates,
    measure_pgbench,
    measure_service,
    our_api,
    plain_service,
)
from benchmarks.database import BenchServers
from benchmarks.pgbench import AT_ONCE, ROW_BY_ROW
from benchmarks.report import Part
from benchmarks.size import Size
from benchmarks.table import markdown_table, parties

OURS: Final = "ours"
PLAIN: Final = "plain"
PGBENCH: Final = {"pgbench, row by row": ROW_BY_ROW, "pgbench, at once": AT_ONCE}
PROCESSES: Final = (1, 2)

_TEXT: Final = """\
## Taking dossiers in

{connections} keep-alive connections, each asking again as soon as it is answered (a closed loop), {warm:g} s
of warm-up, {seconds:g} s measured, {rounds} round(s) in turn; the table shows medians. After every trial the
rows of six tables are compared with the answers given.

- **ours**: `POST /v1/dossiers` of the API service as delivered: API key, checks, due time in working
  hours, one transaction, an answer after the commit.
- **plain**: FastAPI and the SQLAlchemy ORM in the usual manner (`plain_api.py`): the same filings in, the
  same rows stored, the same event loop and HTTP parser, but no working time to reckon and no life of a
  dossier to check.
- **pgbench**: PostgreSQL's own load program, prepared statements, two threads (`sql/`): the same rows
  with nobody who reads a request or thinks about it. It is the ceiling; the faster of its two scripts
  counts.
"""


def measure(servers: BenchServers, size: Size, *, say: Callable[[str], None]) -> Part:
    """Run all rounds; `say` gets a line for each trial."""
    trials: list[Creates] = []
    for _ in range(size.rounds):
        for trial in _round(servers, size):
            say(f"{trial.contender}, {trial.processes}: {trial.per_second:,.0f} dossiers/s")
            trials.append(trial)
    text = _TEXT.format(connections=CONNECTIONS, warm=WARM_SECONDS, seconds=size.seconds, rounds=size.rounds)
    return Part(text, _table(trials), _aims(trials))


def _round(servers: BenchServers, size: Size) -> Iterator[Creates]:
    for processes in PROCESSES:
        for contender, service in ((OURS, our_api), (PLAIN, plain_service)):
            yield measure_service(servers, contender, service, processes=processes, seconds=size.seconds)
    for contender, script in PGBENCH.items():
        yield measure_pgbench(servers, contender, script, seconds=size.seconds)


def _aims(trials: Sequence[Creates]) -> list[Aim]:
    ceiling = [max(pair) for pair in zip(*(_rates(trials, name, 1) for name in PGBENCH), strict=True)]
    aims = [
        _aim(trials, f"{OURS} / {PLAIN}, processes each: {n}", n, _rates(trials, PLAIN, n), 2.0)
        for n in PROCESSES
    ]
    return [*aims, _aim(trials, f"{OURS} in one process / pgbench", 1, ceiling, 0.25)]


def _aim(
    trials: Sequence[Creates], what: str, processes: int, baseline: Sequence[float], wanted: float
) -> Aim:
    ours = _rates(trials, OURS, processes)
    return Aim(
        what=what,
        ratios=[a / b for a, b in zip(ours, baseline, strict=True)],
        wanted=wanted,
        cores=_cores(_trials_of(trials, OURS, processes)),
        python="service",
        processes=processes,
    )


def _table(trials: Sequence[Creates]) -> str:
    rows = []
    for contender, processes in dict.fromkeys((t.contender, t.processes) for t in trials):
        same = _trials_of(trials, contender, processes)
        p99 = [t.p99_ms for t in same if t.p99_ms is not None]
        rows.append(
            (
                contender,
                str(processes),
                f"{median(t.per_second for t in same):,.0f}",
                f"{median(t.mean_ms for t in same):.1f}",
                f"{median(p99):.1f}" if p99 else "",
                parties(_cores(same)),
            )
        )
    return markdown_table(("", "processes", "dossiers/s", "mean ms", "p99 ms", "cores used"), rows)


def _trials_of(trials: Sequence[Creates], contender: str, processes: int) -> list[Creates]:
    return [t for t in trials if (t.contender, t.processes) == (contender, processes)]


def _rates(trials: Sequence[Creates], contender: str, processes: int) -> list[float]:
    return [t.per_second for t in _trials_of(trials, contender, processes)]


def _cores(same: Sequence[Creates]) -> dict[str, float]:
    return {name: median(t.cores[name] for t in same) for name in same[0].cores}

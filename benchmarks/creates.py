"""Taking dossiers in: all contenders in turn, round by round."""

from collections.abc import Callable, Iterator, Sequence
from statistics import median
from typing import Final

from benchmarks.aims import Aim
from benchmarks.create_trial import (
    CONNECTIONS,
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
rows of nine tables are compared with the answers given.

- **ours**: `POST /v1/dossiers` of the API service as delivered: API key, checks, due time in working
  hours, one transaction, an answer after the commit.
- **plain**: FastAPI and the SQLAlchemy ORM in the usual manner (`plain_api.py`): the same filings in, the
  same rows stored, the same event loop and HTTP parser, but no working time to reckon and no life of a
  dossier to check.
- **pgbench**: PostgreSQL's own load program, prepared statements, two threads (`sql/`): the same rows with
  nobody who reads a request or thinks about it, so it is the ceiling. *Row by row* is a statement for each
  row in one transaction; *at once* folds them into one statement, as the service does.
"""


def measure(servers: BenchServers, size: Size, *, say: Callable[[str], None]) -> Part:
    """Run all rounds; `say` gets a line for each trial."""
    trials: list[Creates] = []
    for _ in range(size.rounds):
        for trial in _round(servers, size):
            say(f"{trial.contender}, {trial.processes}: {trial.per_second:,.0f} dossiers/s")
            trials.append(trial)
    text = _TEXT.format(
        connections=CONNECTIONS, warm=size.warm_seconds, seconds=size.seconds, rounds=size.rounds
    )
    return Part(text, _table(trials), _aims(trials))


def _round(servers: BenchServers, size: Size) -> Iterator[Creates]:
    for processes in PROCESSES:
        for contender, service in ((OURS, our_api), (PLAIN, plain_service)):
            yield measure_service(servers, contender, service, processes=processes, size=size)
    for contender, script in PGBENCH.items():
        yield measure_pgbench(servers, contender, script, size=size)


def _aims(trials: Sequence[Creates]) -> list[Aim]:
    row_by_row, at_once = PGBENCH
    return [
        *(_aim(trials, processes, PLAIN, processes, wanted=2.0) for processes in PROCESSES),
        _aim(trials, 1, row_by_row, 1, wanted=None),
        # Both have the two cores of the machine then; pgbench has two threads.
        _aim(trials, 2, row_by_row, 1, wanted=0.25),
        _aim(trials, 1, at_once, 1, wanted=None),
        _aim(trials, 2, at_once, 1, wanted=None),
    ]


def _aim(
    trials: Sequence[Creates], processes: int, baseline: str, its_processes: int, *, wanted: float | None
) -> Aim:
    ours = _rates(trials, OURS, processes)
    theirs = _rates(trials, baseline, its_processes)
    return Aim(
        what=f"{OURS} ({_processes(processes)}) / {baseline} ({_processes(its_processes)})",
        ratios=[a / b for a, b in zip(ours, theirs, strict=True)],
        wanted=wanted,
        cores=_cores(_trials_of(trials, OURS, processes)),
        python="service",
        processes=processes,
    )


def _processes(number: int) -> str:
    return "1 process" if number == 1 else f"{number} processes"


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
                f"{median(t.cpu_ms for t in same):.2f}",
                parties(_cores(same)),
            )
        )
    return markdown_table(("", "processes", "dossiers/s", "mean ms", "p99 ms", "CPU ms", "cores used"), rows)


def _trials_of(trials: Sequence[Creates], contender: str, processes: int) -> list[Creates]:
    return [t for t in trials if (t.contender, t.processes) == (contender, processes)]


def _rates(trials: Sequence[Creates], contender: str, processes: int) -> list[float]:
    return [t.per_second for t in _trials_of(trials, contender, processes)]


def _cores(same: Sequence[Creates]) -> dict[str, float]:
    return {name: median(t.cores[name] for t in same) for name in same[0].cores}

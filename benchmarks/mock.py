"""The mock portal itself: it must never be what a test waits for."""

import json
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from benchmarks import ledger_weight, plain_mock
from benchmarks.aims import Aim
from benchmarks.cpu import OTHERS
from benchmarks.mock_trial import CONNECTIONS, Intake, measure_intake
from benchmarks.program import ProgramFailed
from benchmarks.report import Part
from benchmarks.size import Size
from benchmarks.table import markdown_table, parties

OURS: Final = "mock portal"
PLAIN: Final = "plain"
CONTENDERS: Final = {
    OURS: ["-c", "import sys; from services.mock_portal.main import run; run(port=int(sys.argv[1]))"],
    PLAIN: ["-m", plain_mock.__name__],
}
DOSSIERS_PER_CALL: Final = (1, 50)
CALLS_A_SECOND: Final = 2000
LEDGER_ENTRIES: Final = 1_000_000
LEDGER_MEBIBYTES: Final = 1024

_TEXT: Final = """\
## The mock portal

{connections} keep-alive connections in a closed loop send new dossiers, {warm:g} s of warm-up, {seconds:g} s
measured. Every answer is checked to be a success. Rates are per second that the process had a core for itself
(calls divided by its processor time), so that a busy machine does not blur them.

- **mock portal**: as delivered, with its field checks, faults, ledger and verdicts.
- **plain**: what one writes in an afternoon (`plain_mock.py`): FastAPI, a pydantic model, a dictionary; it
  keeps no ledger, judges nothing and cannot misbehave.

The ledger was then filled with {entries:,} entries, every body and every progress entry in a call of its
own, which is the dearest way: {mebibytes:,.0f} MiB, in {cpu_seconds:,.0f} s of processor time.
"""


def measure(folder: Path, size: Size, *, say: Callable[[str], None]) -> Part:
    """Run everybody with one and with many dossiers per call, then fill a ledger."""
    trials: list[Intake] = []
    for dossiers_per_call in DOSSIERS_PER_CALL:
        for contender, arguments in CONTENDERS.items():
            trial = measure_intake(
                folder, contender, arguments, dossiers_per_call=dossiers_per_call, size=size
            )
            say(
                f"{contender}, {dossiers_per_call} per call:"
                f" {trial.calls_per_core_second:,.0f} calls/s of a core"
            )
            trials.append(trial)
    weight = _weigh(LEDGER_ENTRIES // size.fewer)
    say(f"ledger: {weight['mebibytes']:,.0f} MiB for {weight['entries']:,} entries")
    text = _TEXT.format(connections=CONNECTIONS, warm=size.warm_seconds, seconds=size.seconds, **weight)
    return Part(text, _table(trials), _aims(trials, weight))


def _weigh(entries: int) -> dict[str, float]:
    process = subprocess.run(
        [sys.executable, "-m", ledger_weight.__name__, str(entries)],
        capture_output=True,
        text=True,
        check=False,
    )
    if process.returncode:
        raise ProgramFailed(process.stderr)
    weight: dict[str, float] = json.loads(process.stdout)
    return weight


def _aims(trials: Sequence[Intake], weight: dict[str, float]) -> list[Aim]:
    singly, by_50 = ({t.contender: t for t in trials if t.dossiers_per_call == n} for n in DOSSIERS_PER_CALL)
    per_million = weight["mebibytes"] * LEDGER_ENTRIES / weight["entries"]
    still = {OURS: 0.0, OTHERS: 0.0}
    return [
        _aim(f"calls/s of one core / {CALLS_A_SECOND:,}", singly[OURS], CALLS_A_SECOND, wanted=1.0),
        _aim("mock portal / plain, 1 per call", singly[OURS], singly[PLAIN].calls_per_core_second),
        _aim("mock portal / plain, 50 per call", by_50[OURS], by_50[PLAIN].calls_per_core_second),
        Aim("1 GiB / 1,000,000 ledger entries", [LEDGER_MEBIBYTES / per_million], 1.0, still, OURS),
    ]


def _aim(what: str, ours: Intake, baseline: float, *, wanted: float | None = None) -> Aim:
    return Aim(what, [ours.calls_per_core_second / baseline], wanted, ours.cores, "mock")


def _table(trials: Sequence[Intake]) -> str:
    rows = [
        (
            trial.contender,
            str(trial.dossiers_per_call),
            f"{trial.calls_per_core_second:,.0f}",
            f"{trial.dossiers_per_core_second:,.0f}",
            f"{trial.mean_ms:.1f}",
            f"{trial.p99_ms:.1f}",
            parties(trial.cores),
        )
        for trial in trials
    ]
    head = (
        "",
        "dossiers per call",
        "calls/s of a core",
        "dossiers/s of a core",
        "mean ms",
        "p99 ms",
        "cores used",
    )
    return markdown_table(head, rows)

"""What waits, what is not called, and what the two sides hold differently, row by row."""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from math import inf
from typing import Any

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncSession

from services.core.domain.delivery import Operation
from services.core.domain.reconciliation import Direction
from tests.integration.figures import Figures, series

_AGES = (("1m", 60), ("5m", 300), ("1h", 3_600), ("4h", 14_400), ("1d", 86_400), ("more", inf))
_LEFT = (("1h", 3_600), ("4h", 14_400), ("24h", 86_400), ("more", inf))


def count_backlog(rows: Iterable[Row[Any]], *, at: datetime) -> Figures:
    numbers: Counter[tuple[str, str]] = Counter()
    for row in rows:
        if row.state not in {"synced", "closed"}:
            waited = (at - row.due_since).total_seconds()
            numbers[next(name for name, bound in _AGES if waited < bound), _time_left(row, at)] += 1
    return {
        series("backlog", age=age, left=left): numbers[age, left]
        for age, _ in _AGES
        for left in ("flagged", *(name for name, _ in _LEFT), "never")
    }


def _time_left(row: Row[Any], at: datetime) -> str:
    if row.flagged_at is None:
        return "never"
    seconds = (row.flagged_at - at).total_seconds()
    return "flagged" if seconds < 0 else next(name for name, bound in _LEFT if seconds < bound)


async def count_gates(session: AsyncSession, *, at: datetime) -> Figures:
    gates = {row.operation: row for row in await session.execute(text("SELECT * FROM portal_gates"))}
    figures: Figures = {}
    for operation in Operation:
        gate = gates.get(operation)
        held = gate is not None and gate.held_until is not None and gate.held_until > at
        is_open = gate is not None and gate.open_until is not None
        figures[series("portal_gate_open", operation=operation)] = float(is_open)
        figures[series("portal_gate_held", operation=operation)] = float(held)
    return figures


async def count_differences(session: AsyncSession) -> Figures:
    runs = (await session.execute(text("SELECT * FROM reconciliation_runs ORDER BY id"))).all()
    finished = [run for run in runs if run.finished_at is not None]
    findings = (await session.execute(text("SELECT run_id, direction FROM reconciliation_findings"))).all()
    found = Counter(row.direction for row in findings if finished and row.run_id == finished[-1].id)
    return {
        series("reconciliation_timestamp_seconds"): (
            finished[-1].finished_at.timestamp() if finished else 0.0
        ),
        **{
            series("reconciliation_differences", direction=direction): found[direction]
            for direction in Direction
        },
    }

"""Which dossiers the portal shows as late, why, and since when."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Annotated, Final, Literal

from fastapi import APIRouter, Depends, HTTPException, Query
from pydantic import BaseModel

from services.mock_kit.moments import HANOI, ClockMoment
from services.mock_portal.control.access import PortalDep
from services.mock_portal.flags import FlagPeriod
from services.mock_portal.standings import DossierStanding, standing_of
from services.mock_portal.verdict import Standing, Verdict

router = APIRouter(prefix="/_control/verdicts", tags=["verdicts"])

# About 20 ms of judging, then the wire gets its turn.
_TURN_DOSSIERS: Final = 200


class FlagOut(BaseModel):
    since: datetime
    until: datetime | None


class VerdictOut(BaseModel):
    """`flagged_since` is null unless it stands as late now; `was_flagged_late_*` span earlier times."""

    mahoso: str
    unit: str
    standing: Standing
    rule: int | None
    finished: bool
    ended_at: datetime | None
    ended_by: str | None
    due_at: datetime | None
    due_by: str | None
    supplement_seconds: float
    supplement_requests: int
    late_after: datetime | None
    explanation: str
    flagged_since: datetime | None
    was_flagged_late_from: datetime | None
    was_flagged_late_until: datetime | None
    flag_periods: list[FlagOut]


class VerdictPage(BaseModel):
    as_of: datetime
    rows: list[VerdictOut]
    next_offset: int | None


class VerdictSummary(BaseModel):
    """`flagged` stand as late by the clock; `once_flagged` did for a while and no longer do."""

    as_of: datetime
    dossiers: int
    standings: dict[Standing, int]
    finished: int
    flagged: int
    once_flagged: int


class UnitStanding(BaseModel):
    """One unit, by the `madonvi` that brought the dossiers first.

    `on_time_share` is of the finished ones, null while there are none.
    """

    unit: str
    dossiers: int
    standings: dict[Standing, int]
    finished: int
    finished_on_time: int
    on_time_share: float | None


class UnitStandings(BaseModel):
    as_of: datetime
    units: list[UnitStanding]


class Judging:
    """How to judge: until when the reporting period runs, and how times are compared."""

    def __init__(
        self,
        portal: PortalDep,
        as_of: Annotated[
            ClockMoment | None, Query(description="End of the reporting period; the portal's now")
        ] = None,
        compare: Annotated[
            Literal["instant", "date"] | None, Query(description="The portal's setting by default")
        ] = None,
    ) -> None:
        chosen = portal.settings.verdict_rules
        self._portal = portal
        self.as_of = as_of or portal.clock.now()
        self.rules = replace(chosen, compare=compare or chosen.compare)

    def find(self, code: str) -> DossierStanding | None:
        dossier = self._portal.store.find(code)
        if dossier is None:
            return None
        return standing_of(self._portal, dossier, as_of=self.as_of, rules=self.rules)

    async def walk(self, offset: int) -> AsyncIterator[tuple[int, DossierStanding]]:
        """Every dossier from `offset` on with its place, letting the wire in between."""
        while page := list(self._portal.store.page(offset, _TURN_DOSSIERS)):
            for dossier in page:
                yield offset, standing_of(self._portal, dossier, as_of=self.as_of, rules=self.rules)
                offset += 1
            await asyncio.sleep(0)


JudgingDep = Annotated[Judging, Depends()]


@router.get("")
async def list_verdicts(
    judging: JudgingDep,
    standing: Standing | None = None,
    unit: Annotated[str | None, Query(max_length=500, description="`madonvi` that brought it")] = None,
    offset: Annotated[int, Query(ge=0, le=10**9)] = 0,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
) -> VerdictPage:
    """List verdicts in order of arrival; `next_offset` is where the next page begins."""
    rows: list[VerdictOut] = []
    async for place, shown in judging.walk(offset):
        if len(rows) == limit:
            return VerdictPage(as_of=judging.as_of, rows=rows, next_offset=place)
        fits = unit is None or shown.unit == unit
        if fits and (standing is None or shown.verdict.standing is standing):
            rows.append(_out(shown))
    return VerdictPage(as_of=judging.as_of, rows=rows, next_offset=None)


@router.get("/summary")
async def summarise_verdicts(judging: JudgingDep) -> VerdictSummary:
    standings: Counter[Standing] = Counter(dict.fromkeys(Standing, 0))
    finished = flagged = once_flagged = 0
    async for _, shown in judging.walk(0):
        standings[shown.verdict.standing] += 1
        finished += shown.verdict.finished
        now_flagged = _open_period(shown.flag_periods) is not None
        flagged += now_flagged
        once_flagged += bool(shown.flag_periods) and not now_flagged
    return VerdictSummary(
        as_of=judging.as_of,
        dossiers=standings.total(),
        standings=dict(standings),
        finished=finished,
        flagged=flagged,
        once_flagged=once_flagged,
    )


@router.get("/units")
async def summarise_by_unit(judging: JudgingDep) -> UnitStandings:
    """Count verdicts by unit, in order of the units' codes."""
    verdicts: dict[str, list[Verdict]] = {}
    async for _, shown in judging.walk(0):
        verdicts.setdefault(shown.unit, []).append(shown.verdict)
    return UnitStandings(
        as_of=judging.as_of, units=[_unit(unit, found) for unit, found in sorted(verdicts.items())]
    )


@router.get("/{mahoso}", responses={404: {"description": "The portal does not hold this dossier"}})
async def read_verdict(mahoso: str, judging: JudgingDep) -> VerdictOut:
    """Show one verdict with the values it rests on."""
    shown = judging.find(mahoso)
    if shown is None:
        raise HTTPException(404, "the portal does not hold this dossier")
    return _out(shown)


def _unit(unit: str, verdicts: Sequence[Verdict]) -> UnitStanding:
    standings = Counter(dict.fromkeys(Standing, 0))
    standings.update(verdict.standing for verdict in verdicts)
    finished = [verdict for verdict in verdicts if verdict.finished]
    on_time = sum(verdict.standing is Standing.ON_TIME for verdict in finished)
    return UnitStanding(
        unit=unit,
        dossiers=len(verdicts),
        standings=dict(standings),
        finished=len(finished),
        finished_on_time=on_time,
        on_time_share=on_time / len(finished) if finished else None,
    )


def _out(shown: DossierStanding) -> VerdictOut:
    verdict, periods = shown.verdict, shown.flag_periods
    still_open = _open_period(periods)
    closed = [period for period in periods if period.until is not None]
    return VerdictOut(
        mahoso=shown.code,
        unit=shown.unit,
        standing=verdict.standing,
        rule=verdict.rule,
        finished=verdict.finished,
        ended_at=verdict.ended_at,
        ended_by=verdict.ended_by,
        due_at=verdict.due_at,
        due_by=verdict.due_by,
        supplement_seconds=verdict.supplement.total_seconds(),
        supplement_requests=verdict.supplement_requests,
        late_after=verdict.late_after,
        explanation=explain(verdict),
        flagged_since=still_open.since if still_open else None,
        was_flagged_late_from=closed[0].since if closed else None,
        was_flagged_late_until=closed[-1].until if closed else None,
        flag_periods=[FlagOut(since=period.since, until=period.until) for period in periods],
    )


def _open_period(periods: list[FlagPeriod]) -> FlagPeriod | None:
    return periods[-1] if periods and periods[-1].until is None else None


def explain(verdict: Verdict) -> str:
    """Say in one line, Vietnamese first, which values led to the verdict."""
    if verdict.standing is Standing.NOT_RECEIVED:
        return "Chưa tiếp nhận, không tính / Not received, not counted"
    end = f"{_day_time(verdict.ended_at)} ({verdict.ended_by})"
    due = f"{_day_time(verdict.due_at)} ({verdict.due_by or '-'})"
    minutes, requests = int(verdict.supplement.total_seconds() // 60), verdict.supplement_requests
    return (
        f"Kết thúc {end}, trừ bổ sung {minutes} phút, hạn {due}, số lần yêu cầu bổ sung {requests} / "
        f"End {end}, less supplement {minutes} min, due {due}, supplement requests {requests}"
    )


def _day_time(moment: datetime | None) -> str:
    return "-" if moment is None else moment.astimezone(HANOI).strftime("%H:%M:%S %d/%m/%Y")

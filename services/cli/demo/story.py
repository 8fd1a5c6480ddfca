"""Two months in two minutes: dossiers come in, officers finish them, and the portal falls over."""

import asyncio
import random
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import httpx

from services.cli.demo.collect import collect_evidence
from services.cli.demo.desk import Desk
from services.cli.demo.figures import Figures, read_metrics, work_out
from services.cli.demo.ledger import PortalControl
from services.cli.demo.people import Person
from services.cli.demo.plan import Phase, Planner
from services.cli.demo.population import gusts
from services.cli.demo.rehearsal import rehearse_run
from services.cli.demo.screen import Screen
from services.cli.demo.setting import ALWAYS_OPEN, calendar_around, offers, units
from services.cli.demo.weather import Storm, forecast
from services.cli.stack import Stack
from services.core.persistence.census import FalselyLate
from services.core.telemetry.metric_names.deliveries import ACCEPTED, DELIVERIES
from services.core.telemetry.metric_names.lookups import PENDING, SETTLED
from services.simulation.result import Result

#: Planned pace on two cores; a slower machine falls behind plan, which costs time and no figure.
INTAKE_PER_SECOND: Final = 700
FINISHED_PER_SECOND: Final = 110
SHORTEST_WORK: Final = timedelta(seconds=45)
DRAIN_SECONDS: Final = 120.0
WATCH_SECONDS: Final = 1.0
PORTAL_BACK: Final = "[green]Cổng hoạt động trở lại[/green] / the portal is back"
DATABASE_BACK: Final = "[green]CSDL dân cư trở lại[/green] / the population database is back"
#: Where `--kill` strikes, in parts of the working phase: before it, dossiers are still being taken in.
STRIKES: Final = (("worker", -0.05), ("api", -0.02), ("api", 0.3), ("worker", 0.75))


@dataclass(frozen=True, slots=True)
class DemoOptions:
    """What the command line asks for."""

    dossiers: int
    seed: int
    kill: bool
    exit_at_end: bool
    summary: Path | None
    folder: Path
    any_ports: bool


class Story:
    """One run. `falsely_late` and `rehearsed` are known after `tell`."""

    def __init__(
        self, options: DemoOptions, stack: Stack, screen: Screen, key: str, people: Sequence[Person]
    ) -> None:
        self.falsely_late: Sequence[FalselyLate] = ()
        self.rehearsed: Sequence[Result] = ()
        self._options = options
        self._stack = stack
        self._screen = screen
        self._all_synced = asyncio.Event()
        self._chance = random.Random(options.seed)  # noqa: S311 - a story that can be told again
        self._desk = Desk(stack.addresses.api, key, self._chance, people)
        self._portal = PortalControl(stack.addresses.portal)
        # Both mocks take the same orders.
        self._population = PortalControl(stack.addresses.population)
        self._metrics = httpx.AsyncClient(base_url=stack.addresses.metrics, timeout=10, trust_env=False)

    async def tell(self) -> Figures:
        """Play it to the end and count."""
        started = time.monotonic()
        phase = self._phase(datetime.now(UTC))
        storms = self._storms(phase)
        planned = self._planner().plan(
            self._options.dossiers, now=datetime.now(UTC), phase=phase, storms=storms
        )
        total = self._options.dossiers
        with self._screen.bars(
            total,
            taken="Tiếp nhận / taken in",
            finished="Xử lý xong / finished",
            accepted="Cổng đã ghi nhận / synced",
            verified="Xác thực dân cư / verified",
        ):
            watch = asyncio.create_task(self._watch_sync())
            self._screen.say(
                "Tra cứu dân cư: đã công bố 0,7 %; từ đây hệ thống tự tra cứu"
                " / look-ups: published 0.7 %; from here on they happen by themselves"
            )
            side = [
                asyncio.create_task(self._play(storms, self._portal, PORTAL_BACK)),
                asyncio.create_task(self._play(gusts(datetime.now(UTC)), self._population, DATABASE_BACK)),
                asyncio.create_task(self._strike(phase)),
            ]
            await self._desk.hand_in(planned, lambda done: self._screen.show("taken", done))
            await self._desk.work_off(lambda done: self._screen.show("finished", done))
            await asyncio.gather(*side)
            await self._portal.calm()
            await self._wait_until_synced()
            watch.cancel()
        evidence = await collect_evidence(
            self._stack,
            self._desk,
            self._portal,
            self._metrics,
            storms=storms,
            seconds=time.monotonic() - started,
        )
        self.falsely_late = evidence.falsely_late
        await self._close()
        self._screen.say("Diễn tập cùng hồ sơ, cùng sự cố / rehearsing the same dossiers and outages")
        self.rehearsed = await asyncio.to_thread(rehearse_run, self._desk.dossiers, storms, phase)
        return work_out(evidence)

    def _phase(self, now: datetime) -> Phase:
        start = now + timedelta(seconds=4 + self._options.dossiers / INTAKE_PER_SECOND)
        length = max(SHORTEST_WORK, timedelta(seconds=self._options.dossiers / FINISHED_PER_SECOND))
        return Phase(start, start + length)

    def _storms(self, phase: Phase) -> list[Storm]:
        return forecast(phase.start, phase.end, unlucky_minute=next(phase.full_minutes()))

    def _planner(self) -> Planner:
        return Planner(
            self._chance,
            units=units(),
            offers=offers(),
            calendar=calendar_around(datetime.now(UTC)),
            hours=ALWAYS_OPEN,
        )

    async def _play(self, storms: Sequence[Storm], control: PortalControl, over: str) -> None:
        """Order each fault at its time, and say so."""
        for storm in storms:
            await _sleep_until(storm.begins_at)
            await control.order(storm.order, seconds=storm.seconds)
            self._screen.say(f"[red]{storm.vi}[/red] / {storm.en}")
            await _sleep_until(storm.ends_at)
            self._screen.say(over)

    async def _strike(self, phase: Phase) -> None:
        """Kill worker and API without warning, and start them again."""
        if not self._options.kill:
            return
        for name, part in STRIKES:
            await _sleep_until(phase.start + (phase.end - phase.start) * part)
            process = self._stack.processes[name]
            process.kill()
            self._screen.say(f"[red]kill -9 {name}[/red]")
            process.start()

    async def _watch_sync(self) -> None:
        while True:
            await asyncio.sleep(WATCH_SECONDS)
            counts = await self._counts()
            self._screen.show("accepted", int(counts[ACCEPTED.name]))
            self._screen.show("verified", int(counts[f"{SETTLED.name}/match"]))
            synced = counts[ACCEPTED.name] == counts[f"{DELIVERIES.name}/synced"] == self._options.dossiers
            if synced and not counts[PENDING.name]:
                self._all_synced.set()

    async def _wait_until_synced(self) -> None:
        """Give the worker time for what is left; who is not synced then is counted so."""
        # A figure from before the last finish does not count, and the metrics are shared for a second.
        await asyncio.sleep(2 * WATCH_SECONDS)
        self._all_synced.clear()
        with suppress(TimeoutError):
            await asyncio.wait_for(self._all_synced.wait(), DRAIN_SECONDS)

    async def _counts(self) -> dict[str, float]:
        answer = await self._metrics.get("/metrics")
        answer.raise_for_status()
        return read_metrics(answer.text)

    async def _close(self) -> None:
        await self._desk.close()
        await self._portal.close()
        await self._population.close()
        await self._metrics.aclose()


async def _sleep_until(moment: datetime) -> None:
    await asyncio.sleep(max(0.0, (moment - datetime.now(UTC)).total_seconds()))

"""The counter: hands dossiers in and finishes them over HTTP, as desk software would over a bad line."""

import asyncio
import json
import random
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from http import HTTPStatus
from typing import Any, Final

import httpx

from services.cli.demo.filing import finishing_entry, handing_over_entry, to_filing
from services.cli.demo.people import Person, choose_officer
from services.cli.demo.plan import MARGIN, PlannedDossier
from services.core.domain.verdict import VIETNAM

BATCH: Final = 500
COUNTERS: Final = 8
#: How many of the results are fetched by the citizen while the demo runs.
HANDED_OVER_SHARE: Final = 0.2
_PATIENCE_SECONDS: Final = 60.0
_PAUSE_SECONDS: Final = 0.3


@dataclass(slots=True)
class Dossier:
    """A dossier as the desk knows it after the last acknowledged call."""

    planned: PlannedDossier
    id: str
    code: str
    etag: str
    entries: int
    due_at: datetime


@dataclass(slots=True)
class Desk:
    """Desk software with a key. Every call may be repeated: a broken line or a killed API costs time only."""

    address: str
    key: str
    chance: random.Random
    people: Sequence[Person]
    dossiers: list[Dossier] = field(default_factory=list)
    finished: int = 0
    _http: httpx.AsyncClient = field(init=False)

    def __post_init__(self) -> None:
        self._http = httpx.AsyncClient(
            base_url=self.address,
            headers={"Authorization": f"Bearer {self.key}", "Accept-Language": "vi"},
            timeout=20,
            trust_env=False,
        )

    async def close(self) -> None:
        """Give the connections back."""
        await self._http.aclose()

    async def hand_in(self, planned: Sequence[PlannedDossier], show: Callable[[int], None]) -> None:
        """Hand dossiers in, a batch per call."""
        for start in range(0, len(planned), BATCH):
            batch = planned[start : start + BATCH]
            self.dossiers += await self._hand_in_batch(batch, f"intake-{start}")
            show(len(self.dossiers))

    async def work_off(self, show: Callable[[int], None]) -> None:
        """Finish each dossier at its planned time; some results are handed over at once."""
        waiting: asyncio.Queue[Dossier] = asyncio.Queue()
        for dossier in sorted(self.dossiers, key=lambda dossier: dossier.planned.finish_at):
            waiting.put_nowait(dossier)
        await asyncio.gather(*(self._counter(waiting, show) for _ in range(COUNTERS)))

    async def count_through_api(self) -> tuple[int, int]:
        """Page through the list, and count dossiers and those synced."""
        dossiers = synced = 0
        cursor: str | None = None
        while True:
            parameters = {"limit": "200", **({"cursor": cursor} if cursor else {})}
            page = (await self._reach(partial(self._http.get, "/v1/dossiers", params=parameters))).json()
            dossiers += len(page["items"])
            synced += sum(item["delivery_state"] == "synced" for item in page["items"])
            cursor = page["next_cursor"]
            if cursor is None:
                return dossiers, synced

    async def _hand_in_batch(self, batch: Sequence[PlannedDossier], key: str) -> list[Dossier]:
        lines = "\n".join(json.dumps(self._filing(planned), ensure_ascii=False) for planned in batch)
        answer = await self._reach(
            lambda: self._http.post(
                "/v1/dossiers:batch",
                content=lines.encode(),
                headers={"Content-Type": "application/x-ndjson", "Idempotency-Key": key},
            )
        )
        rows = [json.loads(line) for line in answer.text.splitlines()]
        return [self._taken_in(batch[row["line"] - 1], row) for row in rows]

    def _filing(self, planned: PlannedDossier) -> dict[str, Any]:
        return to_filing(planned, self.people[planned.number])

    def _taken_in(self, planned: PlannedDossier, row: dict[str, Any]) -> Dossier:
        if row["status"] != HTTPStatus.CREATED:
            raise RuntimeError(f"API: {row}")
        return Dossier(
            planned=planned,
            id=row["id"],
            code=row["code"],
            etag=row["etag"],
            entries=len(self._filing(planned)["history"]),
            due_at=datetime.fromisoformat(row["due_at"]),
        )

    async def _counter(self, waiting: "asyncio.Queue[Dossier]", show: Callable[[int], None]) -> None:
        while not waiting.empty():
            dossier = waiting.get_nowait()
            await self._wait_for_turn(dossier)
            await self._record(dossier, finishing_entry(choose_officer(self.chance)))
            self.finished += 1
            show(self.finished)
            if self.chance.random() < HANDED_OVER_SHARE:
                await self._record(dossier, handing_over_entry(choose_officer(self.chance)))

    async def _wait_for_turn(self, dossier: Dossier) -> None:
        """Wait for the planned time. An officer who is behind plan misses the due time instead of cutting it.

        The demo is about the way from the desk to the portal; in the last seconds before a due time not even
        a portal that is up could be told.
        """
        now = datetime.now(VIETNAM)
        start = max(dossier.planned.finish_at, now)
        if dossier.due_at - MARGIN / 2 < start <= dossier.due_at and start > dossier.planned.finish_at:
            start = dossier.due_at + timedelta(seconds=1)
        await asyncio.sleep((start - now).total_seconds())

    async def _record(self, dossier: Dossier, entry: dict[str, Any]) -> None:
        """Append an entry. If the line broke, the version tells whether the first try had arrived."""
        answer = await self._reach(
            lambda: self._http.post(
                f"/v1/dossiers/{dossier.id}/progress", json=entry, headers={"If-Match": dossier.etag}
            ),
            accept=HTTPStatus.PRECONDITION_FAILED,
        )
        if answer.status_code == HTTPStatus.PRECONDITION_FAILED:
            answer = await self._reach(lambda: self._http.get(f"/v1/dossiers/{dossier.id}"))
        dossier.etag = answer.headers["ETag"]
        dossier.entries += 1

    async def _reach(
        self, call: Callable[[], Awaitable[httpx.Response]], *, accept: HTTPStatus | None = None
    ) -> httpx.Response:
        """Repeat a call until the API answers; raises what it last met when patience is at its end."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + _PATIENCE_SECONDS
        while True:
            try:
                answer = await call()
                if answer.is_success or answer.status_code == accept:
                    return answer
                if answer.status_code < HTTPStatus.INTERNAL_SERVER_ERROR or loop.time() > deadline:
                    raise RuntimeError(f"API: {answer.status_code} {answer.text[:500]}")
            except httpx.TransportError:
                if loop.time() > deadline:
                    raise
            await asyncio.sleep(_PAUSE_SECONDS)

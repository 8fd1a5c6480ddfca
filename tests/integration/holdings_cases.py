"""Many delivered dossiers on a mock portal that offers its lists, and ways to make the two sides differ."""

from collections import Counter
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any, Final

import httpx
import pytest
from sqlalchemy import text

from services.core.application.deliver_due import Delivering, deliver_due
from services.core.application.reconcile import Reconciled, Reconciling, Scope, Source, reconcile
from services.core.domain.verdict import VIETNAM, Comparison
from services.core.gateways.portal import ListService, PortalClient
from services.core.persistence.delivery_marks import MARKED
from services.core.persistence.engine import Sessions
from services.core.persistence.reconciliations import Effect
from services.mock_portal.instance import running_portal
from services.mock_portal.settings import PortalSettings
from tests.integration.delivery_cases import ScriptedPortal, delivering, table
from tests.integration.test_portal_client_mock import address

UNITS: Final = 5
DAYS: Final = 8

_UNITS = text("""
INSERT INTO units (id, code, name, level, path, valid_from)
SELECT n, 'H44.' || n, 'UBND xã Thử ' || n, 'commune', '/' || n || '/', '2025-07-01'
FROM generate_series(1, CAST(:units AS int)) n
""")
_PROCEDURE = text("""
INSERT INTO procedures (code, name, field_code, field_name, level, service_level)
VALUES ('1.001193', 'Đăng ký khai sinh', 'LV1', 'Hộ tịch', 'commune', 'full')
""")
_DOSSIERS = text("""
INSERT INTO dossiers (code, origin, unit_id, procedure_code, status, version, last_seq, last_occurred_at,
    channel, filing_mode, result_delivery, submitted_at, received_at, promised_at, due_at, ended_at, summary,
    applicant, components, fees, results)
SELECT format('H44.%s-%s-%s', unit, to_char(day, 'YYMMDD'), lpad(n::text, 6, '0')), 'desk', unit, '1.001193',
    (ARRAY[2, 4, 9])[CAST(:steps AS int)], 1, CAST(:steps AS int), morning + interval '3 hours', 1, 'self', 0,
    morning, morning, morning + interval '1 day', morning + interval '1 day', NULL, 'Đăng ký khai sinh',
    '{"kind": 1, "name": "Nguyễn Thị Thử", "identity_number": null}', '[]', '[]', '[]'
FROM generate_series(CAST(:first AS int), CAST(:last AS int)) n,
    LATERAL (SELECT 1 + n % CAST(:units AS int) AS unit,
        CAST(:today AS date) - 1 - n / CAST(:units AS int) % CAST(:days AS int) AS day) placed,
    LATERAL (SELECT (day + time '08:00') AT TIME ZONE 'Asia/Ho_Chi_Minh' AS morning) timed
""")
_ENTRIES = text("""
INSERT INTO progress_entries (dossier_id, seq, status, occurred_at, officer, text)
SELECT d.id, seq, (ARRAY[2, 4, 9])[seq], d.received_at + (seq * interval '1 hour'), 'Cán bộ', 'Chuyển bước'
FROM dossiers d, generate_series(1, d.last_seq) seq
WHERE NOT EXISTS (SELECT FROM progress_entries p WHERE p.dossier_id = d.id)
""")
# The third step of a dossier that has two, at the time that `_ENTRIES` would give it.
_FINISH = text(f"""
WITH changed AS (
    UPDATE dossiers SET version = version + 1, last_seq = 3, status = 9 WHERE code = ANY(:codes)
    RETURNING id, version, last_seq, received_at
), entered AS (
    INSERT INTO progress_entries (dossier_id, seq, status, occurred_at, officer, text)
    SELECT id, 3, 9, received_at + interval '3 hours', 'Cán bộ', 'Chuyển bước' FROM changed
) {MARKED}
""")  # noqa: S608 - joins constants
_DELIVERIES = text("""
INSERT INTO deliveries (dossier_id, unit_id, state, target_version, target_seq, on_portal, flagged_at,
    ended_seq, reported_at, due_since)
SELECT id, unit_id, 'due', version, last_seq, false, due_at, nullif(last_seq, 2), now(),
    now() - interval '1 day'
FROM dossiers d WHERE NOT EXISTS (SELECT FROM deliveries v WHERE v.dossier_id = d.id)
""")


@dataclass(slots=True)
class Sides:
    """Our database, the portal's client, and the portal's control."""

    sessions: Sessions
    client: PortalClient
    control: httpx.AsyncClient
    #: Fixed, so that the same dossiers can be filed twice whatever the hour.
    today: date = field(default_factory=lambda: datetime.now(VIETNAM).date())

    @property
    def worker(self) -> Delivering:
        return replace(delivering(self.sessions, ScriptedPortal()), portal=self.client)

    def reconciling(self, **changes: Any) -> Reconciling:
        settings: dict[str, Any] = {
            "sessions": self.sessions,
            "holdings": ListService(self.client),
            "source": Source.SERVICE,
            "taken_at": None,
            "comparison": Comparison.INSTANT,
            "owner": "test",
            "horizon": timedelta(minutes=10),
            "lease": timedelta(minutes=2),
            "per_minute": 6000,
        }
        return Reconciling(**(settings | changes))

    async def catalogue(self) -> None:
        async with self.sessions.begin() as session:
            await session.execute(_UNITS, {"units": UNITS})
            await session.execute(_PROCEDURE)

    async def file(self, first: int, last: int, *, steps: int = 3) -> None:
        """Store dossiers, by default finished in three steps, due for delivery since yesterday."""
        numbers = {
            "units": UNITS, "days": DAYS, "today": self.today, "first": first, "last": last, "steps": steps
        }  # fmt: skip
        async with self.sessions.begin() as session:
            await session.execute(_DOSSIERS, numbers)
            await session.execute(_ENTRIES)
            await session.execute(_DELIVERIES)

    async def finish(self, codes: Sequence[str]) -> None:
        """Take the third step of dossiers that have two."""
        marks = {"flagged_at": None, "desk_flagged_at": None, "desk_ended_at": None, "ended_seq": 3}
        async with self.sessions.begin() as session:
            await session.execute(_FINISH, {"codes": list(codes), **marks})

    async def deliver(self) -> None:
        """Deliver everything, and let an hour go by."""
        while (delivered := await deliver_due(self.worker)).claimed:
            assert delivered.turned_away == 0
        await self.age()

    async def age(self) -> None:
        async with self.sessions.begin() as session:
            await session.execute(
                text(
                    "UPDATE deliveries SET due_since = due_since - interval '1 hour',"
                    " last_attempt_at = last_attempt_at - interval '1 hour'"
                )
            )

    async def hurry(self) -> None:
        """Bring forward what repairs have spread over the next minutes."""
        async with self.sessions.begin() as session:
            await session.execute(text("UPDATE deliveries SET next_attempt_at = now()"))

    async def reconcile(self, *, repair: bool = False, unit: str | None = None, **changes: Any) -> Reconciled:
        result = await reconcile(self.reconciling(**changes), self.scope(repair=repair, unit=unit))
        assert result is not None
        return result

    def scope(self, *, repair: bool = False, unit: str | None = None) -> Scope:
        first = self.today - timedelta(days=DAYS + 1)
        return Scope(first=first, last=self.today, unit_code=unit, repair=repair)

    async def codes(self) -> list[str]:
        return [row[0] for row in await table(self.sessions, "SELECT code FROM dossiers ORDER BY code")]

    async def forget(self, codes: Sequence[str]) -> None:
        """Take dossiers out of our database, as though they had never been filed."""
        async with self.sessions.begin() as session:
            await session.execute(text("SET LOCAL session_replication_role = replica"))
            for statement in (
                "DELETE FROM progress_entries e USING dossiers d WHERE dossier_id = id AND code = ANY(:c)",
                "DELETE FROM deliveries v USING dossiers d WHERE v.dossier_id = d.id AND code = ANY(:c)",
                "DELETE FROM dossiers WHERE code = ANY(:c)",
            ):
                await session.execute(text(statement), {"c": list(codes)})

    async def lose(self, dossiers: Sequence[str] = (), entries: dict[str, int] | None = None) -> None:
        """Make the portal forget."""
        losses = {"dossiers": list(dossiers), "entries": entries or {}}
        (await self.control.post("/losses", json=losses)).raise_for_status()

    async def calls(self) -> dict[str, int]:
        """Count calls that the portal accepted, by service."""
        summary = (await self.control.get("/ledger/summary")).json()
        return {service: results.get("accepted", 0) for service, results in summary["calls"].items()}

    async def doubled(self) -> int:
        summary = (await self.control.get("/ledger/summary")).json()
        return int(summary["duplicate_dossiers"] + summary["duplicate_entries"])


@pytest.fixture(scope="session")
def listing_portal() -> Iterator[str]:
    with running_portal(PortalSettings(offers_holdings=True)) as url:
        yield url


@pytest.fixture
async def sides(sessions: Sessions, listing_portal: str) -> AsyncIterator[Sides]:
    client = PortalClient(address(listing_portal, reply_bytes=16_000_000, call_seconds=20.0))
    async with httpx.AsyncClient(base_url=f"{listing_portal}/_control") as control:
        (await control.post("/reset")).raise_for_status()
        sides = Sides(sessions, client, control)
        await sides.catalogue()
        yield sides
    await client.close()


def effects(result: Reconciled) -> dict[Effect, int]:
    return dict(Counter(finding.effect for finding in result.findings))

from datetime import date

from sqlalchemy import text
from structlog.testing import capture_logs

from services.core.application.import_catalogue import import_working_days
from services.core.persistence.engine import Sessions
from services.core.persistence.roles import DatabaseRole
from services.sync_worker.tasks import do_daily_work
from tests.roles import as_role


async def decree(sessions: Sessions, day: str) -> None:
    async with sessions.begin() as session:
        await import_working_days(session, [{"day": day, "kind": "off", "source": "test"}])


async def test_in_december_a_next_year_without_decreed_days_is_a_warning(sessions: Sessions) -> None:
    await decree(sessions, "2026-01-02")

    with capture_logs() as november:
        await do_daily_work(as_role(sessions, DatabaseRole.WORKER), today=date(2026, 11, 30))
    with capture_logs() as december:
        await do_daily_work(as_role(sessions, DatabaseRole.WORKER), today=date(2026, 12, 1))

    assert [line for line in november if line["event"] == "calendar.decree_missing"] == []
    assert [line["years"] for line in december if line["event"] == "calendar.decree_missing"] == [(2027,)]


async def test_the_coming_months_get_partitions_however_often_it_is_done(sessions: Sessions) -> None:
    for _ in range(2):
        await do_daily_work(as_role(sessions, DatabaseRole.WORKER), today=date(2031, 11, 15))

    async with sessions.begin() as session:
        names = await session.scalars(
            text("SELECT relname FROM pg_class WHERE relname LIKE 'delivery_attempts_203_\\___' ORDER BY 1")
        )
        assert list(names) == [
            "delivery_attempts_2031_11",
            "delivery_attempts_2031_12",
            "delivery_attempts_2032_01",
            "delivery_attempts_2032_02",
        ]

"""The figures that provinces published, loaded as what they are counted from.

Dossiers of past years are inserted as rows, as the reception would have written them; everything else goes
through the use cases.
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import partial
from itertools import islice
from typing import Any, Final
from uuid import UUID, uuid5

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.core.application.catalogue import Catalogue
from services.core.application.desk import Desk
from services.core.application.import_catalogue import import_procedures, import_units
from services.core.application.manage_clients import create_client
from services.core.application.record_onboarding import Noted, Sent, record_onboarding
from services.core.application.record_payouts import PayoutOutcome, record_payouts
from services.core.application.report_counts import SentCount, report_counts
from services.core.application.save_population import SentPopulation, save_population_counts
from services.core.domain.access import Scope
from services.core.domain.onboarding.event import Event, EventOutcome, Help, HelperKind, Report, Subject
from services.core.domain.onboarding.reported import ReportedCount, ReportedFigure
from services.core.domain.onboarding.step import SubjectKind
from services.core.domain.payout import Payout, PayoutChannel
from services.core.domain.verdict import Comparison
from services.core.persistence.clients import ClientRepository
from services.core.persistence.engine import Sessions
from services.core.persistence.onboarding.population import PopulationCount
from tests.desk_api import SettableClock

ROOT: Final = "VN"
HOA_BINH, CA_MAU, THANH_HOA = "VN.17", "VN.96", "VN.38"
TAY_HO, THIEU_TRUNG, QUANG_LUU = "VN.38.1", "VN.38.2", "VN.38.3"
DIEN_BIEN, NGA_LIEN = "VN.38.4", "VN.38.5"
PHU_LOI, TAN_BINH, DONG_NHI, THUAN_AN, BINH_DUONG = "VN.74.1", "VN.74.2", "VN.74.3", "VN.74.4", "VN.74"
PILOT: Final = (DIEN_BIEN, QUANG_LUU, TAY_HO, THIEU_TRUNG, NGA_LIEN)

DAY: Final = date(2023, 7, 30)
AT: Final = datetime(2023, 7, 20, 2, tzinfo=UTC)
_SPACE: Final = UUID("6f5a2a34-2f4b-4a2e-9a43-7bb7c1a1d001")
_ROWS: Final = 1000


def _unit(code: str, name: str, level: str, parent: str | None) -> dict[str, str | None]:
    return {"code": code, "name": name, "level": level, "parent_code": parent, "valid_from": "2020-01-01"}


UNITS: Final = (
    _unit(ROOT, "Các tỉnh trong bài báo", "province", None),
    _unit(HOA_BINH, "Tỉnh Hòa Bình", "province", ROOT),
    _unit(CA_MAU, "Tỉnh Cà Mau", "province", ROOT),
    _unit(f"{CA_MAU}.H", "Huyện Cái Nước", "district", CA_MAU),
    _unit(f"{CA_MAU}.X", "Xã Tân Hưng", "commune", CA_MAU),
    _unit(THANH_HOA, "Tỉnh Thanh Hóa", "province", ROOT),
    *(
        _unit(code, f"Xã {name}", "commune", THANH_HOA)
        for code, name in zip(
            PILOT, ("Điện Biên", "Quảng Lưu", "Tây Hồ", "Thiệu Trung", "Nga Liên"), strict=True
        )
    ),
    _unit(BINH_DUONG, "Tỉnh Bình Dương", "province", ROOT),
    *(_unit(f"{BINH_DUONG}.{number}", f"Phường {number}", "commune", BINH_DUONG) for number in range(1, 92)),
)

#: Procedures that are offered: full and partial services, and those with information only.
FULL, PARTIAL, INFORMATION, ON_PORTAL = 1_113, 745, 20, 1_317


def _procedures(full: int, partial_services: int, information: int) -> Iterator[dict[str, str]]:
    levels = ["full"] * full + ["partial"] * partial_services + ["information"] * information
    for number, level in enumerate(levels):
        yield {
            "code": f"1.{number:06}",
            "name": f"Thủ tục {number}",
            "field_code": "HO-TICH",
            "field_name": "Hộ tịch",
            "level": "commune",
            "service_level": level,
            "yields_paper": "yes",
        }


async def load_catalogue(
    session: AsyncSession, *, full: int, partial_services: int, information: int, on_portal: int
) -> None:
    """Store the units, and procedures of which the first so many are on the portal."""
    await import_units(session, UNITS)
    await import_procedures(session, _procedures(full, partial_services, information))
    await session.execute(
        text("""
            INSERT INTO portal_procedures (code, name, on_portal, last_seen_at)
            SELECT code, name, true, now() FROM procedures ORDER BY code LIMIT :number
        """),
        {"number": on_portal},
    )


_DOSSIERS: Final = text("""
WITH given AS (
    SELECT CAST(:unit AS text) AS unit, CAST(:batch AS text) AS batch, CAST(:number AS int) AS number,
        CAST(:first AS timestamptz) AS first, CAST(:last AS timestamptz) AS last,
        CAST(:online AS int) AS online, CAST(:on_behalf AS int) AS on_behalf,
        CAST(:digitised AS int) AS digitised, CAST(:synced AS int) AS synced, CAST(:late AS int) AS late
), numbered AS (
    SELECT g.*, n, uuidv7() AS id, g.first + (g.last - g.first) * (n - 1) / g.number AS received
    FROM given g, generate_series(1, g.number) AS n
), stored AS (
    INSERT INTO dossiers (id, code, origin, unit_id, procedure_code, status, version, last_seq,
        last_occurred_at, channel, filing_mode, result_delivery, submitted_at, received_at, promised_at,
        due_at, ended_at, summary, applicant, components, fees, results)
    SELECT n.id, concat_ws('-', n.unit, n.batch, n.n), 'desk', u.id, '1.000000', 9, 1, 2,
        n.received + interval '1 day', CASE WHEN n.n <= n.online THEN 2 ELSE 1 END,
        CASE WHEN n.n <= n.on_behalf THEN 'on_behalf' ELSE 'self' END, 0, n.received, n.received,
        n.received + interval '3 days', n.received + interval '3 days', n.received + interval '1 day',
        'Hồ sơ', '{"kind": 1, "name": "A", "identity_number": null}', '[]', '[]',
        CAST(CASE WHEN n.n <= n.digitised THEN '[{"name": "KQ", "link": "https://x"}]' ELSE '[]' END AS jsonb)
    FROM numbered n JOIN units u ON u.code = n.unit
    RETURNING id, unit_id
), queued AS (
    INSERT INTO deliveries (dossier_id, unit_id, state, target_version, target_seq, on_portal, acked_version,
        acked_seq, flagged_at, desk_flagged_at, ended_at, ended_seq, reported_at, accepted_at)
    SELECT s.id, s.unit_id, CASE WHEN n.n <= n.synced THEN 'synced' ELSE 'due' END, 1, 2, false,
        CASE WHEN n.n <= n.synced THEN 1 ELSE 0 END, CASE WHEN n.n <= n.synced THEN 2 ELSE 0 END,
        CASE WHEN n.n > n.synced THEN now() - interval '30 days' END,
        CASE WHEN n.n > n.number - n.late THEN now() - interval '40 days' END,
        now() - interval '60 days', 2, now() - interval '60 days',
        CASE WHEN n.n <= n.synced THEN now() - interval '59 days' END
    FROM stored s JOIN numbered n USING (id)
)
INSERT INTO tallies AS t (name, label, unit_id, value)
SELECT 'received', '', unit_id, count(*) FROM stored GROUP BY unit_id
ON CONFLICT (name, label, unit_id) DO UPDATE SET value = t.value + excluded.value
""")


async def load_dossiers(
    session: AsyncSession, unit: str, number: int, *, first: date, last: date, **parts: int
) -> None:
    """Store finished dossiers, evenly over the days; of the first ones, `parts` are `online` and so on.

    Those that are not `synced` are shown late by the portal; of them the last `late` really are.
    """
    values: dict[str, Any] = {"online": 0, "on_behalf": 0, "digitised": 0, "synced": number, "late": 0}
    begin = datetime(first.year, first.month, first.day, 1, tzinfo=UTC)
    end = datetime(last.year, last.month, last.day, 10, tzinfo=UTC)
    values |= parts | {"unit": unit, "number": number, "first": begin, "last": end}
    values["batch"] = f"{first:%y%m%d}"
    await session.execute(_DOSSIERS, values)


_LOOK_UPS: Final = text("""
INSERT INTO look_up_days (day, unit_id, procedure_code, received, needed, asked, matched)
SELECT d, u.id, '1.000000',
    (CAST(:received AS int) * n) / days - (CAST(:received AS int) * (n - 1)) / days,
    (CAST(:received AS int) * n) / days - (CAST(:received AS int) * (n - 1)) / days,
    (CAST(:asked AS int) * n) / days - (CAST(:asked AS int) * (n - 1)) / days,
    (CAST(:asked AS int) * n) / days - (CAST(:asked AS int) * (n - 1)) / days
FROM units u, (
    SELECT CAST(d AS date) AS d, row_number() OVER (ORDER BY d) AS n, count(*) OVER () AS days
    FROM generate_series(CAST(:first AS date), CAST(:last AS date), interval '1 day') AS d
) AS day WHERE u.code = CAST(:unit AS text)
""")


_TALLIES: Final = text("""
INSERT INTO tallies AS t (name, label, unit_id, value)
SELECT CAST(:name AS text), CAST(:label AS text), id, CAST(:value AS float) FROM units WHERE code = :unit
ON CONFLICT (name, label, unit_id) DO UPDATE SET value = t.value + excluded.value
""")


async def load_received(session: AsyncSession, unit: str, number: int) -> None:
    """Add to the total of dossiers received, without the dossiers."""
    await session.execute(_TALLIES, {"unit": unit, "name": "received", "label": "", "value": number})


async def load_look_ups(
    session: AsyncSession, unit: str, *, asked: int, received: int, first: date, last: date
) -> None:
    """Store the daily counts and the totals that receiving and asking leave behind, evenly over the days."""
    await session.execute(
        _LOOK_UPS, {"unit": unit, "asked": asked, "received": received, "first": first, "last": last}
    )
    totals = {
        ("lookups", "match"): asked,
        ("lookups_settled", "match"): asked,
        ("lookups_needed", ""): received,
    }
    await session.execute(
        _TALLIES,
        [
            {"unit": unit, "name": name, "label": label, "value": value}
            for (name, label), value in totals.items()
        ],
    )


async def province_desk(session: AsyncSession) -> Desk:
    """Give a desk with all rights over all units."""
    await create_client(session, name="all", unit_code=ROOT, scopes=list(Scope), now=datetime.now(UTC))
    caller = await ClientRepository(session).get_by_name("all")
    return Desk(caller, Catalogue(seconds=60), Comparison.DATE_ONLY, SettableClock())


class Onboarded:
    """Loads events, populations and reported counts."""

    def __init__(self, session: AsyncSession, desk: Desk) -> None:
        self._session = session
        self._desk = desk
        self._events = 0

    async def have(
        self,
        unit: str,
        step: str,
        done: int,
        *,
        of: int | None = None,
        population: str | None = None,
        kind: SubjectKind = SubjectKind.PERSON,
        helper: HelperKind | None = None,
    ) -> None:
        """Let so many of a unit complete a step, and so many be eligible for it."""
        if of is not None and population is not None:
            count = PopulationCount(0, population, date(2023, 1, 1), of, "Thống kê xã")
            await save_population_counts(self._session, counts=[SentPopulation(unit, count)], desk=self._desk)
        names = (f"{unit}/{step}/{number}" for number in range(done))
        while references := list(islice(names, _ROWS)):
            sent = {n: self._sent(unit, step, name, kind, helper) for n, name in enumerate(references)}
            outcomes = await record_onboarding(self._session, lines=sent, desk=self._desk)
            assert all(isinstance(outcome, Noted) for outcome in outcomes.values()), outcomes

    def _sent(
        self, unit: str, step: str, reference: str, kind: SubjectKind, helper: HelperKind | None
    ) -> Sent:
        self._events += 1
        subject = Subject(kind, None, None if kind is SubjectKind.UNIT else reference)
        assisted = kind is SubjectKind.PERSON
        return Sent(
            unit, partial(_event, uuid5(_SPACE, str(self._events)), step, subject, Help(assisted, helper))
        )

    async def report(self, unit: str, figure: ReportedFigure, part: int, whole: int | None = None) -> None:
        """Report a count."""
        self._events += 1
        count = ReportedCount(
            uuid5(_SPACE, str(self._events)), 0, figure, DAY, part, whole, "Báo cáo của cơ quan"
        )
        await report_counts(self._session, counts=[SentCount(unit, count)], desk=self._desk)


def _event(event_id: UUID, step: str, subject: Subject, given: Help, unit_id: int) -> Report:
    return Report(Event(event_id, unit_id, EventOutcome.COMPLETED, AT, step, help=given), subject)


async def load_payouts(session: AsyncSession, desk: Desk, amounts: Sequence[int]) -> None:
    """Pay recipients of Hòa Bình without cash."""
    for start in range(0, len(amounts), _ROWS):
        lines = {
            number: Payout(
                HOA_BINH, "bao-tro-xa-hoi", f"CT-{number}", "A", None, amount, PayoutChannel.BANK, DAY
            )
            for number, amount in enumerate(amounts[start : start + _ROWS], start=start)
        }
        taken = await record_payouts(
            session, lines=lines, within=desk.caller.unit_path, catalogue=desk.catalogue
        )
        assert taken.count(PayoutOutcome.STORED) == len(lines)


async def load_pilots(session: AsyncSession, desk: Desk) -> None:
    """Load what was published on onboarding."""
    people = Onboarded(session, desk)
    await people.have(TAY_HO, "digital_signature", 1_189, of=1_424, population="signature_eligible")
    await people.have(TAY_HO, "payment_account", 1_617, of=2_150, population="adults_15")
    await people.have(THIEU_TRUNG, "vneid_2", 2_293, of=2_438, population="identity_eligible")
    await people.have(QUANG_LUU, "smartphone", 602, of=1_000, population="adults_15")
    await people.have(QUANG_LUU, "payment_account", 768)
    await people.have(QUANG_LUU, "vneid_2", 500, of=1_000, population="identity_eligible")
    await people.have(QUANG_LUU, "digital_platform", 800)
    for unit in PILOT:
        await people.have(
            unit, "officer_certificate", 20, of=20, population="officers", kind=SubjectKind.OFFICER
        )
        await people.report(unit, ReportedFigure.DOCUMENTS_SIGNED, 480, 480)
        await people.report(unit, ReportedFigure.DOSSIERS_ONLINE, 180, 200)
    await people.report(HOA_BINH, ReportedFigure.IDENTITY_ACCOUNTS, 427_679)
    await people.report(HOA_BINH, ReportedFigure.ID_CARDS, 99_400, 100_000)
    await people.report(HOA_BINH, ReportedFigure.SIGNATURES_GIVEN, 1_300)
    await people.report(HOA_BINH, ReportedFigure.ESSENTIAL_SERVICES, 26, 53)
    await people.report(HOA_BINH, ReportedFigure.PROCEDURES_CUT, 97)
    await people.report(HOA_BINH, ReportedFigure.PROCEDURES_CHANGED, 84)
    household = SubjectKind.HOUSEHOLD
    await people.have(PHU_LOI, "household_account", 250, of=500, population="households", kind=household)
    await people.have(CA_MAU, "household_training", 300, of=500, population="households", kind=household)
    await people.have(TAN_BINH, "identity_use", 955, of=1_000, population="identity_holders")
    await people.have(DONG_NHI, "skills_training", 501, helper=HelperKind.VOLUNTEER)
    await people.have(THUAN_AN, "hamlet_team", 56, of=56, population="hamlets", kind=SubjectKind.HAMLET)
    for unit in (f"{BINH_DUONG}.{number}" for number in range(1, 92)):
        await people.have(unit, "outreach", 1, of=1, population="units", kind=SubjectKind.UNIT)


async def load_everything(sessions: Sessions) -> None:
    """Load all that is published, but the largest counts of dossiers."""
    async with sessions.begin() as session:
        await load_catalogue(
            session, full=FULL, partial_services=PARTIAL, information=INFORMATION, on_portal=ON_PORTAL
        )
        desk = await province_desk(session)
        await load_dossiers(
            session,
            HOA_BINH,
            10_071,
            first=date(2023, 12, 15),
            last=date(2024, 2, 15),
            synced=1_712,
            late=101,
        )
        await load_dossiers(
            session,
            CA_MAU,
            13_765,
            first=date(2022, 1, 1),
            last=date(2022, 3, 31),
            online=4_775,
            on_behalf=8_000,
        )
        first, last = date(2021, 5, 1), date(2021, 5, 31)
        await load_dossiers(session, CA_MAU, 100, first=first, last=last, digitised=21)
        await load_dossiers(session, f"{CA_MAU}.H", 100, first=first, last=last, digitised=9)
        await load_dossiers(session, f"{CA_MAU}.X", 100, first=first, last=last, digitised=2)
        await load_look_ups(
            session,
            HOA_BINH,
            asked=65_498,
            received=300_000,
            first=date(2022, 12, 1),
            last=date(2023, 12, 31),
        )
        await load_look_ups(
            session, HOA_BINH, asked=222, received=29_613, first=date(2024, 1, 1), last=date(2024, 2, 21)
        )
        await load_pilots(session, desk)
        await load_payouts(session, desk, payouts())
    async with sessions.begin() as session:
        # What autovacuum does within a minute: without it nothing is known of tables that were just filled.
        await session.execute(text("ANALYZE dossiers, deliveries, units, procedures"))


def payouts() -> list[int]:
    """Give 16,332 payouts that are a little over 8.4 billion dong together."""
    return [514_500] * 16_332


def days(first: date, last: date) -> dict[str, str]:
    """Ask for a period."""
    return {"from": first.isoformat(), "to": last.isoformat()}


QUARTER: Final = days(date(2022, 1, 1), date(2022, 3, 31))
THIRTEEN_MONTHS: Final = days(date(2022, 12, 1), date(2023, 12, 31))
SEVEN_WEEKS: Final = days(date(2024, 1, 1), date(2024, 2, 21))
TWO_MONTHS: Final = days(date(2023, 12, 15), date(2024, 2, 15))
PILOT_MONTHS: Final = days(DAY - timedelta(days=59), DAY)

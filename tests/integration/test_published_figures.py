"""Every published count, loaded as what it is counted from, comes back from API, command and metrics."""

import asyncio
import csv
import io
import json
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from python_calamine import CalamineWorkbook
from typer.testing import CliRunner

from services.cli import report
from services.core.application.manage_clients import create_client
from services.core.application.report_services import report_services
from services.core.domain.access import Scope
from services.core.persistence.engine import PoolLimits, Sessions, create_engine, create_sessions
from services.core.persistence.roles import DatabaseRole
from tests.conftest import empty
from tests.desk_api import CountingBell, SettableClock, client_of, serve
from tests.integration.published_metrics import figure, scrape
from tests.published import (
    BINH_DUONG,
    CA_MAU,
    DONG_NHI,
    HOA_BINH,
    PHU_LOI,
    PILOT_MONTHS,
    QUANG_LUU,
    QUARTER,
    ROOT,
    SEVEN_WEEKS,
    TAN_BINH,
    TAY_HO,
    THANH_HOA,
    THIEU_TRUNG,
    THIRTEEN_MONTHS,
    THUAN_AN,
    TWO_MONTHS,
    days,
    load_catalogue,
    load_dossiers,
    load_everything,
)
from tests.roles import as_role, dispose_roles

#: Unit, period, code, group, numerator, denominator, share: what was published, computed to two decimals.
PUBLISHED: list[tuple[str, dict[str, str], str, str | None, int, int | None, float | None]] = [
    (HOA_BINH, TWO_MONTHS, "received", None, 10_071, None, None),
    (HOA_BINH, TWO_MONTHS, "synced", None, 1_712, 10_071, 17.0),
    (HOA_BINH, TWO_MONTHS, "falsely_late", None, 8_258, 10_071, 82.0),
    (HOA_BINH, TWO_MONTHS, "falsely_late_not_yet_sent", None, 8_258, 8_258, 100.0),
    (HOA_BINH, TWO_MONTHS, "really_late", None, 101, 8_359, 1.21),
    (HOA_BINH, THIRTEEN_MONTHS, "look_ups", None, 65_498, 300_000, 21.83),
    (HOA_BINH, SEVEN_WEEKS, "look_ups", None, 222, 29_613, 0.75),
    (HOA_BINH, SEVEN_WEEKS, "verified", None, 222, 29_613, 0.75),
    (HOA_BINH, TWO_MONTHS, "services_on_portal", None, 1_317, 1_878, 70.13),
    (HOA_BINH, TWO_MONTHS, "services_full", None, 1_113, 1_858, 59.9),
    (HOA_BINH, TWO_MONTHS, "services_partial", None, 745, 1_858, 40.1),
    (CA_MAU, QUARTER, "filed", None, 13_765, None, None),
    (CA_MAU, QUARTER, "filed_online", None, 4_775, 13_765, 34.69),
    (CA_MAU, QUARTER, "filed_online", "province", 4_775, 13_765, 34.69),
    (CA_MAU, QUARTER, "on_behalf", None, 8_000, 13_765, 58.12),
    (CA_MAU, {"from": "2021-05-01", "to": "2021-05-31"}, "digitised_results", "province", 21, 100, 21.0),
    (CA_MAU, {"from": "2021-05-01", "to": "2021-05-31"}, "digitised_results", "district", 9, 100, 9.0),
    (CA_MAU, {"from": "2021-05-01", "to": "2021-05-31"}, "digitised_results", "commune", 2, 100, 2.0),
    (TAY_HO, PILOT_MONTHS, "step_digital_signature", None, 1_189, 1_424, 83.5),
    (TAY_HO, PILOT_MONTHS, "step_payment_account", None, 1_617, 2_150, 75.21),
    (THIEU_TRUNG, PILOT_MONTHS, "step_vneid_2", None, 2_293, 2_438, 94.05),
    (QUANG_LUU, PILOT_MONTHS, "step_smartphone", None, 602, 1_000, 60.2),
    (QUANG_LUU, PILOT_MONTHS, "step_payment_account", None, 768, 1_000, 76.8),
    (QUANG_LUU, PILOT_MONTHS, "step_vneid_2", None, 500, 1_000, 50.0),
    (QUANG_LUU, PILOT_MONTHS, "step_digital_platform", None, 800, 1_000, 80.0),
    (THANH_HOA, PILOT_MONTHS, "step_officer_certificate", None, 100, 100, 100.0),
    (THANH_HOA, PILOT_MONTHS, "documents_signed", None, 2_400, 2_400, 100.0),
    (THANH_HOA, PILOT_MONTHS, "dossiers_online", None, 900, 1_000, 90.0),
    (HOA_BINH, PILOT_MONTHS, "identity_accounts", None, 427_679, None, None),
    (HOA_BINH, PILOT_MONTHS, "id_cards", None, 99_400, 100_000, 99.4),
    (HOA_BINH, PILOT_MONTHS, "signatures_given", None, 1_300, None, None),
    (HOA_BINH, PILOT_MONTHS, "essential_services", None, 26, 53, 49.06),
    (HOA_BINH, PILOT_MONTHS, "procedures_cut", None, 97, None, None),
    (HOA_BINH, PILOT_MONTHS, "procedures_changed", None, 84, None, None),
    (PHU_LOI, PILOT_MONTHS, "step_household_account", None, 250, 500, 50.0),
    (CA_MAU, PILOT_MONTHS, "step_household_training", None, 300, 500, 60.0),
    (TAN_BINH, PILOT_MONTHS, "step_identity_use", None, 955, 1_000, 95.5),
    (DONG_NHI, PILOT_MONTHS, "helped", None, 501, None, None),
    (THUAN_AN, PILOT_MONTHS, "step_hamlet_team", None, 56, 56, 100.0),
    (BINH_DUONG, PILOT_MONTHS, "step_outreach", None, 91, 91, 100.0),
    (HOA_BINH, PILOT_MONTHS, "paid_out_without_cash", None, 16_332, 16_332, 100.0),
    (HOA_BINH, PILOT_MONTHS, "paid_out_without_cash_vnd", None, 8_402_814_000, 8_402_814_000, 100.0),
]


#: A hundred thousand dossiers in one statement take their time on a machine that is busy with other tests.
_LIMITS = PoolLimits(command=60.0)


@pytest.fixture(scope="module")
def loaded(database_url: str) -> str:
    """Load everything once for all tests of this file, which only read; gives the key of a client."""
    return asyncio.run(_load(database_url))


async def _load(database_url: str) -> str:
    engine = create_engine(database_url, application="lienthong-tests", limits=_LIMITS)
    await empty(engine)
    sessions = create_sessions(engine)
    await load_everything(sessions)
    async with sessions.begin() as session:
        key = await create_client(
            session, name="tỉnh", unit_code=ROOT, scopes=[Scope.READ], now=datetime.now(UTC)
        )
    await engine.dispose()
    return key


@pytest.fixture
async def open_sessions(database_url: str) -> AsyncIterator[Sessions]:
    engine = create_engine(database_url, application="lienthong-tests", limits=_LIMITS)
    yield create_sessions(engine)
    await dispose_roles(engine)
    await engine.dispose()


@pytest.fixture
async def http(loaded: str, open_sessions: Sessions) -> AsyncIterator[httpx.AsyncClient]:
    api = as_role(open_sessions, DatabaseRole.API)
    async with (
        serve(api, clock=SettableClock(), bell=CountingBell()) as (app, _),
        client_of(app, loaded) as client,
    ):
        yield client


async def ask(http: httpx.AsyncClient, unit: str, period: dict[str, str], **query: str) -> httpx.Response:
    answer = await http.get("/v1/reports/figures", params={"unit": unit, **period, **query})
    assert answer.status_code == 200, answer.text
    return answer


def found(figures: list[dict[str, Any]], code: str, group: str | None) -> tuple[Any, ...]:
    [one] = [f for f in figures if f["code"] == code and (f["group"] and f["group"]["code"]) == group]
    return one["numerator"], one["denominator"], one["share"]


async def test_every_published_count_and_share_comes_back_from_the_api(http: httpx.AsyncClient) -> None:
    asked: dict[str, list[dict[str, Any]]] = {}
    for unit, period, code, group, numerator, denominator, share in PUBLISHED:
        key = f"{unit} {period}"
        if key not in asked:
            asked[key] = (await ask(http, unit, period)).json()["figures"]
        assert found(asked[key], code, group) == (numerator, denominator, share), (unit, code)


async def test_targets_of_the_pilot_stand_beside_the_shares(http: httpx.AsyncClient) -> None:
    figures = (await ask(http, QUANG_LUU, PILOT_MONTHS)).json()["figures"]
    targets = {figure["code"]: (figure["target"], figure["met"]) for figure in figures if figure["target"]}
    assert targets["step_smartphone"] == (80.0, False)
    assert targets["step_payment_account"] == (75.0, True)
    assert targets["step_vneid_2"] == (80.0, False)
    assert targets["step_digital_platform"] == (80.0, True)


async def test_units_are_shown_each_for_itself(http: httpx.AsyncClient) -> None:
    figures = (await ask(http, THANH_HOA, PILOT_MONTHS, by="unit")).json()["figures"]
    assert found(figures, "step_payment_account", TAY_HO) == (1_617, 2_150, 75.21)
    assert found(figures, "step_payment_account", QUANG_LUU) == (768, 1_000, 76.8)
    assert all(figure["group"] for figure in figures)


async def test_nothing_of_before_the_period_is_counted_and_nothing_of_other_units(
    http: httpx.AsyncClient,
) -> None:
    before = {"from": "2023-12-01", "to": "2023-12-14"}
    assert found((await ask(http, HOA_BINH, before)).json()["figures"], "received", None)[0] == 0
    elsewhere = (await ask(http, THANH_HOA, TWO_MONTHS)).json()["figures"]
    assert found(elsewhere, "received", None)[0] == 0


async def test_csv_and_workbook_say_the_same_as_json(http: httpx.AsyncClient) -> None:
    figures = (await ask(http, HOA_BINH, TWO_MONTHS)).json()["figures"]
    wanted = [(f["code"], f["numerator"], f["denominator"], f["share"]) for f in figures]

    written = await ask(http, HOA_BINH, TWO_MONTHS, format="csv")
    assert written.headers["content-type"].startswith("text/csv")
    assert written.headers["content-disposition"].endswith('-20231215-20240215.csv"')
    rows = list(csv.reader(io.StringIO(written.content.decode("utf-8-sig"))))[1:]
    assert [
        (r[1], int(r[5]), int(r[6]) if r[6] else None, float(r[7]) if r[7] else None) for r in rows
    ] == wanted

    media = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    answer = await http.get(
        "/v1/reports/figures", params={"unit": HOA_BINH, **TWO_MONTHS}, headers={"Accept": media}
    )
    assert answer.headers["content-type"] == media
    sheet = CalamineWorkbook.from_object(io.BytesIO(answer.content)).get_sheet_by_index(0).to_python()[1:]
    shown = [(r[1], r[5], None if r[6] == "" else r[6], None if r[7] == "" else r[7]) for r in sheet]
    assert shown == wanted


#: What only one province or pilot has published, so that it is the total of them all.
_PUBLISHED_ONCE = (
    "services_on_portal",
    "services_full",
    "services_partial",
    "documents_signed",
    "dossiers_online",
    "identity_accounts",
    "id_cards",
    "signatures_given",
    "essential_services",
    "procedures_cut",
    "procedures_changed",
    "paid_out_without_cash",
    "paid_out_without_cash_vnd",
)


async def test_metrics_say_the_same(loaded: str, open_sessions: Sessions) -> None:
    assert loaded
    samples = await scrape(open_sessions)
    assert samples["unit_dossiers_received_total", HOA_BINH] == 10_071
    assert samples["unit_false_late", HOA_BINH] == 8_258
    assert samples["unit_flagged_late", HOA_BINH] == 8_258 + 101
    assert samples["unit_unsynced", HOA_BINH] == 10_071 - 1_712
    published = {code: (part, whole) for _, _, code, group, part, whole, _ in PUBLISHED if group is None}
    for code in _PUBLISHED_ONCE:
        assert figure(samples, code) == published[code], code
    for unit, _, code, _, part, whole, share in PUBLISHED:
        step = code.removeprefix("step_")
        if step == code:
            continue
        # Labels in the order of their names: the step before the unit.
        shown = {
            name: sum(
                value
                for key, value in samples.items()
                if key[:2] == (f"unit_onboarding_{name}", step) and key[2].startswith(unit)
            )
            for name in ("done", "eligible")
        }
        assert shown == {"done": part, "eligible": whole}, code
        if unit not in (THANH_HOA, BINH_DUONG):
            assert round(100 * samples["unit_onboarding_coverage", step, unit], 2) == pytest.approx(share)


def test_the_command_prints_and_writes_the_same(loaded: str, database_url: str, tmp_path: Path) -> None:
    assert loaded
    environment = {"LIENTHONG_DATABASE_URL": database_url}
    arguments = ["figures", "--unit", CA_MAU, "--from", QUARTER["from"], "--to", "31/03/2022"]
    done = CliRunner().invoke(report.app, [*arguments, "--json"], env=environment)
    assert done.exit_code == 0, done.output
    assert found(json.loads(done.stdout)["figures"], "filed_online", None) == (4_775, 13_765, 34.69)

    paths = [tmp_path / "so-lieu.csv", tmp_path / "so-lieu.xlsx"]
    files = ["--csv", str(paths[0]), "--xlsx", str(paths[1])]
    assert CliRunner().invoke(report.app, [*arguments, *files], env=environment).exit_code == 0
    assert "34.69" in paths[0].read_text("utf-8-sig")
    assert CalamineWorkbook.from_path(paths[1]).sheet_names == ["Số liệu"]

    shown = CliRunner().invoke(report.app, arguments, env=environment | {"COLUMNS": "200"})
    assert "13,765" in shown.stdout
    assert "34.69" in shown.stdout
    assert CliRunner().invoke(report.app, ["figures", "--unit", "VN.0"], env=environment).exit_code == 1


@pytest.mark.fault
async def test_the_largest_published_counts_come_back_too(
    http: httpx.AsyncClient, open_sessions: Sessions
) -> None:
    first, last = date(2022, 4, 1), date(2022, 6, 30)
    async with open_sessions.begin() as session:
        for day in (1, 11):
            start = date(2022, 4, day)
            await load_dossiers(session, CA_MAU, 20_000, first=start, last=start, online=20_000)
        for day, number in enumerate((30_000, 30_000, 30_000, 37_581), start=1):
            start = date(2022, 5, day)
            await load_dossiers(session, f"{CA_MAU}.X", number, first=start, last=start)
    figures = (await ask(http, CA_MAU, days(first, last))).json()["figures"]
    assert found(figures, "filed", None) == (167_581, None, None)
    assert found(figures, "filed_online", "province") == (40_000, 40_000, 100.0)
    assert found(figures, "filed_online", None) == (40_000, 167_581, 23.87)


async def test_another_catalogue_has_all_its_online_services_on_the_portal(sessions: Sessions) -> None:
    async with sessions.begin() as session:
        await load_catalogue(session, full=254, partial_services=92, information=0, on_portal=346)
        rows = {row.figure: (row.numerator, row.denominator) for row in await report_services(session)}
    assert (rows["services_partial"][0], rows["services_full"][0]) == (92, 254)
    assert rows["services_online_on_portal"] == (346, 346)

"""The published figures of the pilots, sent as events and read back: API and metrics say the same."""

from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families

from services.core.application.import_catalogue import import_units
from services.core.application.manage_clients import create_client
from services.core.domain.access import Scope
from services.core.persistence.engine import Sessions
from tests.desk_api import DeskApi, client_of
from tests.integration.test_metrics_service import service
from tests.onboarding_events import MORNING, an_event, send

COMMUNES = {"H56.01": "Tây Hồ", "H56.02": "Thiệu Trung", "H56.03": "Quảng Lưu"}

#: Commune, step, who has it, who is eligible, and the share as published (rounded to one decimal there).
PUBLISHED = (
    ("H56.01", "digital_signature", 1189, 1424, 0.8350, True),
    ("H56.01", "payment_account", 1617, 2150, 0.7521, True),
    ("H56.02", "vneid_2", 2293, 2438, 0.9405, True),
    ("H56.03", "smartphone", 301, 500, 0.602, False),
    ("H56.03", "payment_account", 384, 500, 0.768, True),
    ("H56.03", "vneid_2", 250, 500, 0.5, False),
    ("H56.03", "digital_platform", 400, 500, 0.8, True),
    ("H56.03", "household_account", 60, 120, 0.5, True),
    ("H56.03", "officer_certificate", 18, 18, 1.0, True),
    ("H56.03", "hamlet_team", 56, 56, 1.0, None),
)
POPULATIONS = {
    "digital_signature": "signature_eligible",
    "payment_account": "adults_15",
    "vneid_2": "identity_eligible",
    "smartphone": "adults_15",
    "digital_platform": "adults_15",
    "household_account": "households",
    "officer_certificate": "officers",
    "hamlet_team": "hamlets",
}
KINDS = {"household_account": "household", "officer_certificate": "officer", "hamlet_team": "hamlet"}


async def province(api: DeskApi, sessions: Sessions) -> str:
    units = [{"code": "H56", "name": "Thanh Hóa", "level": "province", "valid_from": "2020-01-01"}]
    units += [
        {"code": code, "name": name, "level": "commune", "parent_code": "H56", "valid_from": "2020-01-01"}
        for code, name in COMMUNES.items()
    ]
    async with sessions.begin() as session:
        await import_units(session, units)
        return await create_client(
            session, name="thanh-hoa", unit_code="H56", scopes=list(Scope), now=api.clock.now()
        )


def subject(step: str, unit: str, number: int) -> dict[str, str]:
    kind = KINDS.get(step, "person")
    if kind == "person":
        return {"kind": "person", "identity_number": f"038{unit[-2:]}{number:07d}"}
    return {"kind": kind, "reference": f"{kind}-{number}"}


@pytest.mark.timeout(240)
async def test_the_published_shares_come_back_exactly(api: DeskApi, sessions: Sessions) -> None:
    api.clock.at = MORNING
    key = await province(api, sessions)
    events = [
        an_event(unit_code=unit, step=step, subject=subject(step, unit, number))
        for unit, step, done, *_ in PUBLISHED
        for number in range(done)
    ]
    counts: list[dict[str, Any]] = [
        {
            "unit_code": unit,
            "population": POPULATIONS[step],
            "valid_from": "2023-06-01",
            "number": eligible,
            "source": "Công an xã",
        }
        for unit, step, _, eligible, *_ in PUBLISHED
    ]
    async with client_of(api.app, key) as http:
        for start in range(0, len(events), 1000):
            rows = await send(http, events[start : start + 1000])
            assert {row["status"] for row in rows} == {201}
        assert (await http.put("/v1/population-counts", json={"counts": counts})).is_success
        report = (await http.get("/v1/onboarding/coverage")).json()
        dated = (await http.get("/v1/onboarding/coverage", params={"on": "2026-02-19"})).json()
    assert dated["units"] == report["units"]
    found = {(row["unit_code"], row["step"]): row for row in report["units"]}
    for unit, step, done, eligible, share, met in PUBLISHED:
        row = found[unit, step]
        assert (row["done"], row["eligible"], row["share"], row["met"]) == (done, eligible, share, met)
    async with service(sessions) as metrics:
        page = (await metrics.get("/metrics")).text
    shown = {
        (sample.labels["unit"], sample.labels["step"]): sample.value
        for family in text_string_to_metric_families(page)
        if family.name == "lienthong_unit_onboarding_coverage"
        for sample in family.samples
    }
    for unit, step, done, eligible, *_ in PUBLISHED:
        assert shown[unit, step] == pytest.approx(done / eligible)
    assert f'lienthong_onboarding_events_total{{outcome="completed"}} {float(len(events))}' in page

"""Events in random order, three times each, through the API: the same as once and in order."""

import random
from typing import Any

import pytest
from sqlalchemy import text

from services.core.application.import_catalogue import CatalogueRowInvalid
from services.core.application.save_steps import save_steps
from services.core.application.verify_onboarding import rebuild_onboarding, verify_onboarding
from services.core.persistence.engine import Sessions
from tests.desk_api import DeskApi
from tests.onboarding_events import a_busy_day, an_event, send

STATE = {
    "standings": """
        SELECT coalesce(s.identity_number, s.reference) AS who, h.step, h.held, h.since, h.unit_id,
            h.providers, h.last_outcome, h.last_at
        FROM onboarding_standings h JOIN onboarding_subjects s ON s.id = h.person_id ORDER BY 1, 2, 5""",
    "attempts": """
        SELECT coalesce(s.identity_number, s.reference) AS who, a.step, a.reference, a.state, a.unit_id,
            a.started_at, a.last_at, a.events, a.seconds, a.reason, a.device, a.provider, a.team
        FROM onboarding_attempts a JOIN onboarding_subjects s ON s.id = a.person_id ORDER BY 1, 2, 3, 5""",
    "tallies": """
        SELECT * FROM onboarding_tallies WHERE value <> 0
        ORDER BY unit_id, measure, dimension, step, day, label""",
    "spans": """
        SELECT * FROM onboarding_spans WHERE value <> 0
        ORDER BY unit_id, measure, dimension, span, day, step, label""",
    "totals": "SELECT * FROM onboarding_totals WHERE value <> 0 ORDER BY unit_id, step, measure",
}
TABLES = "standings", "attempts", "tallies", "spans", "totals", "events", "subjects"


async def state_of(sessions: Sessions) -> dict[str, list[tuple[Any, ...]]]:
    async with sessions() as session:
        return {name: [tuple(row) for row in await session.execute(text(sql))] for name, sql in STATE.items()}


async def forget(sessions: Sessions) -> None:
    async with sessions.begin() as session:
        await session.execute(text("SET LOCAL session_replication_role = replica"))
        for table in TABLES:
            await session.execute(text(f"DELETE FROM onboarding_{table}"))  # noqa: S608 - names of ours


async def test_any_order_and_any_repetition_give_the_same_state(api: DeskApi, sessions: Sessions) -> None:
    chance = random.Random(766)
    told = a_busy_day(chance, events=300, people=20, units=("H44.101", "H44.102"))
    in_order = sorted(told, key=lambda event: event["occurred_at"])
    for start in range(0, len(in_order), 10):
        await send(api.province.http, in_order[start : start + 10])
    once = await state_of(sessions)
    assert len(once["tallies"]) > 500
    await forget(sessions)
    thrice = told * 3
    chance.shuffle(thrice)
    while thrice:
        size = chance.randint(1, 90)
        rows = await send(api.province.http, thrice[:size])
        assert {row["status"] for row in rows} <= {200, 201}
        thrice = thrice[size:]
    again = await state_of(sessions)
    for name, kept in once.items():
        assert again[name] == kept, name


async def test_an_audit_finds_what_does_not_follow_from_the_events_and_a_rebuild_mends_it(
    api: DeskApi, sessions: Sessions
) -> None:
    told = a_busy_day(random.Random(1), events=150, people=12, units=("H44.101", "H44.102"))
    await send(api.province.http, told)
    kept = await state_of(sessions)
    async with sessions.begin() as session:
        found = await verify_onboarding(session)
    assert (found.holds, found.events) == (True, 150)
    spoiling = (
        "UPDATE onboarding_tallies SET value = value + 1 WHERE measure = 'failed' AND dimension = 'reason'",
        "UPDATE onboarding_totals SET value = value + 1 WHERE measure = 'held'",
        "UPDATE onboarding_spans SET value = value + 1 WHERE span = 16 AND measure = 'completed'",
        "DELETE FROM onboarding_spans WHERE span = 4",
        "UPDATE onboarding_standings SET held = NOT held",
        "DELETE FROM onboarding_attempts WHERE state = 'stuck'",
    )
    for statement in spoiling:
        async with sessions.begin() as session:
            await session.execute(text(statement))
        async with sessions.begin() as session:
            assert not (await verify_onboarding(session)).holds, statement
        async with sessions.begin() as session:
            await rebuild_onboarding(session)
        assert await state_of(sessions) == kept


async def test_a_new_step_on_the_way_makes_the_counts_anew(api: DeskApi, sessions: Sessions) -> None:
    await send(api.ward.http, [an_event(step="smartphone"), an_event(step="qr_payment")])
    row = {"name_vi": "Mã QR", "name_en": "QR", "subject": "person", "population": "adults_15"}
    async with sessions.begin() as session:
        await save_steps(session, [{"code": "qr_payment", **row, "target": "0.4", "funnel": "1"}])
    funnel = (await api.ward.get("/v1/onboarding/funnel"))["steps"]
    assert [(step["step"], step["reached"]) for step in funnel[:3]] == [
        ("qr_payment", 1),
        ("smartphone", 1),
        ("payment_account", 0),
    ]
    async with sessions.begin() as session:
        assert (await verify_onboarding(session)).holds
    with pytest.raises(CatalogueRowInvalid):
        async with sessions.begin() as session:
            await save_steps(session, [{"code": "x", **row, "target": "eighty"}])

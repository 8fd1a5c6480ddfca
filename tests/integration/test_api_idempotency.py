"""A creation may be repeated as often as the line breaks."""

import asyncio
from datetime import date
from typing import Any

from sqlalchemy import func, select, text

from services.core.persistence.engine import Sessions
from services.core.persistence.models import Base, Dossier, ProgressEntry
from tests.desk_api import Desk, DeskApi, a_filing, client_of, problem, serve


async def count(sessions: Sessions, model: type[Base]) -> int:
    async with sessions() as session:
        return int(await session.scalar(select(func.count()).select_from(model)) or 0)


async def test_a_repeated_call_gets_the_same_answer_and_stores_nothing(
    api: DeskApi, sessions: Sessions
) -> None:
    filing = a_filing(components=[{"name": "Tờ khai"}], fees=[{"name": "Lệ phí", "amount_vnd": 8000}])

    first = await api.ward.create(filing, key="k1")
    again = await api.ward.create(filing, key="k1")

    assert (again.status_code, again.content) == (first.status_code, first.content)
    assert again.headers["ETag"] == first.headers["ETag"]
    assert again.headers["Location"] == first.headers["Location"]
    assert "Idempotent-Replayed" not in first.headers
    assert again.headers["Idempotent-Replayed"] == "true"
    assert await count(sessions, Dossier) == 1
    assert await count(sessions, ProgressEntry) == 1


async def test_the_order_of_fields_does_not_make_another_body(api: DeskApi) -> None:
    filing = a_filing()
    first = await api.ward.create(filing, key="k1")

    again = await api.ward.create(dict(reversed(filing.items())), key="k1")

    assert again.content == first.content


async def test_the_key_with_another_body_is_refused(api: DeskApi, sessions: Sessions) -> None:
    await api.ward.create(a_filing(), key="k1")

    problem(await api.ward.create(a_filing(summary="Việc khác"), key="k1"), 422, "request-key-reused")

    assert await count(sessions, Dossier) == 1


async def test_a_creation_without_a_key_is_refused(api: DeskApi) -> None:
    answer = await api.ward.http.post("/v1/dossiers", json=a_filing())

    problem(answer, 400, "request-key-missing")


async def test_a_key_of_256_characters_is_refused_and_one_of_255_is_not(api: DeskApi) -> None:
    too_long = problem(await api.ward.create(key="k" * 256), 422, "validation-failed")

    assert too_long["errors"][0]["header"] == "idempotency-key"
    assert (await api.ward.create(key="k" * 255)).status_code == 201


async def test_keys_of_two_clients_have_nothing_to_do_with_each_other(api: DeskApi) -> None:
    ours = await api.ward.create(key="k1")
    theirs = await api.province.create(key="k1")

    assert ours.json()["id"] != theirs.json()["id"]


async def test_keys_of_two_routes_have_nothing_to_do_with_each_other(api: DeskApi) -> None:
    await api.ward.create(key="k1")

    assert (await api.ward.batch(a_filing(), key="k1")).status_code == 200


async def test_five_calls_at_once_make_one_dossier(api: DeskApi, sessions: Sessions) -> None:
    filing = a_filing()

    answers = await asyncio.gather(*(api.ward.create(filing, key="k1") for _ in range(5)))

    stored = [answer for answer in answers if answer.status_code == 201]
    running = [answer for answer in answers if answer.status_code == 409]
    assert len(stored) + len(running) == 5
    assert len({answer.content for answer in stored}) == 1
    for answer in running:
        problem(answer, 409, "request-in-progress")
        assert answer.headers["Retry-After"] == "1"
    assert await count(sessions, Dossier) == 1
    assert (await api.ward.create(filing, key="k1")).content == stored[0].content


async def test_a_call_still_running_is_answered_with_409(api: DeskApi, sessions: Sessions) -> None:
    filing = a_filing()
    async with sessions.begin() as session:
        # The lock of a first call that has not ended; the key is found by trying all it could be made of.
        await session.execute(
            text(
                "SELECT pg_advisory_xact_lock(hashtextextended(concat_ws(' ', id, 'dossiers', 'k1'), 0))"
                " FROM desk_clients WHERE name = 'ward'"
            )
        )
        problem(await api.ward.create(filing, key="k1"), 409, "request-in-progress")

    assert (await api.ward.create(filing, key="k1")).status_code == 201


async def test_a_refused_call_may_be_mended_under_the_same_key(api: DeskApi) -> None:
    problem(await api.ward.create(a_filing(unit_code="H99"), key="k1"), 422, "unknown-unit")

    assert (await api.ward.create(a_filing(), key="k1")).status_code == 201


async def test_an_answer_stands_although_the_unit_has_ended_since(api: DeskApi, sessions: Sessions) -> None:
    filing = a_filing()
    first = await api.ward.create(filing, key="k1")
    async with sessions.begin() as session:
        await session.execute(
            text("UPDATE units SET valid_to = :day WHERE code = 'H44.101'"), {"day": date(2026, 1, 1)}
        )

    async with (
        serve(api.runtime.sessions, clock=api.clock, bell=api.bell) as (restarted, _),
        client_of(restarted, api.keys["ward"]) as http,
    ):
        again = await Desk(http).create(filing, key="k1")
        other = await Desk(http).create(filing, key="k2")

    assert again.content == first.content
    problem(other, 422, "unit-ended")


async def test_the_kept_answer_holds_no_personal_data(api: DeskApi, sessions: Sessions) -> None:
    person: dict[str, Any] = {"kind": "citizen", "name": "Nguyễn Thị Kín", "identity_number": "025190000999"}
    await api.ward.created(applicant=person)

    async with sessions() as session:
        kept = str(await session.scalar(text("SELECT answer::text FROM idempotency_keys")))
    assert "Kín" not in kept
    assert "025190000999" not in kept

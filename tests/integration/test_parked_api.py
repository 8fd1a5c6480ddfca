"""`/v1/parked`: what waits for a person, and what the person decides."""

from typing import Any

import httpx
import pytest
from sqlalchemy import text

from services.core.domain.request import RequestKey
from services.core.persistence.engine import Sessions
from services.core.persistence.idempotency import IdempotencyRepository
from tests.desk_api import Desk, DeskApi, problem

GROUP = "unknown_procedure:1.001193"


async def park(sessions: Sessions, *dossiers: dict[str, Any], group: str = GROUP) -> None:
    """Leave dossiers as the worker does when the portal has refused them."""
    async with sessions.begin() as session:
        await session.execute(
            text(
                "UPDATE deliveries SET state = 'parked', park_cause = 'refused', park_group = :group,"
                " parked_at = now(), attempts = 12, last_cause = '-1: Hồ sơ của Nguyễn Thị Hoa sai'"
                " WHERE dossier_id = ANY(CAST(:ids AS uuid[]))"
            ),
            {"group": group, "ids": [dossier["id"] for dossier in dossiers]},
        )


async def decide(desk: Desk, action: str, key: str = "k", **body: Any) -> httpx.Response:
    return await desk.http.post(f"/v1/parked:{action}", json=body, headers={"Idempotency-Key": key})


async def state_of(desk: Desk, dossier: dict[str, Any]) -> str:
    return str((await desk.read(dossier, "/delivery"))["state"])


async def test_groups_explain_themselves_in_the_callers_language(api: DeskApi, sessions: Sessions) -> None:
    await park(sessions, *[await api.ward.created() for _ in range(3)])

    vietnamese = await api.ward.get("/v1/parked/groups")
    english = await api.ward.http.get("/v1/parked/groups", headers={"Accept-Language": "en"})

    assert (vietnamese["dossiers"], vietnamese["groups"]) == (3, 1)
    (group,) = vietnamese["items"]
    assert (group["group"], group["causes"], group["dossiers"]) == (GROUP, ["refused"], 3)
    assert group["owner"] == "operations"
    assert group["meaning"] == "Cổng không biết thủ tục 1.001193."
    assert len(group["examples"]) == 3
    assert english.json()["items"][0]["meaning"] == "The portal does not know procedure 1.001193."


async def test_the_list_is_paged_and_shows_nobodys_name(api: DeskApi, sessions: Sessions) -> None:
    made = [await api.ward.created() for _ in range(3)]
    await park(sessions, *made)

    first = await api.ward.get("/v1/parked", limit=2)
    second = await api.ward.get("/v1/parked", limit=2, cursor=first["next_cursor"])

    listed = [*first["items"], *second["items"]]
    assert [row["code"] for row in listed] == [dossier["code"] for dossier in made]
    assert second["next_cursor"] is None
    assert {row["words"] for row in listed} == {"-1: Hồ sơ của … sai"}
    problem(await api.ward.http.get("/v1/parked", params={"cursor": "abc"}), 400, "cursor-invalid")


async def test_one_call_sends_a_group_on(api: DeskApi, sessions: Sessions) -> None:
    made = [await api.ward.created() for _ in range(3)]
    await park(sessions, *made[:2])
    await park(sessions, made[2], group="conflict")

    answer = await decide(api.province, "replay", group=GROUP)

    assert answer.status_code == 200, answer.text
    done = answer.json()
    assert (done["dossiers"], done["left"]) == (2, 0)
    assert [await state_of(api.ward, dossier) for dossier in made] == ["due", "due", "parked"]
    delivery = await api.ward.read(made[0], "/delivery")
    (record,) = delivery["interventions"]
    assert (record["done_by"], record["action"], record["park_group"]) == ("province", "replay", GROUP)
    assert delivery["attempts_since_success"] == 0


async def test_a_repeated_call_gets_the_first_answer_and_does_nothing_again(
    api: DeskApi, sessions: Sessions
) -> None:
    dossier = await api.ward.created()
    await park(sessions, dossier)
    first = await decide(api.ward, "replay", group=GROUP)
    await park(sessions, dossier)

    again = await decide(api.ward, "replay", group=GROUP)

    assert again.json() == first.json()
    assert (first.headers.get("Idempotent-Replayed"), again.headers["Idempotent-Replayed"]) == (None, "true")
    assert await state_of(api.ward, dossier) == "parked"
    problem(await decide(api.ward, "replay", cause="refused"), 422, "request-key-reused")
    assert (await decide(api.ward, "replay", key="another", group=GROUP)).json()["dossiers"] == 1


async def test_a_call_that_is_repeated_before_it_has_ended_is_told_to_wait(
    api: DeskApi, sessions: Sessions
) -> None:
    dossier = await api.ward.created()
    await park(sessions, dossier)
    caller = await api.runtime.keys.caller(api.keys["ward"])
    async with sessions.begin() as session:
        request = RequestKey("parked:replay", "k", b"", 200)
        assert await IdempotencyRepository(session).reserve(caller.client_id, request)

        problem(await decide(api.ward, "replay", group=GROUP), 409, "request-in-progress")

    assert await state_of(api.ward, dossier) == "parked"


async def test_a_refused_call_keeps_nothing_under_its_key(api: DeskApi, sessions: Sessions) -> None:
    dossier = await api.ward.created()
    problem(await decide(api.ward, "replay", dossier=dossier["code"]), 409, "not-parked")
    await park(sessions, dossier)

    mended = await decide(api.ward, "replay", dossier=dossier["code"])

    assert mended.json()["dossiers"] == 1


async def test_what_is_closed_says_why_and_a_change_sends_it_again(api: DeskApi, sessions: Sessions) -> None:
    dossier = await api.ward.created()
    await park(sessions, dossier)

    done = await decide(api.ward, "close", dossier=dossier["id"], reason="nộp trùng của Nguyễn Thị Hoa")

    assert done.json()["dossiers"] == 1
    delivery = await api.ward.read(dossier, "/delivery")
    assert (delivery["state"], delivery["next_attempt_at"]) == ("closed", None)
    assert (delivery["park_cause"], delivery["park_group"]) == ("refused", GROUP)
    assert delivery["interventions"][0]["reason"] == "nộp trùng của …"
    assert (await api.ward.get("/v1/dossiers", delivery_state="closed"))["items"][0]["id"] == dossier["id"]
    moved = await api.ward.move(dossier, 4)
    assert moved["delivery_state"] == "due"


async def test_parked_dossiers_of_foreign_units_are_not_there(api: DeskApi, sessions: Sessions) -> None:
    dossier = await api.ward.created()
    other = await api.province.created(unit_code="H44.102")
    await park(sessions, dossier, other)

    assert (await api.abroad.get("/v1/parked"))["items"] == []
    assert (await api.abroad.get("/v1/parked/groups"))["dossiers"] == 0
    everything = await decide(api.abroad, "close", reason="thử", all=True)
    assert (everything.json()["id"], everything.json()["dossiers"]) == (None, 0)
    problem(await decide(api.abroad, "replay", key="2", dossier=dossier["id"]), 404, "dossier-not-found")
    problem(await decide(api.abroad, "replay", key="3", unit="H44.101"), 422, "unknown-unit")
    assert (await decide(api.ward, "replay", all=True)).json()["dossiers"] == 1
    assert [await state_of(api.province, one) for one in (dossier, other)] == ["due", "parked"]


async def test_a_unit_means_its_subtree(api: DeskApi, sessions: Sessions) -> None:
    await park(sessions, await api.ward.created(), await api.province.created(unit_code="H44.102"))

    found = {
        unit: (await api.province.get("/v1/parked/groups", unit=unit))["dossiers"]
        for unit in ("H44", "H44.101", "H44.102")
    }

    assert found == {"H44": 2, "H44.101": 1, "H44.102": 1}


@pytest.mark.parametrize(
    ("action", "body", "code"),
    [
        ("replay", {}, "filter-needed"),
        ("replay", {"reason": "vì"}, "filter-needed"),
        ("replay", {"all": False}, "filter-needed"),
        ("close", {"reason": "vì"}, "filter-needed"),
        ("close", {"all": True}, "validation-failed"),
        ("close", {"all": True, "reason": "  "}, "validation-failed"),
        ("replay", {"group": GROUP, "who": "x"}, "validation-failed"),
    ],
)
async def test_a_decision_says_which_dossiers_it_means_and_why(
    api: DeskApi, sessions: Sessions, action: str, body: dict[str, Any], code: str
) -> None:
    dossier = await api.ward.created()
    await park(sessions, dossier)

    problem(await decide(api.ward, action, **body), 422, code)

    assert await state_of(api.ward, dossier) == "parked"


async def test_a_replay_wakes_the_worker(api: DeskApi, sessions: Sessions) -> None:
    await park(sessions, await api.ward.created())
    rings = api.bell.rings

    await decide(api.ward, "replay", all=True)

    assert api.bell.rings == rings + 1

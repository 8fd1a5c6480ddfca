"""Every change and every sensitive answer leaves one entry of who did it, which nobody can alter."""

import json
from collections import defaultdict
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from services.core.application.seal_audit import seal_audit
from services.core.domain.audit import Action
from services.core.persistence.engine import Sessions
from services.core.persistence.partitions import keep_partitions
from tests.desk_api import DeskApi, a_filing, problem
from tests.integration.look_up_cases import give_account
from tests.integration.test_api_access import LINES, NOBODY, OPEN, a_body, operations

#: Reading that is on record, because a citizen's data or a verdict about somebody leaves with the answer.
SENSITIVE = {
    ("GET", "/v1/dossiers/{dossier}"): Action.DOSSIER_READ,
    ("GET", "/v1/dossiers/{dossier}/proof"): Action.DOSSIER_PROVE,
    ("GET", "/v1/dossiers/{dossier}/proof.html"): Action.DOSSIER_PROVE,
    ("GET", "/v1/citizens/{citizen}/prefill"): Action.CITIZEN_PREFILL,
    ("GET", "/v1/lookups/{lookup}"): Action.LOOK_UP_READ,
}
WRITING = {
    ("POST", "/v1/dossiers"): Action.DOSSIER_CREATE,
    ("POST", "/v1/dossiers:batch"): Action.DOSSIER_CREATE,
    ("POST", "/v1/dossiers/{dossier}/identity:reveal"): Action.IDENTITY_REVEAL,
    ("POST", "/v1/dossiers/{dossier}/progress"): Action.DOSSIER_PROGRESS,
    ("POST", "/v1/dossiers/{dossier}/extension"): Action.DOSSIER_EXTEND,
    ("POST", "/v1/dossiers/{dossier}/apology"): Action.DOSSIER_APOLOGISE,
    ("PATCH", "/v1/dossiers/{dossier}"): Action.DOSSIER_CORRECT,
    ("POST", "/v1/dossiers/{dossier}/payments"): Action.PAYMENT_RECORD,
    ("POST", "/v1/payouts:batch"): Action.PAYOUT_RECORD,
    ("POST", "/v1/lookups"): Action.LOOK_UP_ASK,
    ("POST", "/v1/citizens:find"): Action.CITIZEN_FIND,
    ("POST", "/v1/parked:replay"): Action.PARKED_REPLAY,
    ("POST", "/v1/parked:close"): Action.PARKED_CLOSE,
    ("POST", "/v1/onboarding/events"): Action.ONBOARDING_RECORD,
    ("POST", "/v1/onboarding/events:batch"): Action.ONBOARDING_RECORD,
    ("POST", "/v1/onboarding/standings:find"): Action.STANDING_FIND,
    ("PUT", "/v1/population-counts"): Action.POPULATION_SAVE,
    ("PUT", "/v1/onboarding/targets"): Action.TARGETS_SAVE,
    ("PUT", "/v1/onboarding/counts"): Action.COUNTS_REPORT,
}
_STATED = {"unit_code": "H44.101", "source": "Công an tỉnh"}
#: Where the usual body is one that is refused.
BODIES: dict[str, dict[str, Any]] = {
    "/v1/population-counts": {
        "counts": [{**_STATED, "population": "adults_15", "valid_from": "2026-01-01", "number": 9}]
    },
    "/v1/onboarding/targets": {
        "targets": [{"unit_code": "H44.101", "step": "vneid_2", "valid_from": "2026-01-01", "share": 0.5}]
    },
    "/v1/onboarding/counts": {
        "counts": [{**_STATED, "id": NOBODY, "figure": "id_cards", "day": "2026-01-05", "part": 1}]
    },
}
ENTRIES = """
SELECT action, result, actor, officer, objects, changed, request_id, device, unit_path, purpose FROM audit_log
ORDER BY id
"""


async def entries(sessions: Sessions) -> list[dict[str, Any]]:
    async with sessions() as session:
        return [dict(row._mapping) for row in await session.execute(text(ENTRIES))]  # noqa: SLF001 - SQLAlchemy's public name for it


async def names_of(api: DeskApi, sessions: Sessions, dossier: dict[str, Any]) -> dict[str, str]:
    """Give what the addresses of the routes name."""
    await give_account(sessions)
    found = await api.province.http.post("/v1/citizens:find", json=a_body("/v1/citizens:find"))
    asked = await api.province.http.post(
        "/v1/lookups", json={"dossier": dossier["code"], "officer": "Bình", "reason": "đối chiếu"}
    )
    return {"dossier": dossier["id"], "citizen": found.json()["id"], "lookup": asked.json()["id"]}


async def forget(sessions: Sessions) -> None:
    async with sessions.begin() as session:
        await session.execute(text("SET LOCAL session_replication_role = replica"))
        await session.execute(text("DELETE FROM audit_log"))


def test_every_writing_route_has_its_action(api: DeskApi) -> None:
    writing = {(method, path) for method, path, _ in operations(api) if method != "GET" and path not in OPEN}

    assert writing == set(WRITING)


@pytest.mark.parametrize(("route", "action"), [*WRITING.items(), *SENSITIVE.items()])
async def test_a_call_leaves_one_entry_with_its_action(
    api: DeskApi, sessions: Sessions, route: tuple[str, str], action: Action
) -> None:
    method, path = route
    api.app.state.runtime = replace(api.runtime, look_up_wait_seconds=0.0)
    dossier = await api.province.created()
    names = await names_of(api, sessions, dossier)
    body = BODIES.get(path) or a_body(path) if method != "GET" else None
    if body is not None and path.endswith("/lookups"):
        body |= {"dossier": dossier["code"]}
    await forget(sessions)

    answer = await api.province.http.request(
        method,
        path.format_map(defaultdict(lambda: NOBODY, names)),
        json=body,
        headers={
            "Idempotency-Key": "k",
            "If-Match": dossier["etag"],
            "X-Request-Id": "of-this-call",
            **({"Content-Type": "application/x-ndjson"} if path in LINES else {}),
        },
    )

    assert answer.is_success, answer.text
    [entry] = await entries(sessions)
    assert (entry["action"], entry["result"], entry["actor"]) == (action, "done", "province")
    assert (entry["request_id"], entry["device"]) == ("of-this-call", "127.0.0.1")
    assert "025190000123" not in str(entry)
    assert "Nguyễn Thị Hoa" not in str(entry)


async def test_a_change_that_is_refused_leaves_no_entry(api: DeskApi, sessions: Sessions) -> None:
    dossier = await api.province.created()
    await forget(sessions)

    answer = await api.province.change(dossier, "progress", status=2, text="lùi")

    assert answer.status_code == 409
    assert await entries(sessions) == []


async def test_a_repeated_creation_leaves_no_second_entry(api: DeskApi, sessions: Sessions) -> None:
    for _ in range(2):
        assert (await api.province.create(key="same")).status_code == 201

    assert [entry["action"] for entry in await entries(sessions)] == ["dossier.create"]


async def test_a_batch_names_all_its_dossiers_in_one_entry(api: DeskApi, sessions: Sessions) -> None:
    answer = await api.province.batch(a_filing(), a_filing(), a_filing(procedure_code="9.999999"))

    stored = {json.loads(line).get("id") for line in answer.text.splitlines()} - {None}
    [entry] = await entries(sessions)
    assert (set(entry["objects"]), len(stored)) == (stored, 2)
    assert entry["officer"] == "Trần Văn Bình"


async def test_a_correction_names_the_fields_and_not_their_values(api: DeskApi, sessions: Sessions) -> None:
    dossier = await api.province.created()
    await forget(sessions)
    answer = await api.province.http.patch(
        f"/v1/dossiers/{dossier['id']}",
        json={
            "officer": "Bình",
            "reason": "gõ nhầm",
            "summary": "khác",
            "applicant": {"name": "Lê Thị Sen", "identity_number": "025190000999"},
        },
        headers={"If-Match": dossier["etag"]},
    )

    assert answer.status_code == 200, answer.text
    [entry] = await entries(sessions)
    assert entry["changed"] == ["summary", "applicant.identity_number", "applicant.name"]
    assert "Sen" not in str(entry)
    assert "025190000999" not in str(entry)


async def test_a_number_that_nobody_has_is_on_record_as_refused(api: DeskApi, sessions: Sessions) -> None:
    answer = await api.province.http.post("/v1/citizens:find", json={"identity_number": "025190000999"})

    problem(answer, 404, "citizen-not-found")
    [entry] = await entries(sessions)
    assert (entry["action"], entry["result"], entry["objects"]) == ("citizen.find", "refused", [])


async def test_nobody_changes_or_empties_the_log(api: DeskApi, sessions: Sessions) -> None:
    await api.province.created()
    async with sessions.begin() as session:
        await seal_audit(session)
        # One row in the default partition, too, wherever the month's own is.
        await session.execute(
            text(
                "INSERT INTO audit_log (at, actor, action, objects, result)"
                " VALUES ('1999-01-01', 'x', 'x', '{}', 'done')"
            )
        )
    for name, column in (
        ("audit_log", "actor = 'y'"),
        ("audit_log_default", "actor = 'y'"),
        ("audit_links", "entry_id = 0"),
        ("audit_roots", "position = 0"),
    ):
        for statement in (f"UPDATE {name} SET {column}", f"DELETE FROM {name}", f"TRUNCATE {name}"):  # noqa: S608 - names above
            with pytest.raises(DBAPIError, match="append-only"):
                async with sessions.begin() as session:
                    await session.execute(text(statement))


async def test_even_the_owner_has_no_right_to_change_the_log(sessions: Sessions) -> None:
    async with sessions() as session:  # rolled back: partitions are shared by all tests
        await keep_partitions(session, today=date(2071, 1, 1))
        rights = [
            (row[0], row[1])
            for row in await session.execute(
                text(
                    "SELECT relname, a.privilege_type"
                    " FROM pg_class, aclexplode(coalesce(relacl, acldefault('r', relowner))) a"
                    " WHERE relkind IN ('r', 'p') AND starts_with(relname, 'audit_')"
                )
            )
        ]
    assert {"audit_log", "audit_log_2071_01", "audit_links", "audit_roots"} <= {name for name, _ in rights}
    assert {right for _, right in rights} >= {"INSERT", "SELECT"}
    assert not {right for _, right in rights} & {"UPDATE", "DELETE", "TRUNCATE"}

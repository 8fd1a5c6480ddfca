"""Who may see and do what."""

from collections import defaultdict
from typing import Any

import pytest
from sqlalchemy import text

from services.core.application.manage_clients import revoke_client
from services.core.domain.access import Scope
from services.core.persistence.engine import Sessions
from tests.desk_api import DeskApi, a_filing, client_of, problem, serve
from tests.onboarding_events import an_event, citizen

OPEN = {"/healthz", "/readyz", "/v1/token"}
NOBODY = "01a1ffcc-e1eb-7738-b0df-ab70e25ff413"


def operations(api: DeskApi) -> list[tuple[str, str, dict[str, Any]]]:
    return [
        (method.upper(), path, operation)
        for path, methods in api.app.openapi()["paths"].items()
        for method, operation in methods.items()
    ]


#: Every route, by the scope that opens it.
ROUTES = {
    Scope.READ: """
        GET /v1/dossiers
        GET /v1/dossiers/{dossier}
        GET /v1/dossiers/{dossier}/delivery
        GET /v1/dossiers/{dossier}/payment-code
        GET /v1/dossiers/{dossier}/payment-code.svg
        GET /v1/dossiers/{dossier}/payments
        GET /v1/dossiers/{dossier}/preflight
        GET /v1/dossiers/{dossier}/proof
        GET /v1/dossiers/{dossier}/proof.html
        GET /v1/dossiers/{dossier}/timeline
        GET /v1/outages
        GET /v1/parked
        GET /v1/parked/groups
        GET /v1/payment-differences
        GET /v1/reports/acceptance
        GET /v1/reports/acceptance/overdue
        GET /v1/reports/asked-again
        GET /v1/reports/channels
        GET /v1/reports/digitisation
        GET /v1/reports/figures
        GET /v1/reports/filing
        GET /v1/reports/index766
        GET /v1/reports/index766/dossiers
        GET /v1/reports/lookups
        GET /v1/reports/payments
        GET /v1/reports/payouts
        GET /v1/reports/services
        POST /v1/dossiers/{dossier}/identity:reveal
    """,
    Scope.WRITE: """
        PATCH /v1/dossiers/{dossier}
        POST /v1/dossiers
        POST /v1/dossiers/{dossier}/apology
        POST /v1/dossiers/{dossier}/extension
        POST /v1/dossiers/{dossier}/progress
        POST /v1/dossiers:batch
    """,
    Scope.CITIZENS: """
        GET /v1/citizens/{citizen}/prefill
        POST /v1/citizens:find
    """,
    Scope.PAYMENTS: """
        POST /v1/dossiers/{dossier}/payments
        POST /v1/payouts:batch
    """,
    Scope.OPERATE: """
        POST /v1/parked:close
        POST /v1/parked:replay
    """,
    Scope.ONBOARDING_READ: """
        GET /v1/onboarding/attempts
        GET /v1/onboarding/counts
        GET /v1/onboarding/coverage
        GET /v1/onboarding/failures
        GET /v1/onboarding/funnel
        GET /v1/onboarding/history
        GET /v1/onboarding/steps
        GET /v1/onboarding/teams
        GET /v1/onboarding/times
        POST /v1/onboarding/standings:find
    """,
    Scope.ONBOARDING_WRITE: """
        POST /v1/onboarding/events
        POST /v1/onboarding/events:batch
        PUT /v1/onboarding/counts
        PUT /v1/onboarding/targets
        PUT /v1/population-counts
    """,
    Scope.LOOK_UP: """
        GET /v1/lookups/{lookup}
        POST /v1/lookups
    """,
}
SCOPES = {
    (method, path): scope
    for scope, listed in ROUTES.items()
    for method, path in (line.split() for line in listed.strip().splitlines())
}
LINES = {"/v1/dossiers:batch", "/v1/onboarding/events:batch"}


async def test_every_route_but_the_health_checks_names_its_scope(api: DeskApi) -> None:
    for method, path, operation in operations(api):
        if path in OPEN:
            assert "security" not in operation
            continue
        assert operation["security"] == [{"ApiKey": [SCOPES[method, path]]}], (method, path)
        assert {"401", "403"} <= operation["responses"].keys()


async def test_the_documented_routes_are_all_there_are(api: DeskApi) -> None:
    documented = {(method, path) for method, path, _ in operations(api)}

    assert documented == {*SCOPES, ("GET", "/healthz"), ("GET", "/readyz"), ("POST", "/v1/token")}


def a_body(path: str) -> dict[str, Any]:
    """Give what a route would take."""
    signed = {"officer": "Bình", "reason": "lý do"}
    bodies: dict[str, dict[str, Any]] = {
        "dossiers": a_filing(),
        "dossiers:batch": a_filing(),
        "progress": {"status": 4, "officer": "Bình", "text": "nhận"},
        "extension": {**signed, "new_due_at": "2099-01-05T10:00:00+07:00"},
        "apology": {**signed, "new_date": "2099-01-05T10:00:00+07:00", "handed_over": "sms"},
        "{dossier}": {**signed, "summary": "khác"},
        "parked:replay": {"all": True},
        "parked:close": {"all": True, "reason": "lý do"},
        "events": an_event(),
        "events:batch": an_event(),
        "identity:reveal": {"reason": "lý do"},
        "standings:find": {"subject": citizen(1)},
        "lookups": {"dossier": "H44.101-260310-0001", "officer": "Bình"},
        "citizens:find": {"identity_number": "025190000123"},
        "payments": {
            "amount_vnd": 8000,
            "method": "bank",
            "provider": "970436",
            "reference": "FT1",
            "paid_at": "2026-03-10T10:05:00+07:00",
        },
        "payouts:batch": {
            "payouts": [
                {
                    "unit_code": "H44.101",
                    "programme": "Bảo trợ xã hội",
                    "reference": "1",
                    "recipient": "Hoa",
                    "amount_vnd": 500_000,
                    "channel": "bank",
                    "paid_on": "2026-03-10",
                }
            ]
        },
        "counts": {"counts": []},
        "targets": {"targets": []},
        "population-counts": {"counts": []},
    }
    return bodies[path.rpartition("/")[2]]


async def call_all(api: DeskApi, key: str | None) -> dict[tuple[str, str], int]:
    """Call every guarded route rightly, but for the key."""
    dossier = await api.province.created()
    statuses = {}
    async with client_of(api.app, key) as http:
        for method, path, _ in operations(api):
            if path in OPEN:
                continue
            lines = path in LINES
            answer = await http.request(
                method,
                path.format_map(defaultdict(lambda: NOBODY, dossier=dossier["id"])),
                json=a_body(path) if method != "GET" else None,
                headers={
                    "Idempotency-Key": "k",
                    "If-Match": dossier["etag"],
                    **({"Content-Type": "application/x-ndjson"} if lines else {}),
                },
            )
            statuses[method, path] = answer.status_code
    return statuses


@pytest.mark.parametrize("key", [None, "", "lt_wrong", "x" * 50, "lt_" + "é" * 40])
async def test_nothing_opens_without_a_good_key(api: DeskApi, key: str | None) -> None:
    async with client_of(api.app, None) as http:
        headers = {} if key is None else {"Authorization": f"Bearer {key}".encode()}
        answer = await http.get("/v1/dossiers", headers=headers)  # type: ignore[arg-type]  # bytes go, too

    problem(answer, 401, "not-authenticated")
    assert answer.headers["WWW-Authenticate"] == "Bearer"


async def test_no_route_opens_without_a_key(api: DeskApi) -> None:
    assert set((await call_all(api, None)).values()) == {401}


@pytest.mark.parametrize("scope", Scope)
async def test_a_key_opens_the_routes_of_its_scope_only(api: DeskApi, scope: Scope) -> None:
    statuses = await call_all(api, api.keys[scope])

    for (method, path), status in statuses.items():
        assert (status == 403) is (SCOPES[method, path] != scope), (method, path, status)
        assert status < 500


async def test_a_dossier_of_another_unit_is_as_absent_as_one_that_never_was(api: DeskApi) -> None:
    dossier = await api.province.created(unit_code="H44.102")
    absent = {**dossier, "id": NOBODY}
    by_code = {**dossier, "id": dossier["code"]}
    nonsense = {**dossier, "id": "025190000123"}

    for desk in (api.ward, api.abroad):
        answers = [
            await desk.http.get(f"/v1/dossiers/{one['id']}{part}")
            for one in (absent, dossier, by_code, nonsense)
            for part in ("", "/timeline", "/delivery", "/preflight")
        ]
        answers += [
            await desk.change(one, "progress", status=4, text="nhận")
            for one in (absent, dossier, by_code, nonsense)
        ]
        bodies = [problem(answer, 404, "dossier-not-found") for answer in answers]
        for body in bodies:
            body.pop("request_id")
        assert all(body == bodies[0] for body in bodies)


async def test_lists_show_the_own_subtree_only(api: DeskApi) -> None:
    ours = await api.province.created(unit_code="H44.101")
    theirs = await api.province.created(unit_code="H44.102")

    def codes(page: dict[str, Any]) -> set[str]:
        return {item["code"] for item in page["items"]}

    assert codes(await api.ward.get("/v1/dossiers")) == {ours["code"]}
    assert codes(await api.province.get("/v1/dossiers")) == {ours["code"], theirs["code"]}
    assert codes(await api.abroad.get("/v1/dossiers")) == set()


async def test_a_revoked_key_is_closed_out_as_soon_as_the_cache_forgets(
    api: DeskApi, sessions: Sessions
) -> None:
    async with (
        serve(api.runtime.sessions, clock=api.clock, bell=api.bell, cache_seconds=0) as (app, _),
        client_of(app, api.keys["ward"]) as http,
    ):
        assert (await http.get("/v1/dossiers")).status_code == 200
        async with sessions.begin() as session:
            await revoke_client(session, name="ward")

        problem(await http.get("/v1/dossiers"), 401, "not-authenticated")


async def test_only_the_hash_of_a_key_is_stored(api: DeskApi, sessions: Sessions) -> None:
    async with sessions() as session:
        stored = str((await session.execute(text("SELECT * FROM desk_clients"))).all())

    assert all(key not in stored and len(key) == 46 for key in api.keys.values())

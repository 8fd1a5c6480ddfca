import json
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from tests.desk_api import Desk, DeskApi, client_of, problem
from tests.onboarding_events import MORNING, an_event, citizen, send


async def done(desk: Desk, step: str = "digital_signature", **query: str) -> dict[str, int]:
    """Give what is done at a step, for the whole and for each unit."""
    report = await desk.get("/v1/onboarding/coverage", step=step, **query)
    return {"": report["totals"][0]["done"]} | {row["unit_code"]: row["done"] for row in report["units"]}


async def test_an_event_counts_once_however_often_it_is_sent(api: DeskApi) -> None:
    event = an_event()
    first, again = await send(api.ward.http, [event, event])
    assert (first["status"], again["status"]) == (201, 200)
    assert [row["status"] for row in await send(api.ward.http, [event])] == [200]
    assert await done(api.ward) == {"": 1, "H44.101": 1}


async def test_a_repeated_call_for_one_event_is_answered_as_the_first(api: DeskApi) -> None:
    event = an_event(id=None)
    headers = {"Idempotency-Key": uuid4().hex}
    first = await api.ward.http.post("/v1/onboarding/events", json=event, headers=headers)
    again = await api.ward.http.post("/v1/onboarding/events", json=event, headers=headers)
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    assert "Idempotent-Replayed" not in first.headers
    assert again.headers["Idempotent-Replayed"] == "true"
    other = await api.ward.http.post(
        "/v1/onboarding/events", json=event | {"step": "smartphone"}, headers=headers
    )
    problem(other, 422, "event-id-reused")
    problem(await api.ward.http.post("/v1/onboarding/events", json=event), 400, "request-key-missing")


async def test_good_lines_are_kept_whatever_the_others_are(api: DeskApi) -> None:
    lines = [
        an_event(),
        an_event(unit_code="H44.102"),
        an_event(step="horse_riding"),
        an_event(outcome="failed"),
        an_event(outcome="started"),
        an_event(outcome="withdrawn", step=None),
        an_event(reason="network_lost"),
        an_event(step="household_account"),
        an_event(subject={"kind": "household"}),
        an_event(subject={"kind": "person", "identity_number": "025"}),
        an_event(occurred_at="2099-01-01T00:00:00+07:00"),
        an_event(outcome="identified", step=None, subject={"kind": "person", "reference": "r"}),
        an_event(assisted=False, team="Tổ 1"),
        an_event(outcome="exploded"),
    ]
    rows = await send(api.ward.http, lines)
    assert [(row["status"], row.get("problem", {}).get("code")) for row in rows] == [
        (201, None),
        (422, "unknown-unit"),
        (422, "unknown-step"),
        (422, "field-needed"),
        (422, "field-needed"),
        (422, "field-needed"),
        (422, "field-unfit"),
        (422, "subject-unfit"),
        (422, "field-needed"),
        (422, "validation-failed"),
        (422, "event-in-future"),
        (422, "field-needed"),
        (422, "field-unfit"),
        (422, "validation-failed"),
    ]
    assert [rows[line]["problem"]["errors"][0]["pointer"] for line in (3, 4, 8)] == [
        "/reason",
        "/attempt",
        "/subject/reference",
    ]
    assert await done(api.ward) == {"": 1, "H44.101": 1}


async def test_who_may_read_may_not_write(api: DeskApi) -> None:
    async with client_of(api.app, api.keys["dossiers:read"]) as reader:
        answer = await reader.post(
            "/v1/onboarding/events", json=an_event(), headers={"Idempotency-Key": uuid4().hex}
        )
        problem(answer, 403, "scope-missing")
        problem(await reader.get("/v1/onboarding/coverage"), 403, "scope-missing")


async def test_figures_stay_within_the_units_of_the_caller(api: DeskApi) -> None:
    await send(api.province.http, [an_event(), an_event(unit_code="H44.102", subject=citizen(2))])
    assert await done(api.province) == {"": 2, "H44.101": 1, "H44.102": 1}
    assert await done(api.ward) == {"": 1, "H44.101": 1}
    assert await done(api.abroad) == {"": 0}
    answer = await api.ward.http.get("/v1/onboarding/coverage", params={"unit": "H44.102"})
    problem(answer, 422, "unknown-unit")


async def test_figures_of_a_merged_unit_go_on_with_its_successor(api: DeskApi) -> None:
    """H44.900 went into H44.101 on 30/6/2025."""
    await send(
        api.province.http,
        [
            an_event(unit_code="H44.900", occurred_at="2025-06-01T08:00:00+07:00"),
            an_event(unit_code="H44.900", occurred_at="2026-02-19T08:00:00+07:00", subject=citizen(9)),
            an_event(subject=citizen(2)),
        ],
    )
    assert await done(api.province) == {"": 2, "H44.101": 2}
    assert await done(api.ward) == {"": 2, "H44.101": 2}
    assert await done(api.province, on="2025-06-15") == {"": 1, "H44.900": 1}
    counts = [
        {
            "unit_code": "H44.900",
            "population": "signature_eligible",
            "valid_from": "2025-01-01",
            "number": 40,
            "source": "Công an xã",
        }
    ]
    assert (await api.province.http.put("/v1/population-counts", json={"counts": counts})).status_code == 204
    report = await api.ward.get("/v1/onboarding/coverage", step="digital_signature")
    assert [(row["eligible"], row["share"]) for row in report["units"]] == [(40, 0.05)]
    counts[0] |= {"unit_code": "H44.101", "number": 80, "valid_from": "2026-01-01"}
    await api.province.http.put("/v1/population-counts", json={"counts": counts})
    report = await api.ward.get("/v1/onboarding/coverage", step="digital_signature")
    assert [(row["eligible"], row["share"]) for row in report["units"]] == [(80, 0.025)]


async def test_a_stuck_attempt_is_listed_with_what_to_try_next_until_an_event_closes_it(api: DeskApi) -> None:
    started = an_event(outcome="started", attempt="to-3/1", device="ios", hamlet="Thôn 3")
    stuck = an_event(
        outcome="failed",
        attempt="to-3/1",
        reason="request_without_account",
        provider="vnpt_smartca",
        provider_reference="RQ-1",
        team="Tổ 3",
        occurred_at="2026-02-19T08:10:00+07:00",
    )
    await send(api.ward.http, [stuck, started])
    listed = (await api.ward.get("/v1/onboarding/attempts", state="stuck", team="Tổ 3"))["items"]
    assert [(row["attempt"], row["state"], row["provider_reference"]) for row in listed] == [
        ("to-3/1", "stuck", "RQ-1")
    ]
    assert "nhà cung cấp" in listed[0]["next"]
    assert listed[0]["identity_number"] == "*********123"
    assert (await api.ward.get("/v1/onboarding/attempts", team="Tổ 4"))["items"] == []
    assert (await api.abroad.get("/v1/onboarding/attempts"))["items"] == []
    await send(api.ward.http, [an_event(attempt="to-3/1", occurred_at="2026-02-19T09:00:00+07:00")])
    assert (await api.ward.get("/v1/onboarding/attempts"))["items"] == []


async def test_the_list_of_attempts_goes_on_where_a_page_ended(api: DeskApi) -> None:
    events = [an_event(outcome="started", attempt=f"a-{n}", subject=citizen(n)) for n in range(7)]
    await send(api.ward.http, events)
    seen: list[str] = []
    cursor: str | None = None
    while True:
        page = await api.ward.get(
            "/v1/onboarding/attempts", limit=3, **({"cursor": cursor} if cursor else {})
        )
        seen += [row["attempt"] for row in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert sorted(seen) == [f"a-{n}" for n in range(7)]
    answer = await api.ward.http.get("/v1/onboarding/attempts", params={"cursor": "W10="})
    problem(answer, 400, "cursor-invalid")


async def test_the_list_keeps_its_order_over_units_states_and_pages(api: DeskApi) -> None:
    """All states and two units by turns, some untouched since the same minute."""
    told = [
        an_event(
            outcome=("started", "failed", "interrupted")[n % 3],
            reason=("request_without_account" if n % 2 else "network_lost") if n % 3 else None,
            attempt=f"a-{n:02}",
            subject=citizen(n % 4),
            unit_code=("H44.101", "H44.102")[n // 3 % 2],
            team=("Tổ 1", "Tổ 2", None)[n % 5 % 3],
            occurred_at=f"2026-02-19T08:{59 - n // 2:02}:00+07:00",
        )
        for n in range(24)
    ]
    await send(api.province.http, told)
    whole = await listed(api.province, limit=200)
    assert len(whole) == 24
    assert {row["state"] for row in whole} == {"open", "failed", "interrupted", "stuck"}
    assert [row["last_at"] for row in whole] == sorted(row["last_at"] for row in whole)
    assert await listed(api.province, limit=5) == whole
    for narrowed in ({"team": "Tổ 2"}, {"state": "stuck"}, {"unit": "H44.102"}, {"reason": "network_lost"}):
        (name, value) = next(iter(narrowed.items()))
        field = "unit_code" if name == "unit" else name
        expected = [row for row in whole if row[field] == value]
        assert expected
        assert await listed(api.province, limit=2, **narrowed) == expected, narrowed


async def listed(desk: Desk, **query: Any) -> list[dict[str, Any]]:
    """Read all pages of the list."""
    rows: list[dict[str, Any]] = []
    cursor: dict[str, str] = {}
    while True:
        page = await desk.get("/v1/onboarding/attempts", **query, **cursor)
        rows += page["items"]
        if page["next_cursor"] is None:
            return rows
        cursor = {"cursor": page["next_cursor"]}


async def test_somebody_known_by_a_reference_becomes_the_citizen_who_was_there_already(api: DeskApi) -> None:
    somebody = {"kind": "person", "reference": "to-1/12"}
    await send(api.ward.http, [an_event(), an_event(subject=somebody), an_event(subject=citizen(5))])
    assert (await done(api.ward))[""] == 3
    linking = an_event(
        step=None,
        outcome="identified",
        subject=somebody,
        identified_as=citizen(123)["identity_number"],
    )
    await send(api.ward.http, [linking])
    assert (await done(api.ward))[""] == 2
    withdrawn = an_event(step=None, outcome="withdrawn", subject=somebody, corrects=linking["id"])
    await send(api.ward.http, [withdrawn])
    assert (await done(api.ward))[""] == 3


async def test_a_correction_may_come_before_what_it_corrects(api: DeskApi) -> None:
    wrong = an_event(step="smartphone")
    right = an_event(corrects=wrong["id"], occurred_at="2026-02-19T08:05:00+07:00")
    await send(api.ward.http, [right])
    await send(api.ward.http, [wrong])
    assert (await done(api.ward, "smartphone"))[""] == 0
    assert (await done(api.ward))[""] == 1


async def test_nobody_corrects_what_other_units_have_said(api: DeskApi) -> None:
    theirs = an_event(unit_code="H44.102")
    await send(api.province.http, [theirs])
    [row] = await send(api.ward.http, [an_event(corrects=theirs["id"])])
    assert row["problem"]["code"] == "unknown-event"
    assert (await done(api.province))["H44.102"] == 1


async def test_a_citizens_standing_is_told_to_the_units_that_helped(api: DeskApi) -> None:
    await send(api.ward.http, [an_event(provider="misa"), an_event(step="smartphone", outcome="deactivated")])
    question = {"subject": citizen(123)}
    answer = await api.ward.http.post("/v1/onboarding/standings:find", json=question)
    held = {step["step"]: (step["held"], step["providers"]) for step in answer.json()["steps"]}
    assert held == {"digital_signature": (True, ["misa"]), "smartphone": (False, [])}
    answer = await api.abroad.http.post("/v1/onboarding/standings:find", json=question)
    assert answer.json() == {"steps": []}
    household = {"subject": {"kind": "household", "reference": "h-1"}, "unit_code": "H44.101"}
    await send(api.ward.http, [an_event(step="household_account", subject=household["subject"])])
    answer = await api.ward.http.post("/v1/onboarding/standings:find", json=household)
    assert [step["step"] for step in answer.json()["steps"]] == ["household_account"]


async def test_failures_times_teams_and_days_are_counted(api: DeskApi) -> None:
    api.clock.at = datetime(2026, 2, 20, 3, 0, tzinfo=UTC)
    failed = an_event(
        outcome="failed", attempt="a", reason="chip_not_read", device="ios", provider="misa", team="Tổ 1"
    )
    later = "2026-02-19T08:30:00+07:00"
    completed = an_event(attempt="a", seconds=900, device="ios", team="Tổ 1", occurred_at=later)
    volunteer = an_event(subject=citizen(7), helper_kind="volunteer", seconds=100)
    await send(api.ward.http, [failed, completed, volunteer])
    failures = (await api.ward.get("/v1/onboarding/failures"))["items"]
    assert {(row["by"], row["label"], row["failures"]) for row in failures} == {
        ("reason", "chip_not_read", 1),
        ("device", "ios", 1),
        ("provider", "misa", 1),
        ("team", "Tổ 1", 1),
    }
    times = (await api.ward.get("/v1/onboarding/times"))["items"]
    assert [(row["attempts"], row["mean_seconds"], row["buckets"]) for row in times] == [
        (2, 500.0, {"300": 1, "1200": 1})
    ]
    assert times[0]["by_device"]["ios"] == {"attempts": 1, "mean_seconds": 900.0}
    teams = await api.ward.get("/v1/onboarding/teams", team="Tổ 1")
    assert teams["items"] == [{"team": "Tổ 1", "completed": 1, "failed": 1, "helped": 1}]
    assert teams["helped"] == {"": 2, "volunteer": 1}
    history = (await api.ward.get("/v1/onboarding/history"))["items"]
    assert [(row["day"], row["completed"], row["failed"], row["gained"]) for row in history] == [
        ("2026-02-19", 2, 1, 2)
    ]
    before = await api.ward.get("/v1/onboarding/failures", first="2026-01-01", last="2026-02-18")
    assert before["items"] == []


async def test_the_funnel_counts_who_has_a_step_and_all_before_it(api: DeskApi) -> None:
    def had(number: int, *steps: str) -> list[dict[str, object]]:
        return [an_event(subject=citizen(number), step=step) for step in steps]

    await send(
        api.ward.http,
        [*had(1, "smartphone", "payment_account"), *had(2, "smartphone"), *had(3, "payment_account")],
    )
    steps = (await api.ward.get("/v1/onboarding/funnel"))["steps"]
    assert [(row["step"], row["done"], row["reached"], row["of_previous"]) for row in steps[:3]] == [
        ("smartphone", 2, 2, None),
        ("payment_account", 2, 1, 0.5),
        ("vneid_2", 0, 0, 0.0),
    ]


async def test_reported_counts_add_up_and_are_corrected_by_others(api: DeskApi) -> None:
    api.clock.at = MORNING
    count = {
        "id": str(uuid4()),
        "unit_code": "H44.101",
        "figure": "documents_signed",
        "day": "2026-02-18",
        "part": 90,
        "whole": 100,
        "source": "Phần mềm văn bản",
    }
    right = count | {"id": str(uuid4()), "part": 100, "corrects": count["id"]}
    for body in ([count], [right], [right, count]):
        answer = await api.ward.http.put("/v1/onboarding/counts", json={"counts": body})
        assert answer.status_code == 204, answer.text
    summed = (await api.ward.get("/v1/onboarding/counts"))["items"]
    assert summed == [{"figure": "documents_signed", "part": 100, "whole": 100, "share": 1.0}]
    answer = await api.ward.http.put("/v1/onboarding/counts", json={"counts": [count | {"part": 1}]})
    assert problem(answer, 422, "event-id-reused")["errors"][0]["pointer"] == "/counts/0/id"
    answer = await api.ward.http.put("/v1/onboarding/counts", json={"counts": [count | {"part": 101}]})
    problem(answer, 422, "field-unfit")


async def test_a_unit_has_its_own_target_from_a_day_on(api: DeskApi) -> None:
    api.clock.at = MORNING
    await send(api.ward.http, [an_event()])
    count = {"unit_code": "H44.101", "population": "signature_eligible", "valid_from": "2026-01-01"}
    body = {"counts": [count | {"number": 2, "source": "Công an xã"}]}
    assert (await api.ward.http.put("/v1/population-counts", json=body)).status_code == 204

    async def standing(on: str) -> tuple[float, bool]:
        report = await api.ward.get("/v1/onboarding/coverage", step="digital_signature", on=on)
        return report["totals"][0]["target"], report["totals"][0]["met"]

    target = {"unit_code": "H44.101", "step": "digital_signature", "valid_from": "2026-02-20", "share": 0.5}
    await api.ward.http.put("/v1/onboarding/targets", json={"targets": [target]})
    assert await standing("2026-02-19") == (0.8, False)
    assert await standing("2026-02-20") == (0.5, True)
    unknown = {"targets": [target | {"step": "horse_riding"}]}
    answer = await api.ward.http.put("/v1/onboarding/targets", content=json.dumps(unknown))
    problem(answer, 415, "media-type-unsupported")
    problem(await api.ward.http.put("/v1/onboarding/targets", json=unknown), 422, "unknown-step")


async def test_the_catalogue_of_steps_is_shown(api: DeskApi) -> None:
    steps = {step["code"]: step for step in (await api.ward.get("/v1/onboarding/steps"))["items"]}
    assert steps["smartphone"]["target"] == 0.8
    assert steps["household_account"]["subject"] == "household"

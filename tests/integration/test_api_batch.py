"""Many dossiers in one call."""

import json
from typing import Any

import httpx
from sqlalchemy import text

from services.core.persistence.engine import Sessions
from tests.desk_api import BODY_BYTES, NO_TIME, DeskApi, a_filing, problem


def rows(answer: httpx.Response) -> list[dict[str, Any]]:
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/x-ndjson"
    return [json.loads(line) for line in answer.text.splitlines()]


async def test_good_lines_are_kept_and_bad_ones_named(api: DeskApi, sessions: Sessions) -> None:
    portal = a_filing(origin="portal", code="G09.20-20260609-0000001")

    answer = await api.ward.batch(
        a_filing(),
        "{not json",
        a_filing(summary="", x=1),
        portal,
        a_filing(procedure_code=NO_TIME),
        portal,
        "",
        '{"a": 1, "a": 2}',
        a_filing(officer=None),
        a_filing(),
    )

    got = rows(answer)
    assert [(row["line"], row["status"]) for row in got] == [
        (1, 201), (2, 400), (3, 422), (4, 201), (5, 422), (6, 409), (8, 400), (9, 422), (10, 201),
    ]  # fmt: skip
    assert [row["problem"]["code"] for row in got if row["status"] != 201] == [
        "malformed-json",
        "validation-failed",
        "due-time-needed",
        "dossier-code-taken",
        "malformed-json",
        "officer-needed",
    ]
    assert {error["pointer"] for error in got[2]["problem"]["errors"]} == {"/summary", "/x"}
    assert [row["code"][-5:] for row in got if row["status"] == 201] == ["-0001", "00001", "-0002"]
    async with sessions() as session:
        counts = (
            await session.execute(
                text(
                    "SELECT (SELECT count(*) FROM dossiers), (SELECT count(*) FROM deliveries),"
                    " (SELECT count(*) FROM progress_entries),"
                    " (SELECT value FROM tallies WHERE name = 'received')"
                )
            )
        ).one()
    assert tuple(counts) == (3, 3, 3, 3)
    assert api.bell.rings == 1


async def test_a_row_of_the_answer_is_enough_to_go_on_with(api: DeskApi) -> None:
    (row,) = rows(await api.ward.batch(a_filing()))

    assert (await api.ward.move(row, 4))["etag"] == '"2-2"'


async def test_a_repeated_batch_gets_the_same_answer(api: DeskApi, sessions: Sessions) -> None:
    lines = [a_filing(), a_filing(summary=""), a_filing()]
    first = await api.ward.batch(*lines, key="k1")

    again = await api.ward.batch(*lines, key="k1")

    assert [{**row, "problem": None} for row in rows(again)] == [
        {**row, "problem": None} for row in rows(first)
    ]
    assert again.headers["Idempotent-Replayed"] == "true"
    problem(await api.ward.batch(*lines[:2], key="k1"), 422, "request-key-reused")
    async with sessions() as session:
        assert await session.scalar(text("SELECT count(*) FROM dossiers")) == 2


async def test_a_repeated_batch_tells_its_refusals_in_the_language_of_the_call(api: DeskApi) -> None:
    lines = [a_filing(), a_filing(procedure_code=NO_TIME)]
    await api.ward.batch(*lines, key="k1")
    api.ward.http.headers["Accept-Language"] = "en"

    _, refused = rows(await api.ward.batch(*lines, key="k1"))

    assert refused["problem"]["title"] == "Due time needed"


async def test_a_thousand_lines_are_taken_and_a_thousand_and_one_are_not(api: DeskApi) -> None:
    line = json.dumps(a_filing())

    got = rows(await api.ward.batch(*[line] * 1000))

    assert len({row["code"] for row in got}) == 1000
    problem(await api.ward.batch(*[line] * 1001), 422, "too-many-lines")


async def test_an_empty_batch_is_refused(api: DeskApi) -> None:
    problem(await api.ward.batch("", "  "), 422, "no-lines")


async def test_a_batch_may_be_larger_than_a_single_filing(api: DeskApi) -> None:
    big = a_filing(components=[{"name": "x" * 3900} for _ in range(100)])

    got = rows(await api.ward.batch(*[big] * 4))

    assert len(json.dumps(big)) * 4 > BODY_BYTES
    assert [row["status"] for row in got] == [201] * 4


async def test_a_batch_over_its_limit_is_refused(api: DeskApi) -> None:
    answer = await api.ward.batch("x" * (8 * 1024 * 1024 + 1))

    problem(answer, 413, "body-too-large")


async def test_a_batch_that_is_not_said_to_be_lines_is_refused(api: DeskApi) -> None:
    answer = await api.ward.http.post("/v1/dossiers:batch", json=a_filing(), headers={"Idempotency-Key": "k"})

    problem(answer, 415, "media-type-unsupported")


async def test_a_batch_of_several_units_counts_each(api: DeskApi) -> None:
    units = ["H44.102", "H44.101", "H44.102", "H29"]

    got = rows(await api.province.batch(*(a_filing(unit_code=unit) for unit in units)))

    assert [row["status"] for row in got] == [201, 201, 201, 422]
    assert [row["code"][:7] + row["code"][-4:] for row in got[:3]] == [
        "H44.1020001",
        "H44.1010001",
        "H44.1020002",
    ]

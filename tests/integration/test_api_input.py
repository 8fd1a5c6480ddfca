"""Whatever is sent, the answer is a refusal that repeats nothing of it, and never a failure."""

import json
import re
import time
from typing import Any

import httpx
import pytest

from tests.desk_api import BODY_BYTES, DeskApi, a_filing, problem

HEADERS = {"Idempotency-Key": "k1", "Content-Type": "application/json"}


async def send(api: DeskApi, content: bytes | str, **headers: str) -> httpx.Response:
    return await api.ward.http.post("/v1/dossiers", content=content, headers={**HEADERS, **headers})


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (b"", None),
        (b"{", "syntax"),
        (b'{"a": 1} x', "syntax"),
        (b'{"a": 1, "a": 2}', "duplicate-name"),
        (b'{"a": {"b": 1, "b": 1}}', "duplicate-name"),
        (b'{"a": NaN}', "number"),
        (b'{"a": Infinity}', "number"),
        (b'\xef\xbb\xbf{"a": 1}', "syntax"),
        ('{"a": 1}'.encode("utf-16"), "encoding"),
        (b'{"a": "\xff"}', "encoding"),
        (b"[" * 100_000 + b"]" * 100_000, "depth"),
        (b'{"a":' * 100_000 + b"1" + b"}" * 100_000, "depth"),
        (b'{"a": ' + b"1" * 5000 + b"}", "syntax"),
    ],
)
async def test_a_body_that_is_not_json_is_refused(api: DeskApi, content: bytes, fault: str | None) -> None:
    answer = await send(api, content)

    if fault is None:
        problem(answer, 422, "validation-failed")
    else:
        assert problem(answer, 400, "malformed-json")["facts"] == {"fault": fault}


@pytest.mark.parametrize("content", [b"null", b"1", b'"x"', b"[]", b"true", b"1e400", b"-0.0"])
async def test_json_that_is_no_object_is_refused(api: DeskApi, content: bytes) -> None:
    problem(await send(api, content), 422, "validation-failed")


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "", "application/xml"])
async def test_a_body_that_is_not_said_to_be_json_is_refused(api: DeskApi, kind: str) -> None:
    answer = await send(api, json.dumps(a_filing()), **{"Content-Type": kind})

    problem(answer, 415, "media-type-unsupported")


async def test_a_hundred_thousand_unknown_fields_are_refused_soon(api: DeskApi) -> None:
    began = time.process_time()
    answer = await send(api, json.dumps({f"field_{n}": n for n in range(40_000)}))

    assert len(problem(answer, 422, "validation-failed")["errors"]) == 20
    assert time.process_time() - began < 2


@pytest.mark.parametrize("announced", [True, False])
async def test_a_body_over_the_limit_is_refused_announced_or_not(api: DeskApi, announced: bool) -> None:
    content = b'{"summary": "' + b"x" * BODY_BYTES + b'"}'

    async def chunks() -> Any:
        yield content[:1000]
        yield content[1000:]

    answer = await api.ward.http.post(
        "/v1/dossiers", content=content if announced else chunks(), headers=HEADERS
    )

    problem(answer, 413, "body-too-large")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


SURROGATE = json.loads('"\\ud800"')


@pytest.mark.parametrize(
    ("changes", "pointer", "code"),
    [
        ({"summary": "a\u0000b"}, "/summary", "characters-not-allowed"),
        ({"summary": SURROGATE}, "/summary", "characters-not-allowed"),
        ({"summary": "x" * 1001}, "/summary", "too-long"),
        ({"summary": "  "}, "/summary", "too-short"),
        ({"summary": 5}, "/summary", "not-a-text"),
        ({"officer": "x" * 51}, "/officer", "too-long"),
        ({"officer": "Bình\nX-Forged: 1"}, "/officer", "characters-not-allowed"),
        ({"channel": "fax"}, "/channel", "not-allowed"),
        ({"channel": 2}, "/channel", "not-allowed"),
        ({"channel": {"x": 1}}, "/channel", "not-allowed"),
        ({"filing_mode": "other"}, "/filing_mode", "not-allowed"),
        ({"applicant": []}, "/applicant", "not-an-object"),
        ({"applicant": {"kind": "citizen"}}, "/applicant/name", "required"),
        ({"components": [{"name": "x" * 4001}]}, "/components/0/name", "too-long"),
        ({"components": [{"name": "x", "link": "file:"}]}, "/components/0/link", "characters-not-allowed"),
        ({"components": [{"name": "x"}] * 201}, "/components", "too-many"),
        ({"components": {"name": "x"}}, "/components", "not-a-list"),
        ({"results": [{"name": "x" * 2001}]}, "/results/0/name", "too-long"),
        ({"fees": [{"name": "x", "amount_vnd": -1}]}, "/fees/0/amount_vnd", "too-small"),
        ({"fees": [{"name": "x", "amount_vnd": 1.5}]}, "/fees/0/amount_vnd", "not-an-integer"),
        ({"fees": [{"name": "x", "amount_vnd": "8000"}]}, "/fees/0/amount_vnd", "not-an-integer"),
        ({"fees": [{"name": "x", "amount_vnd": 10**400}]}, "/fees/0/amount_vnd", "too-large"),
        ({"received": "yes"}, "/received", "not-a-boolean"),
        ({"received": 1}, "/received", "not-a-boolean"),
        ({"received_at": "2026-03-10T10:00:00"}, "/received_at", "not-a-time"),
        ({"received_at": "2026-03-10"}, "/received_at", "not-a-time"),
        ({"received_at": 1_700_000_000}, "/received_at", "not-a-time"),
        ({"received_at": "2026-03-10T24:00:00+07:00"}, "/received_at", "not-a-time"),
        ({"received_at": "2026-03-10T10:00:00+18:00"}, "/received_at", "not-a-time"),
        ({"received_at": "0000-01-01T00:00:00Z"}, "/received_at", "not-a-time"),
        ({"received_at": "0001-01-01T00:00:00+14:00"}, "/received_at", "not-a-time"),
        ({"due_at": "9999-12-31T23:59:59-14:00"}, "/due_at", "not-a-time"),
        ({"history": []}, "/history", "too-short"),
        ({"history": [{"status": 12}]}, "/history/0/status", "not-allowed"),
        ({"history": [{"status": True}]}, "/history/0/status", "not-allowed"),
        ({"history": [{"status": "2"}]}, "/history/0/status", "not-allowed"),
        ({"status": 9}, "/status", "unknown-field"),
        ({"unit_id": 1}, "/unit_id", "unknown-field"),
        ({"__proto__": {}}, "/__proto__", "unknown-field"),
        ({"code": "025190000123"}, "/code", "invalid-dossier-code"),
    ],
)  # fmt: skip
async def test_a_field_that_cannot_be_used_is_named(
    api: DeskApi, changes: dict[str, Any], pointer: str, code: str
) -> None:
    answer = await send(api, json.dumps(a_filing(**changes)))

    errors = problem(answer, 422, "validation-failed")["errors"]
    assert (pointer, code) in {(error["pointer"], error["code"]) for error in errors}
    assert all(error["detail"] for error in errors)


@pytest.mark.parametrize(
    "number",
    [
        "02519000012",
        "0251900001234",
        "02519000012a",
        "０２５１９００００１２３",
        "٠٢٥١٩٠٠٠٠١٢٣",
        "025 190 000 123",
        "025190000123\u200b",
        "+84912345678",
        "1e12",
        25190000123,
        25190000123.0,
        ["025190000123"],
        {"x": "025190000123"},
    ],
)
async def test_an_identity_number_of_another_shape_is_refused_without_echo(
    api: DeskApi, number: object
) -> None:
    applicant = {"kind": "citizen", "name": "Nguyễn Thị Kín", "identity_number": number}

    answer = await send(api, json.dumps(a_filing(applicant=applicant)))

    document = problem(answer, 422, "validation-failed")
    assert [error["pointer"] for error in document["errors"]] == ["/applicant/identity_number"]
    assert "Kín" not in answer.text
    assert str(number) not in answer.text


async def test_an_identity_number_as_a_field_name_is_not_repeated(api: DeskApi) -> None:
    answer = await send(api, json.dumps(a_filing(**{"025190000123": 1})))

    assert problem(answer, 422, "validation-failed")["errors"][0]["pointer"] == ""
    assert "025190000123" not in answer.text


@pytest.mark.parametrize(
    "path",
    [
        "/v1/dossiers/%00",
        "/v1/dossiers/' OR 1=1 --",
        "/v1/dossiers/025190000123",
        "/v1/dossiers/" + "9" * 7000,
        "/v1/dossiers/..%2f..%2fetc",
        "/v1/dossiers/\ud7ff",
    ],
)
async def test_a_name_that_no_dossier_has_finds_none(api: DeskApi, path: str) -> None:
    answer = await api.ward.http.get(path)

    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"


async def test_what_is_not_there_is_a_problem_too(api: DeskApi) -> None:
    problem(await api.ward.http.get("/v1/nothing"), 404, "not-found")
    wrong = await api.ward.http.delete("/v1/dossiers")
    problem(wrong, 405, "method-not-allowed")
    assert wrong.headers["Allow"] == "GET, POST"


@pytest.mark.parametrize(
    ("wanted", "language"),
    [
        (None, "vi"),
        ("en", "en"),
        ("en-GB,en;q=0.9", "en"),
        ("vi-VN,vi;q=0.9,en;q=0.8", "vi"),
        ("en;q=0.5, vi;q=0.4", "en"),
        ("fr", "vi"),
        ("en;q=0", "vi"),
        ("*", "vi"),
        (";;;q=x,,en;q=abc", "vi"),
    ],
)
async def test_refusals_speak_vietnamese_unless_english_is_preferred(
    api: DeskApi, wanted: str | None, language: str
) -> None:
    answer = await send(api, "{}", **({} if wanted is None else {"Accept-Language": wanted}))

    document = problem(answer, 422, "validation-failed")
    assert answer.headers["Content-Language"] == language
    assert document["title"] == {"vi": "Dữ liệu không hợp lệ", "en": "Invalid data"}[language]
    assert (
        document["errors"][0]["detail"]
        == {
            "vi": "Thiếu trường này.",
            "en": "This field is missing.",
        }[language]
    )


async def test_every_answer_has_our_headers(api: DeskApi) -> None:
    answers = [
        await api.ward.create(),
        await api.ward.http.get("/v1/dossiers"),
        await api.ward.http.get("/v1/nothing"),
        await send(api, "{"),
        await api.ward.http.get("/healthz"),
    ]

    for answer in answers:
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Content-Security-Policy"] == "default-src 'none'; frame-ancestors 'none'"
        assert answer.headers["X-Request-Id"]


async def test_a_request_id_comes_back_unless_it_could_be_a_person(api: DeskApi) -> None:
    fit = await send(api, "{", **{"X-Request-Id": "quay-3.17"})
    unfit = await send(api, "{", **{"X-Request-Id": "025190000123"})

    assert fit.headers["X-Request-Id"] == fit.json()["request_id"] == "quay-3.17"
    assert "025190000123" not in unfit.headers["X-Request-Id"]


async def test_the_documentation_is_read_without_reaching_anybody_else(api: DeskApi) -> None:
    page = await api.ward.http.get("/docs")

    addresses = re.findall(r'(?:src|href)="([^"]+)"', page.text)
    assert len(addresses) == 3
    for address in addresses:
        assert (await api.ward.http.get(address)).status_code == 200
    assert "'self'" in page.headers["Content-Security-Policy"]
    assert "http" not in page.headers["Content-Security-Policy"]

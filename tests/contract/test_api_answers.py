"""Answers that say yes have the shape that the OpenAPI document gives them, and its examples work."""

from typing import Any

import httpx
import pytest
import schemathesis

from tests.desk_api import DeskApi, a_filing

CHANGES = {
    ("POST", "/v1/dossiers/{dossier}/progress"): "ProgressIn",
    ("POST", "/v1/dossiers/{dossier}/extension"): "ExtensionIn",
    ("POST", "/v1/dossiers/{dossier}/apology"): "ApologyIn",
    ("PATCH", "/v1/dossiers/{dossier}"): "CorrectionIn",
}


def check(api: DeskApi, method: str, path: str, answer: httpx.Response) -> None:
    """Hold an answer against the document."""
    assert answer.is_success, answer.text
    schema: Any = schemathesis.openapi.from_dict(api.app.openapi())
    schema[path][method].validate_response(answer)


def example(api: DeskApi, name: str) -> dict[str, Any]:
    body: dict[str, Any] = api.app.openapi()["components"]["schemas"][name]["examples"][0]
    return body


async def test_the_example_of_a_filing_is_taken_in(api: DeskApi) -> None:
    answer = await api.province.create(example(api, "FilingIn"))

    check(api, "POST", "/v1/dossiers", answer)


@pytest.mark.parametrize(("method", "path"), list(CHANGES))
async def test_the_example_of_a_change_is_made(api: DeskApi, method: str, path: str) -> None:
    dossier = await api.province.created()

    answer = await api.province.http.request(
        method,
        path.replace("{dossier}", dossier["id"]),
        json=example(api, CHANGES[method, path]),
        headers={"If-Match": dossier["etag"]},
    )

    check(api, method, path, answer)


@pytest.mark.parametrize("part", ["", "/timeline", "/delivery", "/preflight", "/proof", "/proof.html"])
async def test_a_dossier_that_has_seen_everything_is_shown_as_documented(api: DeskApi, part: str) -> None:
    paid = {"name": "Lệ phí", "amount_vnd": 8000, "paid_by": "cash", "paid_at": "2026-03-10T10:00:00+07:00"}
    dossier = await api.province.created(
        components=[{"name": "Tờ khai", "digitised": True}], fees=[paid], results=[{"name": "Giấy phép"}]
    )
    dossier = await api.province.move(dossier, 5, 4)
    for method, path in list(CHANGES)[1:]:
        answer = await api.province.http.request(
            method,
            path.replace("{dossier}", dossier["id"]),
            json=example(api, CHANGES[method, path]),
            headers={"If-Match": dossier["etag"]},
        )
        dossier = answer.json()
    dossier = await api.province.move(dossier, 9, 10)

    answer = await api.province.http.get(f"/v1/dossiers/{dossier['id']}{part}")

    check(api, "GET", f"/v1/dossiers/{{dossier}}{part}", answer)


async def test_a_list_is_shown_as_documented(api: DeskApi) -> None:
    await api.province.created()
    await api.province.create(a_filing(received=False))

    check(api, "GET", "/v1/dossiers", await api.province.http.get("/v1/dossiers", params={"limit": 1}))


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
async def test_health_is_shown_as_documented(api: DeskApi, path: str) -> None:
    check(api, "GET", path, await api.province.http.get(path))

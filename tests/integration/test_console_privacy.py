"""No page tells whose dossier it is, and no page runs what somebody wrote into a dossier."""

import re
from typing import Any

import httpx
import pytest
from sqlalchemy import text
from structlog.testing import capture_logs

from services.core.domain.delivery import ParkCause
from services.core.domain.park_group import Subject, group_of
from services.core.persistence.engine import Sessions
from tests.desk_api import DeskApi
from tests.integration.console_service import console, open_page, shown

#: None of them occurs in our own words.
APPLICANT = {
    "kind": "citizen",
    "name": "Lò Thị Canary",
    "identity_number": "025190009876",
    "phone": "0987123456",
    "email": "canary@example.vn",
    "address": "Số 7 ngõ Chim Yến",
}
WHOSE = Subject(personal=tuple(value for key, value in APPLICANT.items() if key != "kind"))
OFFICER = "Quàng Văn Kiểm"
SUMMARY = "Khai sinh cho bé Chích Bông"
STEP = "Đã gọi điện cho bà Họa Mi"
SOMEBODY_ELSE = "001085012345"
CANARIES = [*(value for key, value in APPLICANT.items() if key != "kind"), OFFICER, SUMMARY, STEP]

SAYINGS = (
    "-5: {identity_number} của {name} không khớp",
    "-5: LÒ THỊ CANARY, Số 7 ngõ Chim Yến, canary@example.vn, 0987123456",
    f"-5: trùng với {SOMEBODY_ELSE}",
)


@pytest.fixture
async def parked(api: DeskApi, sessions: Sessions) -> list[dict[str, Any]]:
    """Store dossiers of one citizen; the portal quotes them in what it says about each."""
    found = []
    for saying in SAYINGS:
        words = saying.format(**APPLICANT)
        dossier = await api.ward.created(
            applicant=APPLICANT, officer=OFFICER, summary=SUMMARY, department="Bộ phận Một cửa"
        )
        moved = await api.ward.change(dossier, "progress", status=4, text=STEP, officer=OFFICER)
        assert moved.status_code == 200, moved.text
        found.append(dossier)
        async with sessions.begin() as session:
            await session.execute(
                text(
                    "UPDATE deliveries SET state = 'parked', park_cause = 'refused', last_cause = :words,"
                    " park_group = :group WHERE dossier_id = :id"
                ),
                {"id": dossier["id"], "words": words, "group": group_of(ParkCause.REFUSED, words, WHOSE)},
            )
            await session.execute(
                text(
                    "INSERT INTO delivery_attempts (dossier_id, call_id, operation, outcome, version,"
                    " request_hash, detail, started_at, finished_at)"
                    " VALUES (:id, :id, 'create', 'rejected', 1, '', :words, now(), now())"
                ),
                {"id": dossier["id"], "words": words},
            )
    return found


async def test_no_page_shows_a_citizen_or_an_officer(
    parked: list[dict[str, Any]], sessions: Sessions
) -> None:
    codes = [dossier["code"] for dossier in parked]
    async with console(sessions) as client:
        answers = [
            await client.get(address)
            for address in ("/", "/parked", "/outages", *(f"/dossiers/{code}" for code in codes))
        ]

    everything = shown("".join(answer.text for answer in answers)).casefold()
    assert [answer.status_code for answer in answers] == [200] * len(answers)
    assert all(code.casefold() in everything for code in codes)
    assert [canary for canary in [*CANARIES, SOMEBODY_ELSE] if canary.casefold() in everything] == []
    assert everything.count("-5: … của … không khớp") == 4
    assert everything.count("-5: …, …, …, …") == 4
    assert everything.count("-5: trùng với …") == 4


async def test_the_same_data_are_there_to_be_shown(api: DeskApi, parked: list[dict[str, Any]]) -> None:
    read = f"{await api.ward.read(parked[0])}{await api.ward.read(parked[0], '/timeline')}"

    assert [canary for canary in CANARIES if canary not in read] == []


@pytest.mark.parametrize("address", ["/dossiers?code={}", "/dossiers/{}"])
async def test_an_identity_number_in_place_of_a_code_is_neither_shown_nor_logged(
    sessions: Sessions, address: str
) -> None:
    with capture_logs() as logs:
        async with console(sessions) as client:
            answer = await client.get(address.format(APPLICANT["identity_number"]))

    assert answer.status_code == 404
    assert "Không nhập số định danh của công dân vào ô này." in answer.text
    assert logs
    assert APPLICANT["identity_number"] not in f"{answer.text}{answer.headers}{logs}"


async def test_what_was_written_into_a_dossier_is_shown_as_text_and_never_run(
    api: DeskApi, sessions: Sessions
) -> None:
    dossier = await api.ward.created(department="<script>alert(1)</script>")
    async with console(sessions) as client:
        html = await open_page(client, f"/dossiers/{dossier['code']}")

    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in html
    assert "<script>" not in html


ADDRESSES = ("/", "/parked", "/outages", "/dossiers/H44-X-9", "/nothing", "/static/console.css", "/healthz")


@pytest.mark.parametrize("address", ADDRESSES)
async def test_browsers_are_told_to_run_and_load_our_own_files_only(sessions: Sessions, address: str) -> None:
    async with console(sessions) as client:
        headers = (await client.get(address)).headers

    policy = dict(part.strip().split(" ", 1) for part in headers["content-security-policy"].split(";"))
    assert policy.pop("default-src") == policy.pop("frame-ancestors") == policy.pop("base-uri") == "'none'"
    assert set(policy) == {"style-src", "script-src", "img-src", "connect-src", "form-action"}
    assert set(policy.values()) == {"'self'"}
    assert (headers["x-content-type-options"], headers["referrer-policy"]) == ("nosniff", "same-origin")
    assert headers["cache-control"] == ("no-cache" if "static" in address else "no-store")


@pytest.mark.parametrize("address", ADDRESSES[:5])
async def test_no_page_needs_what_the_policy_forbids(sessions: Sessions, address: str) -> None:
    async with console(sessions) as client:
        html = (await client.get(address)).text
        loaded = re.findall(r'(?:src|href)="(/static/[^"]+)"', html)
        answers: list[httpx.Response] = [await client.get(file) for file in loaded]

    assert not re.search(r"<script(?! src)|<style| style=| on[a-z]+=|hx-on|https?://", html)
    assert [answer.status_code for answer in answers] == [200] * 4

"""The evidence on one dossier, as an auditor reads it who has nothing but the answer of the API."""

import base64
import hashlib
import json
import re
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from typing import Any

import pytest
from sqlalchemy import text

from services.core.application.deliver_due import deliver_due
from services.core.application.prove_delivery import CALLS_READ
from services.core.domain.delivery import Operation
from services.core.domain.outcome import AuthRefused, NotSent, Outcome, Unknown
from services.core.persistence.engine import Sessions
from tests.desk_api import DeskApi, problem
from tests.integration.delivery_cases import Act, ScriptedPortal, delivering, rounds

NO_CONNECTION = NotSent("ConnectError")
LOST = Unknown("ReadError")
NAME, NUMBER = "Nguyễn Thị Hoa", "025190000123"


@pytest.fixture
def portal() -> ScriptedPortal:
    return ScriptedPortal()


async def proof_of(api: DeskApi, dossier: dict[str, Any]) -> dict[str, Any]:
    proof: dict[str, Any] = (await api.ward.read(dossier, "/proof"))["proof"]
    return proof


async def finished(api: DeskApi) -> dict[str, Any]:
    return await api.ward.move(await api.ward.created(), 4, 9)


def calls_of(proof: dict[str, Any]) -> list[tuple[str, str, int]]:
    return [(call["operation"], call["outcome"], call["count"]) for call in proof["calls"]]


async def test_an_undisturbed_delivery_has_a_receipt_for_every_line(
    api: DeskApi, sessions: Sessions, portal: ScriptedPortal
) -> None:
    dossier = await finished(api)
    before = datetime.now(UTC)
    await rounds(delivering(sessions, portal))

    proof = await proof_of(api, dossier)

    assert calls_of(proof) == [("create", "accepted", 1), ("progress", "accepted", 1)]
    create, progress = proof["calls"]
    assert (progress["first_seq"], progress["last_seq"]) == (1, 3)
    assert (create["words"], progress["words"]) == (
        "Đồng bộ hồ sơ thành công",
        "Cập nhật tiến độ thành công",
    )
    assert create["request_hash"] == b"digest of bodies".hex()
    assert proof["body"] == {
        "version": 3,
        "acknowledged_at": create["finished_at"],
        "acknowledged_by": "receipt",
    }
    for line in proof["timeline"]:
        assert (line["acknowledged_by"], line["acknowledged_at"]) == ("receipt", progress["finished_at"])
        recorded, acknowledged = (
            datetime.fromisoformat(line[name]) for name in ("recorded_at", "acknowledged_at")
        )
        assert recorded < before < acknowledged
    assert proof["record"]["complete"] is True
    assert proof["state"] == "synced"
    assert proof["outages"] == []
    assert proof["false_late"] is None
    assert proof["desk"] == proof["portal"] | {"due_at": proof["desk"]["due_at"]}
    assert (proof["desk"]["verdict"], proof["desk"]["rule"]) == ("on_time", "ended")


async def test_a_lost_answer_is_followed_by_a_look_up_and_no_second_sending(
    api: DeskApi, sessions: Sessions, portal: ScriptedPortal
) -> None:
    dossier = await finished(api)
    portal.order(Operation.PROGRESS, Act(LOST, keeps=None))
    await rounds(delivering(sessions, portal))

    proof = await proof_of(api, dossier)

    assert calls_of(proof) == [
        ("create", "accepted", 1),
        ("progress", "unknown", 1),
        ("look_up", "found", 1),
    ]
    look_up = proof["calls"][-1]
    assert (look_up["words"], look_up["request_hash"]) == ("present, 3 entries", None)
    for line in proof["timeline"]:
        assert (line["acknowledged_by"], line["acknowledged_at"]) == ("look_up", look_up["finished_at"])
    assert portal.doubled() == []


async def test_what_did_not_arrive_is_sent_again_with_the_same_hash(
    api: DeskApi, sessions: Sessions, portal: ScriptedPortal
) -> None:
    dossier = await finished(api)
    portal.order(Operation.PROGRESS, Act(LOST, keeps=0))
    await rounds(delivering(sessions, portal))

    proof = await proof_of(api, dossier)

    _, lost, look_up, again = proof["calls"]
    assert look_up["words"] == "present, 0 entries"
    assert (lost["outcome"], again["outcome"]) == ("unknown", "accepted")
    assert lost["request_hash"] == again["request_hash"]
    assert {line["acknowledged_at"] for line in proof["timeline"]} == {again["finished_at"]}


async def test_an_outage_that_made_a_dossier_late_stands_in_its_proof(
    api: DeskApi, sessions: Sessions, portal: ScriptedPortal
) -> None:
    dossier = await finished(api)
    portal.down = NO_CONNECTION
    for _ in range(4):
        await deliver_due(delivering(sessions, portal))
    flagged_at = datetime.now(UTC) - timedelta(seconds=1)
    async with sessions.begin() as session:
        await session.execute(
            text("UPDATE deliveries SET flagged_at = :flagged_at, reported_at = :reported_at"),
            {"flagged_at": flagged_at, "reported_at": flagged_at - timedelta(minutes=1)},
        )
        await session.execute(text("UPDATE portal_outages SET began_at = began_at - interval '5 minutes'"))
    standing = await proof_of(api, dossier)
    assert standing["false_late"] == {
        "cause": "portal_down",
        "since": None,
        "until": None,
        "outage_id": None,
    }
    portal.down = None
    await rounds(delivering(sessions, portal))

    proof = await proof_of(api, dossier)

    assert calls_of(proof) == [
        ("create", "not_sent", 4),
        ("create", "accepted", 1),
        ("progress", "accepted", 1),
    ]
    (outage,) = proof["outages"]
    assert (outage["kind"], outage["ended_at"]) == ("unreachable", outage["ended_at"])
    blame = proof["false_late"]
    assert (blame["cause"], blame["outage_id"]) == ("portal_down", outage["id"])
    assert datetime.fromisoformat(blame["since"]) == flagged_at
    assert blame["until"] == proof["accepted_at"]
    assert proof["portal"]["verdict"] == "on_time"


async def test_refused_logins_stand_in_the_proof_as_what_they_were(
    api: DeskApi, sessions: Sessions, portal: ScriptedPortal
) -> None:
    dossier = await finished(api)
    portal.down = AuthRefused("login answered -1")
    for _ in range(3):
        await deliver_due(delivering(sessions, portal))

    proof = await proof_of(api, dossier)

    ((outage),) = proof["outages"]
    assert (outage["kind"], outage["reasons"], outage["ended_at"]) == ("refused", ["auth"], None)
    assert proof["portal"] is None
    assert proof["body"] is None
    assert {line["acknowledged_by"] for line in proof["timeline"]} == {None}


async def test_the_digest_can_be_worked_out_by_others_and_changes_with_the_facts_only(
    api: DeskApi, sessions: Sessions, portal: ScriptedPortal
) -> None:
    dossier = await finished(api)
    await rounds(delivering(sessions, portal))
    first, again = [await api.ward.read(dossier, "/proof") for _ in range(2)]

    canonical = json.dumps(first["proof"], sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    assert first["digest"] == f"sha-256:{hashlib.sha256(canonical.encode()).hexdigest()}"
    assert (again["digest"], again["issued_at"] > first["issued_at"]) == (first["digest"], True)

    await api.ward.move(dossier, 10)
    assert (await api.ward.read(dossier, "/proof"))["digest"] != first["digest"]


async def test_receipts_of_months_that_were_put_away_are_said_to_be_missing(
    api: DeskApi, sessions: Sessions, portal: ScriptedPortal
) -> None:
    dossier = await finished(api)
    await rounds(delivering(sessions, portal))
    async with sessions.begin() as session:
        await session.execute(text("SET LOCAL session_replication_role = replica"))
        await session.execute(text("DELETE FROM delivery_attempts"))

    proof = await proof_of(api, dossier)

    assert proof["record"]["complete"] is False
    assert (proof["body"]["acknowledged_by"], proof["body"]["acknowledged_at"]) == ("off_record", None)
    assert {line["acknowledged_by"] for line in proof["timeline"]} == {"off_record"}
    page = await page_of(api, dossier)
    assert "Một số biên nhận không còn" in page


async def test_more_calls_than_are_read_are_said_to_be_more(api: DeskApi, sessions: Sessions) -> None:
    dossier = await api.ward.created()
    async with sessions.begin() as session:
        await session.execute(
            text(
                "INSERT INTO delivery_attempts (started_at, finished_at, dossier_id, call_id, operation,"
                " outcome, version, request_hash, detail) SELECT now() - make_interval(secs => n),"
                " now() - make_interval(secs => n), :id, uuidv7(), 'create', 'not_sent', 1, 'hash', 'words'"
                " FROM generate_series(1, :number) n"
            ),
            {"id": dossier["id"], "number": CALLS_READ + 1},
        )

    proof = await proof_of(api, dossier)

    assert calls_of(proof) == [("create", "not_sent", CALLS_READ)]
    assert proof["record"] | {"begins_at": None} == {"begins_at": None, "complete": False, "calls_cut": True}
    assert "Chỉ thể hiện những lần gọi gần nhất" in await page_of(api, dossier)


async def test_lines_that_stay_at_home_need_no_receipt(
    api: DeskApi, sessions: Sessions, portal: ScriptedPortal
) -> None:
    dossier = await api.ward.created()
    changed = await api.ward.change(
        dossier, "extension", new_due_at="2099-01-05T10:00:00+07:00", reason="chờ xác minh"
    )
    assert changed.status_code == 200
    await rounds(delivering(sessions, portal))

    proof = await proof_of(api, dossier)

    assert [(line["travels"], line["acknowledged_by"]) for line in proof["timeline"]] == [
        (True, "receipt"),
        (False, None),
    ]
    assert proof["record"]["complete"] is True


@pytest.mark.parametrize("part", ["/proof", "/proof.html"])
async def test_a_proof_says_nothing_of_the_applicant_even_if_the_portal_does(
    api: DeskApi, sessions: Sessions, portal: ScriptedPortal, part: str
) -> None:
    dossier = await api.ward.created(summary=f"Khai sinh cho {NAME}")
    words: Outcome = Unknown(f"công dân {NAME.upper()} {NUMBER} không hợp lệ")
    portal.order(Operation.CREATE, Act(words))
    await deliver_due(delivering(sessions, portal))

    answer = await api.ward.http.get(f"/v1/dossiers/{dossier['id']}{part}")

    assert answer.status_code == 200
    assert "công dân" in answer.text
    for secret in (NAME, NAME.upper(), NUMBER, "Trần Văn Bình", "Khai sinh cho"):
        assert secret not in answer.text


async def test_a_proof_of_another_unit_is_not_there(api: DeskApi) -> None:
    dossier = await api.ward.created()
    for part in ("proof", "proof.html"):
        answer = await api.abroad.http.get(f"/v1/dossiers/{dossier['id']}/{part}")
        problem(answer, 404, "dossier-not-found")


async def test_the_page_holds_all_that_counts_and_fetches_nothing(
    api: DeskApi, sessions: Sessions, portal: ScriptedPortal
) -> None:
    dossier = await finished(api)
    portal.order(Operation.CREATE, *[Act(NO_CONNECTION)] * 3)
    portal.order(Operation.PROGRESS, Act(LOST, keeps=None))
    await rounds(delivering(sessions, portal))
    shown = await api.ward.read(dossier, "/proof")

    answer = await api.ward.http.get(f"/v1/dossiers/{dossier['id']}/proof.html")

    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    policy = answer.headers["content-security-policy"]
    style = re.search(r"<style>(.*?)</style>", answer.text, re.DOTALL)
    assert style is not None
    assert answer.headers.get_list("content-security-policy") == [policy]
    assert f"style-src 'sha256-{_hash(style[1])}'" in policy
    elements = Elements(answer.text)
    assert not elements.tags & {"script", "img", "link", "iframe", "object", "form"}
    assert not elements.attributes & {"style", "src", "href", "onclick"}
    for text_shown in (
        shown["digest"],
        dossier["code"],
        "mất câu trả lời",
        "3 lần liên tiếp",
        "@page { size: A4",
    ):
        assert text_shown in answer.text


async def page_of(api: DeskApi, dossier: dict[str, Any]) -> str:
    answer = await api.ward.http.get(f"/v1/dossiers/{dossier['id']}/proof.html")
    assert answer.status_code == 200, answer.text
    return answer.text


def _hash(style: str) -> str:
    digest = hashlib.sha256(style.encode()).digest()
    return base64.b64encode(digest).decode()


class Elements(HTMLParser):
    """What a page is made of."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes.update(name for name, _ in attrs)

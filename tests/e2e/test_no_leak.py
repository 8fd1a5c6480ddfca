"""Promise 6: a citizen's data stays in. Canaries go through the system, then every outlet is searched."""

import base64
import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
import pytest

from services.cli.seeding import provide_catalogue, provide_client, provide_look_up_account
from services.cli.stack import Stack

NUMBER = "017193987654"
NAME = "Canaria Thị Vàng"
OFFICER_NUMBER = "000000000000"
WRONG_NUMBER = "01719398765X"


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    with Stack(tmp_path_factory.mktemp("leak"), any_ports=True) as stack:
        provide_catalogue(stack.database_url)
        provide_look_up_account(stack.database_url)
        stack.start_services(lambda _name: None)
        yield stack


@pytest.fixture(scope="module")
def desk(stack: Stack) -> Iterator[httpx.Client]:
    key = provide_client(stack.database_url)
    headers = {"Authorization": f"Bearer {key}"}
    with httpx.Client(base_url=stack.addresses.api, headers=headers, timeout=20) as client:
        yield client


def filing(number: str) -> dict[str, Any]:
    return {
        "agent": {"name": NAME, "ground": "relative", "identity_number": NUMBER},
        "procedure_code": "1.001193",
        "unit_code": "H44.101",
        "channel": "direct",
        "filing_mode": "on_behalf",
        "applicant": {"kind": "citizen", "name": NAME, "identity_number": number},
        "summary": "Đăng ký khai sinh",
        "officer": "Bùi Thị Thủy",
    }


def hand_in(desk: httpx.Client, key: str, content: bytes | str) -> httpx.Response:
    headers = {"Idempotency-Key": key, "Content-Type": "application/json"}
    return desk.post("/v1/dossiers", content=content, headers=headers)


@pytest.fixture(scope="module")
def answers_to_bad_input(desk: httpx.Client) -> list[str]:
    """Give the bodies of refusals whose cause holds a canary."""
    good = json.dumps(filing(NUMBER), ensure_ascii=False)
    refused = [
        hand_in(desk, "wrong-number", json.dumps(filing(WRONG_NUMBER))),
        hand_in(desk, "unknown-field", good.replace('"summary"', f'"{NUMBER}": 1, "summary"')),
        hand_in(desk, "cut", good[:-20]),
        hand_in(desk, "no-unit", good.replace("H44.101", NUMBER)),
        desk.get(f"/v1/dossiers/{NUMBER}"),
        desk.get("/v1/dossiers", params={"cursor": NUMBER}),
        desk.post("/v1/lookups", json={"officer": "A", "dossier": NUMBER}),
        desk.post("/v1/lookups", json={"officer": "A", "person": {"identity_number": NUMBER, "name": NAME}}),
        desk.get(f"/v1/lookups/{NUMBER}"),
        desk.post("/v1/citizens:find", json={"identity_number": WRONG_NUMBER}),
        desk.post("/v1/citizens:find", json={NUMBER: 1}),
        desk.get(f"/v1/citizens/{NUMBER}/prefill"),
        desk.post(
            "/v1/payouts:batch", json={"payouts": [{"recipient": NAME, "identity_number": WRONG_NUMBER}]}
        ),
    ]
    assert all(400 <= answer.status_code < 500 for answer in refused)
    return [answer.text for answer in refused]


@pytest.fixture(scope="module")
def delivered(stack: Stack, desk: httpx.Client, answers_to_bad_input: list[str]) -> str:
    """Bring dossiers with canaries to the portal through a lost answer and a refusal; give the last code."""
    assert answers_to_bad_input
    code = ""
    with httpx.Client(base_url=f"{stack.addresses.portal}/_control", timeout=70) as portal:
        portal.post("/faults", json={"shape": "answer_lost", "duration_seconds": 60, "first_n": 2})
        for n in range(5):
            answer = hand_in(desk, f"canary-{n}", json.dumps(filing(NUMBER)))
            assert answer.status_code == 201
            code = answer.json()["code"]
        portal.get("/ledger/wait", params={"dossiers": 5, "entries": 5, "timeout": 60})
    deadline = time.monotonic() + 60
    while desk.get(f"/v1/dossiers/{code}/delivery").json()["state"] != "synced":
        assert time.monotonic() < deadline
        time.sleep(0.2)
    looked_up(stack, desk, code)
    known(desk)
    return code


def known(desk: httpx.Client) -> None:
    """Have the record of a canary found and read, and money paid out to it."""
    citizen = desk.post("/v1/citizens:find", json={"identity_number": NUMBER}).json()["id"]
    shown = desk.get(f"/v1/citizens/{citizen}/prefill", params={"procedure": "1.001193"}).json()
    assert NAME in {value["value"] for value in shown["values"]}
    payout = {
        "unit_code": "H44.101",
        "programme": "BTXH",
        "reference": "1",
        "recipient": NAME,
        "identity_number": NUMBER,
        "amount_vnd": 500_000,
        "channel": "bank",
        "paid_on": "2024-02-20",
    }
    for amount in (500_000, 1):
        batch = {"payouts": [{**payout, "amount_vnd": amount}]}
        assert desk.post("/v1/payouts:batch", json=batch).status_code == 200


def looked_up(stack: Stack, desk: httpx.Client, code: str) -> None:
    """Have the population database asked about canaries, by itself, by hand, and through its faults."""
    with httpx.Client(base_url=f"{stack.addresses.population}/_control", timeout=70) as population:
        for shape in ("soap_fault", "http_5xx", "cut_body"):
            fault = {"shape": shape, "duration_seconds": 60, "first_n": 1}
            population.post("/faults", json=fault).raise_for_status()
        person = {"identity_number": NUMBER, "name": NAME, "birth": "1993-02-01"}
        about = {"officer": "A", "unit_code": "H44.101", "reason": "thử", "person": person}
        assert desk.post("/v1/lookups", json=about).status_code in (200, 202)
        asked = population.get("/ledger/wait", params={"questions": 2, "timeout": 60}).json()
        assert asked["reached"]
    deadline = time.monotonic() + 60
    while desk.get(f"/v1/dossiers/{code}").json()["lookup"]["outcome"] != "not_found":
        assert time.monotonic() < deadline
        time.sleep(0.2)


def disguises(canary: str) -> list[bytes]:
    raw = canary.encode()
    return [raw, quote(canary).encode(), base64.b64encode(raw).rstrip(b"="), raw.hex().encode(), raw[-9:]]


def test_no_outlet_holds_a_canary(
    stack: Stack,
    desk: httpx.Client,
    answers_to_bad_input: list[str],
    delivered: str,
    subtests: pytest.Subtests,
) -> None:
    """One test, so that one process alone starts the system."""
    for canary in (NUMBER, NAME, OFFICER_NUMBER):
        with subtests.test("no log and no broker file", canary=canary):
            search_files(stack, canary)
    for canary in (NUMBER, NAME):
        with subtests.test("no metric", canary=canary):
            search_metrics(stack, canary)
    with subtests.test("no refusal"):
        search_refusals(answers_to_bad_input)
    with subtests.test("lists mask the number"):
        search_lists(desk, delivered)
    for part in ("proof", "proof.html"):
        with subtests.test("a proof tells what was done and not for whom", part=part):
            search_proof(desk, delivered, part)


def search_files(stack: Stack, canary: str) -> None:
    files = [path for path in stack.folder.rglob("*") if path.is_file() and not _is_table_data(path)]
    assert any(path.name == "api.log" for path in files)
    assert any("aof" in path.name for path in files)

    found = [path.name for path in files for form in disguises(canary) if form in path.read_bytes()]

    assert found == []


def search_metrics(stack: Stack, canary: str) -> None:
    for address in (stack.addresses.metrics, stack.addresses.worker_metrics):
        text = httpx.get(f"{address}/metrics").content
        assert b"lienthong_" in text
        assert not any(form in text for form in disguises(canary))


def search_refusals(answers_to_bad_input: list[str]) -> None:
    for text in answers_to_bad_input:
        assert NUMBER not in text
        assert WRONG_NUMBER not in text
        assert NAME not in text


def search_lists(desk: httpx.Client, delivered: str) -> None:
    page = desk.get("/v1/dossiers").json()["items"]

    assert delivered in {item["code"] for item in page}
    assert NUMBER not in json.dumps(page)


def search_proof(desk: httpx.Client, delivered: str, part: str) -> None:
    answer = desk.get(f"/v1/dossiers/{delivered}/{part}")

    assert answer.status_code == 200
    assert delivered in answer.text
    for canary in (NUMBER, NAME):
        assert not any(form in answer.content for form in disguises(canary))


def _is_table_data(path: Path) -> bool:
    """Tell PostgreSQL's own files, where the data belong, from logs and broker files."""
    return "postgres" in path.parts

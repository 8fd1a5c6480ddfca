"""Every fault shape of the mock population database as it looks on the wire."""

import json
import threading
import time
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from services.mock_population.instance import running_population
from services.mock_population.settings import PopulationSettings
from tests.contract.population_caller import (
    ANSWER,
    GATEWAY,
    JSON_GATEWAY,
    Caller,
    citizens_in,
    elements,
    soap,
    text_of,
)


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with running_population(PopulationSettings(citizens=300, seed=3)) as address:
        yield address


@pytest.fixture
def caller(address: str) -> Iterator[Caller]:
    with Caller(address) as caller:
        caller.control("POST", "/reset")
        yield caller


@pytest.fixture
def person(caller: Caller) -> dict[str, Any]:
    return next(row for row in caller.people() if len(row["birth"]) == 8)


def order(caller: Caller, shape: str, **details: object) -> int:
    fault = caller.control("POST", "/faults", {"shape": shape, "duration_seconds": 30, **details})
    return int(fault["id"])


@pytest.mark.parametrize(
    ("manner", "error"), [("reset", httpx.ReadError), ("close", httpx.RemoteProtocolError)]
)
@pytest.mark.parametrize("shape", ["down", "answer_lost"])
def test_a_broken_connection_gives_no_answer(
    caller: Caller, person: dict[str, Any], shape: str, manner: str, error: type[Exception]
) -> None:
    order(caller, shape, manner=manner)

    with pytest.raises(error):
        caller.look_up(person)

    # Lost answers were thought about, calls to a dead server were not.
    assert caller.control("GET", "/ledger/summary")["questions"] == (shape == "answer_lost")


@pytest.mark.parametrize("shape", ["hang", "answer_lost"])
def test_a_hang_stays_silent_until_the_client_gives_up(
    caller: Caller, person: dict[str, Any], shape: str
) -> None:
    order(caller, shape, **({"manner": "hang"} if shape == "answer_lost" else {}))

    with pytest.raises(httpx.ReadTimeout):
        caller.http.post("/dancuquocgia", content=soap(elements(person)), timeout=0.3)


def test_a_hang_ends_without_an_answer_when_its_rule_ends(caller: Caller, person: dict[str, Any]) -> None:
    fault = order(caller, "hang")

    def end_once_struck() -> None:
        while caller.control("GET", "/ledger/summary")["struck"] != {"hang": 1}:
            time.sleep(0.01)
        caller.control("DELETE", f"/faults/{fault}")

    ending = threading.Thread(target=end_once_struck)
    ending.start()
    with pytest.raises(httpx.RemoteProtocolError, match="without sending a response"):
        caller.look_up(person)
    ending.join()


def test_error_pages_come_with_their_status(caller: Caller, person: dict[str, Any]) -> None:
    text = soap(elements(person))
    seen = []
    for details in (
        {"shape": "http_5xx", "status": 502},
        {"shape": "html"},
        {"shape": "throttled", "retry_after": "7"},
        {"shape": "empty_body"},
        {"shape": "soap_fault"},
        {"shape": "answer_lost", "manner": "gateway_timeout"},
    ):
        order(caller, **{**details, "first_n": 1})  # type: ignore[arg-type]  # shapes are texts
        response = caller.post(text)
        seen.append((response.status_code, response.headers.get("content-type", ""), len(response.content)))

    assert [(status, kind.partition(";")[0]) for status, kind, _ in seen] == [
        (502, ""),
        (200, "text/html"),
        (429, ""),
        (200, "text/xml"),
        (500, "text/xml"),
        (504, "text/html"),
    ]
    assert seen[3][2] == 0


@pytest.mark.parametrize("manner", ["content_length", "chunked"])
def test_a_cut_answer_is_noticed_by_http(caller: Caller, person: dict[str, Any], manner: str) -> None:
    order(caller, "cut_body", manner=manner)

    with pytest.raises(httpx.RemoteProtocolError):
        caller.look_up(person)


def test_a_cut_answer_without_a_length_is_broken_xml(caller: Caller, person: dict[str, Any]) -> None:
    order(caller, "cut_body", manner="close_delimited")

    response = caller.post(soap(elements(person)))

    assert response.status_code == 200
    assert response.text.startswith("<?xml")
    assert not response.text.rstrip().endswith("Envelope>")


def test_slowness_and_latency_delay_the_answer(caller: Caller, person: dict[str, Any]) -> None:
    order(caller, "slow", min_delay_ms=120, max_delay_ms=120)
    caller.control("PUT", "/latency", {"min_ms": 100, "max_ms": 100})
    started = time.monotonic()

    assert len(caller.look_up(person)) == 1
    assert time.monotonic() - started >= 0.22


def test_someone_can_be_ordered_not_to_be_found(caller: Caller, person: dict[str, Any]) -> None:
    order(caller, "not_found", number_pattern=person["number"], first_n=1)
    assert caller.look_up(person) == []

    order(caller, "not_found", manner="nameless_citizen", first_n=1)
    (nameless,) = caller.look_up(person)
    assert text_of(nameless, "HoVaTen/Ten") == ""
    assert nameless.find(f"{ANSWER}SoDinhDanh") is None

    assert len(caller.look_up(person)) == 1


def test_a_wrong_person_has_another_number(caller: Caller, person: dict[str, Any]) -> None:
    order(caller, "wrong_person")

    (found,) = caller.look_up(person)

    assert text_of(found, "SoDinhDanh") != person["number"]


def test_the_wrong_person_is_the_namesake_if_there_is_one(caller: Caller) -> None:
    double = caller.people("namesake")[0]
    order(caller, "wrong_person")

    (found,) = caller.look_up(double)

    assert text_of(found, "SoDinhDanh") != double["number"]
    assert text_of(found, "HoVaTen/Ten") == double["name"]


def test_stale_data_show_the_address_of_before_the_reform(caller: Caller) -> None:
    mover = caller.people("moved")[0]
    (present,) = caller.look_up(mover)
    order(caller, "stale_data")

    (stale,) = caller.look_up(mover)

    assert text_of(present, "ThuongTru/MaQuanHuyen") == ""
    assert len(text_of(stale, "ThuongTru/MaQuanHuyen")) == 3
    assert text_of(stale, "TinhTrangHonNhan") == "1"
    assert stale.find(f"{ANSWER}VoChong/{ANSWER}HoVaTen") is None


def test_an_outage_strikes_every_way_and_stays_on_record(caller: Caller, person: dict[str, Any]) -> None:
    outage = caller.control("POST", "/outages", {"kind": "http_5xx", "seconds": 30})
    text = soap(elements(person))

    statuses = [
        caller.post(text).status_code,
        caller.http.post(GATEWAY, json={}).status_code,
        caller.http.post(JSON_GATEWAY, json={}).status_code,
        caller.http.post("/lgsp/token").status_code,
    ]
    caller.control("DELETE", f"/faults/{outage['id']}")

    assert statuses == [503] * 4
    (shown,) = caller.control("GET", "/outages")
    assert shown["calls_struck"] == 4
    assert shown["ended_at"] is not None
    assert len(caller.look_up(person)) == 1


def test_the_provincial_gateway_carries_the_same_question(caller: Caller, person: dict[str, Any]) -> None:
    body = caller.gateway_body(soap(elements(person)))

    response = caller.http.post(GATEWAY, json=body)

    assert response.status_code == 200
    assert len(citizens_in(response.text)) == 1


@pytest.mark.parametrize("field", ["accessToken", "lgspAccessToken", "AuthHash"])
def test_the_provincial_gateway_checks_each_of_its_keys(
    caller: Caller, person: dict[str, Any], field: str
) -> None:
    body = caller.gateway_body(soap(elements(person)), **{field: "Bearer x"})

    assert caller.http.post(GATEWAY, json=body).status_code == 401


def test_a_gateway_token_ends_by_the_databases_clock(caller: Caller, person: dict[str, Any]) -> None:
    body = caller.gateway_body(soap(elements(person)))
    caller.control("PUT", "/clock", {"mode": "advance", "seconds": 3601})

    assert caller.http.post(GATEWAY, json=body).status_code == 401


def flat(person: dict[str, Any], **changes: str) -> dict[str, str]:
    return elements(person) | {"NgayThangNamSinh": person["birth"]} | changes


def test_the_json_gateway_returns_xml_inside_its_message(caller: Caller, person: dict[str, Any]) -> None:
    answer = caller.http.post(JSON_GATEWAY, json=flat(person)).json()

    assert answer["error_code"] == "0"
    assert len(citizens_in(answer["message"])) == 1


def test_the_json_gateway_refuses_under_status_200(caller: Caller, person: dict[str, Any]) -> None:
    response = caller.http.post(JSON_GATEWAY, json=flat(person, MaCanBo=""))

    assert response.status_code == 200
    assert response.json() == {"error_code": "-1", "message": "Thiếu MaCanBo"}


def test_half_a_character_does_not_get_into_the_ledger(caller: Caller, person: dict[str, Any]) -> None:
    body = json.dumps(flat(person, HoVaTen="LONE")).replace("LONE", "\\ud800")

    answer = caller.http.post(JSON_GATEWAY, content=body).json()

    assert answer == {"error_code": "-1", "message": "Chuỗi không phải UTF-8 hợp lệ"}
    assert [row["outcome"] for row in caller.control("GET", "/ledger")["rows"]] == ["refused"]


def test_the_json_gateway_confirms(caller: Caller, person: dict[str, Any]) -> None:
    question = flat(person, NghiepVu="XacThucThongTinCongDan")

    answer = caller.http.post(JSON_GATEWAY, content=json.dumps(question)).json()

    assert "TonTai" in answer["message"]
    assert ">true<" in answer["message"]

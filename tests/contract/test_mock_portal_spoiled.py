"""Fault shapes that answer, but not as agreed, as they look on the wire."""

import json
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

import pytest

from services.mock_portal.fault_rule import FaultShape
from services.mock_portal.instance import running_portal
from services.mock_portal.orders.faults import ORDER_OF_SHAPE
from services.mock_portal.spoiled_answers import WRONG_TYPES
from tests.contract.mock_portal_desk import LOGIN, Desk, accepted, dossier, entry

CODE, OTHER = "000.00.01.H22-260105-0001", "000.00.01.H22-260105-0002"
MORNING = "20260106080000"


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with running_portal() as address:
        yield address


@pytest.fixture
def desk(address: str) -> Iterator[Desk]:
    with Desk(address) as desk:
        desk.reset()
        assert desk.session
        yield desk


def order(desk: Desk, shape: str, **details: object) -> None:
    desk.control("POST", "/faults", {"shape": shape, "duration_seconds": 30, **details})


def summary(desk: Desk) -> dict[str, object]:
    found: dict[str, object] = desk.control("GET", "/ledger/summary")
    return found


def test_every_shape_can_be_ordered() -> None:
    assert set(ORDER_OF_SHAPE) == set(FaultShape)


def test_a_dripping_answer_comes_in_parts_and_is_whole_at_last(desk: Desk) -> None:
    order(desk, "drip", chunk_bytes=20, min_delay_ms=30, max_delay_ms=30)
    body = {"session": desk.session, "madonvi": "H22", "service": "DongBoHoSoMC", "isUpdating": "False"}
    started, parts = time.monotonic(), []

    with desk.http.stream(
        "POST", "/VXPAdapter/RestService/forward/mapi/g", json=body | {"data": [dossier(CODE)]}
    ) as response:
        head_after = time.monotonic() - started
        parts = list(response.iter_raw())

    assert len(parts) >= 3
    assert max(len(part) for part in parts[:-1]) <= 40
    assert time.monotonic() - started >= 0.03 * 3 > head_after - 1
    assert accepted(json.loads(b"".join(parts)))
    assert summary(desk)["dossiers"] == 1


def test_refused_logins_leave_open_sessions_alone(desk: Desk) -> None:
    order(desk, "login_refused", first_n=1)

    assert accepted(desk.create(dossier(CODE)))
    refused = desk.http.post(LOGIN, json={"username": "desk", "password": "secret"}).json()
    again = desk.http.post(LOGIN, json={"username": "desk", "password": "secret"}).json()

    assert "session" not in refused
    assert str(refused["error_code"]) not in {"0", "00"}
    assert "mật khẩu" in refused["message"]
    assert accepted(again)


def test_an_ordered_refusal_has_its_code_and_words_and_stores_nothing(desk: Desk) -> None:
    order(desk, "refused", code="-99", message="Hệ thống quá tải")

    answer = desk.create(dossier(CODE))

    assert (str(answer["error_code"]), answer["message"]) == ("-99", "Hệ thống quá tải")
    assert summary(desk)["dossiers"] == 0


def test_a_wrong_echo_speaks_of_another_dossier_in_a_look_up(desk: Desk) -> None:
    desk.create(dossier(CODE))
    order(desk, "wrong_echo")

    (shown,) = desk.look_up(CODE)

    assert shown["MaHoSo"] == OTHER[:-1] + "9"


def test_a_wrong_echo_adds_a_foreign_code_where_the_answer_names_none(desk: Desk) -> None:
    order(desk, "wrong_echo")

    answer = desk.create(dossier(CODE))

    assert [row["MaHoSo"] for row in answer["result"]] == [CODE[:-1] + "9"]
    assert summary(desk)["dossiers"] == 1


@pytest.mark.parametrize("manner", WRONG_TYPES)
def test_an_answer_of_a_wrong_type_is_none_that_a_careful_client_accepts(desk: Desk, manner: str) -> None:
    right = desk.create(dossier(OTHER))
    order(desk, "wrong_types", manner=manner)

    content = desk.raw_call("DongBoHoSoMC", isUpdating="False", data=[dossier(CODE)]).content

    assert summary(desk)["dossiers"] == 2
    assert content != json.dumps(right, ensure_ascii=False).encode()
    answer = json.loads(content) if content else None
    if isinstance(answer, dict) and answer.keys() == right.keys():
        types = {name: type(value) for name, value in answer.items()}
        agreed = {name: type(value) for name, value in right.items()} | {"error_code": types["error_code"]}
        assert types != agreed or answer["error_code"] not in (0, "0", "00")


def test_wrong_types_at_random_take_more_than_one_form(desk: Desk) -> None:
    order(desk, "wrong_types", manner="any", seed=1)

    answers = {desk.raw_call("TraCuuHoSo", mahoso=CODE).content for _ in range(20)}

    assert len(answers) > 5


def test_what_is_stored_twice_is_in_the_verdict_twice(desk: Desk) -> None:
    desk.create(dossier(OTHER))
    order(desk, "stored_twice")

    assert accepted(desk.create(dossier(CODE)))
    assert accepted(desk.progress(entry(CODE, 5, MORNING)))

    counts = summary(desk)
    assert (counts["dossiers"], counts["duplicate_dossiers"]) == (2, 1)
    assert (counts["entries"], counts["duplicate_entries"]) == (2, 1)
    assert desk.control("GET", f"/verdicts/{CODE}")["supplement_requests"] == 2


def test_what_is_refused_later_is_there_until_its_time_by_the_portals_clock(desk: Desk) -> None:
    desk.create(dossier(OTHER))
    desk.freeze(datetime(2026, 1, 6, 3, tzinfo=UTC))
    desk.forget_session()
    order(desk, "refused_later", after_seconds=60, operation="DongBoHoSoMC")
    assert accepted(desk.create(dossier(CODE)))
    desk.progress(entry(CODE, 4, MORNING))

    before = desk.look_up(CODE)
    desk.advance(timedelta(seconds=60))
    after = desk.look_up(CODE)

    assert (len(before), after) == (1, [])
    assert len(desk.look_up(OTHER)) == 1
    received = desk.control("GET", f"/ledger?mahoso={CODE}")["received"]
    assert received[0]["withdrawn_at"] == "2026-01-06T03:01:00Z"
    assert summary(desk)["entries"] == 0


def test_an_update_refused_later_leaves_the_body_before_it(desk: Desk) -> None:
    desk.create(dossier(CODE, TrangThaiHoSo="2"))
    order(desk, "refused_later", after_seconds=60)
    desk.update(dossier(CODE, TrangThaiHoSo="9"))

    before = desk.look_up(CODE)[0]["TrangThaiHoSo"]
    desk.control("POST", "/clock/idle")

    assert (before, desk.look_up(CODE)[0]["TrangThaiHoSo"]) == ("9", "2")


@pytest.mark.parametrize("seconds", [30, -30])
def test_throttling_may_name_a_date_in_the_future_or_the_past(desk: Desk, seconds: int) -> None:
    order(desk, "throttled", manner="http_date", retry_after=str(seconds))

    header = desk.raw_call("TraCuuHoSo", mahoso=CODE).headers["retry-after"]

    away = (parsedate_to_datetime(header) - datetime.now(UTC)).total_seconds()
    assert away == pytest.approx(seconds, abs=10)


def test_a_rule_for_one_unit_and_procedure_leaves_others_alone(desk: Desk) -> None:
    desk.create(dossier(CODE), dossier(OTHER, MaTTHC="2.000815"))
    order(desk, "http_5xx", unit_pattern="H22.*", procedure_pattern="2.000815")

    assert desk.raw_call("TraCuuHoSo", mahoso=CODE).status_code == 200
    assert desk.raw_call("TraCuuHoSo", mahoso=OTHER).status_code == 503
    assert desk.raw_call("TraCuuHoSo", mahoso=OTHER, madonvi="H29.01").status_code == 200


@pytest.mark.parametrize(
    "fault",
    [
        {"shape": "drip", "min_delay_ms": 1, "max_delay_ms": 1, "chunk_bytes": 0},
        {"shape": "refused", "code": "00"},
        {"shape": "refused_later"},
        {"shape": "wrong_types", "manner": "politely"},
        {"shape": "throttled", "manner": "http_date", "retry_after": "soon"},
        {"shape": "login_refused", "operation": "DongBoHoSoMC"},
        {"shape": "down", "every_n": 0},
        {"shape": "down", "daily_from": "08:00"},
        {"shape": "down", "daily_from": "24:00", "daily_until": "08:00"},
        {"shape": "down", "clock_from": "2026-01-02T00:00:00Z", "clock_until": "2026-01-01T00:00:00Z"},
        {"shape": "down", "starts_after_seconds": 86_401},
    ],
)
def test_a_rule_with_a_wrong_detail_is_refused(desk: Desk, fault: dict[str, object]) -> None:
    assert desk.http.post("/_control/faults", json={"duration_seconds": 1} | fault).status_code == 422

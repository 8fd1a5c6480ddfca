"""Capacity, maintenance, latency and clock as a caller meets them."""

import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

import httpx
import pytest

from services.mock_portal.instance import running_portal
from tests.contract.mock_portal_desk import Desk, accepted, dossier

CODE = "000.00.01.H22-260105-0001"
NOON = datetime(2026, 1, 6, 5, tzinfo=UTC)


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with running_portal() as address:
        yield address


@pytest.fixture
def desk(address: str) -> Iterator[Desk]:
    with Desk(address) as desk:
        desk.reset()
        desk.freeze(NOON)
        assert desk.session
        yield desk


def test_calls_above_the_capacity_are_told_when_to_come_again(desk: Desk) -> None:
    desk.control("PUT", "/capacity", {"calls_per_second": 0.01})

    # The burst of one second is a fraction of a call; the first call is let in all the same.
    assert desk.raw_call("TraCuuHoSo", mahoso=CODE).status_code == 200
    refused = desk.raw_call("DongBoHoSoMC", isUpdating="False", data=[dossier(CODE)])

    assert refused.status_code == 429
    assert 90 <= int(refused.headers["retry-after"]) <= 100
    assert desk.control("GET", "/ledger/summary")["struck"] == {"capacity": 1}
    assert desk.control("GET", "/state")["dossiers"] == 0


def test_a_call_with_too_many_dossiers_makes_the_next_one_wait_its_turn(desk: Desk) -> None:
    desk.control("PUT", "/capacity", {"dossiers_per_second": 10, "when_full": "wait"})
    started = time.monotonic()

    desk.create(*(dossier(f"H22-{number}") for number in range(14)))
    first_seconds = time.monotonic() - started
    assert accepted(desk.create(dossier(CODE)))

    assert first_seconds < 0.4 <= time.monotonic() - started


def test_a_quota_is_over_until_the_portals_next_day(desk: Desk) -> None:
    desk.control("PUT", "/capacity", {"quota_calls": 1, "quota_seconds": 86_400, "announce": "http_date"})
    desk.raw_call("TraCuuHoSo", mahoso=CODE)
    refused = desk.raw_call("TraCuuHoSo", mahoso=CODE)
    desk.advance(timedelta(hours=19))
    desk.forget_session()

    away = parsedate_to_datetime(refused.headers["retry-after"]) - datetime.now(UTC)
    assert away.total_seconds() == pytest.approx(19 * 3600, abs=30)
    assert desk.session
    assert desk.control("GET", "/capacity")["quota_used"] == 1


def test_a_capacity_can_be_lifted(desk: Desk) -> None:
    desk.control("PUT", "/capacity", {"quota_calls": 0})
    before = desk.raw_call("TraCuuHoSo", mahoso=CODE).status_code
    desk.control("DELETE", "/capacity")

    assert (before, desk.raw_call("TraCuuHoSo", mahoso=CODE).status_code) == (429, 200)
    assert desk.control("GET", "/capacity") == {"limits": None, "quota_used": 0}


def test_maintenance_closes_the_portal_and_tells_its_end(desk: Desk) -> None:
    window = {
        "begins_at": (NOON + timedelta(hours=1)).isoformat(),
        "ends_at": (NOON + timedelta(hours=3)).isoformat(),
        "announce": "seconds",
    }
    desk.control("POST", "/maintenance", window)

    before = desk.raw_call("TraCuuHoSo", mahoso=CODE)
    desk.advance(timedelta(hours=1))
    during = desk.raw_call("DongBoHoSoMC", isUpdating="False", data=[dossier(CODE)])
    desk.advance(timedelta(hours=2))
    desk.forget_session()

    assert (before.status_code, during.status_code) == (200, 503)
    assert during.headers["retry-after"] == "7200"
    assert "15:00 ngày 06/01/2026" in during.text
    assert accepted(desk.create(dossier(CODE)))
    assert desk.control("GET", "/ledger/summary")["struck"] == {"maintenance": 1}


def test_maintenance_can_be_called_off(desk: Desk) -> None:
    hour = timedelta(hours=1)
    window = {"begins_at": (NOON - hour).isoformat(), "ends_at": (NOON + hour).isoformat()}
    desk.control("POST", "/maintenance", window)
    struck = desk.raw_call("TraCuuHoSo", mahoso=CODE)
    desk.control("DELETE", "/maintenance")

    assert struck.status_code == 503
    assert parsedate_to_datetime(struck.headers["retry-after"]).tzinfo is not None
    assert desk.raw_call("TraCuuHoSo", mahoso=CODE).status_code == 200


@pytest.mark.parametrize(
    "shape",
    [
        {"kind": "fixed", "ms": 120},
        {"kind": "lognormal", "median_ms": 120, "p95_ms": 120},
        {"kind": "ramp", "from_ms": 120, "to_ms": 130, "over_seconds": 60},
        {"kind": "daily", "points": [{"at": "12:00", "ms": 120}]},
    ],
)
def test_every_latency_is_felt_on_the_wire_and_read_back(desk: Desk, shape: dict[str, object]) -> None:
    shown = desk.control("PUT", "/latency", shape)
    started = time.monotonic()
    desk.look_up(CODE)

    assert time.monotonic() - started >= 0.115
    assert desk.control("GET", "/latency") == shown
    desk.control("PUT", "/latency", {"kind": "none"})
    assert desk.control("GET", "/latency") == {"kind": "none"}


@pytest.mark.parametrize(
    "shape",
    [
        {"kind": "lognormal", "median_ms": 500, "p95_ms": 100},
        {"kind": "daily", "points": [{"at": "12:00", "ms": 1}, {"at": "08:00", "ms": 1}]},
        {"kind": "daily", "points": []},
        {"kind": "ramp", "from_ms": 1, "to_ms": 2, "over_seconds": 0},
        {"kind": "sometimes"},
        {"min_ms": 2, "max_ms": 1},
    ],
)
def test_a_latency_that_makes_no_sense_is_refused(desk: Desk, shape: dict[str, object]) -> None:
    assert desk.http.put("/_control/latency", json=shape).status_code == 422


def test_a_set_clock_runs_on_from_the_moment_it_was_set_to(desk: Desk) -> None:
    shown = desk.control("PUT", "/clock", {"mode": "set", "at": NOON.isoformat()})
    time.sleep(0.05)
    later = desk.control("GET", "/clock")

    assert later["mode"] == "offset"
    assert NOON <= datetime.fromisoformat(shown["now"]) < datetime.fromisoformat(later["now"])
    assert datetime.fromisoformat(later["now"]) < NOON + timedelta(seconds=30)


def test_process_until_idle_moves_the_clock_to_all_that_was_put_off(desk: Desk) -> None:
    for code, hours in (("H22-1", 1), ("H22-2", 5)):
        fault = {"shape": "refused_later", "after_seconds": hours * 3600, "dossier_pattern": code}
        desk.control("POST", "/faults", fault | {"duration_seconds": 30})
        desk.create(dossier(code))

    part = desk.control(
        "POST", f"/clock/idle?until={(NOON + timedelta(hours=2)).strftime('%Y-%m-%dT%H:%M:%SZ')}"
    )
    whole = desk.control("POST", "/clock/idle")

    assert (part["idle"], part["taken_back"], part["now"]) == (False, 1, "2026-01-06T06:00:00Z")
    assert (whole["idle"], whole["taken_back"], whole["now"]) == (True, 1, "2026-01-06T10:00:00Z")
    assert desk.control("GET", "/state")["dossiers"] == 0


def test_process_until_idle_waits_for_calls_under_way_and_counts_those_that_hang(
    desk: Desk, address: str
) -> None:
    desk.control("POST", "/faults", {"shape": "hang", "duration_seconds": 30})

    def hang() -> None:
        with Desk(address) as other, pytest.raises(httpx.TransportError):
            assert other.session

    hanging = threading.Thread(target=hang)
    hanging.start()
    while desk.control("GET", "/state")["in_flight"] != 1:
        time.sleep(0.01)
    busy = desk.control("POST", "/clock/idle?timeout=0.1")
    desk.control("DELETE", "/faults")
    idle = desk.control("POST", "/clock/idle")
    hanging.join(5)

    assert (busy["idle"], busy["in_flight"]) == (False, 1)
    assert (idle["idle"], idle["in_flight"]) == (True, 0)

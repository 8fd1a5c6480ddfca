"""Traffic taken down with citizens' data masked, and played again."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from services.mock_portal.instance import running_portal
from tests.contract.mock_portal_desk import Desk, accepted, dossier, entry

CODE, OTHER = "000.00.01.H22-260105-0001", "000.00.01.H22-260105-0002"
MORNING = datetime(2026, 1, 6, 1, tzinfo=UTC)
NUMBER = "025090000001"


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with running_portal() as address:
        yield address


@pytest.fixture
def desk(address: str) -> Iterator[Desk]:
    with Desk(address) as desk:
        desk.reset()
        desk.freeze(MORNING)
        yield desk


def recorded(desk: Desk) -> dict[str, Any]:
    """Two days with a late finish, a refusal, and a call that a fault swallowed."""
    desk.create(
        dossier(CODE, ChuHoSo="Lò Thị Mai", DinhDanhCHS=[{"LoaiDinhDanh": "1", "SoDinhDanh": NUMBER}])
    )
    desk.create(dossier(CODE))
    desk.call("XoaHoSo", data=[dossier(CODE)])
    desk.control("POST", "/faults", {"shape": "http_5xx", "duration_seconds": 60, "first_n": 1})
    desk.raw_call("DongBoHoSoMC", isUpdating="False", data=[dossier(OTHER)])
    desk.advance(timedelta(days=9))
    desk.forget_session()
    desk.progress(entry(CODE, 9, "20260115080000"))
    recording: dict[str, Any] = desk.control("GET", "/recording")
    return recording


def test_a_recording_has_no_session_no_log_in_and_nobodys_data(desk: Desk) -> None:
    recording = recorded(desk)

    text = json.dumps(recording, ensure_ascii=False)
    assert not any(secret in text for secret in (NUMBER, "Lò Thị Mai", desk.session, "password"))
    assert [(call["service"], call["outcome"]) for call in recording["calls"]] == [
        ("DongBoHoSoMC", "accepted"),
        ("DongBoHoSoMC", "refused"),
        ("DongBoHoSoMC", "not_processed"),
        ("CapNhatTienDoHoSoMC", "accepted"),
    ]
    assert recording["calls"][0]["body"]["data"][0]["MaHoSo"] == CODE


def test_a_replay_at_its_own_times_comes_to_the_same_verdicts(desk: Desk, address: str) -> None:
    recording = recorded(desk)
    before = desk.control("GET", f"/verdicts/{CODE}")
    with Desk(f"{address}/t/replayed") as other:
        other.control("POST", "/outages", {"kind": "down", "seconds": 60})
        report = other.control("POST", "/replay", {"recording": recording})

        assert other.control("GET", f"/verdicts/{CODE}") == before
        assert before["standing"] == "late"
        assert [outage["calls_struck"] for outage in other.control("GET", "/outages")] == [0]
        other.control("DELETE", "/faults")
        assert len(other.look_up(OTHER)) == 1
    assert (report["replayed"], report["same"]) == (4, 3)
    (difference,) = report["differences"]
    assert (difference["place"], difference["recorded"], difference["replayed"]) == (
        3,
        "not_processed",
        "accepted",
    )


def test_a_seed_is_recorded_and_played_again_like_any_call(desk: Desk, address: str) -> None:
    desk.control(
        "POST", "/seed", {"dossiers": [dossier(CODE)], "entries": [entry(CODE, 4, "20260106080000")]}
    )
    recording = desk.control("GET", "/recording")
    with Desk(f"{address}/t/seeded") as other:
        report = other.control("POST", "/replay", {"recording": recording})

        assert (report["replayed"], report["same"]) == (2, 2)
        assert len(other.look_up(CODE)[0]["DanhSachTienDo"]) == 1


def test_a_replay_may_run_at_the_present_time(desk: Desk) -> None:
    recording = recorded(desk)
    desk.reset()
    report = desk.control("POST", "/replay", {"recording": recording, "keep_times": False})

    assert report["replayed"] == 4
    assert desk.control("GET", "/clock")["mode"] == "real"
    assert accepted(desk.create(dossier("H22-new")))


def test_a_recording_can_begin_later(desk: Desk) -> None:
    recorded(desk)

    (call,) = desk.control("GET", "/recording?after=6")["calls"]

    assert call["service"] == "CapNhatTienDoHoSoMC"

"""The whole state: seeded, kept, brought back, switched, and surviving a restart."""

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from services.mock_portal.instance import running_portal
from tests.contract.mock_portal_desk import Desk, accepted, dossier, entry
from tests.contract.test_mock_portal_process import ROOT, wait_until_up
from tests.ports import free_port

CODE, OTHER = "000.00.01.H22-260105-0001", "000.00.01.H22-260105-0002"
MORNING = datetime(2026, 1, 6, 1, tzinfo=UTC)


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with running_portal() as address:
        yield address


@pytest.fixture
def desk(address: str) -> Iterator[Desk]:
    with Desk(address) as desk:
        desk.reset()
        yield desk


def fill(desk: Desk) -> None:
    """A state with something of everything in it."""
    desk.freeze(MORNING)
    desk.create(dossier(CODE), dossier(OTHER))
    desk.progress(entry(CODE, 4, "20260106080000"), entry(CODE, 4, "20260106080000"))
    desk.create(dossier(CODE))
    desk.control("POST", "/faults", {"shape": "refused_later", "after_seconds": 600, "duration_seconds": 60})
    desk.update(dossier(OTHER, TrangThaiHoSo="9"))
    desk.control("DELETE", "/faults")
    fault = {"shape": "throttled", "operation": "LayThuTuc", "retry_after": "-1", "duration_seconds": 600}
    desk.control("POST", "/faults", fault | {"first_n": 3})
    desk.control("PUT", "/latency", {"kind": "lognormal", "median_ms": 1, "p95_ms": 2})
    desk.control("PUT", "/capacity", {"calls_per_second": 500, "when_full": "wait"})
    later = {"begins_at": "2026-02-01T00:00:00Z", "ends_at": "2026-02-01T01:00:00Z"}
    desk.control("POST", "/maintenance", later)
    desk.control("PATCH", "/switches", {"session_seconds": 1234})


def view(desk: Desk) -> dict[str, Any]:
    """Everything a tester can see of it, times of real clocks left out."""
    faults = desk.control("GET", "/faults")
    for fault in faults:
        for moving in ("id", "started_at", "seconds_left", "duration_seconds"):
            fault.pop(moving)
        fault["details"].pop("duration_seconds")
    paths = ("/ledger/summary", "/ledger/calls", f"/ledger?mahoso={CODE}", f"/ledger?mahoso={OTHER}")
    more = ("/verdicts", "/clock", "/latency", "/capacity", "/maintenance", "/state")
    seen = {path: desk.control("GET", path) for path in (*paths, *more)}
    seen["/state"].pop("tenant")
    return {"faults": faults} | seen


def test_an_export_brought_into_another_portal_is_the_same_portal(desk: Desk, address: str) -> None:
    fill(desk)
    exported = desk.control("GET", "/state/export")
    with Desk(f"{address}/t/copy") as copy:
        copy.control("PUT", "/state/import", exported)

        assert view(copy) == view(desk)
        assert (exported["format"], exported["version"]) == ("lienthong-mock-portal", 1)
        desk.advance(timedelta(seconds=600))
        copy.advance(timedelta(seconds=600))
        assert view(copy) == view(desk)


def test_a_session_survives_in_an_export(desk: Desk) -> None:
    session = desk.session
    exported = desk.control("GET", "/state/export")
    desk.control("POST", "/reset")
    desk.control("PUT", "/state/import", exported)

    assert desk.session == session
    assert accepted(desk.create(dossier(CODE)))


def test_a_snapshot_is_restored_as_often_as_wanted_and_outlives_a_reset(desk: Desk) -> None:
    desk.create(dossier(CODE))
    desk.control("PUT", "/snapshots/one")
    for _ in range(2):
        desk.create(dossier(OTHER))
        desk.reset()
        held = desk.control("POST", "/snapshots/one/restore")
        assert (held["dossiers"], held["calls"]) == (1, 2)

    assert [row["name"] for row in desk.control("GET", "/snapshots")] == ["one"]
    desk.control("DELETE", "/snapshots/one")
    assert desk.http.post("/_control/snapshots/one/restore").status_code == 404


@pytest.mark.parametrize(
    "damage",
    [
        {"version": 2},
        {"dossiers": [{"code": "X", "bodies": []}]},
        {"switches": {"no_such": 1}},
        {"switches": {"session_seconds": "soon"}},
        {"calls": []},
        {"extra": 1},
    ],
)
def test_a_damaged_export_is_refused_and_changes_nothing(desk: Desk, damage: dict[str, object]) -> None:
    desk.create(dossier(CODE))
    exported = desk.control("GET", "/state/export")

    response = desk.http.put("/_control/state/import", json=exported | damage)

    assert response.status_code == 422
    assert desk.control("GET", "/state")["dossiers"] == 1


def test_a_seed_is_there_without_a_session_and_obeys_the_portals_checks(desk: Desk) -> None:
    order = {
        "unit": "H22.07",
        "arrived_at": "2026-01-05T08:00:00+07:00",
        "dossiers": [dossier(CODE)],
        "entries": [entry(CODE, 4, "20260105090000")],
    }
    seeded = desk.control("POST", "/seed", order)
    refused = desk.http.post("/_control/seed", json={"dossiers": [dossier(OTHER, NgayTiepNhan="today")]})

    assert seeded == {"dossiers": 1, "entries": 1}
    received = desk.control("GET", f"/ledger?mahoso={CODE}")["received"]
    assert [(item["service"], item["item"]["MaHoSo"]) for item in received] == [("seed", CODE)] * 2
    assert desk.control("GET", f"/verdicts/{CODE}")["unit"] == "H22.07"
    assert (refused.status_code, "NgayTiepNhan" in refused.json()["detail"]) == (422, True)
    assert desk.control("GET", "/state")["sessions"] == 0


def test_one_unit_is_reset_and_the_other_stays(desk: Desk) -> None:
    for unit, code in (("H22.01", CODE), ("H22.02", OTHER)):
        desk.create(dossier(code), madonvi=unit)
    desk.progress(entry(CODE, 4, "20260106080000"), entry(OTHER, 4, "20260106080000"))

    desk.control("POST", "/reset?unit=H22.01")

    assert (desk.look_up(CODE), len(desk.look_up(OTHER))) == ([], 1)
    assert desk.control("GET", "/ledger/summary")["entries"] == 1
    assert [row["unit"] for row in desk.control("GET", "/verdicts/units")["units"]] == ["H22.02"]


def test_verdicts_are_counted_by_unit(desk: Desk) -> None:
    desk.freeze(MORNING + timedelta(days=10))
    desk.create(dossier("H22-1"), dossier("H22-2"), madonvi="H22.01")
    desk.create(dossier("H22-3"), madonvi="H22.02")
    desk.progress(entry("H22-1", 9, "20260106080000"))

    first, second = desk.control("GET", "/verdicts/units")["units"]

    assert (first["unit"], first["dossiers"], first["finished"], first["on_time_share"]) == (
        "H22.01",
        2,
        1,
        1.0,
    )
    assert (first["standings"]["late"], first["standings"]["on_time"]) == (1, 1)
    assert (second["unit"], second["finished"], second["on_time_share"]) == ("H22.02", 0, None)
    rows = desk.control("GET", "/verdicts?unit=H22.02")["rows"]
    assert [row["mahoso"] for row in rows] == ["H22-3"]


def test_a_switch_works_from_the_next_call_on_until_the_reset(desk: Desk) -> None:
    desk.create(dossier(CODE))
    shown = desk.control("PATCH", "/switches", {"refuse_existing_dossier": False, "error_code_drift": False})
    answers = [desk.create(dossier(CODE))["error_code"] for _ in range(5)]
    desk.reset()

    assert answers == [0] * 5
    assert shown["refuse_existing_dossier"] is False
    assert desk.control("GET", "/state")["switches"]["refuse_existing_dossier"] is True


def test_a_rule_of_the_verdict_is_switched_and_the_others_stay(desk: Desk) -> None:
    shown = desk.control("PATCH", "/switches", {"verdict_rules": {"compare": "date"}})

    assert shown["verdict_rules"]["compare"] == "date"
    assert shown["verdict_rules"]["repeated_closing"] == "first"


@pytest.mark.parametrize(
    "changes",
    [{"seed": 1}, {"nonsense": True}, {"session_seconds": []}, {"verdict_rules": {"compare": "week"}}],
)
def test_an_unknown_or_wrong_switch_is_named(desk: Desk, changes: dict[str, object]) -> None:
    response = desk.http.patch("/_control/switches", json=changes)

    assert response.status_code == 422
    assert next(iter(changes)) in response.json()["detail"]


PROGRAM = (
    "import sys; from pathlib import Path; from services.mock_portal.main import StartOptions, run; "
    "run(port=int(sys.argv[1]), options=StartOptions(state_file=Path(sys.argv[2])))"
)


def run_and_stop(state: Path, work: Any, *, stop: signal.Signals) -> None:
    port = free_port()
    with subprocess.Popen([sys.executable, "-c", PROGRAM, str(port), str(state)], cwd=ROOT) as process:
        try:
            wait_until_up(f"http://127.0.0.1:{port}")
            work(f"http://127.0.0.1:{port}")
            process.send_signal(stop)
            process.wait(10)
        finally:
            process.kill()


def test_a_state_file_brings_every_tenant_back_after_a_restart(tmp_path: Path) -> None:
    seen: list[dict[str, Any]] = []

    def before(address: str) -> None:
        for tenant in ("", "/t/other"):
            with Desk(address + tenant) as desk:
                fill(desk)
                seen.append(view(desk))

    def after(address: str) -> None:
        for tenant in ("", "/t/other"):
            with Desk(address + tenant) as desk:
                seen.append(view(desk))

    run_and_stop(tmp_path / "state.json", before, stop=signal.SIGTERM)
    run_and_stop(tmp_path / "state.json", after, stop=signal.SIGTERM)

    assert seen[:2] == seen[2:]
    assert [file.name for file in tmp_path.iterdir()] == ["state.json"]


def test_a_killed_process_has_its_state_of_some_seconds_ago(tmp_path: Path) -> None:
    state = tmp_path / "state.json"

    def before(address: str) -> None:
        with Desk(address) as desk:
            desk.create(dossier(CODE))
        while not state.exists() or CODE not in state.read_text():
            pass

    run_and_stop(state, before, stop=signal.SIGKILL)

    assert [held["code"] for held in json.loads(state.read_text())["tenants"]["default"]["dossiers"]] == [
        CODE
    ]


def test_a_file_that_is_no_state_is_named_and_left_alone(tmp_path: Path) -> None:
    state = tmp_path / "notes.txt"
    state.write_text("not a state")

    ended = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(free_port()), str(state)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )

    assert ended.returncode != 0
    assert "notes.txt: không phải trạng thái" in ended.stderr
    assert state.read_text() == "not a state"

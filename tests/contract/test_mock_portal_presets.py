"""Weather by name, from the control and from the command line."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from services.mock_portal.instance import running_portal
from services.mock_portal.presets import all_presets
from tests.contract.mock_portal_desk import Desk, accepted, dossier
from tests.contract.test_mock_portal_process import ROOT, wait_until_up
from tests.ports import free_port

ASKED_FOR = {"flaky-afternoon", "answer-loss", "hoa-binh-2024", "schema-drift"}


def processor_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return sum(int(field) for field in fields[11:15]) / os.sysconf("SC_CLK_TCK")


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with running_portal() as address:
        yield address


def test_every_preset_is_listed_with_vietnamese_and_english_words(address: str) -> None:
    rows = httpx.get(f"{address}/_control/presets").json()

    assert {row["name"] for row in rows} >= ASKED_FOR
    assert all(row["vi"] and row["en"] for row in rows)


@pytest.mark.parametrize("name", [preset.name for preset in all_presets()])
def test_every_preset_applies_and_calm_undoes_it(address: str, name: str) -> None:
    with Desk(f"{address}/t/{name}") as desk:
        applied = desk.control("POST", f"/presets/{name}")
        ordered = desk.control("GET", "/state/export").get("conditions", {})
        desk.control("POST", "/presets/calm")

        assert applied["rules"] == len(ordered.get("faults", []))
        assert bool(ordered) == (name != "calm")
        assert accepted(desk.create(dossier("H22-1")))


def test_an_unknown_preset_is_not_found(address: str) -> None:
    assert httpx.post(f"{address}/_control/presets/sunshine").status_code == 404


def test_lost_answers_are_lost_in_the_share_and_order_of_the_seed(address: str) -> None:
    outcomes = []
    for tenant in ("first", "second"):
        with Desk(f"{address}/t/{tenant}") as desk:
            assert desk.session
            desk.control("POST", "/presets/answer-loss")
            lost = []
            for number in range(60):
                try:
                    lost.append(desk.raw_call("TraCuuHoSo", mahoso=f"H22-{number}").status_code)
                except httpx.TransportError:
                    lost.append(0)
            outcomes.append(lost)

    assert outcomes[0] == outcomes[1]
    assert {0, 200, 504} == set(outcomes[0])
    assert 10 < len([status for status in outcomes[0] if status != 200]) < 35


def test_the_portal_of_hoa_binh_is_closed_half_of_the_time() -> None:
    preset = next(preset for preset in all_presets() if preset.name == "hoa-binh-2024")
    closed = sum(cycle.fault.duration_seconds for cycle in preset.cycles)

    assert {cycle.every_seconds for cycle in preset.cycles} == {600}
    assert closed == 300


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="processor time is read from /proc")
def test_the_command_starts_in_two_seconds_with_preset_tenants_and_state(tmp_path: Path) -> None:
    port = free_port()
    options = ["--port", str(port), "--preset", "session-storm", "--tenant", "a", "--tenant", "b"]
    command = [sys.executable, "-m", "services.cli.main", "mock-portal", *options]
    with subprocess.Popen([*command, "--state", str(tmp_path / "state.json")], cwd=ROOT) as process:
        try:
            wait_until_up(f"http://127.0.0.1:{port}")
            cpu_seconds = processor_seconds(process.pid)
            rules = {
                name: len(httpx.get(f"http://127.0.0.1:{port}/t/{name}/_control/faults").json())
                for name in ("a", "b", "default")
            }
            process.send_signal(signal.SIGTERM)
            process.wait(10)
        finally:
            process.kill()

    assert rules == {"a": 2, "b": 2, "default": 0}
    assert (tmp_path / "state.json").exists()
    # On a quiet machine that is all the time it takes; a busy one does not stretch it.
    assert cpu_seconds < 2


def test_an_unknown_preset_on_the_command_line_names_those_there_are() -> None:
    command = [sys.executable, "-m", "services.cli.main", "mock-portal", "--preset", "sunshine"]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=30, check=False)

    assert ended.returncode == 2
    assert "answer-loss" in ended.stderr
    assert "Traceback" not in ended.stderr
